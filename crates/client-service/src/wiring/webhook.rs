//! The webhook that events are delivered to.

use std::sync::Arc;

use adapter_webhook::{Limits, Webhook};

use crate::config::error::SettingsError;
use crate::config::webhook::{self, WebhookArgs};
use crate::system::SystemClock;

/// The webhook, if one is configured.
pub(crate) fn webhook(arguments: &WebhookArgs) -> Result<Option<Webhook>, SettingsError> {
    let timeout = webhook::timeout(arguments)?;
    let Some(address) = webhook::address(arguments)? else {
        return Ok(None);
    };
    let secrets = webhook::signing_secrets(arguments)?;
    let limits = Limits { answer: timeout, ..Limits::default() };
    let webhook = Webhook::new(address, secrets, limits, Arc::new(SystemClock));
    webhook.map(Some).map_err(|error| SettingsError(format!("--webhook: {error}")))
}
