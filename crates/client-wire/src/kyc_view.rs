//! Documents and addresses as answers show them.

use client_domain::kyc::{
    AddressInformation, IdentityDocument, MissingRequirement, Requirement, Verification,
};
use client_domain::value::ClientKey;
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use crate::reply::members;
use crate::spec::{FieldSpec, Shape};
use crate::{field, shape};

const STATUS: FieldSpec = FieldSpec::required(
    "verificationStatus",
    Shape::Numbers(&[0, 1, 2]),
    "How far the review has come: 0 PENDING, 1 APPROVED, 2 REJECTED.",
);
const STATUS_DESC: FieldSpec = FieldSpec::required(
    "verificationStatusDesc",
    Shape::Choice(&["PENDING", "APPROVED", "REJECTED"]),
    "The same in words.",
);
const VERIFIED_BY: FieldSpec = FieldSpec::nullable(
    "verifiedBy",
    shape::ANY_TEXT,
    "Who reviewed it: the e-mail address, else the subject.",
);
const VERIFIED_AT: FieldSpec = FieldSpec::nullable("verifiedAt", Shape::DateTime, "When it was reviewed.");
const COMMENT: FieldSpec = FieldSpec::nullable("comment", shape::NOTES, "What the reviewer said.");
const CREATED_BY: FieldSpec = FieldSpec::required("createdBy", shape::ANY_TEXT, "Who handed it in.");
const CREATED_AT: FieldSpec = FieldSpec::required("createdAt", Shape::DateTime, "When it was handed in.");

/// The members of [`document_json`], and further ones.
macro_rules! document_fields {
    ($($further:expr),*) => {
        &[
            field::KEY_ANSWER,
            FieldSpec::required("identityType", shape::DOCUMENT_KIND, "The number of the kind of document."),
            FieldSpec::required("identityTypeDesc", shape::DOCUMENT_KIND_NAME, "The kind of document in words."),
            FieldSpec::required("idNumber", shape::ID_NUMBER, "The number on the document."),
            FieldSpec::nullable("issuingAuthority", shape::ISSUER, "Who issued it."),
            FieldSpec::nullable("issueDate", Shape::Date, "When it was issued."),
            FieldSpec::nullable("expiryDate", Shape::Date, "The last day on which it is good."),
            FieldSpec::required("isExpired", Shape::Flag, "Whether that day has passed (UTC)."),
            FieldSpec::nullable(
                "expiresInDays",
                Shape::Integer { min: -4_000_000, max: 4_000_000 },
                "Days until that day; negative once it has passed, null without one.",
            ),
            FieldSpec::required("docExtension", shape::EXTENSION, "The extension of its file."),
            FieldSpec::required("contentType", shape::MEDIA_TYPE, "What its file is."),
            FieldSpec::required("contentSize", shape::COUNT, "How many bytes its file has."),
            FieldSpec::required("contentSha256", shape::SHA256, "The SHA-256 of its file."),
            FieldSpec::required("uploadedBy", shape::ANY_TEXT, "Who handed in its file."),
            FieldSpec::required("uploadedAt", Shape::DateTime, "When its file was handed in."),
            STATUS,
            STATUS_DESC,
            VERIFIED_BY,
            VERIFIED_AT,
            COMMENT,
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
            FieldSpec::required("addressLine1", shape::ADDRESS, "Street, house."),
            FieldSpec::nullable("addressLine2", shape::ADDRESS_SUPPLEMENT, "Flat, floor."),
            FieldSpec::required("city", shape::PLACE, "Town or city."),
            FieldSpec::required("state", shape::PLACE, "State, province or region."),
            FieldSpec::required("country", shape::COUNTRY, "The country's English name."),
            FieldSpec::nullable("postalCode", shape::POSTAL_CODE, "The postal code."),
            STATUS,
            STATUS_DESC,
            VERIFIED_BY,
            VERIFIED_AT,
            COMMENT,
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
    "The contentSha256 of the file that was looked at; if the document has another one by now, it is not reviewed.",
);

/// The id of a document, in requests and answers.
pub(crate) const IDENTITY_ID: FieldSpec =
    FieldSpec::required("identityId", shape::HEX_ID, "The id of the document.");
/// The id of address information, in requests and answers.
pub(crate) const ADDRESS_ID: FieldSpec =
    FieldSpec::required("addressId", shape::HEX_ID, "The id of the address information.");

/// A document without its content.
pub(crate) fn document_json(
    client: &ClientKey,
    document: &IdentityDocument,
    today: Date,
) -> Map<String, Value> {
    // The days of notice do not affect the members below.
    let expiry = document.validity.expiry(today, 0);
    let mut shown = members(json!({
        "contactEncodedKey": client.as_str(),
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
    shown.extend(verification_json(&document.verification));
    shown
}

/// Address information.
pub(crate) fn address_json(client: &ClientKey, address: &AddressInformation) -> Map<String, Value> {
    let mut shown = members(json!({
        "contactEncodedKey": client.as_str(),
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
    shown.extend(verification_json(&address.verification));
    shown
}

fn verification_json(verification: &Verification) -> Map<String, Value> {
    let (status, review) = (verification.status(), verification.review());
    members(json!({
        "verificationStatus": status.number(),
        "verificationStatusDesc": status.name(),
        "verifiedBy": review.map(|review| review.stamp.by.label()),
        "verifiedAt": review.map(|review| review.stamp.at.to_string()),
        "comment": review.and_then(|review| review.comment.as_ref()).map(|comment| comment.as_str()),
    }))
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
    FieldSpec::required("requirement", shape::ANY_TEXT, "What is demanded, in words."),
    FieldSpec::required("anyOf", shape::NAMES, "What would do, any one of it."),
    FieldSpec::required(
        "standing",
        Shape::Choice(&["missing", "rejected", "expired", "pending"]),
        "Why it is not met.",
    ),
]);
