//! Documents and addresses as answers show them.

use client_domain::Client;
use client_domain::client::{FieldValue, OpenRequest};
use client_domain::kyc::{
    AddressInformation, IdentityDocument, MissingRequirement, RequestedDocuments, Requirement, Verification,
    VerificationStatus,
};
use client_domain::reason::Rejection;
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use crate::kyc_policy::reasons::{GIVEN_CODE, GIVEN_TEXT, REJECTED_FINALLY, show, show_rejection};
use crate::reply::members;
use crate::spec::{FieldSpec, Shape};
use crate::{field, shape};

/// The types of requested documents.
pub(crate) const REQUESTED_KINDS: Shape =
    Shape::SomeOf { of: &shape::DOCUMENT_KIND, max: RequestedDocuments::MAX };

/// The member with the documents that a client was asked for.
pub(crate) const REQUESTED_DOCUMENTS: FieldSpec = FieldSpec::required(
    "requestedDocuments",
    Shape::List { of: &REQUESTED_DOCUMENT, max: RequestedDocuments::MAX },
    "The types of documents that the client was asked for and of which none was submitted since, in the order of their numbers.",
);

const REQUESTED_DOCUMENT: Shape = Shape::Object(&[
    FieldSpec::required("identityType", shape::DOCUMENT_KIND, "The number of the document type."),
    FieldSpec::required("identityTypeDesc", shape::DOCUMENT_KIND_NAME, "The name of the document type."),
    FieldSpec::required(
        "requestedBy",
        shape::ANY_TEXT,
        "Who has asked for it last: the verified e-mail address, else the subject.",
    ),
    FieldSpec::required("requestDate", Shape::DateTime, "The time of that request."),
    FieldSpec::nullable("notes", shape::NOTES, "The notes of that request."),
]);

/// The value of that member.
pub(crate) fn requested_documents(open: &[OpenRequest]) -> Value {
    let request = |one: &OpenRequest| {
        json!({
            "identityType": one.kind.number(),
            "identityTypeDesc": one.kind.name(),
            "requestedBy": one.requested.by.label(),
            "requestDate": one.requested.at.to_string(),
            "notes": one.notes.as_ref().map(|notes| notes.as_str()),
        })
    };
    open.iter().map(request).collect()
}

/// The numbers of the types.
pub(crate) fn kind_numbers(requested: &RequestedDocuments) -> Vec<u8> {
    requested.kinds().iter().map(|kind| kind.number()).collect()
}

const STATUS: FieldSpec = FieldSpec::required(
    "verificationStatus",
    Shape::Numbers(&[0, 1, 2, 3]),
    "The status of the review: 0 PENDING, 1 APPROVED, 2 REJECTED, 3 OUTDATED: approved for values that have changed since.",
);
const STATUS_DESC: FieldSpec = FieldSpec::required(
    "verificationStatusDesc",
    Shape::Choice(&["PENDING", "APPROVED", "REJECTED", "OUTDATED"]),
    "The name of the status.",
);
const VERIFIED_BY: FieldSpec = FieldSpec::nullable(
    "verifiedBy",
    shape::ANY_TEXT,
    "The e-mail address of the reviewer, else the subject.",
);
const VERIFIED_AT: FieldSpec = FieldSpec::nullable("verifiedAt", Shape::DateTime, "The time of the review.");
const COMMENT: FieldSpec = FieldSpec::nullable("comment", shape::NOTES, "The comment of the reviewer.");
const OUTDATED: FieldSpec = FieldSpec::sometimes(
    "outdatedFields",
    shape::NAMES,
    "The fields of the client that have changed since the approval, where it is OUTDATED.",
);
const CREATED_BY: FieldSpec = FieldSpec::required("createdBy", shape::ANY_TEXT, "The submitter.");
const CREATED_AT: FieldSpec =
    FieldSpec::required("createdAt", Shape::DateTime, "The time of the submission.");

/// The members of [`document_json`], and further ones.
macro_rules! document_fields {
    ($($further:expr),*) => {
        &[
            field::KEY_ANSWER,
            FieldSpec::required("identityType", shape::DOCUMENT_KIND, "The number of the document type."),
            FieldSpec::required("identityTypeDesc", shape::DOCUMENT_KIND_NAME, "The name of the document type."),
            FieldSpec::required("idNumber", shape::ID_NUMBER, "The number on the document."),
            FieldSpec::nullable("issuingAuthority", shape::ISSUER, "The issuing authority."),
            FieldSpec::nullable("issueDate", Shape::Date, "The date of issue."),
            FieldSpec::nullable("expiryDate", Shape::Date, "The last day on which it is valid."),
            FieldSpec::required("isExpired", Shape::Flag, "Whether that day is over, by the bank's calendar."),
            FieldSpec::nullable(
                "expiresInDays",
                Shape::Integer { min: -4_000_000, max: 4_000_000 },
                "The number of days until that day; negative once it is over, null without one.",
            ),
            FieldSpec::required("docExtension", shape::EXTENSION, "The extension of its file."),
            FieldSpec::required("contentType", shape::MEDIA_TYPE, "The media type of its file."),
            FieldSpec::required("contentSize", shape::COUNT, "The size of its file in bytes."),
            FieldSpec::required("contentSha256", shape::SHA256, "The SHA-256 of its file."),
            FieldSpec::required("uploadedBy", shape::ANY_TEXT, "The uploader of its file."),
            FieldSpec::required("uploadedAt", Shape::DateTime, "The time at which its file was uploaded."),
            STATUS,
            STATUS_DESC,
            VERIFIED_BY,
            VERIFIED_AT,
            COMMENT,
            GIVEN_CODE,
            GIVEN_TEXT,
            REJECTED_FINALLY,
            OUTDATED,
            CREATED_BY,
            CREATED_AT,
            $($further),*
        ]
    };
}

/// The members of [`address_json`], and further ones.
macro_rules! address_fields {
    ($($further:expr),*) => {
        &[
            field::KEY_ANSWER,
            FieldSpec::required("addressLine1", shape::ADDRESS, "Street and house number."),
            FieldSpec::nullable("addressLine2", shape::ADDRESS_SUPPLEMENT, "Flat, floor."),
            FieldSpec::required("city", shape::PLACE, "The city or town."),
            FieldSpec::required("state", shape::PLACE, "The state, province or region."),
            FieldSpec::required("country", shape::COUNTRY, "The country's English name."),
            FieldSpec::nullable("postalCode", shape::POSTAL_CODE, "The postal code."),
            STATUS,
            STATUS_DESC,
            VERIFIED_BY,
            VERIFIED_AT,
            COMMENT,
            GIVEN_CODE,
            GIVEN_TEXT,
            OUTDATED,
            CREATED_BY,
            CREATED_AT,
            $($further),*
        ]
    };
}

/// The answer about a document that was submitted.
pub(crate) const NEW_DOCUMENT: &[FieldSpec] = document_fields!(
    FieldSpec::nullable("identityId", shape::HEX_ID, "The id of the document; null in a dry run."),
    field::NEW_VERSION,
    field::WITHDRAWN,
    field::WARNINGS,
    field::DRY_RUN
);
/// The answer about a document that was reviewed.
pub(crate) const REVIEWED_DOCUMENT: &[FieldSpec] =
    document_fields!(IDENTITY_ID, field::NEW_VERSION, field::DRY_RUN);
/// The answer about a document whose file was replaced.
pub(crate) const REPLACED_DOCUMENT: &[FieldSpec] =
    document_fields!(IDENTITY_ID, field::NEW_VERSION, field::WITHDRAWN, field::DRY_RUN);
/// A document in a list.
pub(crate) const DOCUMENT: &[FieldSpec] = document_fields!(IDENTITY_ID);
/// The answer about address information that was submitted.
pub(crate) const NEW_ADDRESS: &[FieldSpec] = address_fields!(
    FieldSpec::nullable("addressId", shape::HEX_ID, "The id of the address information; null in a dry run."),
    field::NEW_VERSION,
    field::WITHDRAWN,
    field::DRY_RUN
);
/// The answer about address information that was reviewed.
pub(crate) const REVIEWED_ADDRESS: &[FieldSpec] =
    address_fields!(ADDRESS_ID, field::NEW_VERSION, field::DRY_RUN);
/// Address information in a list.
pub(crate) const ADDRESS: &[FieldSpec] = address_fields!(ADDRESS_ID);

/// The member that names the file that a reviewer has seen.
pub(crate) const CONTENT_SHA256: &str = "contentSha256";
/// The file that the reviewer has seen.
pub(crate) const SEEN_CONTENT: FieldSpec = FieldSpec::optional(
    CONTENT_SHA256,
    shape::SHA256,
    "The contentSha256 of the file that was reviewed; if the document has another file now, the review is refused.",
);

/// The id of a document, in requests and answers.
pub(crate) const IDENTITY_ID: FieldSpec =
    FieldSpec::required("identityId", shape::HEX_ID, "The id of the document.");
/// The id of address information, in requests and answers.
pub(crate) const ADDRESS_ID: FieldSpec =
    FieldSpec::required("addressId", shape::HEX_ID, "The id of the address information.");

/// A document without its content.
pub(crate) fn document_json(client: &Client, document: &IdentityDocument, today: Date) -> Map<String, Value> {
    // The days of notice do not affect the members below.
    let expiry = document.validity.expiry(today, 0);
    let mut shown = members(json!({
        "contactEncodedKey": client.key().as_str(),
        "identityId": document.id.as_str(),
        "identityType": document.kind.number(),
        "identityTypeDesc": document.kind.name(),
        "idNumber": document.number.as_str(),
        "issuingAuthority": document.issuer.as_ref().map(|issuer| issuer.as_str()),
        "issueDate": document.validity.issued_on().map(|date| date.to_string()),
        "expiryDate": document.validity.expires_on().map(|date| date.to_string()),
        "isExpired": expiry.is_expired(),
        "expiresInDays": expiry.days_left(),
        "docExtension": document.content.extension.name(),
        "contentType": document.content.media_type().name(),
        "contentSize": document.content.size,
        "contentSha256": document.content.sha256.to_string(),
        "uploadedBy": document.content.uploaded.by.label(),
        "uploadedAt": document.content.uploaded.at.to_string(),
        "createdBy": document.submitted.by.label(),
        "createdAt": document.submitted.at.to_string(),
    }));
    shown.extend(verification_json(client, &document.verification));
    show_rejection(&mut shown, rejection(&document.verification));
    shown
}

/// Address information.
pub(crate) fn address_json(client: &Client, address: &AddressInformation) -> Map<String, Value> {
    let mut shown = members(json!({
        "contactEncodedKey": client.key().as_str(),
        "addressId": address.id.as_str(),
        "addressLine1": address.line1.as_str(),
        "addressLine2": address.line2.as_ref().map(|line| line.as_str()),
        "city": address.city.as_str(),
        "state": address.state.as_str(),
        "country": address.country.name(),
        "postalCode": address.postal_code.as_ref().map(|code| code.as_str()),
        "createdBy": address.submitted.by.label(),
        "createdAt": address.submitted.at.to_string(),
    }));
    shown.extend(verification_json(client, &address.verification));
    show(&mut shown, rejection(&address.verification).map(|rejection| &rejection.reason));
    shown
}

fn rejection(verification: &Verification) -> Option<&Rejection> {
    verification.review().and_then(|review| review.rejection.as_ref())
}

fn verification_json(client: &Client, verification: &Verification) -> Map<String, Value> {
    let (status, review) = (client.status_of(verification), verification.review());
    let mut shown = members(json!({
        "verificationStatus": status.number(),
        "verificationStatusDesc": status.name(),
        "verifiedBy": review.map(|review| review.stamp.by.label()),
        "verifiedAt": review.map(|review| review.stamp.at.to_string()),
        "comment": review.and_then(|review| review.comment.as_ref()).map(|comment| comment.as_str()),
    }));
    if status == VerificationStatus::Outdated {
        let verified = review.into_iter().flat_map(|review| &review.verified);
        let differs = |value: &&FieldValue| client.snapshot().value(value.field()).as_ref() != Some(value);
        let fields: Vec<_> = verified.filter(differs).map(|value| value.field().name()).collect();
        shown.insert("outdatedFields".to_owned(), fields.into());
    }
    shown
}

/// A missing requirement as data.
pub(crate) fn missing_requirement_json(requirement: &MissingRequirement) -> Value {
    json!({
        "requirement": requirement.requirement.to_string(),
        "anyOf": evidence_json(&requirement.requirement),
        "standing": requirement.status.name(),
    })
}

/// The names of the evidence that meets a requirement.
pub(crate) fn evidence_json(requirement: &Requirement) -> Vec<&'static str> {
    requirement.evidence().iter().map(|evidence| evidence.name()).collect()
}

/// The members of [`missing_requirement_json`].
pub(crate) const MISSING_REQUIREMENT: Shape = Shape::Object(&[
    FieldSpec::required("requirement", shape::ANY_TEXT, "The requirement in words."),
    FieldSpec::required("anyOf", shape::NAMES, "The evidence that satisfies it; any one suffices."),
    FieldSpec::required(
        "standing",
        Shape::Choice(&["missing", "rejected", "expired", "outdated", "pending"]),
        "The reason why it is not met.",
    ),
]);
