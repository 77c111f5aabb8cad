//! Settings of `client-service relay`.

use std::net::SocketAddr;

use clap::Args;

use super::{DatabasePlace, LogFormat, WebhookArgs};

#[derive(Args, Debug)]
pub(crate) struct RelayArgs {
    #[command(flatten)]
    pub(crate) webhook: WebhookArgs,

    #[command(flatten)]
    pub(crate) place: DatabasePlace,

    /// Where to answer health, readiness and metrics
    #[arg(long, env = "CLIENTS_ADMIN_LISTEN", value_name = "ADDRESS:PORT")]
    pub(crate) admin_listen: Option<SocketAddr>,

    /// Seconds that deliveries which have begun may take to end when the relay is told to stop
    #[arg(long, env = "CLIENTS_DRAIN_DEADLINE", value_name = "SECONDS", default_value_t = 10)]
    pub(crate) drain_deadline: u64,

    /// How to write the log, which goes to standard error; RUST_LOG says how much (info if not set)
    #[arg(long, env = "CLIENTS_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub(crate) log_format: LogFormat,
}
