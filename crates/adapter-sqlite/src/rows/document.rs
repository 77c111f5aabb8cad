//! A document as a row of `client_document`.

use client_app::ports::StoreError;
use client_domain::AuditStamp;
use client_domain::Person;
use client_domain::kyc::{
    Content, ContentKey, DocumentId, DocumentKind, FileExtension, IdentityDocument, Notice, Sha256,
    Uploaders, Validity,
};
use client_domain::search::Property;
use client_domain::value::{ClientKey, IdentificationNumber, IssuingAuthority};
use serde_json::Value;

use super::{review, stamp};
use crate::columns::Columns;
use crate::error::corrupt;
use crate::parameters::{Parameters, to_i64};

/// A document as it is written, and how many documents the client had submitted before it.
pub(crate) fn parameters<'a>(
    client: &'a ClientKey,
    place: usize,
    document: &'a IdentityDocument,
) -> Parameters<'a> {
    let IdentityDocument {
        id,
        kind,
        number,
        issuer,
        validity,
        content,
        submitted,
        uploaders,
        verification,
        noticed,
    } = document;
    let Content { key, extension, size, sha256, uploaded } = content;
    let persons: Value = uploaders.persons().iter().map(Person::as_str).collect();
    Parameters::new()
        .with(":client_key", client.as_str())
        .with(":document_id", id.as_str())
        .with(":place", to_i64(place))
        .with(":kind", i64::from(kind.number()))
        .with(":number", number.as_str())
        .with(":number_folded", Property::DocumentNumber.normal_form(number.as_str()))
        .with(":issuer", issuer.as_ref().map(IssuingAuthority::as_str))
        .with(":issued_on", validity.issued_on())
        .with(":expires_on", validity.expires_on())
        .with(":content_key", key.as_str())
        .with(":extension", extension.name())
        .with(":size", size.cast_signed())
        .with(":sha256", sha256.to_string())
        .with(":uploaded_by", uploaded.by.id.as_str())
        .with(":uploaded_by_email", stamp::email(&uploaded.by))
        .with(":uploaded_at", uploaded.at)
        .with(":uploaders", persons.to_string())
        .with(":notice", i64::from(noticed.number()))
        .and(review::parameters(submitted, verification))
}

/// Reads a document through the rules of the domain.
pub(crate) fn read(columns: &Columns<'_>) -> Result<IdentityDocument, StoreError> {
    let by = columns.actor("uploaded_by", "uploaded_by_email")?;
    let validity = Validity::new(columns.day_optional("issued_on")?, columns.day_optional("expires_on")?);
    Ok(IdentityDocument {
        id: columns.parsed("document_id", DocumentId::parse)?,
        kind: columns.known("kind", |number| DocumentKind::from_number(number).ok())?,
        number: columns.parsed("number", IdentificationNumber::restore)?,
        issuer: columns.parsed_optional("issuer", IssuingAuthority::parse)?,
        validity: validity.ok_or_else(|| corrupt("the days of a row of the table client_document"))?,
        content: Content {
            key: columns.parsed("content_key", ContentKey::parse)?,
            extension: columns.parsed("extension", FileExtension::parse)?,
            size: columns.known("size", |size: i64| u64::try_from(size).ok())?,
            sha256: columns.parsed("sha256", Sha256::parse)?,
            uploaded: AuditStamp::new(by, columns.moment("uploaded_at")?),
        },
        submitted: review::submitted(columns)?,
        uploaders: columns.json_known("uploaders", |persons: Vec<String>| {
            Some(Uploaders::restore(persons.iter().map(|person| Person::restore(person))))
        })?,
        verification: review::verification(columns)?,
        noticed: columns.known("notice", Notice::from_number)?,
    })
}
