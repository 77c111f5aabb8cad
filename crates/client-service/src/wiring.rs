//! The adapters that the settings choose.

pub(crate) mod auth;
pub(crate) mod directory;
pub(crate) mod documents;
pub(crate) mod listener;
pub(crate) mod storage;
pub(crate) mod webhook;
