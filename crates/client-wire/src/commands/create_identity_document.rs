use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as STANDARD;
use bytes::Bytes;

use client_app::commands::{ContentUpload, SubmitDocument};
use client_app::{Decided, MAX_CONTENT, Plan};
use client_domain::kyc::{DocumentKind, FileExtension, KycPolicy, NumberMask, Validity};
use client_domain::value::{IdentificationNumber, IssuingAuthority, parse_date};
use client_domain::{Invalid, Permission};
use serde_json::{Map, Value};

use super::client_ref::client;
use super::document_kind::{document_kind, meanings};
use super::operation::{CommandOperation, Request, with_withdrawal};
use super::review::document_reply;
use crate::code::Code;
use crate::failure::{Failure, Item};
use crate::form::Form;
use crate::kyc_view::NEW_DOCUMENT;
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape};
use crate::use_case_error::{content_rejected, number_format};
use crate::{field, shape};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "CreateIdentityDocumentCommand",
    kind: OperationKind::Command,
    about: "Submits an identity document with its file for review.",
    permission: Some(Permission::KycWrite),
    fields: &[
        field::KEY,
        field::NUMBER,
        FieldSpec::required("identityType", shape::DOCUMENT_KIND, meanings!("")),
        FieldSpec::required("idNumber", shape::ID_NUMBER, "The number on the document."),
        FieldSpec::required(
            "base64Doc",
            Shape::Base64 { max_bytes: MAX_CONTENT },
            "The file in base64 (RFC 4648, section 4), in one line and without a data: prefix: a JPEG, PNG or PDF of at \
             most 10 MiB.",
        ),
        FieldSpec::required(
            "docExtension",
            shape::EXTENSION,
            "The extension; it must match the content of the file.",
        ),
        FieldSpec::optional("issuingAuthority", shape::ISSUER, "Who issued the document."),
        FieldSpec::optional("issueDate", Shape::Date, "From 1900-01-01 to today."),
        FieldSpec::optional(
            "expiryDate",
            Shape::Date,
            "The last day on which the document is valid; after issueDate.",
        ),
    ],
    reply: NEW_DOCUMENT,
    refusals: &[
        Code::NumberMask,
        Code::EndBeforeStart,
        Code::ContentEmpty,
        Code::ContentUnknown,
        Code::ContentMismatch,
        Code::ContentTruncated,
        Code::ContentTrailingData,
        Code::ContentArchive,
        Code::ContentActive,
        Code::ContentEncrypted,
        Code::ContentExpansion,
        Code::ContentPixels,
        Code::BodyTooLarge,
        Code::ClientNotFound,
        Code::InvalidStatus,
        Code::TooMany,
        Code::RejectedFinally,
        Code::StaleVersion,
    ],
    example: r#"{
        "contactEncodedKey": "CUST1000001", "identityType": 2, "idNumber": "A01234567",
        "issuingAuthority": "Nigeria Immigration Service", "issueDate": "2020-01-01", "expiryDate": "2029-12-31",
        "docExtension": ".png",
        "base64Doc": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    }"#,
};

pub(crate) static OPERATION: CommandOperation = CommandOperation {
    spec: &SPEC,
    parse,
    message: "Identity document created successfully.",
    reply,
    fresh: &["identityId"],
};

fn parse(mut form: Form<'_>, request: &Request<'_>) -> Result<Plan, Failure> {
    let client = client(&mut form);
    let today = request.today();
    let kind = kind(&mut form);
    let number = form.required("idNumber", IdentificationNumber::parse);
    let policy = request.kyc_policy();
    let number = kind.zip(number).and_then(|(kind, number)| masked(&policy, &mut form, kind, number));
    let extension = form.required("docExtension", FileExtension::parse);
    let bytes = form.required("base64Doc", decoded);
    let issuer = form.optional("issuingAuthority", IssuingAuthority::parse);
    // The limits are checked separately, so that errors of both dates are reported together.
    let issued_on = form.optional("issueDate", parse_date);
    if let Some(day) = issued_on {
        form.keep("issueDate", Validity::check_issue(day, today));
    }
    let expires_on = form.optional("expiryDate", parse_date);
    let validity = Validity::new(issued_on, expires_on);
    if validity.is_none() {
        let message = "must be after issueDate";
        form.fail("expiryDate", Item::new(Code::EndBeforeStart, message));
    }
    let content = extension.zip(bytes).and_then(|(extension, bytes)| {
        let inspected = ContentUpload::inspect(extension, Bytes::from(bytes));
        inspected.map_err(|rejection| form.fail("base64Doc", content_rejected(rejection))).ok()
    });
    let command = || {
        let (kind, number, validity, content) = (kind?, number?, validity?, content?);
        Some(SubmitDocument { client: client?, kind, number, issuer, validity, content })
    };
    let command = command();
    request.plan(form.finish(command)?)
}

/// The kind by its number.
fn kind(form: &mut Form<'_>) -> Option<DocumentKind> {
    if form.is_absent("identityType") {
        form.fail("identityType", Item::new(Code::Required, "This field is mandatory."));
        return None;
    }
    let value = form.raw("identityType");
    document_kind(form, "identityType", value)
}

/// The number, if it matches a mask of its kind.
fn masked(
    policy: &KycPolicy,
    form: &mut Form<'_>,
    kind: DocumentKind,
    number: IdentificationNumber,
) -> Option<IdentificationNumber> {
    if policy.fits(kind, &number) {
        return Some(number);
    }
    let masks: Vec<_> = policy.masks_of(kind).iter().map(NumberMask::as_str).collect();
    form.fail("idNumber", number_format().detail("masks", masks));
    None
}

fn decoded(text: &str) -> Result<Vec<u8>, Invalid> {
    const WRONG: Invalid = Invalid::Format {
        expected: "base64 in one line, with padding (RFC 4648, section 4) and without a data: prefix",
    };
    STANDARD.decode(text).map_err(|_| WRONG)
}

fn reply(decided: &Decided<'_>) -> Map<String, Value> {
    with_withdrawal(document_reply(decided), decided)
}
