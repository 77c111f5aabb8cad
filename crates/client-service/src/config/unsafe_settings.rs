//! Settings that make the service less safe: each is a warning at the start, and a metric for as long as the service runs.

use std::borrow::Cow;

use client_domain::ClientState;
use client_domain::client::{ClientField, FieldValue, TwoPersons};
use client_domain::kyc::KycPolicy;
use metrics::{describe_gauge, gauge};

use super::batches::BatchConfirmation;
use super::ledger::UnknownAccounts;
use super::secret::{SecretFile, holds_secret, readable_by_others};
use super::service::ServeArgs;
use super::storage_location::StorageArgs;
use super::tokens::{ANY, TOKEN_VARIABLE};
use super::value::{Switch, non_empty};
use super::webhook::WebhookArgs;

/// A setting, and its risk in one sentence.
#[derive(PartialEq)]
pub(crate) struct UnsafeSetting {
    setting: &'static str,
    sentence: Cow<'static, str>,
}

/// Whether a setting is in use that is less safe, its name, and its risk.
type Row = (bool, &'static str, &'static str);

/// Warns of these settings, and shows them as `unsafe_settings{setting}`; warns of `CLIENTS_…` variables that no setting of
/// `command` reads, such as misspelt ones.
pub(crate) fn report(settings: &[UnsafeSetting], command: &clap::Command) {
    describe_gauge!(
        "unsafe_settings",
        "Settings that make the service less safe; 1 for each that is in use."
    );
    report_change(&[], settings);
    for variable in unknown_variables(command) {
        tracing::warn!(variable, "no setting has this name; client-service --help lists the settings");
    }
}

/// Those before and after a reload. Warns of what was safe before.
pub(crate) fn report_change(before: &[UnsafeSetting], now: &[UnsafeSetting]) {
    for UnsafeSetting { setting, .. } in before.iter().filter(|one| !one.is_among(now)) {
        gauge!("unsafe_settings", "setting" => *setting).set(0.0);
    }
    for UnsafeSetting { setting, sentence } in now.iter().filter(|one| !before.contains(one)) {
        tracing::warn!(setting, "unsafe setting: {sentence}");
        gauge!("unsafe_settings", "setting" => *setting).set(1.0);
    }
}

impl UnsafeSetting {
    fn is_among(&self, others: &[Self]) -> bool {
        others.iter().any(|other| other.setting == self.setting)
    }

    /// The sentence of a warning.
    pub(crate) fn warning(&self) -> String {
        format!("unsafe setting: {}", self.sentence)
    }
}

/// `CLIENTS_…` variables that no setting of `command` reads.
pub(crate) fn unknown_variables(command: &clap::Command) -> Vec<String> {
    let commands = command.get_subcommands().chain([command]);
    let known: Vec<_> =
        commands.flat_map(clap::Command::get_arguments).filter_map(clap::Arg::get_env).collect();
    let unknown = std::env::vars_os().filter(|(name, _)| {
        let is_known = known.contains(&name.as_os_str()) || name == TOKEN_VARIABLE;
        name.to_string_lossy().starts_with("CLIENTS_") && !is_known
    });
    unknown.map(|(name, _)| name.to_string_lossy().into_owned()).collect()
}

const OLDER_DATABASE: &str =
    "a database that has lost confirmed commits is accepted at each start (--accept-older-database on)";

/// Those of a service.
pub(crate) fn of_service(arguments: &ServeArgs, policy: &KycPolicy) -> Vec<UnsafeSetting> {
    let any = |value: &Option<String>| non_empty(value.as_deref()).is_none_or(|value| value == ANY);
    let keys = &arguments.keys;
    let public = keys.names_public_key();
    let is_kept = arguments.keeps_clients();
    let has_keys = keys.names_key();
    let table = [
        (
            arguments.rules.four_eyes == Switch::Off,
            "four-eyes",
            "one person can create and approve a client (--four-eyes off)",
        ),
        (
            arguments.limits.rate_limit == 0,
            "rate-limit",
            "one caller can use the whole capacity of the service (--rate-limit 0)",
        ),
        (
            arguments.ledger.accounts_plain_http == Switch::On,
            "accounts-plain-http",
            "keys of clients may travel to the ledger without encryption (--accounts-plain-http on)",
        ),
        (
            arguments.documents.location.documents_plain_http == Switch::On,
            "documents-plain-http",
            "files of documents may travel to the object storage without encryption (--documents-plain-http on)",
        ),
        (
            non_empty(arguments.ledger.accounts.as_deref()).is_some()
                && arguments.ledger.accounts_unknown == UnknownAccounts::Allow,
            "accounts-unknown",
            "a client with open accounts can exit while the ledger gives no answer (--accounts-unknown allow)",
        ),
        (
            arguments.test_controls == Switch::On,
            "test-controls",
            "every program on this machine can move the clock and forget the clients (--test-controls)",
        ),
        (
            arguments.batches.batch_confirmation == BatchConfirmation::AnyPerson,
            "batch-confirmation",
            "one person can upload and confirm a batch of any number of commands (--batch-confirmation any-person)",
        ),
        (arguments.database.accept_older_database == Switch::On, "accept-older-database", OLDER_DATABASE),
        (
            keys.development == Switch::On,
            "development",
            "a shared secret may sign tokens, and its holder can impersonate every caller (--development on)",
        ),
        (
            is_kept && !has_keys,
            "development-key",
            "the key in the data folder signs tokens, and its reader can impersonate every caller (no --jwks or \
             --jwt-public-key)",
        ),
        (
            public && any(&keys.secret.audience),
            "jwt-audience",
            "tokens that were issued for other services are accepted (--jwt-audience any)",
        ),
        (
            public && any(&keys.secret.issuer),
            "jwt-issuer",
            "tokens of every issuer whose key is known are accepted, and subjects of different issuers with the same name \
             count as one person, also for idempotency keys (--jwt-issuer any)",
        ),
        (
            public && is_other(console_issuer(arguments), keys.secret.issuer.as_deref()),
            "oidc-issuer",
            "a person at the console and a caller of the API with the same subject count as one, and one person with two \
             subjects as two (--oidc-issuer is not --jwt-issuer)",
        ),
    ];
    let files = private(arguments.secret_files());
    let mut unsafe_settings =
        in_use(table.into_iter().chain(shared(&arguments.webhook, &arguments.database.storage, &files)));
    if is_kept && has_keys {
        unsafe_settings.extend(open_to_one_person(policy.two_persons));
    }
    unsafe_settings
}

/// Fields by which a client is known and reached, as far as one person can change them after the approval. What an update
/// cannot change always waits for a second person.
fn open_to_one_person(two_persons: TwoPersons) -> Option<UnsafeSetting> {
    // Neither says who the client is, nor how to reach them.
    let is_incidental =
        |field: &ClientField| matches!(field, ClientField::MaritalStatus | ClientField::AccountOfficerId);
    let fields = || FieldValue::FIELDS.into_iter().filter(|field| !is_incidental(field));
    let open = |state: ClientState| {
        let fields = fields().filter(|field| !two_persons.needs(*field, state));
        let fields = fields.map(ClientField::name).collect::<Vec<_>>().join(", ");
        (!fields.is_empty()).then(|| format!("of {state} clients: {fields}"))
    };
    let open: Vec<_> = TwoPersons::STATES.into_iter().filter_map(open).collect();
    (!open.is_empty()).then(|| UnsafeSetting {
        setting: "two-persons",
        sentence: format!("one person can change, {} (twoPersons in --kyc-policy)", open.join("; ")).into(),
    })
}

/// Those of a relay with these files of secrets.
pub(crate) fn of_relay(
    webhook: &WebhookArgs,
    storage: &StorageArgs,
    files: Vec<SecretFile>,
) -> Vec<UnsafeSetting> {
    in_use(shared(webhook, storage, &private(files)).into_iter())
}

/// What a service and a relay have in common.
fn shared(webhook: &WebhookArgs, storage: &StorageArgs, secret_files: &[SecretFile]) -> [Row; 4] {
    [
        (
            webhook.webhook_plain_http == Switch::On,
            "webhook-plain-http",
            "events may travel without encryption (--webhook-plain-http on)",
        ),
        (
            storage.accept_data_loss == Switch::On,
            "accept-data-loss",
            "the database may lose committed data (--accept-data-loss on)",
        ),
        (
            has_secret(std::env::args()),
            "secret-on-command-line",
            "every account of this machine can read a secret on the command line; use the variable or the -file form",
        ),
        (
            readable_by_others(secret_files.iter().map(|file| file.path.as_str())),
            "secret-file-mode",
            "other accounts of this machine can read the file of a secret (a --…-file setting); chmod it to 600 or 400",
        ),
    ]
}

fn in_use(rows: impl Iterator<Item = Row>) -> Vec<UnsafeSetting> {
    let rows = rows.filter(|(is_set, _, _)| *is_set);
    rows.map(|(_, setting, sentence)| UnsafeSetting { setting, sentence: sentence.into() }).collect()
}

/// The files that only this service may read.
fn private(mut files: Vec<SecretFile>) -> Vec<SecretFile> {
    const PUBLIC: [&str; 3] = ["jwks", "jwt-public-key", "tls-certificate"];
    files.retain(|file| !PUBLIC.contains(&file.setting));
    files
}

/// The issuer at which people sign in to the console.
#[cfg(feature = "console")]
fn console_issuer(arguments: &ServeArgs) -> Option<&str> {
    non_empty(arguments.console.sign_in.oidc_issuer.as_deref())
}

#[cfg(not(feature = "console"))]
const fn console_issuer(_: &ServeArgs) -> Option<&str> {
    None
}

/// Whether people sign in at another issuer than the one of the tokens; `any` has a warning of its own.
fn is_other(console: Option<&str>, api: Option<&str>) -> bool {
    let api = non_empty(api).filter(|api| *api != ANY);
    console.zip(api).is_some_and(|(console, api)| console != api)
}

/// The settings of a service or a relay that may hold a secret.
const MAY_HOLD_SECRETS: [&str; 10] = [
    "accounts",
    "accounts-secret",
    "caller-hash-key",
    "database-url",
    "jwt-hs256-secret",
    "otlp-endpoint",
    "replica-url",
    "webhook",
    "webhook-receiver",
    "webhook-secret",
];

/// Whether one of these words discloses a secret.
fn has_secret(words: impl Iterator<Item = String>) -> bool {
    let mut words = words.peekable();
    while let Some(word) = words.next() {
        let (flag, value) =
            word.split_once('=').map_or((word.as_str(), None), |(flag, value)| (flag, Some(value)));
        let setting = flag.strip_prefix("--").filter(|name| MAY_HOLD_SECRETS.contains(name));
        let value = value.or(words.peek().map(String::as_str));
        if setting.zip(value).is_some_and(|(setting, value)| holds_secret(setting, value)) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::{Arg, CommandFactory as _};

    use super::*;
    use crate::cli::Cli;

    #[test]
    fn secret_on_the_command_line_is_detected() {
        let is_found = |words: &[&str]| has_secret(words.iter().map(|word| (*word).to_owned()));
        for safe in [
            &["serve", "--database-url", "postgres://me@host/x"][..],
            &["--database-url=postgres://host/x", "--jwt-hs256-secret-file", "f"],
            &["--webhook", "https://hooks.example/clients", "--otlp-endpoint=http://127.0.0.1:4318"],
            &["--replica-url", "postgres://me@host/x"],
        ] {
            assert!(!is_found(safe), "{safe:?}");
        }
        for given in [
            &["serve", "--database-url", "postgres://me:pass@host/x"][..],
            &["--database-url=postgres://me:pass@host/x"],
            &["--replica-url", "postgres://me@one/x postgres://me:pass@two/x"],
            &["--webhook-secret=s"],
            &["--webhook", "https://me:pass@hooks.example/"],
            &["--webhook-receiver=name=a,url=https://hooks.example/?key=k,secret-file=/run/a"],
            &["--jwt-hs256-secret", "s"],
        ] {
            assert!(is_found(given), "{given:?}");
        }
    }

    #[test]
    fn every_field_that_one_person_can_change_is_named() {
        let warning = |two_persons| open_to_one_person(two_persons).map(|open| open.warning());
        assert_eq!(warning(TwoPersons::everywhere()), None);
        let none = warning(TwoPersons::default()).unwrap();
        assert_eq!(none.matches("lastName").count(), 2, "{none}");
        let one = TwoPersons::default().with(ClientField::LastName, ClientState::Approved).unwrap();
        let one = warning(one).unwrap();
        assert_eq!(one.matches("lastName").count(), 1, "{one}");
        assert!(one.contains("of Active clients: firstName, middleName, lastName, emailAddress"), "{one}");
    }

    #[test]
    fn every_setting_that_may_hold_a_secret_is_looked_at() {
        let program = Cli::command();
        let commands = ["serve", "relay"].map(|name| program.find_subcommand(name).unwrap());
        let settings = commands.into_iter().flat_map(clap::Command::get_arguments);
        let marked = settings.filter(|setting| setting.is_hide_env_values_set()).filter_map(Arg::get_long);
        assert_eq!(marked.collect::<BTreeSet<_>>(), BTreeSet::from(MAY_HOLD_SECRETS));
    }
}
