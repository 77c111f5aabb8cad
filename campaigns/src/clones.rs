//! Many clients in seconds: copies of those that the service has made, with keys, numbers and claims of their own.
//!
//! An operator makes them, by SQL and with triggers off, so that a campaign can be about as many clients as a bank has. They
//! are compared by digests of their columns, and removed before the final check, which knows nothing of them.

use std::collections::BTreeMap;

use crate::{Cluster, RunError, schema};

/// How many clients are copied at most, each as often as it takes.
const TEMPLATES: u64 = 100;

/// The digest of each column of each table, over the clones.
pub type Digests = BTreeMap<(String, String), String>;

/// Makes this many, of the clients that there are.
pub async fn make(cluster: &Cluster, number: u64) -> Result<u64, RunError> {
    let templates = count(cluster, schema::COUNT_TEMPLATES).await?.clamp(1, TEMPLATES);
    cluster.sql(&schema::clone_clients(templates, number.div_ceil(templates))).await?;
    cluster.sql("ANALYZE").await?;
    count(cluster, schema::COUNT_CLONES).await
}

async fn count(cluster: &Cluster, query: &str) -> Result<u64, RunError> {
    cluster.sql(query).await?.concat().concat().parse().map_err(RunError::during("a count"))
}

/// What they hold, column by column, without what a release computes from the rest.
pub async fn digests(cluster: &Cluster) -> Result<Digests, RunError> {
    let mut digests = Digests::new();
    for row in cluster.sql(schema::COLUMNS_OF_CLONES).await? {
        let [table, column] = row.as_slice() else { continue };
        let digest = cluster.sql(&schema::digest_of_clones(table, column)).await?.concat().concat();
        digests.insert((table.clone(), column.clone()), digest);
    }
    Ok(digests)
}

/// The columns that are still there and hold something else.
pub fn differences(before: &Digests, after: &Digests) -> Vec<String> {
    let differs =
        |(place, digest): &(&(String, String), &String)| after.get(*place).is_some_and(|now| now != *digest);
    before.iter().filter(differs).map(|((table, column), _)| format!("{table}.{column}")).collect()
}

/// Removes them all.
pub async fn remove(cluster: &Cluster) -> Result<(), RunError> {
    cluster.sql(schema::REMOVE_CLONES).await.map(|_| ())
}
