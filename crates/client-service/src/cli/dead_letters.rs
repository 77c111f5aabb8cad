//! The commands about dead letters.

use clap::{Args, Subcommand};

use super::DatabasePlace;

#[derive(Args, Debug)]
pub(crate) struct DeadLettersArgs {
    #[command(flatten)]
    pub(crate) place: DatabasePlace,

    /// What to do; to list is what happens without a command
    #[command(subcommand)]
    pub(crate) command: Option<DeadLetterCommand>,
}

#[derive(Subcommand, Debug)]
pub(crate) enum DeadLetterCommand {
    /// Print every dead letter, one line of JSON for each
    List,
    /// Have dead letters sent again
    #[command(group = clap::ArgGroup::new("which").required(true))]
    Resend {
        /// This one
        #[arg(long, value_name = "ID", group = "which")]
        event: Option<String>,
        /// Those of this client
        #[arg(long, value_name = "KEY", group = "which")]
        client: Option<String>,
        /// All of them
        #[arg(long, group = "which")]
        all: bool,
    },
    /// Give a dead letter up for good, so that the later events of its client go on
    Discard {
        /// Which
        #[arg(long, value_name = "ID")]
        event: String,
    },
}
