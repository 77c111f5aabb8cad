//! What a running service takes over of its settings: the values, where they go, and the reload that brings them there.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use adapter_http::Tls;
use adapter_http::auth::{PermissionClaims, TokenVerifier};
use client_app::Clients;
use client_app::ports::{AccountDirectory, BranchDirectory};
use client_domain::kyc::KycPolicy;
use tokio::runtime::Handle;

use super::auth::{AdoptClaims, Keys, LoadedKeys};
use super::directory::directory;
use super::ledger::accounts;
use super::replaceable::Replaceable;
use super::webhook::{self, WebhookPorts, Webhooks, webhooks};
use super::{console, settings_check};
use crate::config::effective::EffectiveSettings;
use crate::config::error::SettingsError;
use crate::config::reading::Reading;
use crate::config::reloaded::{FixedFiles, RELOADED};
use crate::config::service::ServeArgs;
use crate::config::storage_location::StorageLocation;
use crate::config::value::non_empty;
use crate::config::{listen, port, rules, tokens, unsafe_settings};
use crate::reload::{Refused, Reloaded};

/// The values of settings that a running service takes over, besides the keys of tokens.
pub(crate) struct LiveValues {
    pub(crate) kyc_policy: KycPolicy,
    branches: Arc<dyn BranchDirectory>,
    accounts: Arc<dyn AccountDirectory>,
    webhooks: Webhooks,
    tls: Option<Tls>,
}

impl LiveValues {
    pub(crate) fn read(arguments: &ServeArgs) -> Result<Self, SettingsError> {
        Ok(Self {
            kyc_policy: rules::kyc_policy(&arguments.rules)?,
            branches: Arc::new(directory(&arguments.rules)?),
            accounts: accounts(&arguments.ledger)?,
            webhooks: webhooks(&arguments.webhook)?,
            tls: port::tls(&arguments.port)?,
        })
    }
}

/// The ports whose adapters follow the settings.
#[derive(Clone)]
pub(crate) struct LivePorts {
    pub(crate) branches: Arc<Replaceable<dyn BranchDirectory>>,
    pub(crate) accounts: Arc<Replaceable<dyn AccountDirectory>>,
    pub(crate) webhooks: WebhookPorts,
    pub(crate) tls: Option<Tls>,
}

impl LivePorts {
    /// The ports with these adapters, and the policy.
    pub(crate) fn of(values: LiveValues) -> (Self, KycPolicy) {
        let LiveValues { kyc_policy, branches, accounts, webhooks, tls } = values;
        let ports = Self {
            branches: Replaceable::new(branches),
            accounts: Replaceable::new(accounts),
            webhooks: webhook::ports(webhooks),
            tls,
        };
        (ports, kyc_policy)
    }
}

/// The settings that a service uses at this moment.
#[derive(Clone)]
pub(crate) struct InForce(Arc<Mutex<ServeArgs>>);

impl InForce {
    pub(crate) fn new(arguments: &ServeArgs) -> Self {
        Self(Arc::new(Mutex::new(arguments.clone())))
    }

    pub(crate) fn arguments(&self) -> MutexGuard<'_, ServeArgs> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The parts of a running service that a reload reaches.
pub(crate) struct LiveService {
    pub(crate) clients: Clients,
    pub(crate) ports: LivePorts,
    pub(crate) verifier: Arc<TokenVerifier>,
    /// Whether the service has made the key of its tokens itself.
    pub(crate) is_development: bool,
    /// Where claims of the identity provider of the console go.
    pub(crate) provider: Option<AdoptClaims>,
    pub(crate) storage_location: StorageLocation,
    pub(crate) addresses: Vec<SocketAddr>,
}

/// The reload of a service.
pub(crate) struct ServiceReload {
    reading: Reading<ServeArgs>,
    in_force: InForce,
    service: LiveService,
    fixed: FixedFiles,
}

/// What a reload has read, before any of it is used.
struct Read {
    arguments: ServeArgs,
    values: LiveValues,
    keys: Keys,
    permissions: PermissionClaims,
    waiting: Vec<String>,
}

impl ServiceReload {
    pub(crate) fn new(reading: Reading<ServeArgs>, in_force: InForce, service: LiveService) -> Self {
        let fixed = FixedFiles::read(reading.arguments.secret_files());
        Self { reading, in_force, service, fixed }
    }

    /// Reads the settings again and takes them over, all that can change or none.
    pub(crate) async fn round(self: Arc<Self>) -> Reloaded {
        let reload = self.clone();
        let read = tokio::task::spawn_blocking(move || reload.read()).await;
        let panicked = |_| Refused { why: SettingsError("the reload panicked".to_owned()), file: None };
        let Read { arguments, values, keys, permissions, waiting } = read.map_err(panicked)??;
        let loaded = keys.load().await;
        let loaded = loaded.map_err(|why| Refused::of(why, arguments.reloaded_files()))?;
        // From here on nothing fails.
        self.service.take_over(values, &loaded, permissions, (&self.in_force, arguments));
        Ok(waiting)
    }

    fn read(&self) -> Result<Read, Refused> {
        let (newer, effective) = (self.reading.again)().map_err(|why| Refused { why, file: None })?;
        // What waits for the next start must not make that one fail.
        let mut sentences: Vec<_> = Vec::new();
        for fault in Handle::current().block_on(settings_check::faults(&newer)) {
            if !sentences.contains(&fault.0) {
                sentences.push(fault.0);
            }
        }
        if !sentences.is_empty() {
            return Err(Refused::of(SettingsError(sentences.join("; ")), newer.reloaded_files()));
        }
        let arguments = self.reading.arguments.reloaded(&newer);
        let refused = |why| Refused::of(why, arguments.reloaded_files());
        let (values, keys, permissions) = self.values(&arguments).map_err(refused)?;
        let waiting = self.waiting(&newer, &effective);
        Ok(Read { arguments, values, keys, permissions, waiting })
    }

    fn values(&self, arguments: &ServeArgs) -> Result<(LiveValues, Keys, PermissionClaims), SettingsError> {
        let service = &self.service;
        let values = LiveValues::read(arguments)?;
        let refused = |sentence: &str| Err(SettingsError(sentence.to_owned()));
        webhook::check_names(&service.ports.webhooks, &values.webhooks)?;
        // Without a ledger an exit asks for no accounts, so a line that a template has lost must not pass as a setting.
        let asks = |arguments: &ServeArgs| non_empty(arguments.ledger.accounts.as_deref()).is_some();
        if asks(arguments) != asks(&self.in_force.arguments()) {
            return refused("a ledger is added or removed by a start of the service and not by a reload");
        }
        if values.tls.is_some() != service.ports.tls.is_some() {
            return refused(
                "TLS at the port begins or ends with a start of the service and not with a reload",
            );
        }
        let has_provider = console::settings(arguments)?.has_provider();
        let keys = Keys::of(&arguments.keys, &service.storage_location, has_provider)?;
        if keys.is_development() != service.is_development {
            return refused(
                "the first key of tokens is added, and the last one removed, by a start of the service and not by a reload",
            );
        }
        if let Some(why) = keys.this_machine_only() {
            listen::this_machine_only(&service.addresses, why)?;
        }
        Ok((values, keys, tokens::permission_claims(&arguments.keys)?))
    }

    /// The settings that have changed and wait for the next start.
    fn waiting(&self, newer: &ServeArgs, effective: &EffectiveSettings) -> Vec<String> {
        let changed = self.reading.effective.changed(effective).filter(|flag| !RELOADED.contains(flag));
        let files = FixedFiles::read(newer.secret_files());
        let all: BTreeSet<_> = changed.chain(self.fixed.changed(&files)).collect();
        all.into_iter().map(|flag| format!("--{flag}")).collect()
    }
}

impl LiveService {
    fn take_over(
        &self,
        values: LiveValues,
        keys: &LoadedKeys,
        permissions: PermissionClaims,
        (in_force, arguments): (&InForce, ServeArgs),
    ) {
        if let LoadedKeys::Configured(keys) = keys {
            self.verifier.adopt(keys);
        }
        if let Some(adopt) = &self.provider {
            adopt(permissions);
        }
        let mut used = in_force.arguments();
        let before = self.clients.kyc_policy();
        unsafe_settings::report_change(
            &unsafe_settings::of_service(&used, &before),
            &unsafe_settings::of_service(&arguments, &values.kyc_policy),
        );
        *used = arguments;
        drop(used);
        self.clients.replace_kyc_policy(values.kyc_policy);
        self.ports.branches.replace(values.branches);
        self.ports.accounts.replace(values.accounts);
        webhook::replace(&self.ports.webhooks, values.webhooks);
        if let Some((tls, newer)) = self.ports.tls.as_ref().zip(values.tls) {
            tls.adopt(&newer);
        }
    }
}
