//! Files of KYC documents outside of the database: in a local folder or, with the feature `s3`, in S3-compatible storage,
//! through the crate [`object_store`](https://docs.rs/object_store).
//!
//! | item | what it is |
//! | --- | --- |
//! | [`open_place`] | opens the place that a setting names |
//! | [`FolderContents`] | [`DocumentContents`](client_app::ports::DocumentContents) in a folder |
//! | [`ObjectContents`] | the same in a bucket, or in whatever `object_store` speaks to |
//! | [`PlaceError`] | why a place for files cannot be used |
//!
//! A file is named by its key, below a folder for every few days. It appears when all of it is there. `installation` at
//! the root says which database the place belongs to, and `trash` holds what is to be deleted. Incomplete uploads of a
//! bucket are removed by a rule of the bucket (`AbortIncompleteMultipartUpload`).
//!
//! The suite runs in every test run against a folder, a storage in memory and a small S3 server of the tests, and against
//! S3-compatible storage where one is named:
//!
//! ```sh
//! AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=… AWS_ENDPOINT_URL=http://127.0.0.1:5000 TEST_S3=s3://bucket/prefix \
//!     cargo test --workspace --test it -- s3
//! ```

mod folder;
mod folder_contents;
mod object_contents;
mod object_place;
mod place;
#[cfg(feature = "s3")]
mod s3;
mod trouble;
mod write_probe;

pub use folder_contents::FolderContents;
pub use object_contents::ObjectContents;
pub use place::{OpenPlace, PlaceError, open_place};
