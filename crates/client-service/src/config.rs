//! Settings: each file holds one group of flags and checks their values.
//!
//! A bad value is an error of one sentence, which never repeats a secret.

#![expect(
    clippy::doc_markdown,
    reason = "the comments of flags are the text of --help, where backticks would be noise"
)]

pub(crate) mod batches;
#[cfg(feature = "console")]
pub(crate) mod console;
pub(crate) mod data_folder;
pub(crate) mod database;
pub(crate) mod documents;
pub(crate) mod duration;
pub(crate) mod effective;
pub(crate) mod empty_values;
pub(crate) mod error;
pub(crate) mod exports;
pub(crate) mod json_file;
pub(crate) mod ledger;
pub(crate) mod limits;
pub(crate) mod listen;
pub(crate) mod log;
pub(crate) mod port;
pub(crate) mod reading;
pub(crate) mod reloaded;
pub(crate) mod replicas;
pub(crate) mod rules;
pub(crate) mod secret;
pub(crate) mod service;
pub(crate) mod settings_file;
#[cfg(feature = "console")]
pub(crate) mod sign_in;
pub(crate) mod storage_location;
pub(crate) mod tokens;
pub(crate) mod traces;
pub(crate) mod unsafe_settings;
pub(crate) mod value;
pub(crate) mod webhook;
pub(crate) mod webhook_receiver;
