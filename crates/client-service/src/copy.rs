//! A copy of everything that a data folder holds into PostgreSQL.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`progress`] | how far the copy is, on standard error |
//! | [`tables`] | the rows of every table |
//! | [`files`] | the files of documents |

pub(crate) mod files;
mod progress;
pub(crate) mod tables;
