//! Settings of the console.

use std::time::Duration;

use adapter_console::Lifetime;
use clap::Args;
use client_app::jiff::SignedDuration;

use super::duration::duration;
use super::error::SettingsError;
use super::sign_in::SignInArgs;
use super::value::Switch;

#[derive(Args, Clone, Debug)]
pub(crate) struct ConsoleArgs {
    /// Whether people can work in a browser, at /console, where they have a way to sign in: an identity provider
    /// (--oidc-issuer), or the development key that the service has made itself
    #[arg(long, env = "CLIENTS_CONSOLE", value_enum, default_value_t = Switch::On)]
    pub(crate) console: Switch,

    /// How long a sign-in lasts without a request: a number and s, m, h or d
    #[arg(long, env = "CLIENTS_CONSOLE_IDLE", value_name = "DURATION", default_value = "15m")]
    pub(crate) console_idle: String,

    /// How long a sign-in lasts at most
    #[arg(long, env = "CLIENTS_CONSOLE_SESSION", value_name = "DURATION", default_value = "8h")]
    pub(crate) console_session: String,

    #[command(flatten)]
    pub(crate) sign_in: SignInArgs,
}

/// How long a sign-in lasts.
pub(crate) fn lifetime(arguments: &ConsoleArgs) -> Result<Lifetime, SettingsError> {
    let read = |flag: &str, text: &str| {
        let length = duration(flag, text)?;
        if !(Duration::from_mins(1)..=Duration::from_hours(24)).contains(&length) {
            return Err(SettingsError(format!("{flag} must be from 1m to 24h")));
        }
        Ok(SignedDuration::try_from(length).unwrap_or(SignedDuration::MAX))
    };
    let idle = read("--console-idle", &arguments.console_idle)?;
    let absolute = read("--console-session", &arguments.console_session)?;
    if idle > absolute {
        return Err(SettingsError("--console-idle must not be longer than --console-session".to_owned()));
    }
    Ok(Lifetime { idle, absolute })
}
