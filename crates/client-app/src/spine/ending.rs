//! What became of a client after its end: whether it has returned, and how it ended.

use client_domain::Client;

use crate::clients::Clients;
use crate::ports::ending::{Ending, FoundClient};
use crate::ports::error::StoreError;
use crate::ports::store::ClientRef;

impl Clients {
    /// How a client that was read for a decision ended. It is read only if the client has ended.
    pub(crate) async fn ending(&self, client: &Client) -> Result<Ending, StoreError> {
        if !Ending::is_read(client.state()) {
            return Ok(Ending::default());
        }
        let found = self.store.find_with_ending(&ClientRef::Key(client.key().clone())).await?;
        Ok(found.map(|found| found.ending).unwrap_or_default())
    }

    /// The records that a client had before it returned, the last one first. Each names the one before, so they form a
    /// chain.
    pub(super) async fn former_records(&self, client: &Client) -> Result<Vec<FoundClient>, StoreError> {
        let mut records: Vec<FoundClient> = Vec::new();
        loop {
            let last = records.last().map_or(client, |record| &record.client);
            let Some(key) = last.snapshot().former_client.clone() else { break };
            if records.iter().any(|record| *record.client.key() == key) {
                break;
            }
            match self.store.find_with_ending(&ClientRef::Key(key)).await? {
                Some(record) => records.push(record),
                None => break,
            }
        }
        Ok(records)
    }
}
