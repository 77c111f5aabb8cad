//! The suite for files, against a folder and, where one is named, against S3-compatible storage.

#![expect(clippy::unwrap_used, reason = "a test that meets what it does not expect is to stop")]
#![cfg_attr(
    feature = "s3",
    expect(clippy::print_stdout, reason = "whoever runs the tests is told what was not run")
)]

mod folder;
#[cfg(feature = "s3")]
mod s3;
