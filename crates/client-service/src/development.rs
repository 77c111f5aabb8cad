//! The first minutes: a key for this run, two tokens and two lines to paste.

use std::net::SocketAddr;
use std::time::Duration;

use adapter_http::auth::{DevelopmentToken, Expectations, mint};
use client_app::Caller;
use client_domain::value::{BranchKey, EmailAddress};
use client_domain::{Actor, Invalid, Permission};
use jiff::Timestamp;

use crate::Stop;
use crate::settings::SettingsError;

const GOOD_FOR: Duration = Duration::from_hours(12);

/// What a newcomer is told when nothing was configured.
pub(crate) struct Welcome<'a> {
    pub(crate) address: SocketAddr,
    pub(crate) secret: &'a str,
    pub(crate) addressing: Expectations,
    pub(crate) now: Timestamp,
}

impl Welcome<'_> {
    /// The text, for standard output: it holds tokens, so it is no part of the log.
    pub(crate) fn text(&self) -> Result<String, Stop> {
        // The maker may approve as well: that the own client is refused all the same is what four eyes is.
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
Clients API, in memory: everything is gone when it stops.
No key was configured, so a DEVELOPMENT KEY was made for this run. Do not use it for real clients.

A maker's and a checker's token, good for 12 hours:

export MAKER={maker}
export CHECKER={checker}

Make a client, then have the other person approve it:

curl -s {base}/api/bpm/cmd -H 'Content-Type: application/json' -H 'Authorization: Bearer {maker}' -d '{create}'
curl -s {base}/api/bpm/cmd -H 'Content-Type: application/json' -H 'Authorization: Bearer {checker}' -d '{approve}'

What else there is: {base}/docs

",
            create = r#"{"commandName":"CreateContactCommand","data":{"firstName":"Ngozi","lastName":"Balogun","emailAddress":"ngozi.balogun@example.com","phoneNumber":"+234 809 765 4321","dateOfBirth":"1988-11-02","gender":"Female","address":"7 Awolowo Way","city":"Ikeja","state":"Lagos","country":"Nigeria","identificationType":"International Passport","identificationNumber":"B09876543"}}"#,
            approve =
                r#"{"commandName":"ApproveCustomerCommand","data":{"contactEncodedKey":"CUST1000001"}}"#,
        ))
    }

    fn token(&self, who: &'static str, permissions: &[Permission]) -> Result<String, Stop> {
        let wrong = |rule: Invalid| Stop::Failed(format!("the made-up {who} {rule}"));
        let email = EmailAddress::parse(&format!("{who}@example.com")).map_err(wrong)?;
        let caller = Caller {
            actor: Actor { email: Some(email), ..Actor::parse(who).map_err(wrong)? },
            permissions: permissions.iter().copied().collect(),
            branch: Some(BranchKey::parse("ikeja-01").map_err(wrong)?),
        };
        let token = DevelopmentToken {
            caller,
            addressing: self.addressing.clone(),
            issued_at: self.now,
            expires_in: GOOD_FOR,
        };
        let minted = mint("the development key", self.secret.as_bytes(), &token);
        Ok(minted.map_err(SettingsError::from)?)
    }
}
