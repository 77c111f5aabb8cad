//! The webhooks that events are delivered to.

use std::collections::BTreeMap;
use std::sync::Arc;

use adapter_webhook::{Address, Limits, SigningSecrets, Webhook};
use client_app::ports::{EventFilter, EventReceiver, ReceiverName};

use super::replaceable::ReplaceableReceiver;
use crate::config::error::SettingsError;
use crate::config::webhook::{self, WebhookArgs};
use crate::config::webhook_receiver::{self, SETTING};
use crate::system::SystemClock;

/// The webhooks, each with the events that it gets, by the names of their receivers; none if none is configured.
pub(crate) type Webhooks = BTreeMap<ReceiverName, (Arc<dyn EventReceiver>, EventFilter)>;

/// The webhooks as a running program holds them.
pub(crate) type WebhookPorts = BTreeMap<ReceiverName, Arc<ReplaceableReceiver>>;

pub(crate) fn webhooks(arguments: &WebhookArgs) -> Result<Webhooks, SettingsError> {
    let limits = Limits { answer: webhook::timeout(arguments)?, ..Limits::default() };
    let adapter = |address: Address, secrets: SigningSecrets, setting: &str| {
        let webhook = Webhook::new(address, secrets, limits, Arc::new(SystemClock));
        let webhook = webhook.map_err(|error| SettingsError(format!("--{setting}: {error}")))?;
        Ok::<_, SettingsError>(Arc::new(webhook) as Arc<dyn EventReceiver>)
    };
    let receivers = webhook_receiver::receivers(arguments)?;
    let mut webhooks = Webhooks::new();
    if let Some(address) = webhook::address(arguments)? {
        let webhook = adapter(address, webhook::signing_secrets(arguments)?, "webhook")?;
        webhooks.insert(ReceiverName::DEFAULT, (webhook, EventFilter::All));
    } else if !receivers.is_empty() {
        return Err(SettingsError(format!(
            "--{SETTING} needs the webhook of --webhook, which receives every event; give --webhook too"
        )));
    }
    for receiver in receivers {
        let webhook = adapter(receiver.address, receiver.secrets, SETTING)?;
        webhooks.insert(receiver.name, (webhook, receiver.filter));
    }
    Ok(webhooks)
}

/// The webhooks as ports whose adapters a reload replaces.
pub(crate) fn ports(webhooks: Webhooks) -> WebhookPorts {
    let port = |(name, webhook)| (name, Arc::new(ReplaceableReceiver::new(webhook)));
    webhooks.into_iter().map(port).collect()
}

/// Whether a reload keeps the receivers that there are: others begin or end with a start, because they are registered, and
/// a person decides what becomes of the events that wait for one.
pub(crate) fn check_names(ports: &WebhookPorts, newer: &Webhooks) -> Result<(), SettingsError> {
    if ports.keys().eq(newer.keys()) {
        return Ok(());
    }
    let why = "a webhook is added or removed by a start of the service and not by a reload";
    Err(SettingsError(why.to_owned()))
}

/// Replaces the adapters and filters.
pub(crate) fn replace(ports: &WebhookPorts, newer: Webhooks) {
    for (name, webhook) in newer {
        if let Some(port) = ports.get(&name) {
            port.replace(webhook);
        }
    }
}
