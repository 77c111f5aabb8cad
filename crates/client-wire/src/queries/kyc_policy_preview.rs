use client_domain::kyc::{KycPolicy, KycStatus};
use client_domain::search::{Order, Predicate, field as property};
use client_domain::value::CustomerType;
use client_domain::{Client, ClientState, Permission};
use jiff::civil::Date;
use serde_json::{Value, json};

use super::contact_list::{DEFAULT_PAGE_SIZE, page_size};
use super::{cursor, reply, today};
use crate::failure::{During, unanswered};
use crate::form::Form;
use crate::kyc_policy::{POLICY, policy_json, read};
use crate::kyc_view::{SHORTFALL, shortfall_json};
use crate::ports::{Page, Search};
use crate::spec::{FieldSpec, Kind, OperationSpec, Shape, field, shape};
use crate::view::KYC_STATUS;
use crate::{Clients, Code, Failure, Item, Reply};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "PreviewKycPolicyQuery",
    kind: Kind::Query,
    about: "Tells which clients another policy would touch: whose papers would no longer do, or would do from then on. \
        Nothing changes.",
    permission: Permission::KycRead,
    fields: &[
        FieldSpec::required("policy", Shape::Object(POLICY), "The other policy, as a policy file has it."),
        FieldSpec::optional("cursor", shape::CURSOR, "The nextCursor of the page before."),
        FieldSpec::optional("pageSize", Shape::Integer { min: 1, max: 100 }, "50 unless said otherwise."),
    ],
    reply: &[
        FieldSpec::nullable(
            "policyVersion",
            shape::ANY_TEXT,
            "The version of the policy that is followed now.",
        ),
        FieldSpec::required("totalCount", shape::COUNT, "How many clients it would touch."),
        FieldSpec::required("touched", Shape::List { of: &TOUCHED, max: 100 }, "The clients, oldest first."),
        FieldSpec::nullable("nextCursor", shape::ANY_TEXT, "Where the next page begins; null on the last."),
    ],
    refusals: &[Code::CursorInvalid],
    example: r#"{
        "policy": {
            "version": "2027-01",
            "required": { "Individual": [["International Passport", "National ID"], "Utility Bill"] }
        }
    }"#,
};

const TOUCHED: Shape = Shape::Object(&[
    field::KEY_ANSWER,
    FieldSpec::required("customerNumber", shape::KEY, "The customer number."),
    field::STATE,
    field::STATE_DESCRIPTION,
    FieldSpec::required("kycStatus", KYC_STATUS, "What is to be said of the papers now."),
    FieldSpec::required("kycStatusThen", KYC_STATUS, "What would be said of them."),
    FieldSpec::required("missing", Shape::List { of: &SHORTFALL, max: 100 }, "What is missing now."),
    FieldSpec::required("missingThen", Shape::List { of: &SHORTFALL, max: 100 }, "What would be missing."),
]);

pub(crate) async fn answer(clients: &Clients, mut form: Form<'_>) -> Result<Reply, Failure> {
    let limit = form.integer("pageSize", page_size).unwrap_or(DEFAULT_PAGE_SIZE);
    let cursor = form.optional("cursor", |raw| Ok(raw.to_owned()));
    let other = read(&mut form, "policy");
    let current = &*clients.kyc_policy;

    let order = oldest_first();
    let query = |other| cursor::fingerprint(json!([policy_json(current), policy_json(other)]));
    let query = other.as_ref().map(query);
    let place = cursor.as_deref().zip(query.as_deref());
    let place = place.map(|(text, query)| cursor::read_place(text, query, &order));
    // Without a policy it cannot be told whose cursor it is, but that it is none.
    let is_one = |text| place.as_ref().map_or_else(|| cursor::is_place(text), Option::is_some);
    if cursor.as_deref().is_some_and(|text| !is_one(text)) {
        form.fail_whole(cursor::invalid());
    }
    let (other, query) = form.finish(other.zip(query))?;
    let (page, today) = match place.flatten() {
        Some((position, began)) => (Page::After(position), began),
        None => (Page::Skip(0), today(clients)),
    };
    let predicate = touched(current, &other)?;
    let search = Search { predicate, order, page, limit, count: true, today };
    let found = clients.store.search(&search).await;
    let found = found.map_err(|error| unanswered(&error, During::Query))?;
    let keys: Vec<_> = found.clients.iter().map(|summary| summary.key.clone()).collect();
    let shown = clients.store.find_all(&keys).await.map_err(|error| unanswered(&error, During::Query))?;
    let entries: Vec<_> = shown.iter().map(|client| entry(client, current, &other, today)).collect();
    let data = json!({
        "policyVersion": current.version.as_ref().map(|version| version.as_str()),
        "totalCount": found.total,
        "touched": entries,
        "nextCursor": found.next.map(|position| cursor::write_place(&position, today, &query)),
    });
    Ok(reply("KYC policy previewed successfully.", data))
}

fn oldest_first() -> Order {
    use client_domain::search::{Direction, Property};
    Order::by(vec![(Property::Id, Direction::Ascending)]).unwrap_or_default()
}

/// Whose papers would do under one of the two and not under the other. Those who are gone for good are nobody's concern.
fn touched(current: &KycPolicy, other: &KycPolicy) -> Result<Predicate, Failure> {
    let (now, then) = (complete(current)?, complete(other)?);
    let not = |predicate: &Predicate| Predicate::Not(Box::new(predicate.clone()));
    let states = ClientState::ALL.into_iter().filter(|state| !state.is_final());
    Ok(Predicate::All(vec![
        Predicate::in_states(states),
        Predicate::Any(vec![
            Predicate::All(vec![now.clone(), not(&then)]),
            Predicate::All(vec![not(&now), then]),
        ]),
    ]))
}

/// Whose papers do: everybody's where nothing is demanded of their type.
fn complete(policy: &KycPolicy) -> Result<Predicate, Failure> {
    let wrong = |_| Failure::of(Item::new(Code::Internal, Code::Internal.meaning()));
    let mut types = Vec::new();
    for customer_type in CustomerType::ALL {
        let of_type = property::CUSTOMER_TYPE.equals(customer_type.name());
        let filter = if policy.required_of(customer_type).is_empty() {
            of_type
        } else {
            of_type.and(property::KYC_STATUS.equals(KycStatus::Verified.name()))
        };
        types.push(filter.check().map_err(wrong)?.with_kyc_policy(policy));
    }
    Ok(Predicate::Any(types))
}

fn entry(client: &Client, current: &KycPolicy, other: &KycPolicy, today: Date) -> Value {
    let kyc = client.kyc();
    let of = |policy: &KycPolicy| {
        let required = policy.required_of(client.snapshot().customer_type);
        let missing: Vec<_> = kyc.missing(required, today).iter().map(shortfall_json).collect();
        (kyc.status(required, today).name(), missing)
    };
    let ((now, missing), (then, missing_then)) = (of(current), of(other));
    json!({
        "contactEncodedKey": client.key().as_str(),
        "customerNumber": client.customer_number().to_string(),
        "clientState": client.state().number(),
        "clientStateDescription": client.state().description(),
        "kycStatus": now,
        "kycStatusThen": then,
        "missing": missing,
        "missingThen": missing_then,
    })
}
