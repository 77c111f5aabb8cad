//! `client-service token`: prints a token for development.

use std::path::Path;
use std::time::Duration;

use adapter_http::auth::{DevelopmentToken, mint};
use clap::Args;
use client_app::Caller;
use client_app::ports::Clock as _;
use client_domain::value::{BranchKey, EmailAddress};
use client_domain::{Actor, ActorId, Permission, Permissions};

use crate::config::data_folder::DataFolder;
use crate::config::duration::duration;
use crate::config::error::SettingsError;
use crate::config::tokens::{self, SecretArgs};
use crate::config::value::non_empty;
use crate::exit::ExitError;
use crate::system::SystemClock;
use crate::wiring::development_key;

#[derive(Args, Debug)]
pub(crate) struct TokenArgs {
    #[command(flatten)]
    secret: SecretArgs,

    /// The data folder whose development key signs the token, where no secret is given; clients-data by default
    #[arg(long, env = "CLIENTS_DATA", value_name = "FOLDER")]
    data: Option<String>,

    /// The subject of the token; four eyes compares subjects
    #[arg(long, value_name = "TEXT", default_value = "developer")]
    subject: String,

    /// The e-mail address of the caller
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,

    /// The permissions of the caller: names separated by commas, or "all"
    #[arg(long, value_name = "NAMES", default_value = "all")]
    permissions: String,

    /// The branch of the caller
    #[arg(long, value_name = "KEY")]
    branch: Option<String>,

    /// How long the token is valid: a number and s, m, h or d
    #[arg(long, value_name = "DURATION", default_value = "1h")]
    expires_in: String,

    /// How long a token may live at most, as the service has it: a number and s, m, h or d
    #[arg(
        long = "jwt-max-lifetime",
        env = "CLIENTS_JWT_MAX_LIFETIME",
        value_name = "DURATION",
        default_value = "24h"
    )]
    max_lifetime: String,
}

/// The token, on a line of its own.
pub(crate) fn run(arguments: &TokenArgs) -> Result<String, ExitError> {
    let secret = tokens::hs256_secret(&arguments.secret);
    let (text, source) = match secret.read()? {
        Some(text) => (text, secret.source()),
        None => (development_key(arguments)?, "the development key".to_owned()),
    };
    let token = DevelopmentToken {
        caller: caller(arguments)?,
        addressing: tokens::expectations(&arguments.secret),
        issued_at: SystemClock.now(),
        expires_in: lifetime(arguments)?,
    };
    let token = mint(&source, text.as_bytes(), &token).map_err(SettingsError::from)?;
    Ok(format!("{token}\n"))
}

/// How long the token is valid. The service would refuse one that lives for longer than it accepts.
fn lifetime(arguments: &TokenArgs) -> Result<Duration, SettingsError> {
    let expires_in = duration("--expires-in", &arguments.expires_in)?;
    let longest = duration("--jwt-max-lifetime", &arguments.max_lifetime)?;
    if expires_in <= longest {
        return Ok(expires_in);
    }
    Err(SettingsError(format!(
        "--expires-in: the service refuses a token that lives for longer than {}; give {0} or less, or --jwt-max-lifetime as \
         the service has it",
        arguments.max_lifetime
    )))
}

/// The key of the data folder.
fn development_key(arguments: &TokenArgs) -> Result<String, ExitError> {
    let named = non_empty(arguments.data.as_deref()).map(|folder| DataFolder::named(Path::new(folder)));
    let key = development_key::read(&named.unwrap_or_else(DataFolder::by_default))?;
    let missing = || {
        SettingsError(
            "a token is signed with the secret of the service: give --jwt-hs256-secret or CLIENTS_JWT_HS256_SECRET, \
             or --jwt-hs256-secret-file, or --data with the folder of a service that has made a development key"
                .to_owned(),
        )
    };
    Ok(key.ok_or_else(missing)?)
}

fn caller(arguments: &TokenArgs) -> Result<Caller, SettingsError> {
    let wrong = |name: &str| {
        let name = name.to_owned();
        move |rule: client_domain::Invalid| SettingsError(format!("{name} {rule}"))
    };
    let id = ActorId::parse(&arguments.subject).map_err(wrong("--subject"))?;
    let email = non_empty(arguments.email.as_deref())
        .map(EmailAddress::parse)
        .transpose()
        .map_err(wrong("--email"))?;
    let branch = non_empty(arguments.branch.as_deref())
        .map(BranchKey::parse)
        .transpose()
        .map_err(wrong("--branch"))?;
    Ok(Caller { actor: Actor { id, email }, permissions: permissions(&arguments.permissions)?, branch })
}

fn permissions(names: &str) -> Result<Permissions, SettingsError> {
    if names == "all" {
        return Ok(Permissions::all());
    }
    let read = |name: &str| {
        Permission::parse(name.trim()).ok_or_else(|| {
            let known: Vec<_> = Permission::ALL.iter().map(|permission| permission.name()).collect();
            SettingsError(format!("--permissions must be \"all\" or some of {}", known.join(", ")))
        })
    };
    names.split(',').filter(|name| !name.trim().is_empty()).map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_permission_is_refused() {
        assert_eq!(permissions("customers.read, customers.approve").unwrap().iter().count(), 2);
        assert!(permissions("customers.read,customers.fly").is_err());
        assert_eq!(permissions("all").unwrap(), Permissions::all());
    }
}
