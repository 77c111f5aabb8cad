//! A client as a row of `client`.

use client_app::ports::StoreError;
use client_domain::client::{Approval, ApprovalStatus, Details};
use client_domain::kyc::Kyc;
use client_domain::value::{
    AccountOfficerId, AddressLine, BirthDate, BranchKey, ClientId, ClientKey, Country, CustomerType,
    EmailAddress, Gender, Identification, IdentificationNumber, IdentificationType, MaritalStatus,
    PersonName, PhoneNumber, PlaceName, PostalAddress, TransactionReference,
};
use client_domain::{AuditStamp, Client, ClientSnapshot, Person};
use serde_json::Value;

use super::{amendments, contact_entries, contact_verifications, folded, former_names, makers, stamp};
use crate::columns::Columns;
use crate::error::corrupt;
use crate::parameters::Parameters;

/// A client as every version of it is written.
pub(crate) fn parameters(client: &Client) -> Parameters<'_> {
    let ClientSnapshot {
        key,
        id: _,
        version,
        state,
        details,
        former_names,
        birth_date,
        gender,
        identification: Identification { kind, number },
        customer_type,
        branch,
        approval,
        activated_at,
        activations,
        // Rows of their own.
        kyc: Kyc { documents: _, addresses: _ },
        contact_verifications,
        contact_entries,
        former_client: _,
        amendments,
        makers,
        created: _,
        modified_at,
    } = client.snapshot();
    let references: Value = activations.iter().map(TransactionReference::as_str).collect();
    Parameters::new()
        .with(":client_key", key.as_str())
        .with(":version", version.get().cast_signed())
        .with(":state", i64::from(state.number()))
        .with(":birth_date", birth_date.get())
        .with(":gender", gender.name())
        .with(":identification_type", kind.as_str())
        .with(":identification_number", number.as_str())
        .with(":customer_type", customer_type.name())
        .with(":branch", branch.as_ref().map(BranchKey::as_str))
        .with(":activated_at", *activated_at)
        .with(":activations", references.to_string())
        .with(":contact_verifications", contact_verifications::to_json(contact_verifications))
        .with(":contact_entries", contact_entries::to_json(contact_entries))
        .with(":former_names", former_names::to_json(former_names))
        .with(":amendments", amendments::to_json(amendments))
        .with(":has_open_amendment", !amendments.is_empty())
        .with(":makers", makers::to_json(makers))
        .with(":modified_at", *modified_at)
        .and(of_details(details))
        .and(of_approval(approval))
        .and(folded::parameters(client))
}

/// What is written once and never updated.
pub(crate) fn origin(client: &Client) -> Parameters<'_> {
    let ClientSnapshot { id, created, former_client, .. } = client.snapshot();
    Parameters::new()
        .with(":id", id.get())
        .with(":created_by", created.by.id.as_str())
        .with(":created_by_email", stamp::email(&created.by))
        .with(":created_at", created.at)
        .with(":former_client", former_client.as_ref().map(ClientKey::as_str))
}

fn of_details(details: &Details) -> Parameters<'_> {
    let Details {
        first_name,
        middle_name,
        last_name,
        email,
        phone,
        postal_address: PostalAddress { address, city, state, country },
        marital_status,
        account_officer,
    } = details;
    Parameters::new()
        .with(":first_name", first_name.as_str())
        .with(":middle_name", middle_name.as_ref().map(PersonName::as_str))
        .with(":last_name", last_name.as_str())
        .with(":email", email.as_str())
        .with(":phone", phone.as_str())
        .with(":phone_entered", phone.entered())
        .with(":address", address.as_str())
        .with(":city", city.as_str())
        .with(":region", state.as_str())
        .with(":country", country.alpha2())
        .with(":marital_status", marital_status.map(|status| i64::from(status.number())))
        .with(":account_officer", account_officer.map(AccountOfficerId::get))
}

fn of_approval(approval: &Approval) -> Parameters<'_> {
    let stamp = approval.stamp();
    Parameters::new()
        .with(":approval", approval.status().map(ApprovalStatus::name))
        .with(":approval_by", stamp.map(|stamp| stamp.by.id.as_str()))
        .with(":approval_by_email", stamp.and_then(|stamp| stamp::email(&stamp.by)))
        .with(":approval_by_normal", stamp.map(|stamp| Person::of(&stamp.by.id).as_str().to_owned()))
        .with(":approval_at", stamp.map(|stamp| stamp.at))
}

/// Reads a client without its documents and addresses.
pub(crate) fn read(columns: &Columns<'_>) -> Result<ClientSnapshot, StoreError> {
    let key = columns.parsed("client_key", ClientKey::parse)?;
    let created_by = columns.actor("created_by", "created_by_email")?;
    let details = read_details(columns)?;
    Ok(ClientSnapshot {
        id: columns.known("id", |id| ClientId::new(id).ok())?,
        version: columns.version("version")?,
        state: columns.state("state")?,
        contact_entries: contact_entries::read(columns, &details)?,
        details,
        former_names: former_names::read(columns)?,
        birth_date: columns.parsed("birth_date", |text| {
            // The rule uses today to refuse future days; a stored day has passed it.
            BirthDate::parse(text, jiff::civil::Date::MAX)
        })?,
        gender: columns.parsed("gender", Gender::parse)?,
        identification: Identification {
            kind: columns.parsed("identification_type", IdentificationType::parse)?,
            number: columns.parsed("identification_number", IdentificationNumber::restore)?,
        },
        customer_type: columns.parsed("customer_type", CustomerType::parse)?,
        branch: columns.parsed_optional("branch", BranchKey::parse)?,
        approval: read_approval(columns)?,
        activated_at: columns.moment_optional("activated_at")?,
        activations: columns.json_known("activations", |references: Vec<String>| {
            references.iter().map(|text| TransactionReference::parse(text).ok()).collect()
        })?,
        kyc: Kyc::default(),
        contact_verifications: contact_verifications::read(columns)?,
        former_client: columns.parsed_optional("former_client", ClientKey::parse)?,
        amendments: amendments::read(columns, &key)?,
        makers: makers::read(columns)?,
        created: AuditStamp::new(created_by, columns.moment("created_at")?),
        modified_at: columns.moment("modified_at")?,
        key,
    })
}

/// The client of a snapshot, through the rules of the domain: a row that they refuse is corrupt.
pub(crate) fn restore(snapshot: ClientSnapshot) -> Result<Client, StoreError> {
    Client::restore(snapshot).map_err(|error| corrupt(format!("a row of the table client: {error}")))
}

fn read_details(columns: &Columns<'_>) -> Result<Details, StoreError> {
    Ok(Details {
        first_name: columns.parsed("first_name", PersonName::parse)?,
        middle_name: columns.parsed_optional("middle_name", PersonName::parse)?,
        last_name: columns.parsed("last_name", PersonName::parse)?,
        email: columns.parsed("email", EmailAddress::restore)?,
        phone: read_phone(columns)?,
        postal_address: PostalAddress {
            address: columns.parsed("address", AddressLine::parse)?,
            city: columns.parsed("city", PlaceName::parse)?,
            state: columns.parsed("region", PlaceName::parse)?,
            country: columns.parsed("country", Country::parse)?,
        },
        marital_status: columns
            .known_optional("marital_status", |number| MaritalStatus::from_number(number).ok())?,
        account_officer: columns
            .known_optional("account_officer", |number| AccountOfficerId::new(number).ok())?,
    })
}

fn read_phone(columns: &Columns<'_>) -> Result<PhoneNumber, StoreError> {
    let number = columns.parsed("phone", PhoneNumber::parse)?;
    let entered: Option<String> = columns.known_optional("phone_entered", Some)?;
    Ok(match entered {
        Some(entered) => number.entered_as(&entered),
        None => number,
    })
}

fn read_approval(columns: &Columns<'_>) -> Result<Approval, StoreError> {
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
