//! The first screen of a service without settings: two tokens and two commands to paste.

use std::net::SocketAddr;
use std::time::Duration;

use adapter_http::auth::{DevelopmentToken, Expectations, mint};
use client_app::Caller;
use client_domain::value::{BranchKey, EmailAddress};
use client_domain::{Actor, Invalid, Permission};
use jiff::Timestamp;

use crate::config::error::SettingsError;
use crate::exit::ExitError;

/// How long the tokens are valid.
const TOKEN_LIFETIME: Duration = Duration::from_hours(12);

/// The text for a user who has configured nothing.
pub(crate) struct Quickstart<'a> {
    pub(crate) address: SocketAddr,
    pub(crate) secret: &'a str,
    pub(crate) addressing: &'a Expectations,
    pub(crate) now: Timestamp,
}

impl Quickstart<'_> {
    /// The text for standard output. It holds tokens, so it must not get into the log.
    pub(crate) fn text(&self) -> Result<String, ExitError> {
        // The maker has the permission to approve too, which shows that four eyes refuses it for the maker's own client.
        let maker = self.token(
            "maker",
            &[
                Permission::Read,
                Permission::Write,
                Permission::Approve,
                Permission::Transactions,
                Permission::Exit,
                Permission::History,
                Permission::KycRead,
                Permission::KycWrite,
            ],
        )?;
        let checker = self.token(
            "checker",
            &[
                Permission::Read,
                Permission::Approve,
                Permission::Blacklist,
                Permission::History,
                Permission::KycRead,
                Permission::KycReview,
            ],
        )?;
        let base = format!("http://{}", self.address);
        Ok(format!(
            "
Clients API, in memory: all data is lost when the service stops.
No key was configured, so a DEVELOPMENT KEY was made for this run. Do not use it for real clients.

The tokens of a maker and of a checker, valid for 12 hours:

export MAKER={maker}
export CHECKER={checker}

Create a client, then approve it as the other person:

curl -s {base}/api/bpm/cmd -H 'Content-Type: application/json' -H 'Authorization: Bearer {maker}' -d '{create}'
curl -s {base}/api/bpm/cmd -H 'Content-Type: application/json' -H 'Authorization: Bearer {checker}' -d '{approve}'

Everything else: {base}/docs

",
            create = r#"{"commandName":"CreateContactCommand","data":{"firstName":"Ngozi","lastName":"Balogun","emailAddress":"ngozi.balogun@example.com","phoneNumber":"+234 809 765 4321","dateOfBirth":"1988-11-02","gender":"Female","address":"7 Awolowo Way","city":"Ikeja","state":"Lagos","country":"Nigeria","identificationType":"International Passport","identificationNumber":"B09876543"}}"#,
            approve =
                r#"{"commandName":"ApproveCustomerCommand","data":{"contactEncodedKey":"CUST1000001"}}"#,
        ))
    }

    fn token(&self, subject: &'static str, permissions: &[Permission]) -> Result<String, ExitError> {
        let wrong = |rule: Invalid| ExitError::Failed(format!("the development subject {subject} {rule}"));
        let email = EmailAddress::parse(&format!("{subject}@example.com")).map_err(wrong)?;
        let caller = Caller {
            actor: Actor { email: Some(email), ..Actor::parse(subject).map_err(wrong)? },
            permissions: permissions.iter().copied().collect(),
            branch: Some(BranchKey::parse("ikeja-01").map_err(wrong)?),
        };
        let token = DevelopmentToken {
            caller,
            addressing: self.addressing.clone(),
            issued_at: self.now,
            expires_in: TOKEN_LIFETIME,
        };
        let minted = mint("the development key", self.secret.as_bytes(), &token);
        Ok(minted.map_err(SettingsError::from)?)
    }
}
