//! The first screen of a service without keys: where the data is, two tokens and two commands to paste.

use std::path::{Path, PathBuf};
use std::time::Duration;

use adapter_http::auth::{DevelopmentToken, mint};
use jiff::Timestamp;

use crate::config::error::SettingsError;
use crate::config::storage_location::StorageLocation;
use crate::development_person::{DevelopmentPerson, PEOPLE};
use crate::exit::ExitError;
use crate::wiring::development_key::DevelopmentKey;

/// How long the tokens are valid, unless the service accepts only a shorter time.
const TOKEN_LIFETIME: Duration = Duration::from_hours(12);

/// The text for a user who has configured nothing.
pub(crate) struct Quickstart<'a> {
    /// The address of the service for programs.
    pub(crate) base: String,
    pub(crate) key: &'a DevelopmentKey,
    pub(crate) storage_location: &'a StorageLocation,
    pub(crate) now: Timestamp,
    /// The longest lifetime of a token that the service accepts.
    pub(crate) longest: Duration,
    /// The address of the service for people who work in a browser, if they can.
    pub(crate) console: Option<String>,
}

impl Quickstart<'_> {
    /// The text for standard output. It holds tokens, so it must not get into the log.
    pub(crate) fn text(&self) -> Result<String, ExitError> {
        let [maker, checker] = PEOPLE.each_ref().map(|person| self.token(person));
        let (maker, checker) = (maker?, checker?);
        let base = &self.base;
        Ok(format!(
            "
Clients API. {data}
{key}

The tokens of a maker and of a checker, valid for {lifetime}:

export MAKER={maker}
export CHECKER={checker}

Create a client, then approve it as the other person:

NGOZI=$(curl -s {base}/api/bpm/cmd -H 'Content-Type: application/json' -H 'Authorization: Bearer {maker}' -H 'Idempotency-Key: first-screen-1' -d '{create}' | tee /dev/stderr | grep -o 'CUST[0-9]*')
curl -s {base}/api/bpm/cmd -H 'Content-Type: application/json' -H 'Authorization: Bearer {checker}' -H 'Idempotency-Key: first-screen-2' -d '{approve}'

{console}Everything else: {base}/docs

",
            lifetime = words(self.lifetime()),
            console = self.console(),
            data = self.data(),
            key = self.origin(),
            create = r#"{"commandName":"CreateContactCommand","data":{"firstName":"Ngozi","lastName":"Balogun","emailAddress":"ngozi.balogun@example.com","phoneNumber":"+234 809 765 4321","dateOfBirth":"1988-11-02","gender":"Female","address":"7 Awolowo Way","city":"Ikeja","state":"Lagos","country":"Nigeria","identificationType":"International Passport","identificationNumber":"B09876543"}}"#,
            approve =
                r#"{"commandName":"ApproveCustomerCommand","data":{"contactEncodedKey":"'"$NGOZI"'"}}"#,
        ))
    }

    /// Where people work in a browser.
    fn console(&self) -> String {
        let line = |address| format!("For people, in a browser: {address}/console\n");
        self.console.as_ref().map(line).unwrap_or_default()
    }

    /// Where the data is.
    fn data(&self) -> String {
        match self.storage_location {
            StorageLocation::Memory => "The data is in memory and lost when the service stops.".to_owned(),
            StorageLocation::Folder(folder) => {
                format!("The data is in {} and stays when the service stops.", whole(folder.path()).display())
            }
            StorageLocation::Postgres(_) => "The data is in PostgreSQL.".to_owned(),
        }
    }

    /// Where the key comes from.
    fn origin(&self) -> String {
        let made = "No key was configured, so a DEVELOPMENT KEY signs the tokens, and only this machine is answered.";
        match &self.key.file {
            None => format!("{made}\nIt was made for this run. Do not use it for real clients."),
            Some(file) => format!(
                "{made}\nIt is kept in {}, so tokens outlive a restart. Do not use it for real clients.",
                whole(file).display()
            ),
        }
    }

    fn lifetime(&self) -> Duration {
        TOKEN_LIFETIME.min(self.longest)
    }

    fn token(&self, person: &DevelopmentPerson) -> Result<String, ExitError> {
        let token = DevelopmentToken {
            caller: person.caller()?,
            addressing: self.key.addressing.clone(),
            issued_at: self.now,
            expires_in: self.lifetime(),
        };
        let minted = mint("the development key", self.key.secret.as_bytes(), &token);
        Ok(minted.map_err(SettingsError::from)?)
    }
}

/// A time in the largest unit of which it is a whole number.
fn words(time: Duration) -> String {
    let seconds = time.as_secs();
    let units = [(3_600, "hour"), (60, "minute"), (1, "second")];
    let unit = units.into_iter().find(|(each, _)| seconds.is_multiple_of(*each));
    let (each, unit) = unit.unwrap_or((1, "second"));
    match seconds / each {
        1 => format!("1 {unit}"),
        number => format!("{number} {unit}s"),
    }
}

/// The path from the root, for a reader in another folder.
fn whole(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}
