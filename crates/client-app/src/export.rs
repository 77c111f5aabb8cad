//! Exports: every client that a search finds, as they are at one point in time, with a line that says who took them.
//!
//! | module | purpose |
//! | --- | --- |
//! | [`access`] | the port and the settings |
//! | [`id`], [`record`] | the line of an export |
//! | [`stored`] | the line as storage holds it |
//! | [`run`] | one export, from its line to its end |

pub(crate) mod access;
pub(crate) mod id;
pub(crate) mod record;
pub(crate) mod rules;
pub(crate) mod run;
pub(crate) mod stored;

pub use id::ExportId;
pub use record::{ExportEnd, ExportFormat, ExportRecord};
pub use rules::ExportRules;
pub use run::{Export, ExportRequest, ExportedClient};
