//! The suite for files, against a folder, a storage in memory, and S3: a small server of the tests, and a real one where
//! one is named.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that meets what it does not expect is to stop"
)]
#![cfg_attr(
    feature = "s3",
    expect(
        clippy::print_stdout,
        unreachable_pub,
        reason = "a test that meets what it does not expect is to stop, and says what was not run"
    )
)]

#[cfg(feature = "s3")]
mod fake_s3;
mod folder;
mod objects;
#[cfg(feature = "s3")]
mod s3;
#[cfg(feature = "s3")]
mod s3_faults;

/// Runs all of these at once, and waits for every one.
async fn run_concurrently(racers: Vec<store_conformance::Racer>) {
    for racer in racers.into_iter().map(tokio::spawn).collect::<Vec<_>>() {
        racer.await.unwrap();
    }
}
