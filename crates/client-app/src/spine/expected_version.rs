//! Refuses commands on an outdated version of the client, and names the fields that have changed since.

use client_domain::Client;
use client_domain::client::ClientField;
use client_domain::value::Version;

use crate::clients::Clients;
use crate::error::Error;
use crate::ports::history::HistoryPage;
use crate::spine::plan::Decide;

/// The number of history lines in one read.
const LINE_BATCH_SIZE: usize = 500;

impl Clients {
    /// Refuses a decision without an expected version, if the policy requires one.
    pub(super) fn require_version(
        &self,
        name: &'static str,
        command: &dyn Decide,
        seen: Option<Version>,
    ) -> Result<(), Error> {
        let missing = self.policy.decisions_need_version && seen.is_none() && command.decides_unseen();
        if missing { Err(Error::VersionRequired { command: name }) } else { Ok(()) }
    }

    /// Refuses a command whose caller has seen another version of the client.
    pub(super) async fn check_version(&self, client: &Client, seen: Option<Version>) -> Result<(), Error> {
        let Some(seen) = seen.filter(|seen| *seen != client.version()) else {
            return Ok(());
        };
        let changed = self.changed_since(client, seen).await?;
        Err(Error::StaleVersion { current: client.version(), changed })
    }

    /// The fields that have changed since a version, sorted by name; empty for an unknown version.
    async fn changed_since(&self, client: &Client, seen: Version) -> Result<Vec<ClientField>, Error> {
        let mut fields: Vec<ClientField> = Vec::new();
        let mut page = HistoryPage {
            before: None,
            after: Some(seen),
            events: &[],
            limit: LINE_BATCH_SIZE,
            with_values: false,
        };
        loop {
            let lines = self.store.history(client.key(), page).await.map_err(Error::of_load)?;
            fields.extend(lines.iter().flat_map(|line| &line.event.changed).copied());
            page.before = lines.last().map(|line| line.event.version);
            if lines.len() < LINE_BATCH_SIZE {
                break;
            }
        }
        fields.sort_by_key(|field| field.name());
        fields.dedup();
        Ok(fields)
    }
}
