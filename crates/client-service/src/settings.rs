//! From the command line to checked settings: a bad value is one clear sentence, and never repeats a secret.

use std::num::NonZeroU32;
use std::time::Duration;

use adapter_http::Limits;
use adapter_http::auth::{Expectations, KeySource, KeySourceError};
use adapter_inmem::MemoryBranches;
use adapter_object_store::ObjectContents;
use client_app::ports::Branch;
use client_app::{DuplicateQuota, OnDuplicate, Policy, read_kyc_policy};
use client_domain::kyc::KycPolicy;
use client_domain::value::{AccountOfficerId, BranchKey};
use serde_json::Value;

use crate::cli::{DatabasePlace, DocumentArgs, Duplicate, KeyArgs, LimitArgs, RuleArgs, SecretArgs, Switch};

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
pub(crate) fn key_sources(keys: &KeyArgs) -> Vec<KeySource> {
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
    if let Some(secret) = said(keys.secret.hs256_secret.as_deref()) {
        sources.push(KeySource::hs256_secret("--jwt-hs256-secret", secret));
    }
    sources
}

/// The issuer and audience that a token must name.
pub(crate) fn expectations(secret: &SecretArgs) -> Expectations {
    let owned = |value: Option<&str>| said(value).map(str::to_owned);
    Expectations { issuer: owned(secret.issuer.as_deref()), audience: owned(secret.audience.as_deref()) }
}

/// The database of the command line, if one was named.
pub(crate) fn database(place: &DatabasePlace) -> Result<Option<adapter_postgres::Settings>, SettingsError> {
    let Some(url) = said(place.database_url.as_deref()) else {
        return Ok(None);
    };
    let mut settings = adapter_postgres::Settings::parse(url)
        .map_err(|error| SettingsError(format!("--database-url: {error}")))?;
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

/// The place for files of documents, if one was named.
pub(crate) fn documents(
    arguments: &DocumentArgs,
    place: &DatabasePlace,
) -> Result<Option<ObjectContents>, SettingsError> {
    let Some(documents) = said(arguments.documents.as_deref()) else {
        return Ok(None);
    };
    // Files that no document mentions are swept: to clients who are gone at the end, all that were there before are such.
    if said(place.database_url.as_deref()).is_none() {
        let sentence =
            "--documents: files outlive clients that are kept in memory, so this needs a --database-url";
        return Err(SettingsError(sentence.to_owned()));
    }
    #[expect(clippy::disallowed_methods, reason = "the standard variables of S3 have no flags")]
    let variables = std::env::vars();
    let opened = ObjectContents::open_place(documents, variables);
    opened.map(Some).map_err(|error| SettingsError(format!("--documents: {error}")))
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
    for (name, number) in [
        ("--max-connections", limits.max_connections as u64),
        ("--max-in-flight", limits.max_in_flight as u64),
        ("--request-timeout", limits.request_timeout),
        ("--drain-deadline", limits.drain_deadline),
    ] {
        if !(1..=100_000).contains(&number) {
            return Err(SettingsError(format!("{name} must be a number from 1 to 100000")));
        }
    }
    Ok(Limits {
        requests_per_second_per_caller: NonZeroU32::new(limits.rate_limit),
        max_connections: limits.max_connections,
        max_in_flight: limits.max_in_flight,
        request_timeout: Duration::from_secs(limits.request_timeout),
        drain_deadline: Duration::from_secs(limits.drain_deadline),
        ..Limits::default()
    })
}

/// The names of branches and officers, from a file such as
/// `{"branches": [{"key": "ikeja-01", "id": 7, "name": "Ikeja"}], "accountOfficers": [{"id": 3, "name": "T. Bello"}]}`.
pub(crate) fn directory(rules: &RuleArgs) -> Result<MemoryBranches, SettingsError> {
    let directory = MemoryBranches::default();
    let Some(file) = said(rules.directory.as_deref()) else {
        return Ok(directory);
    };
    let wrong = |problem: &str| SettingsError(format!("--directory: {problem}"));
    let text =
        std::fs::read_to_string(file).map_err(|error| wrong(&format!("the file cannot be read: {error}")))?;
    let Ok(Value::Object(lists)) = serde_json::from_str(&text) else {
        return Err(wrong("the file does not hold a JSON object"));
    };
    for (name, list) in lists {
        let entries = list.as_array().ok_or_else(|| wrong(&format!("{name} is not a list")))?;
        for (at, entry) in entries.iter().enumerate() {
            let added = match name.as_str() {
                "branches" => add_branch(&directory, entry),
                "accountOfficers" => add_officer(&directory, entry),
                _ => return Err(wrong(&format!("{name} is neither branches nor accountOfficers"))),
            };
            added.ok_or_else(|| wrong(&format!("{name}[{at}] is not what the README describes")))?;
        }
    }
    // What the file does not list does not exist.
    directory.set_complete();
    Ok(directory)
}

fn add_branch(directory: &MemoryBranches, entry: &Value) -> Option<()> {
    let entry = only(entry, &["key", "id", "name"])?;
    let key = BranchKey::parse(entry.get("key")?.as_str()?).ok()?;
    let id = match entry.get("id") {
        None | Some(Value::Null) => None,
        Some(id) => Some(id.as_i64()?),
    };
    let name = entry.get("name")?.as_str()?.to_owned();
    directory.set_branch(key, Branch { id, name });
    Some(())
}

fn add_officer(directory: &MemoryBranches, entry: &Value) -> Option<()> {
    let entry = only(entry, &["id", "name"])?;
    let id = AccountOfficerId::new(entry.get("id")?.as_i64()?).ok()?;
    directory.set_officer(id, entry.get("name")?.as_str()?);
    Some(())
}

/// The members of an entry, if it has no others than these.
fn only<'a>(entry: &'a Value, names: &[&str]) -> Option<&'a serde_json::Map<String, Value>> {
    entry.as_object().filter(|members| members.keys().all(|name| names.contains(&name.as_str())))
}

/// What was said: an empty environment variable says nothing.
pub(crate) fn said(value: Option<&str>) -> Option<&str> {
    value.map(str::trim).filter(|value| !value.is_empty())
}
