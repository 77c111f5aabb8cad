//! Reads of clients: by any of their names, and by key in batches.
//!
//! | module | what it reads |
//! | --- | --- |
//! | [`activity`] | the lines of all histories |
//! | [`tally`] | the numbers of lines, in groups |
//! | [`by_name`] | a client by key, id, document or address, in a statement of its own |
//! | [`key_loader`] | clients by key, in batches |
//! | [`command_loader`] | the clients and outcomes that commands need, in batches |

pub(crate) mod activity;
pub(crate) mod by_name;
mod command_loader;
mod key_loader;
pub(crate) mod tally;

pub(crate) use self::command_loader::CommandLoader;
pub(crate) use self::key_loader::KeyLoader;
