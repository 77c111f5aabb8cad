//! Settings of the sign-in to the console at an identity provider.

use std::time::Duration;

use clap::Args;
use signed_http::Address;

use super::duration::duration;
use super::error::SettingsError;
use super::secret::Secret;
use super::value::non_empty;

#[derive(Args, Clone, Debug)]
pub(crate) struct SignInArgs {
    /// The issuer of the identity provider at which people sign in to the console (OpenID Connect), to the letter: an https
    /// address
    #[arg(long, env = "CLIENTS_OIDC_ISSUER", value_name = "ADDRESS")]
    pub(crate) oidc_issuer: Option<String>,

    /// The name of this service at the identity provider
    #[arg(long, env = "CLIENTS_OIDC_CLIENT_ID", value_name = "NAME")]
    pub(crate) oidc_client_id: Option<String>,

    /// A file with the secret of this service at the identity provider; without one it is a public client
    #[arg(long, env = "CLIENTS_OIDC_CLIENT_SECRET_FILE", value_name = "FILE")]
    pub(crate) oidc_client_secret_file: Option<String>,

    /// What the identity provider is asked for: openid, and its names for further claims, with spaces between them
    #[arg(long, env = "CLIENTS_OIDC_SCOPES", value_name = "NAMES", default_value = "openid email")]
    pub(crate) oidc_scopes: String,

    /// The address at which browsers reach this service, without a path: https, or http on this machine
    #[arg(long, env = "CLIENTS_CONSOLE_URL", value_name = "ADDRESS")]
    pub(crate) console_url: Option<String>,

    /// How long after a person has given a proof to the identity provider it may decide without another one, 1m to 24h; by
    /// default as long as the sign-in lasts
    #[arg(long, env = "CLIENTS_CONSOLE_FRESH_SIGN_IN", value_name = "DURATION")]
    pub(crate) console_fresh_sign_in: Option<String>,
}

/// The identity provider of the settings.
#[derive(Clone)]
pub(crate) struct ProviderSettings {
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: Option<String>,
    pub(crate) scopes: String,
    pub(crate) console: ConsoleUrl,
    pub(crate) fresh: Option<Duration>,
}

/// The address at which browsers reach the service, such as `https://clients.bank.example`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConsoleUrl {
    pub(crate) origin: String,
    pub(crate) is_https: bool,
}

/// The identity provider, if one is configured.
pub(crate) fn provider(arguments: &SignInArgs) -> Result<Option<ProviderSettings>, SettingsError> {
    let Some(issuer) = non_empty(arguments.oidc_issuer.as_deref()) else {
        let given = [
            ("--oidc-client-id", &arguments.oidc_client_id),
            ("--oidc-client-secret-file", &arguments.oidc_client_secret_file),
            ("--console-url", &arguments.console_url),
            ("--console-fresh-sign-in", &arguments.console_fresh_sign_in),
        ];
        return match given.into_iter().find(|(_, value)| non_empty(value.as_deref()).is_some()) {
            Some((flag, _)) => Err(SettingsError(format!(
                "{flag} is for people who sign in at an identity provider: give --oidc-issuer as well"
            ))),
            None => Ok(None),
        };
    };
    let required = |flag: &str, value: &Option<String>, what: &str| {
        let value = non_empty(value.as_deref()).map(str::to_owned);
        value
            .ok_or_else(|| SettingsError(format!("with --oidc-issuer the service needs {what}: give {flag}")))
    };
    let name = "its name at the identity provider";
    let client_id = required("--oidc-client-id", &arguments.oidc_client_id, name)?;
    let address = "the address at which browsers reach it";
    let console = console_url(&required("--console-url", &arguments.console_url, address)?)?;
    let secret = Secret {
        flag: "--oidc-client-secret",
        value: None,
        file: arguments.oidc_client_secret_file.as_deref(),
    };
    let fresh = non_empty(arguments.console_fresh_sign_in.as_deref());
    Ok(Some(ProviderSettings {
        issuer: issuer.to_owned(),
        client_id,
        client_secret: secret.read()?,
        scopes: scopes(&arguments.oidc_scopes)?,
        console,
        fresh: fresh.map(fresh_sign_in).transpose()?,
    }))
}

fn console_url(text: &str) -> Result<ConsoleUrl, SettingsError> {
    let wrong = || {
        let example = "such as https://clients.bank.example";
        SettingsError(format!(
            "--console-url must be an https address (http only to this machine) without a path, {example}"
        ))
    };
    let url = Address::parse(text).map_err(|_| wrong())?.url();
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if !is_bare || !url.username().is_empty() || url.password().is_some() {
        return Err(wrong());
    }
    Ok(ConsoleUrl { origin: url.origin().ascii_serialization(), is_https: url.scheme() == "https" })
}

/// Without `openid` there is no ID token.
fn scopes(text: &str) -> Result<String, SettingsError> {
    let names: Vec<_> = text.split_whitespace().collect();
    if names.contains(&"openid") {
        Ok(names.join(" "))
    } else {
        Err(SettingsError("--oidc-scopes must have openid among its names".to_owned()))
    }
}

fn fresh_sign_in(text: &str) -> Result<Duration, SettingsError> {
    let flag = "--console-fresh-sign-in";
    let fresh = duration(flag, text)?;
    if !(Duration::from_mins(1)..=Duration::from_hours(24)).contains(&fresh) {
        return Err(SettingsError(format!("{flag} must be from 1m to 24h")));
    }
    Ok(fresh)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_the_console_is_https_or_on_this_machine_and_has_no_path() {
        for (text, origin, is_https) in [
            ("https://clients.bank.example", "https://clients.bank.example", true),
            ("https://clients.bank.example:8443/", "https://clients.bank.example:8443", true),
            ("https://Clients.Bank.Example:443", "https://clients.bank.example", true),
            ("http://localhost:8080", "http://localhost:8080", false),
            ("http://[::1]:8080", "http://[::1]:8080", false),
        ] {
            assert_eq!(console_url(text).unwrap(), ConsoleUrl { origin: origin.to_owned(), is_https });
        }
        for text in [
            "",
            "clients.bank.example",
            "http://clients.bank.example",
            "https://clients.bank.example/console",
            "https://clients.bank.example?x",
            "https://clients.bank.example#x",
            "https://me@clients.bank.example",
            "https://:marker@clients.bank.example",
            "ftp://localhost",
        ] {
            let sentence = console_url(text).unwrap_err().to_string();
            assert!(sentence.starts_with("--console-url must be") && !sentence.contains("marker"), "{text}");
        }
    }

    #[test]
    fn an_id_token_is_always_asked_for() {
        assert_eq!(scopes(" openid  groups ").unwrap(), "openid groups");
        assert!(scopes("email").is_err() && scopes("").is_err());
    }
}
