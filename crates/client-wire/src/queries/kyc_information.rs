use client_app::queries::GetKyc;
use client_app::{Caller, Clients};
use client_domain::Permission;
use client_domain::kyc::{Verification, VerificationStatus};
use serde_json::{Value, json};

use super::operation::{QueryOperation, ask, reply};
use crate::client_view::KYC_STATUS;
use crate::code::Code;
use crate::commands::client_ref::client;
use crate::failure::Failure;
use crate::form::Form;
use crate::kyc_view::{MISSING_REQUIREMENT, missing_requirement_json};
use crate::reply::Reply;
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape};
use crate::{field, shape};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "GetCustomerKycInformationQuery",
    kind: OperationKind::Query,
    about: "Sums up what of a client is verified, and what the bank demands and is missing.",
    permission: Permission::KycRead,
    fields: &[field::KEY, field::NUMBER],
    reply: &[
        field::KEY_ANSWER,
        FieldSpec::required("mobile", PART, "The phone number. Nothing here verifies one, so it is PENDING."),
        FieldSpec::required(
            "email",
            PART,
            "The e-mail address. Nothing here verifies one, so it is PENDING.",
        ),
        FieldSpec::required(
            "address",
            PART,
            "The best of the address information; null before there is any.",
        ),
        FieldSpec::required(
            "identity",
            PART,
            "The best of the identity documents; null before there is any.",
        ),
        FieldSpec::required("kycStatus", KYC_STATUS, "What is to be said of it all."),
        FieldSpec::required(
            "missing",
            Shape::List { of: &MISSING_REQUIREMENT, max: 100 },
            "What the bank demands and is not verified and unexpired.",
        ),
        FieldSpec::nullable("policyVersion", shape::ANY_TEXT, "The version of what the bank demands."),
        field::VERSION,
    ],
    refusals: &[Code::ClientNotFound],
    example: r#"{ "contactEncodedKey": "CUST1000001" }"#,
};

pub(crate) static OPERATION: QueryOperation =
    QueryOperation { spec: &SPEC, answer: |clients, form, caller| Box::pin(answer(clients, form, caller)) };

const PART: Shape = Shape::Object(&[
    FieldSpec::nullable(
        "verificationStatus",
        Shape::Numbers(&[0, 1, 2]),
        "0 PENDING, 1 APPROVED, 2 REJECTED.",
    ),
    FieldSpec::nullable(
        "verificationStatusDesc",
        Shape::Choice(&["PENDING", "APPROVED", "REJECTED"]),
        "The same in words.",
    ),
    FieldSpec::nullable("comment", shape::NOTES, "What the reviewer said."),
]);

async fn answer(clients: &Clients, mut form: Form<'_>, caller: &Caller) -> Result<Reply, Failure> {
    let client = client(&mut form);
    let client = form.finish(client)?;
    let found = ask(clients, caller, GetKyc { client }).await?;
    let (client, kyc, today) = (&found.client, found.client.kyc(), found.today);
    let addresses = kyc.addresses.iter().rev().map(|address| (&address.verification, true));
    let documents = kyc.documents.iter().rev();
    let documents = documents.map(|document| (&document.verification, document.validity.is_good(today)));
    let data = json!({
        "contactEncodedKey": client.key().as_str(),
        "mobile": part(Some(&Verification::Pending)),
        "email": part(Some(&Verification::Pending)),
        "address": part(best(addresses)),
        "identity": part(best(documents)),
        "kycStatus": found.status.name(),
        "missing": found.missing.iter().map(missing_requirement_json).collect::<Vec<_>>(),
        "policyVersion": clients.kyc_policy().version.as_ref().map(|version| version.as_str()),
        "version": client.version().get(),
    });
    let message = "Customer KYC information retrieved successfully.";
    Ok(Reply { version: Some(client.version()), ..reply(message, data) })
}

/// The best verification: approved before pending before rejected, and the first of several equal ones. An expired document
/// ranks after every unexpired one, and only before rejected ones.
fn best<'a>(all: impl Iterator<Item = (&'a Verification, bool)>) -> Option<&'a Verification> {
    let best = all.min_by_key(|(verification, is_good)| match (verification.status(), is_good) {
        (VerificationStatus::Approved, true) => 0,
        (VerificationStatus::Pending, true) => 1,
        (VerificationStatus::Approved, false) => 2,
        (VerificationStatus::Pending, false) => 3,
        (VerificationStatus::Rejected, _) => 4,
    });
    best.map(|(verification, _)| verification)
}

fn part(verification: Option<&Verification>) -> Value {
    let status = verification.map(Verification::status);
    let comment = verification.and_then(Verification::review).and_then(|review| review.comment.as_ref());
    json!({
        "verificationStatus": status.map(VerificationStatus::number),
        "verificationStatusDesc": status.map(VerificationStatus::name),
        "comment": comment.map(|comment| comment.as_str()),
    })
}
