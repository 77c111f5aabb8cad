//! Files of KYC documents in a local folder or, with the feature `s3`, in S3-compatible storage, through the crate
//! [`object_store`](https://docs.rs/object_store).
//!
//! | type | what it is |
//! | --- | --- |
//! | [`ObjectContents`] | [`DocumentContents`](client_app::ports::DocumentContents) |
//! | [`PlaceError`] | why a place for files cannot be used |
//!
//! A file is one object, named by its key below a folder for every few days, so that keys can be walked in their order
//! without listing everything. It appears when all of it is there. Of what a killed process has left half-written a local
//! folder is cleared when it is opened; for S3 a rule of the bucket does that (`AbortIncompleteMultipartUpload`).
//!
//! The suite runs against a folder in every test run, and against S3-compatible storage where one is named:
//!
//! ```sh
//! AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=… AWS_ENDPOINT_URL=http://127.0.0.1:5000 TEST_S3=s3://bucket/prefix \
//!     cargo test -p adapter-object-store --features s3
//! ```

mod leftovers;
mod object_contents;
mod place;
mod trouble;

pub use object_contents::ObjectContents;
pub use place::PlaceError;
