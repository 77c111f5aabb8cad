//! Settings of the service: every group, and the settings that belong to none.

use std::net::SocketAddr;

use clap::Args;

use super::database::DatabaseArgs;
use super::documents::DocumentArgs;
use super::ledger::LedgerArgs;
use super::limits::LimitArgs;
use super::log::LogFormat;
use super::rules::RuleArgs;
use super::tokens::KeyArgs;
use super::value::Switch;
use super::webhook::WebhookArgs;

#[derive(Args, Debug)]
pub(crate) struct ServeArgs {
    /// Where to listen: a host name such as localhost, or an address; port 0 lets the system choose
    #[arg(long, env = "CLIENTS_LISTEN", value_name = "HOST:PORT", default_value = "127.0.0.1:8080")]
    pub(crate) listen: String,

    /// A separate address for health, readiness and metrics; metrics are then answered only there
    #[arg(long, env = "CLIENTS_ADMIN_LISTEN", value_name = "ADDRESS:PORT")]
    pub(crate) admin_listen: Option<SocketAddr>,

    #[command(flatten, next_help_heading = "Data")]
    pub(crate) database: DatabaseArgs,

    #[command(flatten, next_help_heading = "Documents")]
    pub(crate) documents: DocumentArgs,

    #[command(flatten, next_help_heading = "Tokens")]
    pub(crate) keys: KeyArgs,

    #[command(flatten, next_help_heading = "Rules")]
    pub(crate) rules: RuleArgs,

    #[command(flatten, next_help_heading = "Ledger")]
    pub(crate) ledger: LedgerArgs,

    #[command(flatten, next_help_heading = "Events")]
    pub(crate) webhook: WebhookArgs,

    /// Whether this process delivers events if there is a webhook; with off, client-service relay delivers them
    #[arg(long, env = "CLIENTS_RELAY", value_enum, default_value_t = Switch::On, help_heading = "Events")]
    pub(crate) relay: Switch,

    #[command(flatten, next_help_heading = "Limits")]
    pub(crate) limits: LimitArgs,

    /// The format of the log on standard error; RUST_LOG sets its level (info by default)
    #[arg(long, env = "CLIENTS_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub(crate) log_format: LogFormat,
}
