//! A document as a row of `client_document`, and the documents and addresses of a client.
//!
//! They are written with one array a column, and read as two JSON arrays of rows, so that a client is one row.

use std::collections::BTreeSet;

use crate::time::ToSql as _;
use client_app::ports::{Changeset, StoreError};
use client_domain::kyc::{
    Content, ContentKey, DocumentId, FileExtension, IdentityDocument, Kyc, Notice, Sha256, Uploaders,
    Validity,
};
use client_domain::search::Property;
use client_domain::value::{IdentificationNumber, IssuingAuthority};
use client_domain::{Client, Person};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sqlx::postgres::PgRow;

use super::address::{self, AddressRow};
use super::columns::Columns;
use super::newer;
use super::review::{self, ReviewColumns};
use crate::error::corrupt;
use crate::sql::Statement;

/// A row; the names are those of its columns.
#[derive(Deserialize)]
struct DocumentRow {
    document_id: String,
    kind: u8,
    number: String,
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
    review: ReviewColumns,
    notice: u8,
    uploaders: Vec<String>,
}

/// Whether a changeset writes documents or addresses, or replaces contents.
pub(crate) fn are_written(changeset: &Changeset) -> bool {
    !(changeset.documents.is_empty() && changeset.addresses.is_empty() && changeset.replaced.is_empty())
}

/// Binds the documents, addresses and replaced contents of a changeset of this client, with one array a column.
pub(crate) fn bind<'q>(
    statement: Statement<'q>,
    changeset: &'q Changeset,
    client: &'q Client,
) -> Statement<'q> {
    let (documents, addresses): (BTreeSet<_>, BTreeSet<_>) =
        (changeset.documents.iter().collect(), changeset.addresses.iter().collect());
    let kyc = client.kyc();
    let documents: Vec<_> =
        (0..).zip(&kyc.documents).filter(|(_, document)| documents.contains(&document.id)).collect();
    let addresses: Vec<_> =
        (0..).zip(&kyc.addresses).filter(|(_, address)| addresses.contains(&address.id)).collect();
    let replaced = &changeset.replaced;
    address::bind_all(bind_documents(statement, &documents), &addresses)
        .bind(replaced.iter().map(|candidate| candidate.key.as_str()).collect::<Vec<_>>())
        .bind(replaced.iter().map(|candidate| candidate.since.to_sql()).collect::<Vec<_>>())
}

fn bind_documents<'q>(statement: Statement<'q>, rows: &[(i16, &'q IdentityDocument)]) -> Statement<'q> {
    fn column<'q, T>(
        rows: &[(i16, &'q IdentityDocument)],
        value: impl Fn(&'q IdentityDocument) -> T,
    ) -> Vec<T> {
        rows.iter().map(|(_, document)| value(document)).collect()
    }
    let statement = statement
        .bind(column(rows, |document| document.id.as_str()))
        .bind(rows.iter().map(|(position, _)| *position).collect::<Vec<_>>())
        .bind(column(rows, |document| i16::from(document.kind.number())))
        .bind(column(rows, |document| document.number.as_str()))
        .bind(column(rows, |document| Property::DocumentNumber.normal_form(document.number.as_str())))
        .bind(column(rows, |document| document.issuer.as_ref().map(IssuingAuthority::as_str)))
        .bind(column(rows, |document| document.validity.issued_on().map(|day| day.to_sql())))
        .bind(column(rows, |document| document.validity.expires_on().map(|day| day.to_sql())))
        .bind(column(rows, |document| document.content.key.as_str()))
        .bind(column(rows, |document| document.content.extension.name()))
        .bind(column(rows, |document| document.content.size.cast_signed()))
        .bind(column(rows, |document| document.content.sha256.to_string()))
        .bind(column(rows, |document| document.content.uploaded.by.id.as_str()))
        .bind(column(rows, |document| review::email(&document.content.uploaded)))
        .bind(column(rows, |document| document.content.uploaded.at.to_sql()));
    let reviews = column(rows, |document| (&document.submitted, &document.verification));
    review::bind_all(statement, &reviews)
        .bind(column(rows, |document| i16::from(document.noticed.number())))
        .bind(column(rows, |document| uploaders(&document.uploaders)))
        .bind(column(rows, |document| review::verified(&document.verification)))
        .bind(column(rows, |document| review::rejection(&document.verification)))
}

/// PostgreSQL has no arrays of arrays of different lengths, so a list within a row is JSON.
fn uploaders(uploaders: &Uploaders) -> String {
    uploaders.persons().iter().map(Person::as_str).collect::<serde_json::Value>().to_string()
}

/// Reads the documents and addresses of a client, through the rules of the domain.
pub(crate) fn read(row: &PgRow) -> Result<Kyc, StoreError> {
    let documents: Vec<DocumentRow> = rows(row, "client_document", "documents")?;
    let addresses: Vec<AddressRow> = rows(row, "client_address", "addresses")?;
    let invalid = |table: &str| corrupt(format!("a row of the table {table}"));
    Ok(Kyc {
        documents: documents
            .iter()
            .map(|row| row.document().ok_or_else(|| invalid("client_document")))
            .collect::<Result<_, _>>()?,
        addresses: addresses
            .iter()
            .map(|row| row.address().ok_or_else(|| invalid("client_address")))
            .collect::<Result<_, _>>()?,
    })
}

/// The rows in a column, which is null where there are none.
fn rows<T: DeserializeOwned>(row: &PgRow, table: &'static str, column: &str) -> Result<Vec<T>, StoreError> {
    let columns = Columns { row, table };
    let read = columns.known_optional(column, |text: &str| serde_json::from_str(text).ok())?;
    Ok(read.unwrap_or_default())
}

impl DocumentRow {
    fn document(&self) -> Option<IdentityDocument> {
        let submitted = self.review.submitted()?;
        let uploaded = review::stamp(&self.uploaded_by, self.uploaded_by_email.as_deref(), self.uploaded_at)?;
        let mut uploaders = Uploaders::restore(self.uploaders.iter().map(|person| Person::restore(person)));
        // A release without the column `uploaders` writes these two and leaves the column as it is.
        uploaders.add(&submitted.by.id);
        uploaders.add(&uploaded.by.id);
        Some(IdentityDocument {
            id: DocumentId::parse(&self.document_id).ok()?,
            kind: newer::document_kind(self.kind),
            number: IdentificationNumber::restore(&self.number).ok()?,
            issuer: self.issuer.as_deref().map(IssuingAuthority::parse).transpose().ok()?,
            validity: Validity::new(self.issued_on, self.expires_on)?,
            content: Content {
                key: ContentKey::parse(&self.content_key).ok()?,
                extension: FileExtension::parse(&self.extension).ok()?,
                size: self.size,
                sha256: Sha256::parse(&self.sha256).ok()?,
                uploaded,
            },
            submitted,
            uploaders,
            verification: self.review.verification()?,
            noticed: Notice::from_number(self.notice.into())?,
        })
    }
}
