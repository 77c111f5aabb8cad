//! The adapters that the settings choose.

pub(crate) mod auth;
pub(crate) mod confirmed;
#[cfg_attr(not(feature = "console"), path = "wiring/without_console.rs")]
pub(crate) mod console;
pub(crate) mod data_folder;
pub(crate) mod development_key;
pub(crate) mod directory;
pub(crate) mod documents;
#[cfg(feature = "console")]
pub(crate) mod identity_provider;
pub(crate) mod ledger;
pub(crate) mod listener;
pub(crate) mod live_settings;
pub(crate) mod opening;
pub(crate) mod replaceable;
pub(crate) mod replicas;
pub(crate) mod settings_check;
pub(crate) mod storage;
pub(crate) mod test_controls;
pub(crate) mod webhook;
