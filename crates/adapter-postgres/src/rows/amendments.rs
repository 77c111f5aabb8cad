//! The open amendments of a client. A list within a row, so it is JSON.

use client_app::ports::StoreError;
use client_domain::client::{Amendment, AmendmentId, TwoPersons};
use client_domain::reason::CodedReason;
use client_domain::value::{ClientKey, EmailAddress, Reason, Version};
use client_domain::{ActorId, Client, ClientState, EventKind};
use serde::Deserialize;
use serde_json::{Value, json};
use sqlx::postgres::PgRow;

use super::columns::Columns;
use super::review;
use super::values::{self, Triple};

/// An open amendment as it is stored.
#[derive(Deserialize)]
struct Stored {
    version: u64,
    by: String,
    email: Option<String>,
    confirmed_by: Option<String>,
    #[serde(default)]
    confirmed_before: Vec<String>,
    at: jiff::Timestamp,
    reason: Option<String>,
    code: Option<StoredReason>,
    values: Vec<Triple>,
    phone_entered: Option<String>,
}

/// The code of a reason as it is stored.
#[derive(Deserialize)]
struct StoredReason {
    code: String,
    text: String,
}

/// The open amendments of a client as JSON.
pub(crate) fn to_json(client: &Client) -> String {
    let open = &client.snapshot().amendments;
    // Nearly every client has none.
    if open.is_empty() {
        return "[]".to_owned();
    }
    let code = |reason: &CodedReason| json!({ "code": reason.code.as_str(), "text": reason.text.as_str() });
    let amendment = |one: &Amendment| {
        json!({
            "version": one.id.version().get(),
            "by": one.proposed.by.id.as_str(),
            "email": one.proposed.by.email.as_ref().map(EmailAddress::as_str),
            "confirmed_by": one.confirmed_by.as_ref().map(ActorId::as_str),
            "confirmed_before": one.confirmed_before.iter().map(ActorId::as_str).collect::<Vec<_>>(),
            "at": one.proposed.at,
            "reason": one.reason.as_ref().map(Reason::as_str),
            "code": one.reason_code.as_ref().map(code),
            "values": values::triples(&one.changes),
            "phone_entered": one.phone_entered(),
        })
    };
    open.iter().map(amendment).collect::<Value>().to_string()
}

/// Reads the open amendments. A release without the column has left in it what it ended by its change of state.
pub(crate) fn read(row: &PgRow, key: &ClientKey, state: ClientState) -> Result<Vec<Amendment>, StoreError> {
    let columns = Columns { row, table: "client" };
    if !TwoPersons::STATES.contains(&state) || was_barred_since(&columns)? {
        return Ok(Vec::new());
    }
    columns.known("amendments", |text: &str| {
        if text == "[]" {
            return Some(Vec::new());
        }
        let stored: Vec<Stored> = serde_json::from_str(text).ok()?;
        stored.iter().map(|one| one.amendment(key)).collect()
    })
}

/// Whether a release without the column has blacklisted the client since the column was written.
fn was_barred_since(columns: &Columns<'_>) -> Result<bool, StoreError> {
    let since = columns.known_optional("makers_since", |text: &str| {
        let lines: Vec<(String, String)> = serde_json::from_str(text).ok()?;
        Some(lines.iter().any(|(event, _)| event == EventKind::Blacklisted.name()))
    })?;
    Ok(since.unwrap_or_default())
}

impl Stored {
    fn amendment(&self, key: &ClientKey) -> Option<Amendment> {
        let amendment = Amendment {
            id: AmendmentId::new(key.clone(), Version::new(self.version)?),
            proposed: review::stamp(&self.by, self.email.as_deref(), self.at)?,
            confirmed_by: self.confirmed_by.as_deref().map(ActorId::parse).transpose().ok()?,
            confirmed_before: self
                .confirmed_before
                .iter()
                .map(|id| ActorId::parse(id).ok())
                .collect::<Option<_>>()?,
            reason: self.reason.as_deref().map(Reason::parse).transpose().ok()?,
            reason_code: match &self.code {
                Some(stored) => Some(review::coded_reason(&stored.code, &stored.text)?),
                None => None,
            },
            changes: self.values.iter().map(values::change).collect::<Option<_>>()?,
        };
        Some(amendment.with_phone_entered(self.phone_entered.as_deref()))
    }
}
