//! The part of the command line that is about events.

use clap::{Args, Subcommand};

use crate::cli::{DatabasePlace, LogFormat, Switch};

/// What serving and relaying share.
#[derive(Args, Debug)]
pub(crate) struct WebhookArgs {
    /// Where events are delivered to, see docs/webhooks.md; an https address
    #[arg(long, env = "CLIENTS_WEBHOOK", value_name = "ADDRESS", hide_env_values = true)]
    pub(crate) webhook: Option<String>,

    /// The secret that messages are signed with, whsec_…; several with spaces between them while one is replaced
    #[arg(long, env = "CLIENTS_WEBHOOK_SECRET", value_name = "SECRETS", hide_env_values = true)]
    pub(crate) webhook_secret: Option<String>,

    /// The same from a file
    #[arg(long, env = "CLIENTS_WEBHOOK_SECRET_FILE", value_name = "FILE")]
    pub(crate) webhook_secret_file: Option<String>,

    /// Whether the address may be http on another machine, where the network protects what passes
    #[arg(long, env = "CLIENTS_WEBHOOK_PLAIN_HTTP", value_enum, default_value_t = Switch::Off)]
    pub(crate) webhook_plain_http: Switch,

    /// Seconds that the webhook may take to answer
    #[arg(long, env = "CLIENTS_WEBHOOK_TIMEOUT", value_name = "SECONDS", default_value_t = 15)]
    pub(crate) webhook_timeout: u64,
}

#[derive(Args, Debug)]
pub(crate) struct RelayArgs {
    #[command(flatten)]
    pub(crate) webhook: WebhookArgs,

    #[command(flatten)]
    pub(crate) place: DatabasePlace,

    /// Seconds that deliveries which have begun may take to end when the relay is told to stop
    #[arg(long, env = "CLIENTS_DRAIN_DEADLINE", value_name = "SECONDS", default_value_t = 10)]
    pub(crate) drain_deadline: u64,

    /// How to write the log, which goes to standard error; RUST_LOG says how much (info if not set)
    #[arg(long, env = "CLIENTS_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub(crate) log_format: LogFormat,
}

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
