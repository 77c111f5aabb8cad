//! A command that was decided on an older version than the client's is refused, and told what has changed since.

use client_domain::Client;
use client_domain::client::ClientField;
use client_domain::value::Version;

use super::Decide;
use crate::ports::HistoryPage;
use crate::{Clients, Error};

/// How many lines of history are read at a time.
const LINES_AT_ONCE: usize = 500;

impl Clients {
    /// Refuses a decision that does not say what was seen, where the policy demands it.
    pub(super) fn demand_version(
        &self,
        name: &'static str,
        command: &dyn Decide,
        seen: Option<Version>,
    ) -> Result<(), Error> {
        let missing = self.policy.decisions_need_version && seen.is_none() && command.decides_unseen();
        if missing { Err(Error::VersionRequired { command: name }) } else { Ok(()) }
    }

    /// Refuses a command whose caller has seen another version than the client is at.
    pub(super) async fn check_version(&self, client: &Client, seen: Option<Version>) -> Result<(), Error> {
        let Some(seen) = seen.filter(|seen| *seen != client.version()) else {
            return Ok(());
        };
        let changed = self.changed_since(client, seen).await?;
        Err(Error::StaleVersion { current: client.version(), changed })
    }

    /// The fields that have changed since a version, by name; none for a version that never was.
    async fn changed_since(&self, client: &Client, seen: Version) -> Result<Vec<ClientField>, Error> {
        let mut fields: Vec<ClientField> = Vec::new();
        let mut page = HistoryPage { before: None, after: Some(seen), limit: LINES_AT_ONCE };
        loop {
            let lines = self.store.history(client.key(), page).await.map_err(Error::of_load)?;
            fields.extend(lines.iter().flat_map(|line| &line.event.changed).copied());
            page.before = lines.last().map(|line| line.event.version);
            if lines.len() < LINES_AT_ONCE {
                break;
            }
        }
        fields.sort_by_key(|field| field.name());
        fields.dedup();
        Ok(fields)
    }
}
