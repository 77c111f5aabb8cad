//! What requests to other systems have in common: where they may go, how they are signed, and what the client does not do.
//!
//! | item | what it is |
//! | --- | --- |
//! | [`Address`] | a web address that data of clients may be sent to |
//! | [`is_loopback()`] | whether a host is this machine |
//! | [`SigningSecrets`] | the secrets that sign requests; several during a rotation |
//! | [`client()`] | the HTTP client: no redirects, with timeouts |
//! | [`send()`] | sends a request as a part of a trace |
//! | [`Timeouts`] | how long connecting and the whole request may take |

mod address;
mod client;
mod secret;
mod send;

pub use address::{Address, AddressError, is_loopback};
pub use client::{Timeouts, TlsUnavailable, client};
pub use reqwest;
pub use secret::{SecretError, SigningSecrets};
pub use send::send;
