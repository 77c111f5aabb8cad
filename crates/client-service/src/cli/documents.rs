//! Settings of the files of documents.

use clap::Args;

use super::{DatabasePlace, Switch};

/// What serving and collecting garbage share.
#[derive(Args, Debug)]
pub(crate) struct DocumentArgs {
    /// Where files of documents are stored: a folder, or s3://bucket/prefix; beside the clients if nothing is said
    #[arg(long, env = "CLIENTS_DOCUMENTS", value_name = "PLACE")]
    pub(crate) documents: Option<String>,

    /// Whether AWS_ENDPOINT_URL may be http on another machine, where the network protects what passes
    #[arg(long, env = "CLIENTS_DOCUMENTS_PLAIN_HTTP", value_enum, default_value_t = Switch::Off)]
    pub(crate) documents_plain_http: Switch,

    /// The greatest share of all files, in percent, that garbage collection may take in one round (100 files are always
    /// allowed); a round that would take more takes nothing
    #[arg(long, env = "CLIENTS_MAX_ORPHAN_SHARE", value_name = "PERCENT", default_value_t = 5,
        value_parser = clap::value_parser!(u8).range(1..=100))]
    pub(crate) max_orphan_share: u8,
}

#[derive(Args, Debug)]
pub(crate) struct CollectGarbageArgs {
    #[command(flatten)]
    pub(crate) place: DatabasePlace,

    #[command(flatten)]
    pub(crate) documents: DocumentArgs,

    /// Move files to the trash that no document has named for so long: a number and s, m, h or d. Less than a request
    /// may take (--request-timeout) is safe only while nothing is uploaded
    #[arg(long, value_name = "DURATION", default_value = "24h")]
    pub(crate) older_than: String,

    /// Delete files that have been in the trash for so long
    #[arg(long, value_name = "DURATION", default_value = "30d")]
    pub(crate) trashed_for: String,

    /// First list the whole place for files that neither a document nor the queue names: those of a release that kept
    /// no queue, and those of a database that was restored
    #[arg(long)]
    pub(crate) find_untracked: bool,
}
