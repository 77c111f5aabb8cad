//! Settings of the service: every group, and what belongs to none.

use std::net::SocketAddr;

use clap::Args;

use super::{DatabaseArgs, DocumentArgs, KeyArgs, LimitArgs, LogFormat, RuleArgs, Switch, WebhookArgs};

#[derive(Args, Debug)]
pub(crate) struct ServeArgs {
    /// Where to listen, a name such as localhost or an address; port 0 lets the system choose
    #[arg(long, env = "CLIENTS_LISTEN", value_name = "HOST:PORT", default_value = "127.0.0.1:8080")]
    pub(crate) listen: String,

    /// Where to answer health, readiness and metrics as well, apart from callers; metrics then only there
    #[arg(long, env = "CLIENTS_ADMIN_LISTEN", value_name = "ADDRESS:PORT")]
    pub(crate) admin_listen: Option<SocketAddr>,

    #[command(flatten, next_help_heading = "Database")]
    pub(crate) database: DatabaseArgs,

    #[command(flatten, next_help_heading = "Documents")]
    pub(crate) documents: DocumentArgs,

    #[command(flatten, next_help_heading = "Tokens")]
    pub(crate) keys: KeyArgs,

    #[command(flatten, next_help_heading = "Rules")]
    pub(crate) rules: RuleArgs,

    #[command(flatten, next_help_heading = "Events")]
    pub(crate) webhook: WebhookArgs,

    /// Whether this process delivers events, if a webhook is named; if not, client-service relay does it
    #[arg(long, env = "CLIENTS_RELAY", value_enum, default_value_t = Switch::On, help_heading = "Events")]
    pub(crate) relay: Switch,

    #[command(flatten, next_help_heading = "Limits")]
    pub(crate) limits: LimitArgs,

    /// How to write the log, which goes to standard error; RUST_LOG says how much (info if not set)
    #[arg(long, env = "CLIENTS_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub(crate) log_format: LogFormat,
}
