//! What a command must answer: done or refused, and what of the answer the rules decide.

use client_app::ports::ClientRef;
use client_domain::client::{AmendmentId, FieldValue, ValueChange};
use client_domain::lifecycle::Operation;
use client_domain::value::Version;
use client_domain::{Blocker, ClaimKind, Client, ClientField, Refusal, RefusalKind};
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::evidence_shown::{self, missing};
use super::order::{Named, Order, Wrong, object, wrong};
use super::step::What;

#[derive(Clone, Debug)]
pub enum Expected {
    Done { done: Done, replayed_from: Option<usize> },
    Refused(Refused),
}

/// Members that the answer must have, its version, and the codes of its warnings.
#[derive(Clone, Debug, Default)]
pub struct Done {
    pub members: Map<String, Value>,
    pub version: Option<Version>,
    pub warnings: Vec<&'static str>,
}

/// Codes and fields in order, and members that the details of the first reason must have.
#[derive(Clone, Debug)]
pub struct Refused {
    pub reasons: Vec<Wrong>,
    pub details: Map<String, Value>,
}

impl Refused {
    pub fn of(reasons: Vec<Wrong>) -> Self {
        Self { reasons, details: Map::new() }
    }

    /// No client has this name.
    pub fn unknown_client(named: &Named) -> Self {
        Self::of(vec![match named.client {
            ClientRef::Document(_) => wrong("document_not_found", "identityId"),
            ClientRef::Address(_) => wrong("address_not_found", "addressId"),
            _ => wrong("client_not_found", "contactEncodedKey"),
        }])
    }

    pub fn permission() -> Self {
        Self::of(vec![("permission_missing".to_owned(), None)])
    }
}

pub fn refused(refusal: &Refusal, allowed: &[Operation]) -> Refused {
    let allowed: Vec<_> = allowed.iter().copied().map(Operation::name).collect();
    let mut details = json!({
        "currentState": refusal.state.name(),
        "action": refusal.operation.name(),
        "allowedActions": allowed,
    });
    if let [Blocker::Kyc { missing: all }] = &refusal.blockers[..] {
        details["unmet"] = json!([{ "code": refusal.code(), "missing": missing(all) }]);
    }
    let open = refusal.blockers.iter().find_map(|blocker| match blocker {
        Blocker::AmendmentOpen { field, .. } => Some(field.name()),
        _ => None,
    });
    let field = match refusal.kind() {
        // What the caller has named is not what the client has.
        RefusalKind::ContactPointChanged => Some("value"),
        RefusalKind::AmendmentNotOpen => Some("amendmentId"),
        RefusalKind::AmendmentOpen => open,
        _ => None,
    };
    let field = field.map(str::to_owned);
    Refused { reasons: vec![(refusal.code().to_owned(), field)], details: object(details) }
}

pub fn duplicate(kind: ClaimKind) -> (&'static str, Option<&'static str>) {
    match kind {
        ClaimKind::Identification => ("duplicate_identification", Some("identificationNumber")),
        ClaimKind::Email => ("duplicate_email", Some("emailAddress")),
        ClaimKind::Phone => ("duplicate_phone", Some("phoneNumber")),
        ClaimKind::FormerClient => ("already_returned", None),
    }
}

/// The members of the answer to a return, besides those of a creation.
pub fn returned(client: &Client, dry: bool) -> Map<String, Value> {
    let mut members = created(client, dry);
    let former = client.snapshot().former_client.as_ref().map(|key| key.as_str());
    members.insert("formerContactEncodedKey".to_owned(), former.into());
    members
}

pub fn created(client: &Client, dry: bool) -> Map<String, Value> {
    let real = |value: Value| if dry { Value::Null } else { value };
    object(json!({
        "contactEncodedKey": real(client.key().as_str().into()),
        "id": real(client.id().get().into()),
        "customerNumber": real(client.customer_number().to_string().into()),
        "clientState": client.state().number(),
        "version": real(client.version().get().into()),
        "dateCreated": client.snapshot().created.at.to_string(),
    }))
}

/// What an answer says of the values that wait for a second person; null stands for a member that is not there.
pub fn proposal(order: &Order, client: &Client, pending: &[ValueChange]) -> Map<String, Value> {
    if !matches!(order.what, What::Update(_) | What::Correct(_)) || pending.is_empty() {
        return Map::new();
    }
    let id = AmendmentId::new(client.key().clone(), client.version()).to_string();
    let fields: Vec<_> = pending.iter().map(|change| change.field().name()).collect();
    object(json!({ "amendmentId": (!order.dry).then_some(id), "pendingFields": fields }))
}

/// The members of a command's answer that describe the client, besides the published dates.
pub fn answer_members(order: &Order, client: &Client, changed: &[&str], today: Date) -> Map<String, Value> {
    if let Some(evidence) = evidence_shown::shown_by(order, client, today) {
        return evidence;
    }
    let state = client.state();
    let by = order.who.caller().actor;
    let mut members = match &order.what {
        What::Update(_) | What::Correct(_) => {
            let version = if order.dry { Value::Null } else { client.version().get().into() };
            let modified = client.snapshot().modified_at.to_string();
            json!({ "changedFields": changed, "version": version, "lastModified": modified })
        }
        What::Decide(_) => {
            let version = if order.dry { Value::Null } else { client.version().get().into() };
            let values = FieldValue::FIELDS.map(ClientField::name);
            let changed: Vec<_> = changed.iter().filter(|name| values.contains(name)).collect();
            json!({
                "amendmentId": order.named.text, "decidedBy": by.label(), "version": version,
                "changedFields": changed, "lastModified": client.snapshot().modified_at.to_string(),
            })
        }
        What::RequestApproval => json!({ "approvalStatus": "Pending" }),
        What::Approve => json!({ "approvalStatus": "Approved", "approvedBy": by.label() }),
        What::Reject => json!({ "approvalStatus": "Rejected", "rejectedBy": by.label() }),
        What::Blacklist => json!({ "isBlacklisted": true }),
        What::Verify(contact) => {
            let version = if order.dry { Value::Null } else { client.version().get().into() };
            json!({ "contactPoint": contact.point.name(), "verifiedBy": by.label(), "version": version })
        }
        What::RequestDocuments(kinds) => {
            let version = if order.dry { Value::Null } else { client.version().get().into() };
            json!({ "identityTypes": kinds, "requestedBy": by.label(), "version": version })
        }
        What::UndoBlacklist => json!({ "isBlacklisted": false }),
        What::Exit | What::Withdraw | What::UndoReject => {
            json!({ "clientState": state.number(), "clientStateDescription": state.description() })
        }
        _ => json!({ "clientState": state.number(), "activated": !changed.is_empty() }),
    };
    members["contactEncodedKey"] = client.key().as_str().into();
    object(members)
}
