//! Tokens for development.

use adapter_http::auth::{DevelopmentToken, mint};
use client_app::Caller;
use client_app::ports::Clock as _;
use client_domain::value::{BranchKey, EmailAddress};
use client_domain::{Actor, ActorId, Permission, Permissions};

use crate::Stop;
use crate::cli::TokenArgs;
use crate::settings::{self, SettingsError, said};
use crate::span::span;
use crate::system::SystemClock;

/// The token that was asked for.
pub(crate) fn minted(arguments: &TokenArgs) -> Result<String, Stop> {
    let secret = settings::hs256_secret(&arguments.secret);
    let text = secret.read()?.ok_or_else(|| {
        SettingsError(
            "a token needs the secret of the service: give --jwt-hs256-secret or CLIENTS_JWT_HS256_SECRET, \
             or --jwt-hs256-secret-file"
                .to_owned(),
        )
    })?;
    let token = DevelopmentToken {
        caller: caller(arguments)?,
        addressing: settings::expectations(&arguments.secret),
        issued_at: SystemClock.now(),
        expires_in: span("--expires-in", &arguments.expires_in)?,
    };
    let token = mint(&secret.source(), text.as_bytes(), &token).map_err(SettingsError::from)?;
    Ok(format!("{token}\n"))
}

fn caller(arguments: &TokenArgs) -> Result<Caller, SettingsError> {
    let wrong = |name: &str| {
        let name = name.to_owned();
        move |rule: client_domain::Invalid| SettingsError(format!("{name} {rule}"))
    };
    let id = ActorId::parse(&arguments.subject).map_err(wrong("--subject"))?;
    let email =
        said(arguments.email.as_deref()).map(EmailAddress::parse).transpose().map_err(wrong("--email"))?;
    let branch =
        said(arguments.branch.as_deref()).map(BranchKey::parse).transpose().map_err(wrong("--branch"))?;
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
    fn an_unknown_permission_is_refused() {
        assert_eq!(permissions("customers.read, customers.approve").unwrap().iter().count(), 2);
        assert!(permissions("customers.read,customers.fly").is_err());
        assert_eq!(permissions("all").unwrap(), Permissions::all());
    }
}
