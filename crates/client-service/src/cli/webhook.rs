//! Settings of the webhook.

use clap::Args;

use super::Switch;

/// What serving and relaying share.
#[derive(Args, Debug)]
pub(crate) struct WebhookArgs {
    /// Where events are delivered to, see docs/webhooks.md; an https address
    #[arg(long, env = "CLIENTS_WEBHOOK", value_name = "ADDRESS", hide_env_values = true)]
    pub(crate) webhook: Option<String>,

    /// The same from a file, for an address that holds a key
    #[arg(long, env = "CLIENTS_WEBHOOK_FILE", value_name = "FILE")]
    pub(crate) webhook_file: Option<String>,

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
