//! The open amendments of a client. A list within a row, so it is JSON.

use client_app::ports::StoreError;
use client_domain::ActorId;
use client_domain::client::{Amendment, AmendmentId};
use client_domain::value::{ClientKey, Reason, Version};
use serde::Deserialize;
use serde_json::{Value, json};

use super::values::{self, Triple};
use super::{review, stamp};
use crate::columns::Columns;

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

/// The open amendments of a client as JSON. Nearly every client has none.
pub(super) fn to_json(open: &[Amendment]) -> String {
    let amendment = |one: &Amendment| {
        let Amendment { id, proposed, confirmed_by, confirmed_before, reason, reason_code, changes } = one;
        let code = reason_code.as_ref();
        json!({
            "code": code.map(|reason| json!({ "code": reason.code.as_str(), "text": reason.text.as_str() })),
            "version": id.version().get(),
            "by": proposed.by.id.as_str(),
            "email": stamp::email(&proposed.by),
            "confirmed_by": confirmed_by.as_ref().map(ActorId::as_str),
            "confirmed_before": confirmed_before.iter().map(ActorId::as_str).collect::<Vec<_>>(),
            "at": proposed.at,
            "reason": reason.as_ref().map(Reason::as_str),
            "values": values::triples(changes),
            "phone_entered": one.phone_entered(),
        })
    };
    open.iter().map(amendment).collect::<Value>().to_string()
}

pub(super) fn read(columns: &Columns<'_>, key: &ClientKey) -> Result<Vec<Amendment>, StoreError> {
    columns
        .json_known("amendments", |stored: Vec<Stored>| stored.iter().map(|one| one.amendment(key)).collect())
}

impl Stored {
    fn amendment(&self, key: &ClientKey) -> Option<Amendment> {
        let amendment = Amendment {
            id: AmendmentId::new(key.clone(), Version::new(self.version)?),
            proposed: stamp::read(&self.by, self.email.as_deref(), self.at)?,
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
