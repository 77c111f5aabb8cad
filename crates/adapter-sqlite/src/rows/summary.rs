//! The data of a client in a list.

use client_app::ports::{ClientSummary, StoreError};
use client_domain::value::{BranchKey, ClientId, ClientKey, EmailAddress, PersonName, PhoneNumber};

use crate::columns::Columns;

/// The columns of a summary.
pub(crate) const COLUMNS: &str = "c.client_key, c.id, c.first_name, c.last_name, c.email, c.phone, c.state, c.branch, \
     c.created_at, c.modified_at, c.version, c.former_names_folded IS NOT NULL AS is_renamed";

/// Reads a summary.
pub(crate) fn read(columns: &Columns<'_>) -> Result<ClientSummary, StoreError> {
    Ok(ClientSummary {
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
    })
}
