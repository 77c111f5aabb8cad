//! A client as a row: the columns of one, and the client that they make.

pub(crate) mod fixed;

use std::collections::HashMap;
use std::sync::LazyLock;

use client_app::ports::{ClientSummary, StoreError};
use client_domain::client::{Approval, ApprovalStatus, Details};
use client_domain::kyc::Kyc;
use client_domain::search::{Property, Sortable, search_text};
use client_domain::value::{
    AccountOfficerId, AddressLine, BirthDate, BranchKey, ClientId, ClientKey, Country, CustomerType,
    EmailAddress, Gender, Identification, IdentificationNumber, IdentificationType, MaritalStatus,
    PersonName, PhoneNumber, PlaceName, PostalAddress, TransactionReference, Version,
};
use client_domain::{Actor, ActorId, Client, ClientSnapshot, ClientState, Person, Stamp};
use jiff_sqlx::ToSqlx as _;
use sqlx::postgres::PgRow;
use sqlx::{Decode, Postgres, Row as _, Type};

use crate::columns::columns;
use crate::maker_row;
use crate::pool::Bound;
use crate::trouble::corrupt;

/// Reading a name goes through the names of all countries; a code is looked up here.
pub(crate) static COUNTRIES: LazyLock<HashMap<&'static str, Country>> =
    LazyLock::new(|| Country::all().map(|country| (country.alpha2(), country)).collect());

// The key and the columns that a change may write, in the order of the statements that write them; activations and makers come
// after them.
columns!('q, client: &'q Client =>
    client.snapshot().key.as_str(),
    client.snapshot().version.get().cast_signed(),
    i16::from(client.snapshot().state.number()),
    details(client).first_name.as_str(),
    details(client).middle_name.as_ref().map(PersonName::as_str),
    details(client).last_name.as_str(),
    details(client).email.as_str(),
    details(client).phone.as_str(),
    place(client).address.as_str(),
    place(client).city.as_str(),
    place(client).state.as_str(),
    place(client).country.alpha2(),
    details(client).marital_status.map(|status| i16::from(status.number())),
    details(client).account_officer.map(AccountOfficerId::get),
    client.snapshot().approval.status().map(ApprovalStatus::name),
    stamp(client).map(|stamp| stamp.by.id.as_str()),
    stamp(client).and_then(|stamp| stamp.by.email.as_ref()).map(EmailAddress::as_str),
    stamp(client).map(|stamp| stamp.at.to_sqlx()),
    client.snapshot().activated_at.map(|at| at.to_sqlx()),
    client.snapshot().modified_at.to_sqlx(),
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
);

/// Binds the references of the transactions that activated the client.
pub(crate) fn bind_activations<'q>(statement: Bound<'q>, client: &'q Client) -> Bound<'q> {
    let references = client.snapshot().activations.iter().map(TransactionReference::as_str);
    statement.bind(references.collect::<Vec<_>>())
}

fn details(client: &Client) -> &Details {
    &client.snapshot().details
}

fn place(client: &Client) -> &PostalAddress {
    &client.snapshot().details.postal_address
}

fn stamp(client: &Client) -> Option<&Stamp> {
    client.snapshot().approval.stamp()
}

fn folded(client: &Client, property: Property) -> Option<String> {
    match property.of(client) {
        Sortable::Text(text) => Some(text),
        _ => None,
    }
}

/// Reads a client with the papers, if the row has one: an outer join leaves all its columns empty.
pub(crate) fn read_optional(row: &PgRow) -> Result<Option<Client>, StoreError> {
    if has_client(row)? { read(row).map(Some) } else { Ok(None) }
}

/// Reads what a list shows of a client, if the row has one.
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
        email: columns.parsed("email", EmailAddress::parse)?,
        phone: columns.parsed("phone", PhoneNumber::parse)?,
        state: columns.state("state")?,
        branch: columns.parsed_optional("branch", BranchKey::parse)?,
        created_at: columns.moment("created_at")?,
        modified_at: columns.moment("modified_at")?,
        version: columns.version("version")?,
    }))
}

fn has_client(row: &PgRow) -> Result<bool, StoreError> {
    let columns = Columns { row, table: "client" };
    Ok(columns.get::<Option<&str>>("client_key")?.is_some())
}

/// Reads a client with the papers.
pub(crate) fn read(row: &PgRow) -> Result<Client, StoreError> {
    read_with(row, crate::paper_row::read(row)?)
}

/// Reads a client through the domain's own rules: what they refuse is not a client, however it got there.
fn read_with(row: &PgRow, kyc: Kyc) -> Result<Client, StoreError> {
    let columns = Columns { row, table: "client" };
    let snapshot = ClientSnapshot {
        key: columns.parsed("client_key", ClientKey::parse)?,
        id: columns.known("id", |id| ClientId::new(id).ok())?,
        version: columns.version("version")?,
        state: columns.state("state")?,
        details: Details {
            first_name: columns.parsed("first_name", PersonName::parse)?,
            middle_name: columns.parsed_optional("middle_name", PersonName::parse)?,
            last_name: columns.parsed("last_name", PersonName::parse)?,
            email: columns.parsed("email", EmailAddress::parse)?,
            phone: columns.parsed("phone", PhoneNumber::parse)?,
            postal_address: PostalAddress {
                address: columns.parsed("address", AddressLine::parse)?,
                city: columns.parsed("city", PlaceName::parse)?,
                state: columns.parsed("region", PlaceName::parse)?,
                country: columns.known("country", |code: String| COUNTRIES.get(code.as_str()).copied())?,
            },
            marital_status: columns.known_optional("marital_status", |number: i16| {
                MaritalStatus::from_number(number.into()).ok()
            })?,
            account_officer: columns
                .known_optional("account_officer", |number| AccountOfficerId::new(number).ok())?,
        },
        birth_date: columns.known("birth_date", |date: jiff_sqlx::Date| {
            // The rule looks at today to refuse the future, which a stored day was already measured by.
            BirthDate::new(date.to_jiff(), jiff::civil::Date::MAX).ok()
        })?,
        gender: columns.parsed("gender", Gender::parse)?,
        identification: Identification {
            kind: columns.parsed("identification_type", IdentificationType::parse)?,
            number: columns.parsed("identification_number", IdentificationNumber::parse)?,
        },
        customer_type: columns.parsed("customer_type", CustomerType::parse)?,
        branch: columns.parsed_optional("branch", BranchKey::parse)?,
        approval: approval(&columns)?,
        activated_at: columns.moment_optional("activated_at")?,
        activations: columns.known("activations", |references: Vec<String>| {
            references.iter().map(|text| TransactionReference::parse(text).ok()).collect()
        })?,
        kyc,
        makers: maker_row::read(row)?,
        created: Stamp::new(columns.actor("created_by", "created_by_email")?, columns.moment("created_at")?),
        modified_at: columns.moment("modified_at")?,
    };
    Client::restore(snapshot).map_err(|error| corrupt(format!("a row of the table client: {error}")))
}

fn approval(columns: &Columns<'_>) -> Result<Approval, StoreError> {
    let Some(status) = columns.parsed_optional("approval", ApprovalStatus::parse)? else {
        return Ok(Approval::NotRequested);
    };
    let by = columns.actor("approval_by", "approval_by_email")?;
    let stamp = Stamp::new(by, columns.moment("approval_at")?);
    Ok(match status {
        ApprovalStatus::Pending => Approval::Requested(stamp),
        ApprovalStatus::Approved => Approval::Approved(stamp),
        ApprovalStatus::Rejected => Approval::Rejected(stamp),
    })
}

/// The columns of a row, read as what the domain knows. What cannot be read is told by table and column, and
/// never by its value.
pub(crate) struct Columns<'r> {
    pub(crate) row: &'r PgRow,
    pub(crate) table: &'static str,
}

impl Columns<'_> {
    fn corrupt(&self, column: &str) -> StoreError {
        corrupt(format!("the column {column} of a row of the table {}", self.table))
    }

    pub(crate) fn get<'a, T: Decode<'a, Postgres> + Type<Postgres>>(
        &'a self,
        column: &str,
    ) -> Result<T, StoreError> {
        self.row.try_get(column).map_err(|_| self.corrupt(column))
    }

    pub(crate) fn known<'a, R: Decode<'a, Postgres> + Type<Postgres>, T>(
        &'a self,
        column: &str,
        read: impl FnOnce(R) -> Option<T>,
    ) -> Result<T, StoreError> {
        read(self.get(column)?).ok_or_else(|| self.corrupt(column))
    }

    pub(crate) fn known_optional<'a, R: Decode<'a, Postgres> + Type<Postgres>, T>(
        &'a self,
        column: &str,
        read: impl FnOnce(R) -> Option<T>,
    ) -> Result<Option<T>, StoreError> {
        match self.get::<Option<R>>(column)? {
            Some(raw) => read(raw).map(Some).ok_or_else(|| self.corrupt(column)),
            None => Ok(None),
        }
    }

    pub(crate) fn parsed<T, E>(
        &self,
        column: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, StoreError> {
        self.known(column, |text: &str| parse(text).ok())
    }

    pub(crate) fn parsed_optional<T, E>(
        &self,
        column: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, StoreError> {
        self.known_optional(column, |text: &str| parse(text).ok())
    }

    pub(crate) fn moment(&self, column: &str) -> Result<jiff::Timestamp, StoreError> {
        self.get::<jiff_sqlx::Timestamp>(column).map(|at| at.to_jiff())
    }

    pub(crate) fn moment_optional(&self, column: &str) -> Result<Option<jiff::Timestamp>, StoreError> {
        Ok(self.get::<Option<jiff_sqlx::Timestamp>>(column)?.map(|at| at.to_jiff()))
    }

    pub(crate) fn version(&self, column: &str) -> Result<Version, StoreError> {
        self.known(column, |number: i64| u64::try_from(number).ok().and_then(Version::new))
    }

    pub(crate) fn state(&self, column: &str) -> Result<ClientState, StoreError> {
        self.known(column, |number: i16| ClientState::from_number(number.into()))
    }

    pub(crate) fn actor(&self, id: &str, email: &str) -> Result<Actor, StoreError> {
        Ok(Actor {
            id: self.parsed(id, ActorId::parse)?,
            email: self.parsed_optional(email, EmailAddress::parse)?,
        })
    }
}
