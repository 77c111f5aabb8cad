//! The contents of the database after a run.

use crate::{Cluster, DataFolder, RunError, schema};

/// What the database holds when a run is over.
#[derive(Clone, Debug, Default)]
pub struct Inventory {
    /// Every client.
    pub clients: Vec<Client>,
    /// Every line of every history, by client and version.
    pub lines: Vec<Line>,
    /// The client, version and kind of every event.
    pub events: Vec<(String, i64, String)>,
    /// The client and kind of every claim.
    pub claims: Vec<(String, String)>,
    /// The actor, command and key of every outcome that is kept.
    pub keys: Vec<(String, String, String)>,
    /// Sessions in the middle of a transaction.
    pub idle_in_transaction: i64,
}

/// A client as it is now.
#[derive(Clone, Debug)]
pub struct Client {
    /// Its key.
    pub key: String,
    /// Its version.
    pub version: i64,
    /// The number of its state.
    pub state: i64,
    /// The town, which is what the campaigns change.
    pub city: String,
}

/// A line of a client's history.
#[derive(Clone, Debug)]
pub struct Line {
    /// The client.
    pub client: String,
    /// The version that it made.
    pub version: i64,
    /// The tag of the order that did it.
    pub request: String,
    /// The number of the state after.
    pub state: i64,
    /// The command that did it.
    pub command: String,
    /// Who did it.
    pub actor: String,
    /// What happened.
    pub event: String,
}

impl Inventory {
    /// Reads everything from PostgreSQL.
    pub async fn read(cluster: &Cluster) -> Result<Self, RunError> {
        // First, before a clean-up can have ended them.
        let idle = cluster.sql(schema::IDLE_IN_TRANSACTION).await?;
        let mut tables = Vec::new();
        for query in schema::TABLES {
            tables.push(cluster.sql(query).await?);
        }
        let idle_in_transaction = idle.first().map_or(0, |row| number(row, 0));
        Ok(Self { idle_in_transaction, ..Self::of(tables) })
    }

    /// Reads everything from SQLite, where no session can be left in a transaction.
    pub fn read_folder(folder: &DataFolder) -> Result<Self, RunError> {
        let tables: Result<Vec<_>, _> = schema::TABLES.iter().map(|query| folder.rows(query)).collect();
        Ok(Self::of(tables?))
    }

    fn of(tables: Vec<Vec<Vec<String>>>) -> Self {
        let mut tables = tables.into_iter().map(Vec::into_iter);
        let mut next = || tables.next().unwrap_or_default();
        let [clients, lines, pairs, claims, keys] = [next(), next(), next(), next(), next()];
        Self {
            clients: clients
                .map(|row| Client {
                    key: text(&row, 0),
                    version: number(&row, 1),
                    state: number(&row, 2),
                    city: text(&row, 3),
                })
                .collect(),
            lines: lines
                .map(|row| Line {
                    client: text(&row, 0),
                    version: number(&row, 1),
                    request: text(&row, 2),
                    state: number(&row, 3),
                    command: text(&row, 4),
                    actor: text(&row, 5),
                    event: text(&row, 6),
                })
                .collect(),
            events: pairs.map(|row| (text(&row, 0), number(&row, 1), text(&row, 2))).collect(),
            claims: claims.map(|row| (text(&row, 0), text(&row, 1))).collect(),
            keys: keys.map(|row| (text(&row, 0), text(&row, 1), text(&row, 2))).collect(),
            idle_in_transaction: 0,
        }
    }
}

fn text(row: &[String], at: usize) -> String {
    row.get(at).cloned().unwrap_or_default()
}

fn number(row: &[String], at: usize) -> i64 {
    row.get(at).and_then(|column| column.parse().ok()).unwrap_or(-1)
}
