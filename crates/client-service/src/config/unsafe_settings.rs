//! Settings that make the service less safe: each is a warning at the start, and a metric for as long as the service runs.

use client_domain::kyc::KycPolicy;
use metrics::{describe_gauge, gauge};

use super::ledger::UnknownAccounts;
use super::secret::{has_password, readable_by_others};
use super::service::ServeArgs;
use super::tokens::{ANY, TOKEN_VARIABLE};
use super::value::{Switch, non_empty};

/// A setting, and its risk in one sentence.
struct UnsafeSetting {
    setting: &'static str,
    sentence: &'static str,
}

/// Warns of every unsafe setting, and shows them as `unsafe_settings{setting}`; warns of variables that name no setting.
pub(crate) fn report(arguments: &ServeArgs, policy: &KycPolicy, command: &clap::Command) {
    describe_gauge!(
        "unsafe_settings",
        "Settings that make the service less safe; 1 for each that is in use."
    );
    for UnsafeSetting { setting, sentence } in of(arguments, policy) {
        tracing::warn!(setting, "unsafe setting: {sentence}");
        gauge!("unsafe_settings", "setting" => setting).set(1.0);
    }
    report_unknown_variables(command);
}

/// The same after a reload: settings and policy before and now. Warns of what was safe before.
pub(crate) fn report_change(before: (&ServeArgs, &KycPolicy), now: (&ServeArgs, &KycPolicy)) {
    let (before, now) = (of(before.0, before.1), of(now.0, now.1));
    for UnsafeSetting { setting, .. } in before.iter().filter(|one| !one.is_among(&now)) {
        gauge!("unsafe_settings", "setting" => *setting).set(0.0);
    }
    for UnsafeSetting { setting, sentence } in now.iter().filter(|one| !one.is_among(&before)) {
        tracing::warn!(setting, "unsafe setting: {sentence}");
        gauge!("unsafe_settings", "setting" => *setting).set(1.0);
    }
}

impl UnsafeSetting {
    fn is_among(&self, others: &[Self]) -> bool {
        others.iter().any(|other| other.setting == self.setting)
    }
}

/// The sentences of the unsafe settings.
pub(crate) fn sentences(arguments: &ServeArgs, policy: &KycPolicy) -> Vec<String> {
    let sentence = |UnsafeSetting { sentence, .. }| format!("unsafe setting: {sentence}");
    of(arguments, policy).into_iter().map(sentence).collect()
}

/// Warns of `CLIENTS_…` variables that no setting of `command` reads, such as misspelt ones.
fn report_unknown_variables(command: &clap::Command) {
    for variable in unknown_variables(command) {
        tracing::warn!(variable, "no setting has this name; client-service --help lists the settings");
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

fn of(arguments: &ServeArgs, policy: &KycPolicy) -> Vec<UnsafeSetting> {
    let any = |value: &Option<String>| non_empty(value.as_deref()).is_none_or(|value| value == ANY);
    let keys = &arguments.keys;
    let public = keys.jwks.is_some() || keys.jwt_public_key.is_some();
    let is_kept = arguments.keeps_clients();
    let has_keys = public || keys.secret.hs256_secret.is_some() || keys.secret.hs256_secret_file.is_some();
    let table = [
        (
            arguments.rules.four_eyes == Switch::Off,
            "four-eyes",
            "one person can create and approve a client (--four-eyes off)",
        ),
        (
            policy.two_persons.is_empty() && is_kept && has_keys,
            "two-persons",
            "one person can change names, e-mail addresses and phone numbers of approved clients (no twoPersons in --kyc-policy)",
        ),
        (
            arguments.limits.rate_limit == 0,
            "rate-limit",
            "one caller can use the whole capacity of the service (--rate-limit 0)",
        ),
        (
            arguments.webhook.webhook_plain_http == Switch::On,
            "webhook-plain-http",
            "events may travel without encryption (--webhook-plain-http on)",
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
            arguments.ledger.accounts.is_some()
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
            arguments.database.storage.accept_data_loss == Switch::On,
            "accept-data-loss",
            "the database may lose committed data (--accept-data-loss on)",
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
        (
            has_secret(std::env::args()),
            "secret-on-command-line",
            "every account of this machine can read a secret on the command line; use the variable or the -file form",
        ),
        (
            readable_by_others(secret_files(arguments)),
            "secret-file-mode",
            "other accounts of this machine can read the file of a secret (a --…-file setting); chmod it to 600 or 400",
        ),
    ];
    let in_use = table.into_iter().filter(|(is_set, _, _)| *is_set);
    in_use.map(|(_, setting, sentence)| UnsafeSetting { setting, sentence }).collect()
}

/// The files that only this service may read.
fn secret_files(arguments: &ServeArgs) -> impl Iterator<Item = String> {
    const PUBLIC: [&str; 3] = ["jwks", "jwt-public-key", "tls-certificate"];
    let files = arguments.secret_files().into_iter().filter(|(setting, _)| !PUBLIC.contains(setting));
    files.map(|(_, file)| file)
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

/// Whether one of these words discloses a secret. The URL of a database without a password is not a secret.
fn has_secret(words: impl Iterator<Item = String>) -> bool {
    let mut words = words.peekable();
    while let Some(word) = words.next() {
        let (flag, value) =
            word.split_once('=').map_or((word.as_str(), None), |(flag, value)| (flag, Some(value)));
        let value = value.or(words.peek().map(String::as_str));
        let discloses = match flag {
            "--jwt-hs256-secret" | "--webhook-secret" | "--accounts-secret" | "--caller-hash-key" => true,
            "--database-url" => value.is_some_and(has_password),
            _ => false,
        };
        if discloses {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::has_secret;

    #[test]
    fn secret_on_the_command_line_is_detected() {
        let is_found = |words: &[&str]| has_secret(words.iter().map(|word| (*word).to_owned()));
        for safe in [
            &["serve", "--database-url", "postgres://me@host/x"][..],
            &["--database-url=postgres://host/x", "--jwt-hs256-secret-file", "f"],
        ] {
            assert!(!is_found(safe), "{safe:?}");
        }
        for given in [
            &["serve", "--database-url", "postgres://me:pass@host/x"][..],
            &["--database-url=postgres://me:pass@host/x"],
            &["--webhook-secret=s"],
            &["--jwt-hs256-secret", "s"],
        ] {
            assert!(is_found(given), "{given:?}");
        }
    }
}
