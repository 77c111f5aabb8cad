//! Settings of the bank's ledger, which knows the open accounts of clients.

use std::time::Duration;

use clap::{Args, ValueEnum};
use client_app::OnUnanswered;
use signed_http::{Address, SigningSecrets};

use super::error::SettingsError;
use super::secret::Secret;
use super::value::{Switch, non_empty, refuse_without};

#[derive(Args, Clone, Debug)]
pub(crate) struct LedgerArgs {
    /// The https address that is asked how many open accounts a client has before an exit, see docs/settings.md
    #[arg(long, env = "CLIENTS_ACCOUNTS", value_name = "ADDRESS", hide_env_values = true)]
    pub(crate) accounts: Option<String>,

    /// The secret that signs the questions, whsec_…; several with spaces between them during a rotation
    #[arg(long, env = "CLIENTS_ACCOUNTS_SECRET", value_name = "SECRETS", hide_env_values = true)]
    pub(crate) accounts_secret: Option<String>,

    /// The same from a file
    #[arg(long, env = "CLIENTS_ACCOUNTS_SECRET_FILE", value_name = "FILE")]
    pub(crate) accounts_secret_file: Option<String>,

    /// Whether the address may be http on another machine, where the network protects the traffic
    #[arg(long, env = "CLIENTS_ACCOUNTS_PLAIN_HTTP", value_enum, default_value_t = Switch::Off)]
    pub(crate) accounts_plain_http: Switch,

    /// Seconds that the ledger may take to answer
    #[arg(long, env = "CLIENTS_ACCOUNTS_TIMEOUT", value_name = "SECONDS", default_value_t = 3)]
    pub(crate) accounts_timeout: u64,

    /// What happens to an exit if the ledger gives no answer that can be used
    #[arg(long, env = "CLIENTS_ACCOUNTS_UNKNOWN", value_enum, default_value_t = UnknownAccounts::Refuse)]
    pub(crate) accounts_unknown: UnknownAccounts,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum UnknownAccounts {
    /// The exit is refused with CBS_503 and may be tried again
    Refuse,
    /// The exit is done, as if the client had no accounts
    Allow,
}

impl From<UnknownAccounts> for OnUnanswered {
    fn from(unknown: UnknownAccounts) -> Self {
        match unknown {
            UnknownAccounts::Refuse => Self::Refuse,
            UnknownAccounts::Allow => Self::Allow,
        }
    }
}

/// The address of the ledger, if one is configured. Without it exits ask for no accounts, so settings of a ledger alone are
/// refused: they are those of a ledger whose address was lost.
pub(crate) fn address(arguments: &LedgerArgs) -> Result<Option<Address>, SettingsError> {
    let Some(text) = non_empty(arguments.accounts.as_deref()) else {
        let is_given = |value: &Option<String>| non_empty(value.as_deref()).is_some();
        let settings = [
            ("--accounts-secret", is_given(&arguments.accounts_secret)),
            ("--accounts-secret-file", is_given(&arguments.accounts_secret_file)),
            ("--accounts-plain-http", arguments.accounts_plain_http == Switch::On),
            ("--accounts-unknown", arguments.accounts_unknown == UnknownAccounts::Allow),
        ];
        return refuse_without("--accounts", &settings).map(|()| None);
    };
    let is_plain = arguments.accounts_plain_http == Switch::On;
    let address = if is_plain { Address::parse_plain(text) } else { Address::parse(text) };
    address.map(Some).map_err(|error| SettingsError(format!("--accounts {error}")))
}

/// How long the ledger may take to answer.
pub(crate) fn timeout(arguments: &LedgerArgs) -> Result<Duration, SettingsError> {
    match arguments.accounts_timeout {
        seconds @ 1..=10 => Ok(Duration::from_secs(seconds)),
        _ => Err(SettingsError("--accounts-timeout must be a number from 1 to 10".to_owned())),
    }
}

/// The secrets that sign questions. A ledger without one is refused.
pub(crate) fn signing_secrets(arguments: &LedgerArgs) -> Result<SigningSecrets, SettingsError> {
    given_secrets(arguments)?.ok_or_else(|| {
        SettingsError(
            "a ledger needs a secret that signs the questions: give --accounts-secret or --accounts-secret-file"
                .to_owned(),
        )
    })
}

/// The secrets, if some are given.
pub(crate) fn given_secrets(arguments: &LedgerArgs) -> Result<Option<SigningSecrets>, SettingsError> {
    let secret = Secret {
        flag: "--accounts-secret",
        value: arguments.accounts_secret.as_deref(),
        file: arguments.accounts_secret_file.as_deref(),
    };
    let wrong = |error| SettingsError(format!("{} {error}", secret.subject()));
    secret.read()?.map(|text| SigningSecrets::parse(&text)).transpose().map_err(wrong)
}
