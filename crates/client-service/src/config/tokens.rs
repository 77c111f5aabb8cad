//! Settings of tokens: the keys that verify them, and the claims that they must carry.

use std::time::Duration;

use adapter_http::auth::{Expectations, KeySource, PermissionClaims};
use clap::Args;

use super::duration::duration;
use super::error::SettingsError;
use super::secret::Secret;
use super::storage_location::StorageLocation;
use super::value::{Switch, non_empty};

/// The word that accepts every issuer or audience: it has to be written out, so that it is not chosen by accident.
pub(crate) const ANY: &str = "any";

/// The variable with the token of a caller. No flag has it, because every account of the machine can see the arguments of a program.
pub(crate) const TOKEN_VARIABLE: &str = "CLIENTS_TOKEN";

#[derive(Args, Clone, Debug)]
pub(crate) struct KeyArgs {
    /// Public keys that verify tokens, as a JSON Web Key Set: a file, or an https address; read again when it changes
    #[arg(long, env = "CLIENTS_JWKS", value_name = "FILE|ADDRESS")]
    pub(crate) jwks: Option<String>,

    /// One public key that verifies tokens, as a PEM file: RSA, P-256 or Ed25519; read again when it changes
    #[arg(long, env = "CLIENTS_JWT_PUBLIC_KEY", value_name = "FILE")]
    pub(crate) jwt_public_key: Option<String>,

    #[command(flatten)]
    pub(crate) secret: SecretArgs,

    /// The longest time from the issue of a token, and from now, to its expiry: a number and s, m, h or d
    #[arg(
        long = "jwt-max-lifetime",
        env = "CLIENTS_JWT_MAX_LIFETIME",
        value_name = "DURATION",
        default_value = "24h"
    )]
    pub(crate) max_lifetime: String,

    /// Which claims of a token hold permissions, and what their values stand for, such as the roles and groups of an
    /// identity provider: a JSON file, see docs/settings.md; by default permissions and scope hold names of permissions
    #[arg(long, env = "CLIENTS_PERMISSION_CLAIMS", value_name = "FILE")]
    pub(crate) permission_claims: Option<String>,

    /// For development: accept a shared secret as the key of tokens beside PostgreSQL, or on an address that other machines
    /// reach
    #[arg(long, env = "CLIENTS_DEVELOPMENT", value_enum, default_value_t = Switch::Off)]
    pub(crate) development: Switch,
}

/// The shared secret and the claims, for the commands that verify and that sign tokens.
#[derive(Args, Clone, Debug)]
pub(crate) struct SecretArgs {
    /// For development: the secret that signs tokens (HS256), at least 32 bytes
    #[arg(
        long = "jwt-hs256-secret",
        env = "CLIENTS_JWT_HS256_SECRET",
        value_name = "SECRET",
        hide_env_values = true
    )]
    pub(crate) hs256_secret: Option<String>,

    /// The same from a file
    #[arg(long = "jwt-hs256-secret-file", env = "CLIENTS_JWT_HS256_SECRET_FILE", value_name = "FILE")]
    pub(crate) hs256_secret_file: Option<String>,

    /// The issuer that a token must name, or the word any; required with public keys
    #[arg(long = "jwt-issuer", env = "CLIENTS_JWT_ISSUER", value_name = "ISSUER")]
    pub(crate) issuer: Option<String>,

    /// The audience that a token must name, or the word any; required with public keys
    #[arg(long = "jwt-audience", env = "CLIENTS_JWT_AUDIENCE", value_name = "AUDIENCE")]
    pub(crate) audience: Option<String>,
}

impl KeyArgs {
    /// Whether a setting names public keys.
    pub(crate) fn names_public_key(&self) -> bool {
        [&self.jwks, &self.jwt_public_key]
            .into_iter()
            .any(|location| non_empty(location.as_deref()).is_some())
    }

    /// Whether a setting names a key.
    pub(crate) fn names_key(&self) -> bool {
        let secret = [&self.secret.hs256_secret, &self.secret.hs256_secret_file];
        self.names_public_key() || secret.into_iter().any(|secret| non_empty(secret.as_deref()).is_some())
    }
}

/// The keys that the settings name; none if no setting does.
///
/// A configuration that accepts tokens of others must be explicit. That is a shared secret together with PostgreSQL,
/// because every program that verifies with the secret can also sign with it. And it is a public key without issuer and
/// audience, because a token that the same issuer made for another service would pass (RFC 8725, sections 3.8 and 3.9).
pub(crate) fn key_sources(
    keys: &KeyArgs,
    storage_location: &StorageLocation,
) -> Result<Vec<KeySource>, SettingsError> {
    let unaddressed = non_empty(keys.secret.issuer.as_deref()).is_none()
        || non_empty(keys.secret.audience.as_deref()).is_none();
    if keys.names_public_key() && unaddressed {
        return Err(SettingsError(
            "with --jwks or --jwt-public-key a token must name its issuer and audience: give --jwt-issuer and \
             --jwt-audience, or the word any to accept the tokens of other services"
                .to_owned(),
        ));
    }
    let mut sources = Vec::new();
    if let Some(location) = non_empty(keys.jwks.as_deref()) {
        let is_address = location.starts_with("http://") || location.starts_with("https://");
        sources.push(if is_address {
            KeySource::jwks_address("--jwks", location)
        } else {
            KeySource::jwks_file("--jwks", location)
        });
    }
    if let Some(file) = non_empty(keys.jwt_public_key.as_deref()) {
        sources.push(KeySource::public_key_pem("--jwt-public-key", file));
    }
    let secret = hs256_secret(&keys.secret);
    if let Some(text) = secret.read()? {
        if matches!(storage_location, StorageLocation::Postgres(_)) && keys.development == Switch::Off {
            return Err(SettingsError(format!(
                "{} is for development; together with PostgreSQL it needs --development on; for real clients give \
                 --jwks or --jwt-public-key",
                secret.source()
            )));
        }
        sources.push(KeySource::hs256_secret(secret.source(), text));
    }
    Ok(sources)
}

/// Why the service may answer this machine only; `None` where it may listen anywhere. The keys that the settings name are
/// `sources`.
pub(crate) fn this_machine_only(
    keys: &KeyArgs,
    storage_location: &StorageLocation,
    sources: &[KeySource],
) -> Option<&'static str> {
    if sources.is_empty() {
        return Some(
            "without a key of the settings the service listens on this machine only, such as on 127.0.0.1:8080; to listen \
             elsewhere give --jwks or --jwt-public-key",
        );
    }
    let is_kept = !matches!(storage_location, StorageLocation::Memory);
    (is_kept && !keys.names_public_key() && keys.development == Switch::Off).then_some(
        "with a shared secret and clients that are kept, the service listens on this machine only, such as on 127.0.0.1:8080; \
         to listen elsewhere give --jwks or --jwt-public-key or, for development, --development on",
    )
}

/// The shared secret that signs and verifies tokens.
pub(crate) fn hs256_secret(arguments: &SecretArgs) -> Secret<'_> {
    Secret {
        flag: "--jwt-hs256-secret",
        value: arguments.hs256_secret.as_deref(),
        file: arguments.hs256_secret_file.as_deref(),
    }
}

/// The longest lifetime of a token.
pub(crate) fn max_lifetime(keys: &KeyArgs) -> Result<Duration, SettingsError> {
    let flag = "--jwt-max-lifetime";
    let lifetime = duration(flag, &keys.max_lifetime)?;
    if !(Duration::from_mins(1)..=Duration::from_hours(24 * 365)).contains(&lifetime) {
        return Err(SettingsError(format!("{flag} must be from 1m to 365d")));
    }
    Ok(lifetime)
}

/// The claims that hold permissions.
pub(crate) fn permission_claims(keys: &KeyArgs) -> Result<PermissionClaims, SettingsError> {
    let Some(file) = non_empty(keys.permission_claims.as_deref()) else {
        return Ok(PermissionClaims::default());
    };
    let wrong = |problem: &str| SettingsError(format!("--permission-claims: {problem}"));
    let text =
        std::fs::read_to_string(file).map_err(|error| wrong(&format!("the file cannot be read: {error}")))?;
    // Some editors put the byte order mark in front of what they save.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    PermissionClaims::read(text).map_err(|error| wrong(&error.to_string()))
}

/// The issuer and audience that a token must name.
pub(crate) fn expectations(secret: &SecretArgs) -> Expectations {
    let named = |value: Option<&str>| non_empty(value).filter(|value| *value != ANY).map(str::to_owned);
    Expectations {
        issuer: named(secret.issuer.as_deref()),
        audience: named(secret.audience.as_deref()),
        ..Expectations::default()
    }
}
