use client_app::queries::GetKyc;
use client_app::{Caller, Clients};
use client_domain::client::ContactPoint;
use client_domain::kyc::{Kyc, Verification, VerificationStatus};
use client_domain::{Client, Permission};
use serde_json::{Value, json};

use super::operation::{QueryOperation, ask, reply};
use crate::client_view::KYC_STATUS;
use crate::code::Code;
use crate::commands::client_ref::client;
use crate::failure::Failure;
use crate::form::Form;
use crate::kyc_policy::reasons::{GIVEN_CODE, GIVEN_TEXT, REJECTED_FINALLY, show, show_rejection};
use crate::kyc_view::{
    IDENTITY_ID, MISSING_REQUIREMENT, REQUESTED_DOCUMENTS, missing_requirement_json, requested_documents,
};
use crate::reply::{Reply, members};
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape};
use crate::{field, shape};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "GetCustomerKycInformationQuery",
    kind: OperationKind::Query,
    about: "Summarises what is verified for a client, and which requirements of the bank are missing.",
    permission: Some(Permission::KycRead),
    fields: &[field::KEY, field::NUMBER],
    reply: &[
        field::KEY_ANSWER,
        FieldSpec::required(
            "mobile",
            CONTACT_PART,
            "The phone number: APPROVED once VerifyContactPointCommand has said how it was verified, OUTDATED when \
             another number is in force, else PENDING.",
        ),
        FieldSpec::required("email", CONTACT_PART, "The e-mail address, in the same way."),
        FieldSpec::required(
            "address",
            PART,
            "The address information with the best status; null if there is none.",
        ),
        FieldSpec::required(
            "identity",
            PART,
            "The identity document with the best status; null if there is none.",
        ),
        FieldSpec::required("kycStatus", KYC_STATUS, "The KYC status of the client."),
        FieldSpec::required(
            "missing",
            Shape::List { of: &MISSING_REQUIREMENT, max: 100 },
            "The requirements without verified and unexpired evidence.",
        ),
        REQUESTED_DOCUMENTS,
        FieldSpec::sometimes(
            "finallyRejected",
            Shape::List { of: &FINALLY_REJECTED, max: 100 },
            "The documents that were rejected for good and cannot be submitted again, if there are any.",
        ),
        FieldSpec::nullable("policyVersion", shape::ANY_TEXT, "The version of the bank's KYC policy."),
        field::VERSION,
    ],
    refusals: &[Code::ClientNotFound],
    example: r#"{ "contactEncodedKey": "CUST1000001" }"#,
};

pub(crate) static OPERATION: QueryOperation =
    QueryOperation { spec: &SPEC, answer: |clients, form, caller| Box::pin(answer(clients, form, caller)) };

const FINALLY_REJECTED: Shape = Shape::Object(&[
    IDENTITY_ID,
    FieldSpec::required("identityType", shape::DOCUMENT_KIND, "The number of the document type."),
    FieldSpec::required("identityTypeDesc", shape::DOCUMENT_KIND_NAME, "The name of the document type."),
    FieldSpec::required("idNumber", shape::ID_NUMBER, "The number on the document."),
    GIVEN_CODE,
    GIVEN_TEXT,
]);

const PART: Shape = Shape::Object(&[
    FieldSpec::nullable(
        "verificationStatus",
        Shape::Numbers(&[0, 1, 2, 3]),
        "0 PENDING, 1 APPROVED, 2 REJECTED, 3 OUTDATED.",
    ),
    FieldSpec::nullable(
        "verificationStatusDesc",
        Shape::Choice(&["PENDING", "APPROVED", "REJECTED", "OUTDATED"]),
        "The name of the status.",
    ),
    FieldSpec::nullable("comment", shape::NOTES, "The comment of the reviewer."),
    GIVEN_CODE,
    GIVEN_TEXT,
    REJECTED_FINALLY,
]);

pub(super) const CONTACT_PART: Shape = Shape::Object(&[
    FieldSpec::required(
        "verificationStatus",
        Shape::Numbers(&[0, 1, 3]),
        "0 PENDING, 1 APPROVED, 3 OUTDATED.",
    ),
    FieldSpec::required(
        "verificationStatusDesc",
        Shape::Choice(&["PENDING", "APPROVED", "OUTDATED"]),
        "The name of the status.",
    ),
    FieldSpec::nullable("comment", shape::NOTES, "How it was verified."),
    FieldSpec::nullable("verifiedBy", shape::ANY_TEXT, "The person or system that verified it."),
    FieldSpec::nullable("verifiedAt", Shape::DateTime, "When."),
    FieldSpec::nullable("reference", shape::REFERENCE, "The reference of the system that verified it."),
]);

async fn answer(clients: &Clients, mut form: Form<'_>, caller: &Caller) -> Result<Reply, Failure> {
    let client = client(&mut form);
    let client = form.finish(client)?;
    let found = ask(clients, caller, GetKyc { client }).await?;
    let (client, kyc, today) = (&found.client, found.client.kyc(), found.today);
    let addresses = kyc.addresses.iter().rev().map(|address| (&address.verification, true));
    let documents = kyc.documents.iter().rev();
    let documents = documents.map(|document| (&document.verification, document.validity.is_good(today)));
    let mut data = members(json!({
        "contactEncodedKey": client.key().as_str(),
        "mobile": contact_part(client, ContactPoint::Mobile),
        "email": contact_part(client, ContactPoint::Email),
        "address": part(client, best(client, addresses)),
        "identity": part(client, best(client, documents)),
        "kycStatus": found.status.name(),
        "missing": found.missing.iter().map(missing_requirement_json).collect::<Vec<_>>(),
        "requestedDocuments": requested_documents(&found.requested),
        "policyVersion": found.policy.as_ref().map(|version| version.as_str()),
        "version": client.version().get(),
    }));
    let rejected: Vec<_> = finally_rejected(kyc).collect();
    if !rejected.is_empty() {
        data.insert("finallyRejected".to_owned(), rejected.into());
    }
    let message = "Customer KYC information retrieved successfully.";
    Ok(Reply { version: Some(client.version()), ..reply(message, Value::Object(data)) })
}

fn finally_rejected(kyc: &Kyc) -> impl Iterator<Item = Value> {
    let documents = kyc.documents.iter().filter(|document| document.verification.is_rejected_finally());
    documents.map(|document| {
        let rejection = document.verification.review().and_then(|review| review.rejection.as_ref());
        let mut shown = members(json!({
            "identityId": document.id.as_str(),
            "identityType": document.kind.number(),
            "identityTypeDesc": document.kind.name(),
            "idNumber": document.number.as_str(),
        }));
        show(&mut shown, rejection.map(|rejection| &rejection.reason));
        Value::Object(shown)
    })
}

/// The best verification: approved before pending before outdated before rejected, and the first of several equal ones. An
/// expired document ranks after every unexpired one, and only before rejected ones.
fn best<'a>(
    client: &Client,
    all: impl Iterator<Item = (&'a Verification, bool)>,
) -> Option<&'a Verification> {
    let best = all.min_by_key(|(verification, is_good)| match (client.status_of(verification), is_good) {
        (VerificationStatus::Approved, true) => 0,
        (VerificationStatus::Pending, true) => 1,
        (VerificationStatus::Outdated, true) => 2,
        (VerificationStatus::Approved | VerificationStatus::Outdated, false) => 3,
        (VerificationStatus::Pending, false) => 4,
        (VerificationStatus::Rejected, _) => 5,
    });
    best.map(|(verification, _)| verification)
}

/// The status of a contact point with its last verification.
pub(super) fn contact_part(client: &Client, point: ContactPoint) -> Value {
    let (status, last) = (client.contact_status(point), client.snapshot().contact_verifications.of(point));
    json!({
        "verificationStatus": status.number(),
        "verificationStatusDesc": status.name(),
        "comment": last.map(|one| one.means.as_str()),
        "verifiedBy": last.map(|one| one.stamp.by.label()),
        "verifiedAt": last.map(|one| one.stamp.at.to_string()),
        "reference": last.and_then(|one| one.reference.as_ref()).map(|reference| reference.as_str()),
    })
}

fn part(client: &Client, verification: Option<&Verification>) -> Value {
    let status = verification.map(|verification| client.status_of(verification));
    let review = verification.and_then(Verification::review);
    let comment = review.and_then(|review| review.comment.as_ref());
    let rejection = review.and_then(|review| review.rejection.as_ref());
    let mut shown = members(json!({
        "verificationStatus": status.map(VerificationStatus::number),
        "verificationStatusDesc": status.map(VerificationStatus::name),
        "comment": comment.map(|comment| comment.as_str()),
    }));
    show_rejection(&mut shown, rejection);
    Value::Object(shown)
}
