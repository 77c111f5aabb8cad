//! Settings of the webhook.

use std::time::Duration;

use adapter_webhook::{Address, SigningSecrets};
use clap::Args;

use super::error::SettingsError;
use super::secret::Secret;
use super::value::Switch;

/// The webhook, for the commands that deliver events.
#[derive(Args, Debug)]
pub(crate) struct WebhookArgs {
    /// The https address that events are delivered to, see docs/webhooks.md
    #[arg(long, env = "CLIENTS_WEBHOOK", value_name = "ADDRESS", hide_env_values = true)]
    pub(crate) webhook: Option<String>,

    /// The same from a file, for an address that holds a key
    #[arg(long, env = "CLIENTS_WEBHOOK_FILE", value_name = "FILE")]
    pub(crate) webhook_file: Option<String>,

    /// The secret that signs messages, whsec_…; several with spaces between them during a rotation
    #[arg(long, env = "CLIENTS_WEBHOOK_SECRET", value_name = "SECRETS", hide_env_values = true)]
    pub(crate) webhook_secret: Option<String>,

    /// The same from a file
    #[arg(long, env = "CLIENTS_WEBHOOK_SECRET_FILE", value_name = "FILE")]
    pub(crate) webhook_secret_file: Option<String>,

    /// Whether the address may be http on another machine, where the network protects the traffic
    #[arg(long, env = "CLIENTS_WEBHOOK_PLAIN_HTTP", value_enum, default_value_t = Switch::Off)]
    pub(crate) webhook_plain_http: Switch,

    /// Seconds that the webhook may take to answer
    #[arg(long, env = "CLIENTS_WEBHOOK_TIMEOUT", value_name = "SECONDS", default_value_t = 15)]
    pub(crate) webhook_timeout: u64,
}

/// The address of the webhook, if one is configured.
pub(crate) fn address(arguments: &WebhookArgs) -> Result<Option<Address>, SettingsError> {
    let secret = Secret {
        flag: "--webhook",
        value: arguments.webhook.as_deref(),
        file: arguments.webhook_file.as_deref(),
    };
    let Some(text) = secret.read()? else {
        return Ok(None);
    };
    let is_plain = arguments.webhook_plain_http == Switch::On;
    let address = if is_plain { Address::parse_plain(&text) } else { Address::parse(&text) };
    address.map(Some).map_err(|error| SettingsError(format!("{} {error}", secret.source())))
}

/// How long the webhook may take to answer.
pub(crate) fn timeout(arguments: &WebhookArgs) -> Result<Duration, SettingsError> {
    match arguments.webhook_timeout {
        seconds @ 1..=60 => Ok(Duration::from_secs(seconds)),
        _ => Err(SettingsError("--webhook-timeout must be a number from 1 to 60".to_owned())),
    }
}

/// The secrets that sign messages. A webhook without one is refused.
pub(crate) fn signing_secrets(arguments: &WebhookArgs) -> Result<SigningSecrets, SettingsError> {
    let secret = Secret {
        flag: "--webhook-secret",
        value: arguments.webhook_secret.as_deref(),
        file: arguments.webhook_secret_file.as_deref(),
    };
    let text = secret.read()?.ok_or_else(|| {
        SettingsError(
            "a webhook needs a secret that signs messages: give --webhook-secret or --webhook-secret-file"
                .to_owned(),
        )
    })?;
    SigningSecrets::parse(&text).map_err(|error| SettingsError(format!("{} {error}", secret.source())))
}
