//! Settings of the webhook.

use std::time::Duration;

use adapter_webhook::{Address, SigningSecrets};
use clap::{ArgAction, Args};
use client_app::relay::{RelaySettings, RetrySchedule};

use super::error::SettingsError;
use super::secret::Secret;
use super::value::{Switch, non_empty, refuse_without};

/// The webhook, for the commands that deliver events.
#[derive(Args, Clone, Debug)]
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

    /// A further receiver of events: name=…,url=…,secret-file=…,types=… (event types with + between them; all, if it is not
    /// given); several flags, or several with spaces between them
    #[arg(
        long,
        env = "CLIENTS_WEBHOOK_RECEIVER",
        value_name = "RECEIVER",
        hide_env_values = true,
        action = ArgAction::Append,
        value_delimiter = ' '
    )]
    pub(crate) webhook_receiver: Vec<String>,

    /// Whether the address may be http on another machine, where the network protects the traffic
    #[arg(long, env = "CLIENTS_WEBHOOK_PLAIN_HTTP", value_enum, default_value_t = Switch::Off)]
    pub(crate) webhook_plain_http: Switch,

    /// Seconds that the webhook may take to answer
    #[arg(long, env = "CLIENTS_WEBHOOK_TIMEOUT", value_name = "SECONDS", default_value_t = 15)]
    pub(crate) webhook_timeout: u64,

    /// How often an event is sent before it becomes a dead letter, 1 to 100; the default takes about three days
    #[arg(long, env = "CLIENTS_WEBHOOK_ATTEMPTS", value_name = "NUMBER", default_value_t = 10)]
    pub(crate) webhook_attempts: u32,
}

/// The part of a lease that a delivery may need besides waiting for the receiver.
const MARGIN: Duration = Duration::from_secs(5);

/// How events are delivered.
pub(crate) fn delivery(arguments: &WebhookArgs) -> Result<RelaySettings, SettingsError> {
    if !(1..=100).contains(&arguments.webhook_attempts) {
        return Err(SettingsError("--webhook-attempts must be a number from 1 to 100".to_owned()));
    }
    Ok(RelaySettings {
        max_delivery_time: timeout(arguments)? + MARGIN,
        retry_schedule: RetrySchedule::of_attempts(arguments.webhook_attempts),
        ..RelaySettings::default()
    })
}

/// The address of the webhook, if one is configured. Settings of a webhook without an address are refused.
pub(crate) fn address(arguments: &WebhookArgs) -> Result<Option<Address>, SettingsError> {
    let secret = Secret {
        flag: "--webhook",
        value: arguments.webhook.as_deref(),
        file: arguments.webhook_file.as_deref(),
    };
    let Some(text) = secret.read()? else {
        let is_given = |value: &Option<String>| non_empty(value.as_deref()).is_some();
        let settings = [
            ("--webhook-secret", is_given(&arguments.webhook_secret)),
            ("--webhook-secret-file", is_given(&arguments.webhook_secret_file)),
            ("--webhook-plain-http", arguments.webhook_plain_http == Switch::On),
        ];
        return refuse_without("--webhook", &settings).map(|()| None);
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
    given_secrets(arguments)?.ok_or_else(|| {
        SettingsError(
            "a webhook needs a secret that signs messages: give --webhook-secret or --webhook-secret-file"
                .to_owned(),
        )
    })
}

/// The secrets, if some are given.
pub(crate) fn given_secrets(arguments: &WebhookArgs) -> Result<Option<SigningSecrets>, SettingsError> {
    let secret = Secret {
        flag: "--webhook-secret",
        value: arguments.webhook_secret.as_deref(),
        file: arguments.webhook_secret_file.as_deref(),
    };
    let wrong = |error| SettingsError(format!("{} {error}", secret.subject()));
    secret.read()?.map(|text| SigningSecrets::parse(&text)).transpose().map_err(wrong)
}
