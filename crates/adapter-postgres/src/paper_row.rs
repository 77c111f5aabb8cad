//! Papers as rows, which travel as JSON: many columns are one value then, both ways.

use std::collections::BTreeSet;

use client_app::ports::{Changeset, StoreError};
use client_domain::kyc::{
    AddressId, AddressInformation, Content, ContentKey, DocumentId, FileExtension, IdentityDocument, Kyc,
    Notice, Review, Sha256, Uploaders, Validity, Verification, VerificationStatus,
};
use client_domain::search::fold;
use client_domain::value::{
    AddressLine, AddressSupplement, EmailAddress, IdentificationNumber, IssuingAuthority, Notes, PlaceName,
    PostalCode,
};
use client_domain::{Actor, ActorId, Client, Person, Stamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgRow;

use crate::client_row::{COUNTRIES, Columns};
use crate::newer;
use crate::trouble::corrupt;

/// A row of `client_document`; the names are those of its columns.
#[derive(Serialize, Deserialize)]
struct DocumentRow {
    client_key: String,
    document_id: String,
    place: usize,
    kind: u8,
    number: String,
    number_folded: String,
    issuer: Option<String>,
    issued_on: Option<jiff::civil::Date>,
    expires_on: Option<jiff::civil::Date>,
    content_key: String,
    extension: String,
    size: u64,
    sha256: String,
    uploaded_by: String,
    uploaded_by_email: Option<String>,
    uploaded_at: jiff::Timestamp,
    #[serde(flatten)]
    review: ReviewRow,
    notice: u8,
    uploaders: Vec<String>,
}

/// A row of `client_address`.
#[derive(Serialize, Deserialize)]
struct AddressRow {
    client_key: String,
    address_id: String,
    place: usize,
    line1: String,
    line2: Option<String>,
    city: String,
    region: String,
    country: String,
    postal_code: Option<String>,
    #[serde(flatten)]
    review: ReviewRow,
}

/// The columns that both have: who handed it in, and what was said of it.
#[derive(Serialize, Deserialize)]
struct ReviewRow {
    submitted_by: String,
    submitted_by_email: Option<String>,
    submitted_at: jiff::Timestamp,
    status: u8,
    reviewed_by: Option<String>,
    reviewed_by_email: Option<String>,
    reviewed_at: Option<jiff::Timestamp>,
    comment: Option<String>,
}

/// The documents and addresses that a changeset writes, as two JSON arrays of rows; nothing if it writes none and
/// replaces no content.
pub(crate) fn written(
    changeset: &Changeset,
    client: &Client,
) -> Result<Option<(String, String)>, StoreError> {
    if changeset.documents.is_empty() && changeset.addresses.is_empty() && changeset.replaced.is_empty() {
        return Ok(None);
    }
    let (documents, addresses): (BTreeSet<_>, BTreeSet<_>) =
        (changeset.documents.iter().collect(), changeset.addresses.iter().collect());
    let kyc = client.kyc();
    let documents: Vec<_> = (0..)
        .zip(&kyc.documents)
        .filter(|(_, document)| documents.contains(&document.id))
        .map(|(place, document)| document_row(client, place, document))
        .collect();
    let addresses: Vec<_> = (0..)
        .zip(&kyc.addresses)
        .filter(|(_, address)| addresses.contains(&address.id))
        .map(|(place, address)| address_row(client, place, address))
        .collect();
    let json = |rows: serde_json::Result<String>| rows.map_err(|_| corrupt("a row that is no JSON"));
    Ok(Some((json(serde_json::to_string(&documents))?, json(serde_json::to_string(&addresses))?)))
}

fn document_row(client: &Client, place: usize, document: &IdentityDocument) -> DocumentRow {
    let content = &document.content;
    DocumentRow {
        client_key: client.key().to_string(),
        document_id: document.id.to_string(),
        place,
        kind: document.kind.number(),
        number: document.number.to_string(),
        number_folded: fold(document.number.as_str()),
        issuer: document.issuer.as_ref().map(ToString::to_string),
        issued_on: document.validity.issued_on(),
        expires_on: document.validity.expires_on(),
        content_key: content.key.to_string(),
        extension: content.extension.name().to_owned(),
        size: content.size,
        sha256: content.sha256.to_string(),
        uploaded_by: content.uploaded.by.id.to_string(),
        uploaded_by_email: email(&content.uploaded.by),
        uploaded_at: content.uploaded.at,
        review: review_row(&document.submitted, &document.verification),
        notice: document.noticed.number(),
        uploaders: document.uploaders.persons().iter().map(|person| person.as_str().to_owned()).collect(),
    }
}

fn address_row(client: &Client, place: usize, address: &AddressInformation) -> AddressRow {
    AddressRow {
        client_key: client.key().to_string(),
        address_id: address.id.to_string(),
        place,
        line1: address.line1.to_string(),
        line2: address.line2.as_ref().map(ToString::to_string),
        city: address.city.to_string(),
        region: address.state.to_string(),
        country: address.country.alpha2().to_owned(),
        postal_code: address.postal_code.as_ref().map(ToString::to_string),
        review: review_row(&address.submitted, &address.verification),
    }
}

fn review_row(submitted: &Stamp, verification: &Verification) -> ReviewRow {
    let review = verification.review();
    ReviewRow {
        submitted_by: submitted.by.id.to_string(),
        submitted_by_email: email(&submitted.by),
        submitted_at: submitted.at,
        status: verification.status().number(),
        reviewed_by: review.map(|review| review.stamp.by.id.to_string()),
        reviewed_by_email: review.and_then(|review| email(&review.stamp.by)),
        reviewed_at: review.map(|review| review.stamp.at),
        comment: review.and_then(|review| review.comment.as_ref()).map(ToString::to_string),
    }
}

fn email(actor: &Actor) -> Option<String> {
    actor.email.as_ref().map(ToString::to_string)
}

/// Reads the papers of a row that has them, through the domain's own rules.
pub(crate) fn read(row: &PgRow) -> Result<Kyc, StoreError> {
    let documents: Vec<DocumentRow> = rows(row, "client_document", "documents")?;
    let addresses: Vec<AddressRow> = rows(row, "client_address", "addresses")?;
    let wrong = |table: &str| corrupt(format!("a row of the table {table}"));
    Ok(Kyc {
        documents: documents
            .into_iter()
            .map(|row| document(&row).ok_or_else(|| wrong("client_document")))
            .collect::<Result<_, _>>()?,
        addresses: addresses
            .into_iter()
            .map(|row| address(&row).ok_or_else(|| wrong("client_address")))
            .collect::<Result<_, _>>()?,
    })
}

/// The rows in a column; none where there are none.
fn rows<T: DeserializeOwned>(row: &PgRow, table: &'static str, column: &str) -> Result<Vec<T>, StoreError> {
    let columns = Columns { row, table };
    let read = columns.known_optional(column, |text: &str| serde_json::from_str(text).ok())?;
    Ok(read.unwrap_or_default())
}

fn document(row: &DocumentRow) -> Option<IdentityDocument> {
    let submitted = submitted(&row.review)?;
    let uploaded = stamp(&row.uploaded_by, row.uploaded_by_email.as_deref(), row.uploaded_at)?;
    let mut uploaders = Uploaders::restore(row.uploaders.iter().map(|kept| Person::restore(kept)));
    // A release that does not know the column writes these two and leaves it as it is.
    uploaders.add(&submitted.by.id);
    uploaders.add(&uploaded.by.id);
    Some(IdentityDocument {
        id: DocumentId::parse(&row.document_id).ok()?,
        kind: newer::document_kind(row.kind),
        number: IdentificationNumber::parse(&row.number).ok()?,
        issuer: row.issuer.as_deref().map(IssuingAuthority::parse).transpose().ok()?,
        validity: Validity::new(row.issued_on, row.expires_on)?,
        content: Content {
            key: ContentKey::parse(&row.content_key).ok()?,
            extension: FileExtension::parse(&row.extension).ok()?,
            size: row.size,
            sha256: Sha256::parse(&row.sha256).ok()?,
            uploaded,
        },
        submitted,
        uploaders,
        verification: verification(&row.review)?,
        noticed: Notice::from_number(row.notice.into())?,
    })
}

fn address(row: &AddressRow) -> Option<AddressInformation> {
    Some(AddressInformation {
        id: AddressId::parse(&row.address_id).ok()?,
        line1: AddressLine::parse(&row.line1).ok()?,
        line2: row.line2.as_deref().map(AddressSupplement::parse).transpose().ok()?,
        city: PlaceName::parse(&row.city).ok()?,
        state: PlaceName::parse(&row.region).ok()?,
        country: COUNTRIES.get(row.country.as_str()).copied()?,
        postal_code: row.postal_code.as_deref().map(PostalCode::parse).transpose().ok()?,
        submitted: submitted(&row.review)?,
        verification: verification(&row.review)?,
    })
}

fn submitted(row: &ReviewRow) -> Option<Stamp> {
    stamp(&row.submitted_by, row.submitted_by_email.as_deref(), row.submitted_at)
}

fn verification(row: &ReviewRow) -> Option<Verification> {
    let status = VerificationStatus::from_number(row.status.into()).ok()?;
    if status == VerificationStatus::Pending {
        return Some(Verification::Pending);
    }
    let stamp = stamp(row.reviewed_by.as_deref()?, row.reviewed_by_email.as_deref(), row.reviewed_at?)?;
    let review = Review { stamp, comment: row.comment.as_deref().map(Notes::parse).transpose().ok()? };
    Some(match status {
        VerificationStatus::Rejected => Verification::Rejected(review),
        _ => Verification::Approved(review),
    })
}

fn stamp(id: &str, email: Option<&str>, at: jiff::Timestamp) -> Option<Stamp> {
    let by = Actor { id: ActorId::parse(id).ok()?, email: email.map(EmailAddress::parse).transpose().ok()? };
    Some(Stamp::new(by, at))
}
