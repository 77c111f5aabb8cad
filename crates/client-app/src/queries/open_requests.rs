//! The documents that a client was asked for and has not submitted since.

use client_domain::Client;
use client_domain::client::{OpenRequest, OpenRequests};

use crate::clients::Clients;
use crate::error::Error;
use crate::ports::history::HistoryPage;

/// How many lines are read at a time.
const LINES: usize = 200;

impl Clients {
    /// The open requests in the version of the client that was read, by its history.
    pub(super) async fn open_requests(&self, client: &Client) -> Result<Vec<OpenRequest>, Error> {
        let mut page = HistoryPage {
            before: Some(client.version().next()),
            after: None,
            events: OpenRequest::EVENTS,
            limit: LINES,
            with_values: false,
        };
        let mut requests = OpenRequests::of(client);
        loop {
            let found = self.store.history(client.key(), page).await.map_err(Error::of_query)?;
            for line in &found {
                requests.read(&line.event);
            }
            if found.len() < LINES || requests.is_decided() {
                return Ok(requests.into_requests());
            }
            page.before = found.last().map(|line| line.event.version);
        }
    }
}
