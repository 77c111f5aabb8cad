//! The token of a call: of a file or the environment, or on this machine one of a development person.

use std::path::Path;
use std::time::Duration;

use adapter_http::auth::{DevelopmentToken, Expectations, mint};
use clap::ValueEnum;
use client_app::ports::Clock as _;

use crate::config::data_folder::DataFolder;
use crate::config::error::SettingsError;
use crate::config::secret::Secret;
use crate::config::tokens::TOKEN_VARIABLE;
use crate::config::value::non_empty;
use crate::development_person::PEOPLE;
use crate::exit::ExitError;
use crate::system::SystemClock;
use crate::wiring::development_key;

/// Longer than a batch takes that is watched.
const LIFETIME: Duration = Duration::from_hours(12);

/// A person of a service with a development key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PersonName {
    /// Creates, changes and requests
    Maker,
    /// Reviews and approves
    Checker,
}

/// The token: of the file, of the environment, or of the person.
#[expect(clippy::disallowed_methods, reason = "a setting that must not be a flag")]
pub(super) fn token(
    file: Option<&str>,
    person: Option<PersonName>,
    data: Option<&str>,
    on_this_machine: bool,
) -> Result<String, ExitError> {
    let variable = std::env::var(TOKEN_VARIABLE).ok();
    // A file that was named on the command line goes before a variable that was set for all commands.
    let value = if non_empty(file).is_some() { None } else { variable.as_deref() };
    let token = Secret { flag: "--token", value, file };
    match (person, token.read()?) {
        (Some(_), _) if !on_this_machine => Err(SettingsError(
            "--as is for a service on this machine, which has a development key; give --token-file or CLIENTS_TOKEN".to_owned(),
        ).into()),
        (Some(person), _) => of_person(person, data),
        // A second line would be sent as a part of the token, or not at all.
        (None, Some(token)) if !token.bytes().all(|byte| byte.is_ascii_graphic()) => Err(SettingsError(
            "the token of --token-file or CLIENTS_TOKEN must be one line of visible ASCII characters".to_owned(),
        ).into()),
        (None, Some(token)) => Ok(token),
        (None, None) => Err(SettingsError(
            "the service answers to tokens only: give --token-file or CLIENTS_TOKEN, or for a service with a development key on \
             this machine --as maker or --as checker"
                .to_owned(),
        ).into()),
    }
}

fn of_person(person: PersonName, data: Option<&str>) -> Result<String, ExitError> {
    let named = non_empty(data).map(|folder| DataFolder::named(Path::new(folder)));
    let folder = named.unwrap_or_else(DataFolder::by_default);
    let key = development_key::read(&folder)?.ok_or_else(|| {
        SettingsError(format!(
            "the folder {} has no development key: name the data folder of the service with --data, or give --token-file",
            folder.path().display()
        ))
    })?;
    let [maker, checker] = &PEOPLE;
    let person = match person {
        PersonName::Maker => maker,
        PersonName::Checker => checker,
    };
    let token = DevelopmentToken {
        caller: person.caller()?,
        addressing: Expectations::default(),
        issued_at: SystemClock.now(),
        expires_in: LIFETIME,
    };
    Ok(mint("the development key", key.as_bytes(), &token).map_err(SettingsError::from)?)
}
