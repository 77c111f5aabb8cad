//! What became of a client after its end: whether it has returned, and how it ended.

use client_domain::Client;

use crate::clients::Clients;
use crate::ports::ending::{Ending, FoundClient};
use crate::ports::error::StoreError;
use crate::ports::history::HistoryPage;
use crate::ports::store::ClientRef;

impl Clients {
    /// How a client that was read for a decision ended. It is read only if the client has ended.
    pub(crate) async fn ending(&self, client: &Client) -> Result<Ending, StoreError> {
        if !Ending::is_read(client.state()) {
            return Ok(Ending::default());
        }
        let found = self.store.find_with_ending(&ClientRef::Key(client.key().clone())).await?;
        let Some(FoundClient { client: newest, ending }) = found else { return Ok(Ending::default()) };
        if newest.version() == client.version() {
            return Ok(ending);
        }
        // Another command came between the two reads: the line of the version that was read says how that one ended.
        let before = Some(client.version().next());
        let page = HistoryPage { before, after: None, events: &[], limit: 1, with_values: false };
        let line = self.store.history(client.key(), page).await?.pop();
        let of_line = line.map(|line| Ending::of(client.state(), line.event.kind, line.event.from));
        Ok(of_line.unwrap_or_default().with_return(ending.returned_as))
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
