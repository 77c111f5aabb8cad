//! Whether a client that this program has written equals one that the service has written.

use std::collections::{BTreeMap, BTreeSet};

use adapter_postgres::PostgresStore;
use client_app::ports::{ClientRef, ClientStore as _, HistoryPage};
use client_domain::search::{Property, Sortable, search_text};
use client_domain::value::ClientId;
use client_domain::{Claim, ClaimKind, Client};
use clients_campaigns::{Cluster, RunError};
use serde_json::Value;

/// Reads a client as the service does, and compares every column that follows from others, the history and the number of
/// events with what the domain makes of the client.
pub(crate) async fn check(number: u64, store: &PostgresStore, cluster: &Cluster) -> Result<Client, RunError> {
    let id = ClientId::new(i64::try_from(number).unwrap_or(0)).map_err(RunError::during("its number"))?;
    let client = store.find(&ClientRef::Id(id)).await.map_err(RunError::during("read"))?;
    let client = client.ok_or_else(|| RunError::new("no client has this number"))?;
    let row = format!(
        "SELECT (to_jsonb(c) || jsonb_build_object('events', (SELECT count(*) FROM client_outbox o \
         WHERE o.client_key = c.client_key)))::text FROM client c WHERE id = {number}"
    );
    let row = cluster.sql(&row).await?.concat().concat();
    let row: Value = serde_json::from_str(&row).map_err(RunError::during("its row"))?;
    for (column, expected) in folded(&client) {
        if row.get(&column).and_then(Value::as_str) != expected.as_deref() {
            return Err(unlike(&column));
        }
    }
    let page = HistoryPage { before: None, after: None, events: &[], limit: 10, with_values: true };
    let lines = store.history(client.key(), page).await.map_err(RunError::during("its history"))?;
    let newest = lines.first().map(|line| (line.event.version, line.event.to));
    let versions = client.version().get();
    if newest != Some((client.version(), client.state())) || lines.len() as u64 != versions {
        return Err(unlike("its history"));
    }
    if row.get("events").and_then(Value::as_u64) != Some(versions) {
        return Err(unlike("events"));
    }
    Ok(client)
}

/// Checks that the claims of the client are those of the domain, to the digest.
pub(crate) async fn check_claims(client: &Client, store: &PostgresStore) -> Result<(), RunError> {
    let claims = client.claims();
    let there = store.claimed(&claims, None).await.map_err(RunError::during("its claims"))?;
    let others = store.claimed(&claims, Some(client.key())).await.map_err(RunError::during("its claims"))?;
    let expected: BTreeSet<ClaimKind> = claims.iter().map(Claim::kind).collect();
    if there == expected && others.is_empty() { Ok(()) } else { Err(unlike("what it claims")) }
}

fn unlike(what: &str) -> RunError {
    RunError::new(format!("{what} is not what the service writes"))
}

/// The columns that follow from others, as the domain makes them.
fn folded(client: &Client) -> BTreeMap<String, Option<String>> {
    let properties = [
        ("first_name", Property::FirstName),
        ("middle_name", Property::MiddleName),
        ("last_name", Property::LastName),
        ("full_name", Property::FullName),
        ("email", Property::EmailAddress),
        ("address", Property::Address),
        ("city", Property::City),
        ("region", Property::State),
        ("country", Property::Country),
        ("identification_type", Property::IdentificationType),
        ("identification_number", Property::IdentificationNumber),
    ];
    let mut columns: BTreeMap<_, _> = properties
        .into_iter()
        .map(|(name, property)| match property.of(client) {
            Sortable::Text(text) => (format!("{name}_folded"), Some(text)),
            _ => (format!("{name}_folded"), None),
        })
        .collect();
    for (name, property) in properties.into_iter().take(3) {
        columns.insert(format!("{name}_passport"), property.passport_form(client));
    }
    columns.insert("search_text".to_owned(), Some(search_text(client)));
    columns
}
