//! A client as a row of `client`.

use crate::time::ToSql as _;
use client_app::ports::{ClientSummary, StoreError};
use client_domain::client::{Approval, ApprovalStatus, Details};
use client_domain::kyc::Kyc;
use client_domain::search::{Property, Sortable, former_name_text, search_text};
use client_domain::value::{
    AccountOfficerId, AddressLine, BirthDate, BranchKey, ClientId, ClientKey, CustomerType, EmailAddress,
    Gender, Identification, IdentificationNumber, IdentificationType, MaritalStatus, PersonName, PhoneNumber,
    PlaceName, PostalAddress, TransactionReference,
};
use client_domain::{AuditStamp, Client, ClientSnapshot, Person};
use sqlx::postgres::PgRow;

use super::bind::columns;
use super::columns::Columns;
use super::country::COUNTRIES;
use super::{
    amendments, contact_entries, contact_verifications, document, former_names, makers, phone_entered,
};
use crate::error::corrupt;

// The key and the columns that an update may write, in the order of the statements that write them; activations and makers
// follow.
columns!('q, client: &'q Client =>
    client.snapshot().key.as_str(),
    client.snapshot().version.get().cast_signed(),
    i16::from(client.snapshot().state.number()),
    details(client).first_name.as_str(),
    details(client).middle_name.as_ref().map(PersonName::as_str),
    details(client).last_name.as_str(),
    details(client).email.as_str(),
    details(client).phone.as_str(),
    postal_address(client).address.as_str(),
    postal_address(client).city.as_str(),
    postal_address(client).state.as_str(),
    postal_address(client).country.alpha2(),
    details(client).marital_status.map(|status| i16::from(status.number())),
    details(client).account_officer.map(AccountOfficerId::get),
    client.snapshot().approval.status().map(ApprovalStatus::name),
    stamp(client).map(|stamp| stamp.by.id.as_str()),
    stamp(client).and_then(|stamp| stamp.by.email.as_ref()).map(EmailAddress::as_str),
    stamp(client).map(|stamp| stamp.at.to_sql()),
    client.snapshot().activated_at.map(|at| at.to_sql()),
    client.snapshot().modified_at.to_sql(),
    folded(client, Property::FirstName),
    folded(client, Property::MiddleName),
    folded(client, Property::LastName),
    folded(client, Property::FullName),
    folded(client, Property::EmailAddress),
    folded(client, Property::Address),
    folded(client, Property::City),
    folded(client, Property::State),
    folded(client, Property::Country),
    folded(client, Property::IdentificationType),
    folded(client, Property::IdentificationNumber),
    search_text(client),
    stamp(client).map(|stamp| Person::of(&stamp.by.id).as_str().to_owned()),
    client.snapshot().version.get().cast_signed(),
    Property::FirstName.passport_form(client),
    Property::MiddleName.passport_form(client),
    Property::LastName.passport_form(client),
    client.snapshot().birth_date.get().to_sql(),
    client.snapshot().gender.name(),
    client.snapshot().identification.kind.as_str(),
    client.snapshot().identification.number.as_str(),
    client.snapshot().customer_type.name(),
    client.snapshot().branch.as_ref().map(BranchKey::as_str),
    amendments::to_json(client),
    contact_verifications::to_json(client),
    phone_entered::to_json(&details(client).phone),
    contact_entries::to_json(client),
    former_names::to_json(client),
    former_name_text(client),
);

/// The former record of a client that has returned.
pub(crate) fn former(client: &Client) -> Option<&str> {
    client.snapshot().former_client.as_ref().map(ClientKey::as_str)
}

fn details(client: &Client) -> &Details {
    &client.snapshot().details
}

fn postal_address(client: &Client) -> &PostalAddress {
    &client.snapshot().details.postal_address
}

fn stamp(client: &Client) -> Option<&AuditStamp> {
    client.snapshot().approval.stamp()
}

fn folded(client: &Client, property: Property) -> Option<String> {
    match property.of(client) {
        Sortable::Text(text) => Some(text),
        _ => None,
    }
}

/// Reads a client with its documents and addresses, if the row has one: an outer join leaves all its columns empty.
pub(crate) fn read_optional(row: &PgRow) -> Result<Option<Client>, StoreError> {
    if has_client(row)? { read(row).map(Some) } else { Ok(None) }
}

/// Reads the summary of a client, if the row has one.
pub(crate) fn read_summary(row: &PgRow) -> Result<Option<ClientSummary>, StoreError> {
    if !has_client(row)? {
        return Ok(None);
    }
    let columns = Columns { row, table: "client" };
    Ok(Some(ClientSummary {
        key: columns.parsed("client_key", ClientKey::parse)?,
        id: columns.known("id", |id| ClientId::new(id).ok())?,
        first_name: columns.parsed("first_name", PersonName::parse)?,
        last_name: columns.parsed("last_name", PersonName::parse)?,
        email: columns.parsed("email", EmailAddress::restore)?,
        phone: columns.parsed("phone", PhoneNumber::parse)?,
        state: columns.state("state")?,
        branch: columns.parsed_optional("branch", BranchKey::parse)?,
        created_at: columns.moment("created_at")?,
        modified_at: columns.moment("modified_at")?,
        version: columns.version("version")?,
        is_renamed: columns.get("is_renamed")?,
    }))
}

fn has_client(row: &PgRow) -> Result<bool, StoreError> {
    let columns = Columns { row, table: "client" };
    Ok(columns.get::<Option<&str>>("client_key")?.is_some())
}

/// Reads a client with its documents and addresses.
pub(crate) fn read(row: &PgRow) -> Result<Client, StoreError> {
    read_with(row, document::read(row)?)
}

/// Reads a client through the rules of the domain: a row that they refuse is corrupt.
fn read_with(row: &PgRow, kyc: Kyc) -> Result<Client, StoreError> {
    let columns = Columns { row, table: "client" };
    let key = columns.parsed("client_key", ClientKey::parse)?;
    let state = columns.state("state")?;
    let amendments = amendments::read(row, &key, state)?;
    let details = read_details(&columns)?;
    let snapshot = ClientSnapshot {
        key,
        id: columns.known("id", |id| ClientId::new(id).ok())?,
        version: columns.version("version")?,
        state,
        contact_entries: contact_entries::read(&columns, &details)?,
        former_names: former_names::read(&columns, &details)?,
        details,
        birth_date: columns.known("birth_date", |date: crate::time::Date| {
            // The rule uses today to refuse future days; a stored day has passed it.
            BirthDate::new(date.to_jiff(), jiff::civil::Date::MAX).ok()
        })?,
        gender: columns.parsed("gender", Gender::parse)?,
        identification: Identification {
            kind: columns.parsed("identification_type", IdentificationType::parse)?,
            number: columns.parsed("identification_number", IdentificationNumber::restore)?,
        },
        customer_type: columns.parsed("customer_type", CustomerType::parse)?,
        branch: columns.parsed_optional("branch", BranchKey::parse)?,
        approval: approval(&columns)?,
        activated_at: columns.moment_optional("activated_at")?,
        activations: columns.known("activations", |references: Vec<String>| {
            references.iter().map(|text| TransactionReference::parse(text).ok()).collect()
        })?,
        kyc,
        former_client: columns.parsed_optional("former_client", ClientKey::parse)?,
        amendments,
        contact_verifications: contact_verifications::read(row)?,
        makers: makers::read(row)?,
        created: AuditStamp::new(
            columns.actor("created_by", "created_by_email")?,
            columns.moment("created_at")?,
        ),
        modified_at: columns.moment("modified_at")?,
    };
    Client::restore(snapshot).map_err(|error| corrupt(format!("a row of the table client: {error}")))
}

fn read_details(columns: &Columns<'_>) -> Result<Details, StoreError> {
    Ok(Details {
        first_name: columns.parsed("first_name", PersonName::parse)?,
        middle_name: columns.parsed_optional("middle_name", PersonName::parse)?,
        last_name: columns.parsed("last_name", PersonName::parse)?,
        email: columns.parsed("email", EmailAddress::restore)?,
        phone: phone_entered::read(columns)?,
        postal_address: PostalAddress {
            address: columns.parsed("address", AddressLine::parse)?,
            city: columns.parsed("city", PlaceName::parse)?,
            state: columns.parsed("region", PlaceName::parse)?,
            country: columns.known("country", |code: String| COUNTRIES.get(code.as_str()).copied())?,
        },
        marital_status: columns
            .known_optional("marital_status", |number: i16| MaritalStatus::from_number(number.into()).ok())?,
        account_officer: columns
            .known_optional("account_officer", |number| AccountOfficerId::new(number).ok())?,
    })
}

fn approval(columns: &Columns<'_>) -> Result<Approval, StoreError> {
    let Some(status) = columns.parsed_optional("approval", ApprovalStatus::parse)? else {
        return Ok(Approval::NotRequested);
    };
    let by = columns.actor("approval_by", "approval_by_email")?;
    let stamp = AuditStamp::new(by, columns.moment("approval_at")?);
    Ok(match status {
        ApprovalStatus::Pending => Approval::Requested(stamp),
        ApprovalStatus::Approved => Approval::Approved(stamp),
        ApprovalStatus::Rejected => Approval::Rejected(stamp),
    })
}
