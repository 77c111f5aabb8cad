//! Files of KYC documents outside of the database: in a local folder or, with the feature `s3`, in S3-compatible storage,
//! through the crate [`object_store`](https://docs.rs/object_store).
//!
//! | item | what it is |
//! | --- | --- |
//! | [`open_location`], [`check_location`] | opens the location that a setting names; only checks what this machine knows of it |
//! | [`FolderContents`] | [`DocumentContents`](client_app::ports::DocumentContents) in a folder |
//! | [`ObjectContents`] | the same in a bucket, or in any storage that `object_store` supports |
//! | [`LocationError`] | why a location cannot be used |
//!
//! The name of a file is its key, in a folder that holds the keys of a few days. A file appears when it is complete. The
//! file `installation` at the root names the database that the location belongs to, and the folder `trash` holds files
//! that will be deleted. A rule of the bucket removes incomplete uploads (`AbortIncompleteMultipartUpload`).
//!
//! Every test run checks the conformance suite against a folder, a storage in memory and a small S3 server of the tests.
//! `TEST_S3` adds real S3-compatible storage:
//!
//! ```sh
//! AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=… AWS_ENDPOINT_URL=http://127.0.0.1:5000 TEST_S3=s3://bucket/prefix \
//!     cargo test --workspace --test it -- s3
//! ```

mod error;
mod folder;
mod folder_contents;
mod location;
mod object_contents;
mod object_location;
mod open;
#[cfg(feature = "s3")]
mod s3;
#[cfg(feature = "s3")]
mod traced_requests;
mod write_probe;

pub use folder_contents::FolderContents;
pub use location::LocationError;
pub use object_contents::ObjectContents;
pub use open::{OpenLocation, check_location, open_location};
