//! The conformance suite for files, against a folder, a storage in memory, a small S3 server of the tests and, if `TEST_S3`
//! names one, a real S3 server.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed expectation stops the test")]
#![cfg_attr(
    feature = "s3",
    expect(
        clippy::print_stdout,
        unreachable_pub,
        reason = "a failed expectation stops the test, and a test that does not run says so"
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

/// Runs all racers at the same time, and waits until every one has ended.
async fn run_concurrently(racers: Vec<store_conformance::Racer>) {
    for racer in racers.into_iter().map(tokio::spawn).collect::<Vec<_>>() {
        racer.await.unwrap();
    }
}
