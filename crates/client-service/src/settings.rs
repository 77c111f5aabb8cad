//! From the command line to checked settings: a bad value is one clear sentence, and never repeats a secret.

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::num::NonZeroU32;
use std::time::Duration;

use adapter_http::Limits;
use adapter_http::auth::{Expectations, KeySource, KeySourceError};
use client_app::{DuplicateQuota, OnDuplicate, Policy};
use client_domain::kyc::KycPolicy;
use client_wire::read_kyc_policy;
use jiff::SignedDuration;
use serde_json::Value;

use crate::cli::{DatabaseArgs, DatabasePlace, Duplicate, KeyArgs, LimitArgs, RuleArgs, SecretArgs, Switch};
use crate::jobs::Retention;
use crate::secret::Secret;
use crate::span::span;

/// The word that says aloud that every issuer or audience is accepted.
pub(crate) const ANY: &str = "any";

/// A setting that cannot be, in one sentence.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct SettingsError(pub(crate) String);

impl From<KeySourceError> for SettingsError {
    fn from(error: KeySourceError) -> Self {
        Self(error.to_string())
    }
}

/// The keys of the command line; none where nothing was said.
///
/// What would let tokens in that were not made for this service has to be said aloud: a shared secret beside a
/// database (whoever verifies with it can sign with it) and public keys without issuer and audience, with which a
/// token of another service of the same issuer would do (RFC 8725, sections 3.8 and 3.9).
pub(crate) fn key_sources(keys: &KeyArgs, beside_database: bool) -> Result<Vec<KeySource>, SettingsError> {
    let public = said(keys.jwks.as_deref()).or(said(keys.jwt_public_key.as_deref())).is_some();
    let unaddressed =
        said(keys.secret.issuer.as_deref()).is_none() || said(keys.secret.audience.as_deref()).is_none();
    if public && unaddressed {
        return Err(SettingsError(
            "with --jwks or --jwt-public-key a token must name its issuer and audience: give --jwt-issuer and \
             --jwt-audience, or the word any to accept tokens that were made for others"
                .to_owned(),
        ));
    }
    let mut sources = Vec::new();
    if let Some(place) = said(keys.jwks.as_deref()) {
        let address = place.starts_with("http://") || place.starts_with("https://");
        sources.push(if address {
            KeySource::jwks_address("--jwks", place)
        } else {
            KeySource::jwks_file("--jwks", place)
        });
    }
    if let Some(file) = said(keys.jwt_public_key.as_deref()) {
        sources.push(KeySource::public_key_pem("--jwt-public-key", file));
    }
    let secret = hs256_secret(&keys.secret);
    if let Some(text) = secret.read()? {
        if beside_database && keys.development == Switch::Off {
            return Err(SettingsError(format!(
                "{} is for development, and beside a database it needs --development on; for real clients give \
                 --jwks or --jwt-public-key",
                secret.source()
            )));
        }
        sources.push(KeySource::hs256_secret(secret.source(), text));
    }
    Ok(sources)
}

/// The shared secret of the command line.
pub(crate) fn hs256_secret(arguments: &SecretArgs) -> Secret<'_> {
    Secret {
        flag: "--jwt-hs256-secret",
        value: arguments.hs256_secret.as_deref(),
        file: arguments.hs256_secret_file.as_deref(),
    }
}

/// The longest life of a token.
pub(crate) fn max_lifetime(keys: &KeyArgs) -> Result<Duration, SettingsError> {
    let flag = "--jwt-max-lifetime";
    let lifetime = span(flag, &keys.max_lifetime)?;
    if !(Duration::from_mins(1)..=Duration::from_hours(24 * 365)).contains(&lifetime) {
        return Err(SettingsError(format!("{flag} must be from 1m to 365d")));
    }
    Ok(lifetime)
}

/// For how long things are kept.
pub(crate) fn retention(arguments: &DatabaseArgs) -> Result<Retention, SettingsError> {
    let days = |flag: &str, days: u32, least: u32| {
        if !(least..=36_500).contains(&days) {
            return Err(SettingsError(format!("{flag} must be a number of days from {least} to 36500")));
        }
        Ok(SignedDuration::from_hours(24 * i64::from(days)))
    };
    Ok(Retention {
        // Callers may repeat a request with its key for a week.
        outcomes: days("--keep-outcomes", arguments.keep_outcomes, 7)?,
        delivered: days("--keep-delivered", arguments.keep_delivered, 1)?,
    })
}

/// The addresses to listen on: what a name stands for is tried one after the other.
pub(crate) fn listen(text: &str) -> Result<Vec<SocketAddr>, SettingsError> {
    let wrong = |why: &str| {
        let example = "such as 127.0.0.1:8080, [::1]:8080 or localhost:8080";
        SettingsError(format!("--listen must be a host and a port, {example}{why}"))
    };
    let port = text.rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok());
    port.ok_or_else(|| wrong("; the port is a number from 0 to 65535"))?;
    let addresses = text.to_socket_addrs().map_err(|_| wrong("; this host is not known"))?;
    Ok(addresses.collect())
}

/// The issuer and audience that a token must name.
pub(crate) fn expectations(secret: &SecretArgs) -> Expectations {
    let named = |value: Option<&str>| said(value).filter(|value| *value != ANY).map(str::to_owned);
    Expectations {
        issuer: named(secret.issuer.as_deref()),
        audience: named(secret.audience.as_deref()),
        max_lifetime: None,
    }
}

/// The address of the database on the command line.
fn database_url(place: &DatabasePlace) -> Secret<'_> {
    Secret {
        flag: "--database-url",
        value: place.database_url.as_deref(),
        file: place.database_url_file.as_deref(),
    }
}

/// Whether clients are kept in a database.
pub(crate) fn has_database(place: &DatabasePlace) -> bool {
    said(place.database_url.as_deref()).or(said(place.database_url_file.as_deref())).is_some()
}

/// The database of the command line, if one was named.
pub(crate) fn database(place: &DatabasePlace) -> Result<Option<adapter_postgres::Settings>, SettingsError> {
    let secret = database_url(place);
    let Some(url) = secret.read()? else {
        return Ok(None);
    };
    let mut settings = adapter_postgres::Settings::parse(&url)
        .map_err(|error| SettingsError(format!("{}: {error}", secret.source())))?;
    settings.accept_data_loss = place.accept_data_loss == Switch::On;
    Ok(Some(settings))
}

/// The bank's own rules.
pub(crate) fn policy(rules: &RuleArgs) -> Policy {
    let on_duplicate = |duplicate| match duplicate {
        Duplicate::Off => OnDuplicate::Off,
        Duplicate::Warn => OnDuplicate::Warn,
        Duplicate::Refuse => OnDuplicate::Refuse,
    };
    Policy {
        four_eyes: rules.four_eyes == Switch::On,
        decisions_need_version: rules.decisions_need_version == Switch::On,
        approval_needs_request: rules.approval_needs_request == Switch::On,
        same_identification: on_duplicate(rules.same_identification),
        same_email: on_duplicate(rules.same_email),
        same_phone: on_duplicate(rules.same_phone),
    }
}

/// How many duplicates a caller may meet in a day. Nothing but `off` switches it off.
pub(crate) fn duplicate_quota(rules: &RuleArgs) -> Result<DuplicateQuota, SettingsError> {
    let limit = match rules.duplicate_quota.trim() {
        "off" => None,
        number => Some(number.parse::<NonZeroU32>().map_err(|_| {
            SettingsError("--duplicate-quota must be a number of duplicates from 1, or off".to_owned())
        })?),
    };
    Ok(DuplicateQuota::new(limit, crate::system::random_key()))
}

/// What the bank demands of its clients' papers, from a file as docs/kyc.md describes it.
pub(crate) fn kyc_policy(rules: &RuleArgs) -> Result<KycPolicy, SettingsError> {
    let Some(file) = said(rules.kyc_policy.as_deref()) else {
        return Ok(KycPolicy::default());
    };
    let wrong = |problem: &str| SettingsError(format!("--kyc-policy: {problem}"));
    let text =
        std::fs::read_to_string(file).map_err(|error| wrong(&format!("the file cannot be read: {error}")))?;
    let Ok(Value::Object(members)) = serde_json::from_str(&text) else {
        return Err(wrong("the file does not hold a JSON object"));
    };
    read_kyc_policy(&members).map_err(|failure| {
        let faults = failure.items.iter().map(|item| {
            let field = item.field.as_deref().unwrap_or("the policy");
            format!("{field}: {}", item.message.trim_end_matches('.'))
        });
        wrong(&faults.collect::<Vec<_>>().join("; "))
    })
}

/// How much, how many and how long.
pub(crate) fn limits(limits: &LimitArgs) -> Result<Limits, SettingsError> {
    drain_deadline(limits.drain_deadline)?;
    let half = |all: usize| all.div_ceil(2);
    let per_address = limits.max_connections_per_address.unwrap_or(half(limits.max_connections));
    let per_caller = limits.max_in_flight_per_caller.unwrap_or(half(limits.max_in_flight));
    for (name, number) in [
        ("--max-connections", limits.max_connections as u64),
        ("--max-connections-per-address", per_address as u64),
        ("--max-in-flight", limits.max_in_flight as u64),
        ("--max-in-flight-per-caller", per_caller as u64),
        ("--max-transfers", limits.max_transfers as u64),
        ("--max-searches-per-caller", limits.max_searches_per_caller as u64),
        ("--request-timeout", limits.request_timeout),
    ] {
        if !(1..=100_000).contains(&number) {
            return Err(SettingsError(format!("{name} must be a number from 1 to 100000")));
        }
    }
    Ok(Limits {
        requests_per_second_per_caller: NonZeroU32::new(limits.rate_limit),
        max_connections: limits.max_connections,
        max_connections_per_address: per_address,
        trust_forwarded_for: limits.trust_forwarded_for == Switch::On,
        max_in_flight: limits.max_in_flight,
        max_in_flight_per_caller: per_caller,
        max_transfers: limits.max_transfers,
        max_transfers_per_caller: limits.max_transfers.div_ceil(4),
        max_searches_per_caller: limits.max_searches_per_caller,
        request_timeout: Duration::from_secs(limits.request_timeout),
        drain_deadline: Duration::from_secs(limits.drain_deadline),
        ..Limits::default()
    })
}

/// How long what has begun may take to end.
pub(crate) fn drain_deadline(seconds: u64) -> Result<Duration, SettingsError> {
    if !(1..=100_000).contains(&seconds) {
        return Err(SettingsError("--drain-deadline must be a number from 1 to 100000".to_owned()));
    }
    Ok(Duration::from_secs(seconds))
}

/// What was said: an empty environment variable says nothing.
pub(crate) fn said(value: Option<&str>) -> Option<&str> {
    value.map(str::trim).filter(|value| !value.is_empty())
}
