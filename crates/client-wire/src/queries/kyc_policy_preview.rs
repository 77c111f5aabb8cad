use client_app::queries::{AffectedClient, PreviewKycPolicy};
use client_app::{Caller, Clients};
use client_domain::Permission;
use serde_json::{Value, json};

use super::contact_list::{DEFAULT_PAGE_SIZE, page_size};
use super::cursor;
use super::operation::{QueryOperation, ask, reply};
use crate::client_view::KYC_STATUS;
use crate::code::Code;
use crate::failure::Failure;
use crate::form::Form;
use crate::kyc_policy::{POLICY, policy_json, read};
use crate::kyc_view::{MISSING_REQUIREMENT, missing_requirement_json};
use crate::reply::Reply;
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape};
use crate::{field, shape};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "PreviewKycPolicyQuery",
    kind: OperationKind::Query,
    about: "Lists the clients that another policy would affect: those whose evidence would no longer suffice, or \
         would suffice from then on. Nothing changes.",
    permission: Some(Permission::KycRead),
    fields: &[
        FieldSpec::required(
            "policy",
            Shape::Object(POLICY),
            "The other policy, in the format of the policy file.",
        ),
        FieldSpec::optional("cursor", shape::CURSOR, "The nextCursor of the previous page."),
        FieldSpec::optional("pageSize", Shape::Integer { min: 1, max: 100 }, "50 by default."),
    ],
    reply: &[
        FieldSpec::nullable("policyVersion", shape::ANY_TEXT, "The version of the current policy."),
        FieldSpec::required("totalCount", shape::COUNT, "The number of clients that it would affect."),
        FieldSpec::required("touched", Shape::List { of: &TOUCHED, max: 100 }, "The clients, oldest first."),
        FieldSpec::nullable(
            "nextCursor",
            shape::ANY_TEXT,
            "The cursor of the next page; null on the last page.",
        ),
    ],
    refusals: &[Code::CursorInvalid],
    example: r#"{
        "policy": {
            "version": "2027-01",
            "required": { "Individual": [["International Passport", "National ID"], "Utility Bill"] }
        }
    }"#,
};

pub(crate) static OPERATION: QueryOperation =
    QueryOperation { spec: &SPEC, answer: |clients, form, caller| Box::pin(answer(clients, form, caller)) };

const TOUCHED: Shape = Shape::Object(&[
    field::KEY_ANSWER,
    FieldSpec::required("customerNumber", shape::KEY, "The customer number."),
    field::STATE,
    field::STATE_DESCRIPTION,
    FieldSpec::required("kycStatus", KYC_STATUS, "The KYC status now."),
    FieldSpec::required("kycStatusThen", KYC_STATUS, "The KYC status under the other policy."),
    FieldSpec::required(
        "missing",
        Shape::List { of: &MISSING_REQUIREMENT, max: 100 },
        "The requirements that are missing now.",
    ),
    FieldSpec::required(
        "missingThen",
        Shape::List { of: &MISSING_REQUIREMENT, max: 100 },
        "The requirements that would be missing.",
    ),
]);

async fn answer(clients: &Clients, mut form: Form<'_>, caller: &Caller) -> Result<Reply, Failure> {
    let limit = form.integer("pageSize", page_size).unwrap_or(DEFAULT_PAGE_SIZE);
    let cursor = form.optional("cursor", |raw| Ok(raw.to_owned()));
    let other = read(&mut form, "policy");
    let current = clients.kyc_policy();

    let order = PreviewKycPolicy::order();
    let query = |other| cursor::fingerprint(json!([policy_json(&current), policy_json(other)]));
    let query = other.as_ref().map(query);
    let position = cursor.as_deref().zip(query.as_deref());
    let position = position.map(|(text, query)| cursor::read_position(text, query, &order));
    // Without a valid policy the query of the cursor is unknown, so only the form of the cursor is checked.
    let is_valid = |text| position.as_ref().map_or_else(|| cursor::is_list_cursor(text), Option::is_some);
    if cursor.as_deref().is_some_and(|text| !is_valid(text)) {
        form.fail_whole(cursor::invalid());
    }
    let (policy, query) = form.finish(other.zip(query))?;
    let preview = ask(clients, caller, PreviewKycPolicy { policy, after: position.flatten(), limit }).await?;
    let data = json!({
        "policyVersion": preview.current.version.as_ref().map(|version| version.as_str()),
        "totalCount": preview.total,
        "touched": preview.affected.iter().map(entry).collect::<Vec<_>>(),
        "nextCursor": preview.next.map(|position| cursor::write_position(&position, preview.today, &query)),
    });
    Ok(reply("KYC policy previewed successfully.", data))
}

fn entry(affected: &AffectedClient) -> Value {
    let AffectedClient { client, now, then } = affected;
    json!({
        "contactEncodedKey": client.key().as_str(),
        "customerNumber": client.customer_number().to_string(),
        "clientState": client.state().number(),
        "clientStateDescription": client.state().description(),
        "kycStatus": now.status.name(),
        "kycStatusThen": then.status.name(),
        "missing": now.missing.iter().map(missing_requirement_json).collect::<Vec<_>>(),
        "missingThen": then.missing.iter().map(missing_requirement_json).collect::<Vec<_>>(),
    })
}
