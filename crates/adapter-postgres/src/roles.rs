//! The roles of a database and what each may do, as scripts for `psql`.
//!
//! They are scripts because an administrator of the server runs them, who has rights that this program should never be given.

use std::fmt::Write as _;

/// Roles, database and extension, where they do not exist.
const CREATE: &str = include_str!("roles/create.sql");
/// What the service and the readers may do with the tables.
const GRANTS: &str = include_str!("roles/grants.sql");
/// Takes everything away from them.
const REVOKE: &str = include_str!("roles/revoke.sql");
/// The longest name of a role that PostgreSQL keeps whole has 63 bytes, and `_runtime` is the longest ending.
const MAX_PREFIX: usize = 55;

/// The name of a database, with which the names of its roles begin.
///
/// Roles belong to a whole server, so two installations on one server need two of these.
///
/// ```
/// use adapter_postgres::RolePrefix;
///
/// let test = RolePrefix::parse("clients_test").unwrap();
/// assert!(test.create().contains("CREATE DATABASE clients_test OWNER clients_test_owner"));
/// assert!(test.grants(false).contains("GRANT SELECT, INSERT ON client TO clients_test_runtime;"));
/// assert!(RolePrefix::parse("Clients; DROP").is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RolePrefix(String);

/// A text that cannot be the name of a database here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to {MAX_PREFIX} small letters, digits and underscores, and begin with a letter")]
pub struct InvalidPrefix;

impl RolePrefix {
    /// Reads one.
    ///
    /// # Errors
    ///
    /// [`InvalidPrefix`], unless it is a name that needs no quotes in SQL.
    pub fn parse(text: &str) -> Result<Self, InvalidPrefix> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let begins = text.starts_with(|c: char| c.is_ascii_lowercase());
        let whole = begins && text.len() <= MAX_PREFIX && text.chars().all(fits);
        whole.then(|| Self(text.to_owned())).ok_or(InvalidPrefix)
    }

    /// What an administrator of the server runs before the first migration, any number of times.
    pub fn create(&self) -> String {
        CREATE.replace("clients", &self.0)
    }

    /// What the owner of the schema runs after each migration, in one transaction.
    ///
    /// With `revoke_first` the roles have these rights only afterwards, and none that an earlier release gave them.
    pub fn grants(&self, revoke_first: bool) -> String {
        let mut script = String::new();
        // Writing to a text does not fail.
        let _ = writeln!(
            script,
            "-- client-service roles grant: as the owner of the schema, in one transaction."
        );
        script.push_str(if revoke_first { REVOKE } else { "" });
        script.push_str(GRANTS);
        script.replace("clients_", &format!("{}_", self.0))
    }
}
