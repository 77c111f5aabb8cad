//! Settings of the files of documents.

use clap::Args;

#[derive(Args, Debug)]
pub(crate) struct DocumentArgs {
    /// Where files of documents are kept: a folder, or s3://bucket/prefix; beside the clients if nothing is said
    #[arg(long, env = "CLIENTS_DOCUMENTS", value_name = "PLACE")]
    pub(crate) documents: Option<String>,
}
