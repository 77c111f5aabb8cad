//! The webhook of the command line.

use std::sync::Arc;
use std::time::Duration;

use adapter_webhook::{Address, Limits, SigningSecrets, Webhook};

use crate::cli::{Switch, WebhookArgs};
use crate::settings::{SettingsError, said};
use crate::system::SystemClock;

/// The webhook, if one was named.
pub(crate) fn webhook(arguments: &WebhookArgs) -> Result<Option<Webhook>, SettingsError> {
    let Some(address) = said(arguments.webhook.as_deref()) else {
        return Ok(None);
    };
    let plain = arguments.webhook_plain_http == Switch::On;
    let address = if plain { Address::parse_plain(address) } else { Address::parse(address) };
    let address = address.map_err(|error| SettingsError(format!("--webhook {error}")))?;
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
    let given = said(arguments.webhook_secret.as_deref());
    let file = said(arguments.webhook_secret_file.as_deref());
    let (name, text) = match (given, file) {
        (Some(text), None) => ("--webhook-secret", text.to_owned()),
        (None, Some(file)) => {
            let unreadable = |error| {
                SettingsError(format!("--webhook-secret-file: the file {file} cannot be read: {error}"))
            };
            ("--webhook-secret-file", std::fs::read_to_string(file).map_err(unreadable)?)
        }
        (None, None) => {
            let missing =
                "a webhook needs a secret to sign with: give --webhook-secret or --webhook-secret-file";
            return Err(SettingsError(missing.to_owned()));
        }
        (Some(_), Some(_)) => {
            let both = "--webhook-secret and --webhook-secret-file cannot be given together";
            return Err(SettingsError(both.to_owned()));
        }
    };
    SigningSecrets::parse(&text).map_err(|error| SettingsError(format!("{name} {error}")))
}
