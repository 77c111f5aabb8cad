//! What holds in every schedule of `concurrency`: 2,000 random ones of each test, and 2,000 that Shuttle bends on purpose.
//!
//! `SCHEDULES` says how many. A failure reports the schedule, and `shuttle::replay` plays it again.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, clippy::panic, reason = "these are tests")]

mod batches;
mod leaving;
mod permits;
