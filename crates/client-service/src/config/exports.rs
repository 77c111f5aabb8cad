//! Settings of exports.

use std::time::Duration;

use clap::Args;
use client_app::export::ExportRules;

#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct ExportArgs {
    /// Exports that this process runs at a time; each has a connection to the database of its own
    #[arg(long, env = "CLIENTS_MAX_EXPORTS", value_name = "NUMBER", default_value_t = 2,
        value_parser = clap::value_parser!(u16).range(1..=64))]
    pub(crate) max_exports: u16,

    /// Minutes after which an export breaks off; the database keeps everything that changes meanwhile
    #[arg(long, env = "CLIENTS_EXPORT_TIMEOUT", value_name = "MINUTES", default_value_t = 30,
        value_parser = clap::value_parser!(u16).range(1..=1_440))]
    pub(crate) export_timeout: u16,
}

impl ExportArgs {
    /// The settings for the application.
    pub(crate) fn rules(self) -> ExportRules {
        ExportRules {
            max_at_once: self.max_exports.into(),
            time_limit: Duration::from_mins(self.export_timeout.into()),
        }
    }
}
