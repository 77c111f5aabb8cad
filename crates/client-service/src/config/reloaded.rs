//! Settings that a running service takes over, at SIGHUP.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::secret::SecretFile;
use super::service::ServeArgs;
use super::webhook::WebhookArgs;

/// The flags, without dashes, of the settings that are taken over. A change of any other one waits for the next start.
pub(crate) const RELOADED: [&str; 17] = [
    "tls-certificate",
    "tls-key",
    "jwks",
    "jwt-public-key",
    "jwt-hs256-secret",
    "jwt-hs256-secret-file",
    "permission-claims",
    "kyc-policy",
    "directory",
    "accounts",
    "accounts-secret",
    "accounts-secret-file",
    "webhook",
    "webhook-file",
    "webhook-secret",
    "webhook-secret-file",
    "webhook-receiver",
];

/// The files of secrets that are read at the start only, each with the digest of what it held.
pub(crate) struct FixedFiles(BTreeMap<&'static str, Option<[u8; 32]>>);

impl FixedFiles {
    /// Reads those of these files whose settings are not taken over.
    pub(crate) fn read(files: Vec<SecretFile>) -> Self {
        let files = files.into_iter().filter(|file| !RELOADED.contains(&file.setting));
        let digest = |path: String| Some(Sha256::digest(std::fs::read(path).ok()?).into());
        Self(files.map(|file| (file.setting, digest(file.path))).collect())
    }

    /// The flags of those that hold something else now.
    pub(crate) fn changed<'a>(&'a self, newer: &'a Self) -> impl Iterator<Item = &'a str> {
        let changed = newer.0.iter().filter(|(setting, text)| self.0.get(*setting) != Some(*text));
        changed.map(|(setting, _)| *setting)
    }
}

impl ServeArgs {
    /// These settings, with those of `newer` that a running service takes over.
    pub(crate) fn reloaded(&self, newer: &Self) -> Self {
        let mut settings = self.clone();
        settings.port.tls_certificate.clone_from(&newer.port.tls_certificate);
        settings.port.tls_key.clone_from(&newer.port.tls_key);
        settings.keys.jwks.clone_from(&newer.keys.jwks);
        settings.keys.jwt_public_key.clone_from(&newer.keys.jwt_public_key);
        settings.keys.secret.hs256_secret.clone_from(&newer.keys.secret.hs256_secret);
        settings.keys.secret.hs256_secret_file.clone_from(&newer.keys.secret.hs256_secret_file);
        settings.keys.permission_claims.clone_from(&newer.keys.permission_claims);
        settings.rules.kyc_policy.clone_from(&newer.rules.kyc_policy);
        settings.rules.directory.clone_from(&newer.rules.directory);
        settings.ledger.accounts.clone_from(&newer.ledger.accounts);
        settings.ledger.accounts_secret.clone_from(&newer.ledger.accounts_secret);
        settings.ledger.accounts_secret_file.clone_from(&newer.ledger.accounts_secret_file);
        settings.webhook = self.webhook.reloaded(&newer.webhook);
        settings
    }

    /// The files that settings name and that are read again, each with its setting.
    pub(crate) fn reloaded_files(&self) -> [(&'static str, Option<&str>); 11] {
        let [address, secrets] = self.webhook.files();
        [
            ("tls-certificate", self.port.tls_certificate.as_deref()),
            ("tls-key", self.port.tls_key.as_deref()),
            ("jwks", self.keys.jwks.as_deref()),
            ("jwt-public-key", self.keys.jwt_public_key.as_deref()),
            ("jwt-hs256-secret-file", self.keys.secret.hs256_secret_file.as_deref()),
            ("permission-claims", self.keys.permission_claims.as_deref()),
            ("kyc-policy", self.rules.kyc_policy.as_deref()),
            ("directory", self.rules.directory.as_deref()),
            ("accounts-secret-file", self.ledger.accounts_secret_file.as_deref()),
            address,
            secrets,
        ]
    }
}

impl WebhookArgs {
    /// The same for the settings of the webhook.
    pub(crate) fn reloaded(&self, newer: &Self) -> Self {
        Self {
            webhook: newer.webhook.clone(),
            webhook_file: newer.webhook_file.clone(),
            webhook_secret: newer.webhook_secret.clone(),
            webhook_secret_file: newer.webhook_secret_file.clone(),
            webhook_receiver: newer.webhook_receiver.clone(),
            ..self.clone()
        }
    }

    /// The files that its settings name, each with its setting.
    pub(crate) fn files(&self) -> [(&'static str, Option<&str>); 2] {
        [
            ("webhook-file", self.webhook_file.as_deref()),
            ("webhook-secret-file", self.webhook_secret_file.as_deref()),
        ]
    }
}

#[cfg(test)]
mod tests {
    use clap::{Args as _, Command, FromArgMatches as _};

    use super::*;

    fn settings(arguments: &[String]) -> ServeArgs {
        let command = ServeArgs::augment_args(Command::new("serve"));
        let words = ["serve".to_owned()];
        ServeArgs::from_arg_matches(&command.get_matches_from(words.iter().chain(arguments))).unwrap()
    }

    #[test]
    fn exactly_the_listed_settings_are_taken_over() {
        let started = settings(&[]);
        let listed: Vec<_> = RELOADED.iter().map(|flag| format!("--{flag}=x")).collect();
        let newer = settings(&listed);
        assert_eq!(format!("{:?}", started.reloaded(&newer)), format!("{newer:?}"));
        let others = ["--listen=h:1", "--data=d", "--four-eyes=off", "--jwt-issuer=i", "--webhook-timeout=9"];
        let others = settings(&others.map(str::to_owned));
        assert_eq!(format!("{:?}", started.reloaded(&others)), format!("{started:?}"));
        assert_eq!(newer.reloaded_files().iter().filter(|(_, file)| file.is_some()).count(), 11);
    }
}
