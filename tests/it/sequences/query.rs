//! The queries, and the model's expected answers.

use std::collections::BTreeMap;

use client_app::ports::ClientRef;
use client_domain::client::{Amendment, ContactPoint, ValueChange, allowed, explain};
use client_domain::kyc::IdentityDocument;
use client_domain::lifecycle::Operation;
use client_domain::{Blocker, Client, ClientState, EventKind, Permission};
use serde_json::{Map, Value, json};

use super::evidence::Evidence;
use super::evidence_shown::{address, document, missing, part};
use super::expected::Refused;
use super::model::Model;
use super::order::{Named, object, wrong};
use super::samples::Who;
use super::step::Step;

#[derive(Clone, Debug)]
pub struct Query {
    pub who: Who,
    pub name: &'static str,
    pub data: Map<String, Value>,
    pub expected: Answer,
}

#[derive(Clone, Debug)]
pub enum Answer {
    Refused(Refused),
    /// One answer with these members.
    Members(Map<String, Value>),
    /// An action, whether it is allowed, and what blocks it.
    Actions(Vec<Value>),
    /// One answer with these members, and a list of this name whose entries have these.
    Evidence {
        members: Map<String, Value>,
        list: &'static str,
        entries: Vec<Map<String, Value>>,
    },
    /// All pages together: the list of this name, these values of these members, in this order.
    Pages {
        list: &'static str,
        members: &'static [&'static str],
        values: Vec<Value>,
        by_cursor: bool,
    },
}

impl Query {
    pub fn of(model: &Model, step: &Step) -> Self {
        match step {
            Step::ShowOne { who, target } => {
                let named = model.named(*target);
                let field = if named.member == "customerNumber" { named.member } else { "contactEncodedKey" };
                let shown = |client: &Client| Answer::Members(shown(model, client, *who));
                Self::of_one(model, *who, "RetrieveContactByIdQuery", &named, field, shown)
            }
            Step::ShowActions { who, target } => {
                let named = model.named(*target);
                let actions = |client: &Client| Answer::Actions(actions(model, client, *who));
                Self::of_one(model, *who, "RetrieveContactActionsQuery", &named, "contactEncodedKey", actions)
            }
            Step::ShowHistory { who, target, page_size } => {
                let named = model.named(*target);
                let lines = |_: &Client| {
                    let known = model.known(&named.client).unwrap();
                    let versions = known.history.iter().rev().map(|line| json!([line.event.version.get()]));
                    let values = versions.collect();
                    Answer::Pages { list: "entries", members: &["version"], values, by_cursor: true }
                };
                let name = "RetrieveContactHistoryQuery";
                let mut query = Self::of_one(model, *who, name, &named, "contactEncodedKey", lines);
                query.data.insert("pageSize".to_owned(), (*page_size).into());
                if !who.caller().may(Permission::History) {
                    query.expected = Answer::Refused(Refused::permission());
                }
                query
            }
            Step::ShowKyc { who, target } => {
                let named = model.named(*target);
                let summed = |client: &Client| Answer::Members(summed_up(model, client));
                let name = "GetCustomerKycInformationQuery";
                Self::of_evidence(Self::of_one(model, *who, name, &named, "contactEncodedKey", summed))
            }
            Step::ShowAmendments { who, target } => {
                let named = model.named(*target);
                let listed = |client: &Client| amendments(client, *who);
                let name = "GetCustomerAmendmentsQuery";
                Self::of_one(model, *who, name, &named, "contactEncodedKey", listed)
            }
            Step::ShowEvidence { who, target, evidence } => {
                let named = model.named(*target);
                let name = match evidence {
                    Evidence::Document => "GetCustomerIdentityDetailsQuery",
                    Evidence::Address => "GetCustomerAddressDetailsQuery",
                };
                let listed = |client: &Client| evidence_of(model, client, *evidence);
                Self::of_evidence(Self::of_one(model, *who, name, &named, "contactEncodedKey", listed))
            }
            Step::ShowList(list) => list.query(model),
            Step::RefusedList { members, code, field } => Self {
                who: Who::Clerk,
                name: "RetrieveContactListQuery",
                data: serde_json::from_str(members).unwrap(),
                expected: Answer::Refused(Refused::of(vec![wrong(code, field)])),
            },
            other => panic!("no query: {other:?}"),
        }
    }

    /// The same, where only some may see it.
    fn of_evidence(query: Self) -> Self {
        let may = query.who.caller().may(Permission::KycRead);
        if may { query } else { Self { expected: Answer::Refused(Refused::permission()), ..query } }
    }

    fn of_one(
        model: &Model,
        who: Who,
        name: &'static str,
        named: &Named,
        field: &str,
        answer: impl Fn(&Client) -> Answer,
    ) -> Self {
        let unknown = || Answer::Refused(Refused::of(vec![wrong("client_not_found", field)]));
        let expected = model.known(&named.client).map_or_else(unknown, |known| answer(&known.client));
        Self { who, name, data: object(json!({ named.member: named.text })), expected }
    }
}

fn kyc_status(model: &Model, client: &Client) -> &'static str {
    client.kyc_status(model.demanded_of(client), model.today()).name()
}

fn summed_up(model: &Model, client: &Client) -> Map<String, Value> {
    let (kyc, today) = (client.kyc(), model.today());
    let documents = kyc.documents.iter().map(|one| (&one.verification, one.validity.is_good(today)));
    let finally = kyc.documents.iter().filter(|one| one.verification.is_rejected_finally());
    let finally: Vec<_> = finally.map(finally_rejected).collect();
    object(json!({
        "requestedDocuments": requested(model, client),
        "finallyRejected": (!finally.is_empty()).then_some(finally),
        "contactEncodedKey": client.key().as_str(),
        "identity": part(client, documents),
        "address": part(client, kyc.addresses.iter().map(|one| (&one.verification, true))),
        "mobile": verified(client, ContactPoint::Mobile),
        "email": verified(client, ContactPoint::Email),
        "kycStatus": kyc_status(model, client),
        "missing": missing(&client.missing_requirements(model.demanded_of(client), today)),
        "policyVersion": model.kyc.version.as_ref().map(|version| version.as_str()),
        "version": client.version().get(),
    }))
}

/// By all lines of the history, each of which is looked at.
fn requested(model: &Model, client: &Client) -> Vec<Value> {
    let history = &model.known(&ClientRef::Key(client.key().clone())).unwrap().history;
    let mut open = BTreeMap::new();
    for event in history.iter().map(|line| &line.event) {
        if event.kind == EventKind::DocumentSubmitted {
            let id = event.kyc.as_ref().and_then(|item| item.document()).unwrap();
            open.remove(&client.kyc().document(id).unwrap().kind.number());
        }
        for kind in event.requested.iter().flat_map(|requested| requested.kinds()) {
            let shown = json!({
                "identityType": kind.number(),
                "identityTypeDesc": kind.name(),
                "requestedBy": event.by.label(),
                "requestDate": event.at.to_string(),
                "notes": event.notes.as_ref().map(|notes| notes.as_str()),
            });
            open.insert(kind.number(), shown);
        }
    }
    open.into_values().collect()
}

fn verified(client: &Client, point: ContactPoint) -> Value {
    let last = client.snapshot().contact_verifications.of(point);
    let status = last.map_or((0, "PENDING"), |one| {
        let is_same = one.value.is_same(&point.value(&client.snapshot().details));
        if is_same { (1, "APPROVED") } else { (3, "OUTDATED") }
    });
    json!({
        "verificationStatus": status.0,
        "verificationStatusDesc": status.1,
        "comment": last.map(|one| one.means.as_str()),
        "verifiedBy": last.map(|one| one.stamp.by.label()),
        "verifiedAt": last.map(|one| one.stamp.at.to_string()),
        "reference": last.and_then(|one| one.reference.as_ref()).map(|reference| reference.as_str()),
    })
}

fn amendments(client: &Client, who: Who) -> Answer {
    let open = &client.snapshot().amendments;
    let entry = |one: &Amendment| {
        let change = |change: &ValueChange| {
            let live = client.snapshot().value(change.field()).unwrap();
            json!({
                "field": change.field().name(), "live": live.text(), "proposed": change.after.text(),
                "conflict": live != change.before,
            })
        };
        object(json!({
            "amendmentId": one.id.to_string(),
            "proposedBy": one.proposed.by.label(),
            "proposedAt": one.proposed.at.to_string(),
            "reason": one.reason.as_ref().map(|reason| reason.as_str()),
            "ownProposal": one.is_of(&who.caller().actor.id),
            "changes": one.changes.iter().map(change).collect::<Vec<_>>(),
        }))
    };
    Answer::Evidence {
        members: object(json!({ "contactEncodedKey": client.key().as_str(), "totalCount": open.len() })),
        list: "amendments",
        entries: open.iter().map(entry).collect(),
    }
}

fn finally_rejected(document: &IdentityDocument) -> Value {
    let rejection = document.verification.review().unwrap().rejection.as_ref().unwrap();
    json!({
        "identityId": document.id.as_str(),
        "identityType": document.kind.number(),
        "identityTypeDesc": document.kind.name(),
        "idNumber": document.number.as_str(),
        "reasonCode": rejection.reason.code.as_str(),
        "reasonText": rejection.reason.text.as_str(),
    })
}

fn evidence_of(model: &Model, client: &Client, evidence: Evidence) -> Answer {
    let (key, kyc, today) = (client.key(), client.kyc(), model.today());
    let (list, entries): (_, Vec<_>) = match evidence {
        Evidence::Document => {
            ("documents", kyc.documents.iter().map(|one| document(client, one, today)).collect())
        }
        Evidence::Address => ("addresses", kyc.addresses.iter().map(|one| address(client, one)).collect()),
    };
    let members = json!({
        "contactEncodedKey": key.as_str(), "totalCount": entries.len(), "version": client.version().get(),
    });
    Answer::Evidence { members: object(members), list, entries }
}

fn shown(model: &Model, client: &Client, who: Who) -> Map<String, Value> {
    let snapshot = client.snapshot();
    let caller = who.caller();
    let allowed = allowed(client, &caller.actor, &caller.permissions, &model.facts(client));
    let allowed = allowed.into_iter().map(Operation::name);
    object(json!({
        "encodedKey": client.key().as_str(),
        "id": client.id().get(),
        "customerNumber": client.customer_number().to_string(),
        "lastName": snapshot.details.last_name.as_str(),
        "emailAddress": snapshot.details.email.as_str(),
        "clientState": client.state().number(),
        "version": client.version().get(),
        "formerContactEncodedKey": snapshot.former_client.as_ref().map(|key| key.as_str()),
        "returnedAsContactEncodedKey": model.returned_as(client).as_ref().map(|key| key.as_str()),
        "approvalStatus": snapshot.approval.status().map(client_domain::client::ApprovalStatus::name),
        "kycStatus": who.caller().may(Permission::KycRead).then(|| kyc_status(model, client)),
        "lastModified": snapshot.modified_at.to_string(),
        "allowedActions": allowed.collect::<Vec<_>>(),
    }))
}

fn actions(model: &Model, client: &Client, who: Who) -> Vec<Value> {
    let caller = who.caller();
    explain(client, &caller.actor, &caller.permissions, &model.facts(client))
        .into_iter()
        .map(|explanation| {
            let open = caller.may(Permission::KycRead)
                || explanation.permission.is_none_or(|needed| caller.may(needed));
            let blocker =
                explanation.blockers.iter().filter(|blocker| open || !matches!(blocker, Blocker::Kyc { .. }));
            let blockers: Vec<_> = blocker.map(Blocker::code).collect();
            json!([
                explanation.operation.name(),
                explanation.is_allowed(),
                explanation.to.map(ClientState::name),
                blockers
            ])
        })
        .collect()
}
