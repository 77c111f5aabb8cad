//! Settings of the service: every group, and the settings that belong to none.

use std::net::SocketAddr;

use clap::Args;

use super::batches::BatchArgs;
#[cfg(feature = "console")]
use super::console::ConsoleArgs;
use super::database::DatabaseArgs;
use super::documents::DocumentArgs;
use super::error::SettingsError;
use super::exports::ExportArgs;
use super::ledger::LedgerArgs;
use super::limits::LimitArgs;
use super::log::LogArgs;
use super::port::PortArgs;
use super::replicas::ReplicaArgs;
use super::rules::RuleArgs;
use super::secret::SecretFile;
use super::storage_location::StorageLocation;
use super::tokens::KeyArgs;
use super::traces::TraceArgs;
use super::value::{Switch, non_empty};
use super::webhook::WebhookArgs;
use super::webhook_receiver;

#[derive(Args, Clone, Debug)]
pub(crate) struct ServeArgs {
    /// Where to listen: a host name such as localhost, or an address; port 0 lets the system choose
    #[arg(long, env = "CLIENTS_LISTEN", value_name = "HOST:PORT", default_value = "127.0.0.1:8080")]
    pub(crate) listen: String,

    /// A separate address for health, readiness and metrics; metrics are then answered only there
    #[arg(long, env = "CLIENTS_ADMIN_LISTEN", value_name = "ADDRESS:PORT")]
    pub(crate) admin_listen: Option<SocketAddr>,

    #[command(flatten)]
    pub(crate) port: PortArgs,

    #[command(flatten, next_help_heading = "Data")]
    pub(crate) database: DatabaseArgs,

    /// For tests of other programs: clients in memory only, and POST /test/clock, /test/faults, /test/reset and /test/seed for
    /// every program on this machine
    #[arg(long, env = "CLIENTS_TEST_CONTROLS", value_enum, default_value_t = Switch::Off, default_missing_value = "on",
        num_args = 0..=1, require_equals = true, help_heading = "Data")]
    pub(crate) test_controls: Switch,

    #[command(flatten, next_help_heading = "Replicas")]
    pub(crate) replicas: ReplicaArgs,

    #[command(flatten, next_help_heading = "Documents")]
    pub(crate) documents: DocumentArgs,

    #[command(flatten, next_help_heading = "Tokens")]
    pub(crate) keys: KeyArgs,

    #[command(flatten, next_help_heading = "Rules")]
    pub(crate) rules: RuleArgs,

    #[command(flatten, next_help_heading = "Batches")]
    pub(crate) batches: BatchArgs,

    #[command(flatten, next_help_heading = "Exports")]
    pub(crate) exports: ExportArgs,

    #[command(flatten, next_help_heading = "Ledger")]
    pub(crate) ledger: LedgerArgs,

    #[command(flatten, next_help_heading = "Events")]
    pub(crate) webhook: WebhookArgs,

    /// Whether this process delivers events if there is a webhook; with off, client-service relay delivers them
    #[arg(long, env = "CLIENTS_RELAY", value_enum, default_value_t = Switch::On, help_heading = "Events")]
    pub(crate) relay: Switch,

    #[cfg(feature = "console")]
    #[command(flatten, next_help_heading = "Console")]
    pub(crate) console: ConsoleArgs,

    #[command(flatten, next_help_heading = "Limits")]
    pub(crate) limits: LimitArgs,

    #[command(flatten, next_help_heading = "Log")]
    pub(crate) log: LogArgs,

    #[command(flatten, next_help_heading = "Traces")]
    pub(crate) traces: TraceArgs,
}

impl ServeArgs {
    /// Where the clients are. Test controls change and forget them, so they are in memory then.
    pub(crate) fn storage_location(&self) -> Result<StorageLocation, SettingsError> {
        let storage = &self.database.storage;
        if self.test_controls == Switch::Off {
            return storage.storage_location();
        }
        let named = [
            // Without a value it is on then.
            ("--in-memory=off", Some("off").filter(|_| storage.in_memory == Switch::Off)),
            ("--data", non_empty(storage.data.as_deref())),
            ("--database-url", non_empty(storage.database_url.as_deref())),
            ("--database-url-file", non_empty(storage.database_url_file.as_deref())),
        ];
        match named.into_iter().find(|(_, value)| value.is_some()) {
            Some((flag, _)) => Err(SettingsError(format!(
                "--test-controls keeps clients in memory and forgets them on demand, so it cannot be given together with {flag}; \
                 remove one of them"
            ))),
            None => Ok(StorageLocation::Memory),
        }
    }

    /// The files that hold secrets or keys.
    pub(crate) fn secret_files(&self) -> Vec<SecretFile> {
        let is_address = |location: &str| location.contains("://");
        let jwks = non_empty(self.keys.jwks.as_deref()).filter(|location| !is_address(location));
        let settings = [
            ("database-url-file", self.database.storage.database_url_file.as_deref()),
            ("replica-url-file", self.replicas.replica_url_file.as_deref()),
            ("jwt-hs256-secret-file", self.keys.secret.hs256_secret_file.as_deref()),
            ("jwks", jwks),
            ("jwt-public-key", self.keys.jwt_public_key.as_deref()),
            ("tls-certificate", self.port.tls_certificate.as_deref()),
            ("tls-key", self.port.tls_key.as_deref()),
            ("webhook-file", self.webhook.webhook_file.as_deref()),
            ("webhook-secret-file", self.webhook.webhook_secret_file.as_deref()),
            ("accounts-secret-file", self.ledger.accounts_secret_file.as_deref()),
            ("caller-hash-key-file", self.log.caller_hash_key_file.as_deref()),
            #[cfg(feature = "console")]
            ("oidc-client-secret-file", self.console.sign_in.oidc_client_secret_file.as_deref()),
        ];
        let named = |(setting, file)| SecretFile::named(setting, file);
        settings.into_iter().filter_map(named).chain(webhook_receiver::files(&self.webhook)).collect()
    }

    /// Whether clients outlive the program.
    pub(crate) fn keeps_clients(&self) -> bool {
        self.database.storage.in_memory == Switch::Off && self.test_controls == Switch::Off
    }
}
