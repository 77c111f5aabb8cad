//! The webhook of the command line.

use std::sync::Arc;
use std::time::Duration;

use adapter_webhook::{Address, Limits, SigningSecrets, Webhook};

use crate::cli::{Switch, WebhookArgs};
use crate::secret::Secret;
use crate::settings::SettingsError;
use crate::system::SystemClock;

/// The webhook, if one was named.
pub(crate) fn webhook(arguments: &WebhookArgs) -> Result<Option<Webhook>, SettingsError> {
    let place = Secret {
        flag: "--webhook",
        value: arguments.webhook.as_deref(),
        file: arguments.webhook_file.as_deref(),
    };
    let Some(address) = place.read()? else {
        return Ok(None);
    };
    let address = address.as_str();
    let plain = arguments.webhook_plain_http == Switch::On;
    let address = if plain { Address::parse_plain(address) } else { Address::parse(address) };
    let address = address.map_err(|error| SettingsError(format!("{} {error}", place.source())))?;
    let limits = Limits { answer: timeout(arguments)?, ..Limits::default() };
    let webhook = Webhook::new(address, secrets(arguments)?, limits, Arc::new(SystemClock));
    webhook.map(Some).map_err(|error| SettingsError(format!("--webhook: {error}")))
}

/// How long the webhook may take to answer.
pub(crate) fn timeout(arguments: &WebhookArgs) -> Result<Duration, SettingsError> {
    match arguments.webhook_timeout {
        seconds @ 1..=60 => Ok(Duration::from_secs(seconds)),
        _ => Err(SettingsError("--webhook-timeout must be a number from 1 to 60".to_owned())),
    }
}

fn secrets(arguments: &WebhookArgs) -> Result<SigningSecrets, SettingsError> {
    let secret = Secret {
        flag: "--webhook-secret",
        value: arguments.webhook_secret.as_deref(),
        file: arguments.webhook_secret_file.as_deref(),
    };
    let text = secret.read()?.ok_or_else(|| {
        SettingsError(
            "a webhook needs a secret to sign with: give --webhook-secret or --webhook-secret-file"
                .to_owned(),
        )
    })?;
    SigningSecrets::parse(&text).map_err(|error| SettingsError(format!("{} {error}", secret.source())))
}
