//! Forms of commands, made from the specifications of the wire.
//!
//! A form has a field for each member of a command, so no rule is repeated here: which actions are offered is what the
//! service explains, and what is wrong with a value is what the command answers.

pub(crate) mod data;
pub(crate) mod field;
pub(crate) mod table;
