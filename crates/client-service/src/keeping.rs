//! Keeping the data: what is checked and copied by commands beside a running service.

pub(crate) mod backup_record;
pub(crate) mod every_document;
pub(crate) mod untracked;
