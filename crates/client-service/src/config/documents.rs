//! Settings of the files of documents.

use std::path::Path;

use clap::Args;

use super::value::{Switch, non_empty};

/// The storage of files and its garbage collection, for the commands that serve and that collect garbage.
#[derive(Args, Clone, Debug)]
pub(crate) struct DocumentArgs {
    #[command(flatten)]
    pub(crate) location: LocationArgs,

    /// The largest share of all files, in percent, that one round of garbage collection may move (100 files are always
    /// allowed); a round that would move more moves nothing
    #[arg(long, env = "CLIENTS_MAX_ORPHAN_SHARE", value_name = "PERCENT", default_value_t = 5,
        value_parser = clap::value_parser!(u8).range(1..=100))]
    pub(crate) max_orphan_share: u8,
}

/// The storage of files, for every command that reads or writes them.
#[derive(Args, Clone, Debug)]
pub(crate) struct LocationArgs {
    /// Where files of documents are stored: a folder, or s3://bucket/prefix; by default in the data folder or in PostgreSQL,
    /// with the clients
    #[arg(long, env = "CLIENTS_DOCUMENTS", value_name = "LOCATION")]
    pub(crate) documents: Option<String>,

    /// Whether AWS_ENDPOINT_URL may be http on another machine, where the network protects the traffic
    #[arg(long, env = "CLIENTS_DOCUMENTS_PLAIN_HTTP", value_enum, default_value_t = Switch::Off)]
    pub(crate) documents_plain_http: Switch,
}

impl LocationArgs {
    /// The folder of this machine that holds the files, where `--documents` names one.
    pub(crate) fn local_folder(&self) -> Option<&Path> {
        non_empty(self.documents.as_deref()).filter(|location| !location.contains("://")).map(Path::new)
    }
}
