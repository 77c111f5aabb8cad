//! Webhooks against receivers on this machine that behave well or badly.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed expectation stops the test")]

mod deliveries;
mod receiver;
mod signature;
