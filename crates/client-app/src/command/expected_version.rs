//! `If-Match`: a command that was decided on an older version is refused, and told what has changed since.

use std::collections::BTreeSet;

use client_domain::Client;
use client_domain::value::Version;

use super::ClientCommand;
use crate::failure::{During, unanswered};
use crate::kyc_view::CONTENT_SHA256;
use crate::ports::HistoryPage;
use crate::spec::OperationSpec;
use crate::{Clients, Code, Failure, Item};

/// How many lines of history are read at a time.
const LINES_AT_ONCE: usize = 500;

impl Clients {
    /// Refuses a decision that does not say what was seen, where the bank demands it.
    pub(super) fn demand_version(
        &self,
        command: &dyn ClientCommand,
        seen: Option<Version>,
    ) -> Result<(), Failure> {
        let missing = self.policy.decisions_need_version && seen.is_none() && command.decides_unseen();
        if missing { Err(version_required(command.spec())) } else { Ok(()) }
    }

    /// Refuses a command whose caller has seen another version than the client is at.
    pub(super) async fn check_version(&self, client: &Client, seen: Option<Version>) -> Result<(), Failure> {
        let Some(seen) = seen.filter(|seen| *seen != client.version()) else {
            return Ok(());
        };
        let changed = self.changed_since(client, seen).await?;
        let item = Item::new(Code::StaleVersion, "The client is no longer at the version of If-Match.")
            .field("If-Match")
            .detail("currentVersion", client.version().get())
            .detail("changedFields", changed);
        Err(Failure::of(item))
    }

    /// The names of the fields that have changed since a version; none for a version that never was.
    async fn changed_since(&self, client: &Client, seen: Version) -> Result<Vec<&'static str>, Failure> {
        let mut names = BTreeSet::new();
        let mut page = HistoryPage { before: None, after: Some(seen), limit: LINES_AT_ONCE };
        loop {
            let lines = self.store.history(client.key(), page).await;
            let lines = lines.map_err(|error| unanswered(&error, During::Load))?;
            names.extend(lines.iter().flat_map(|line| &line.event.changed).map(|field| field.name()));
            page.before = lines.last().map(|line| line.event.version);
            if lines.len() < LINES_AT_ONCE {
                return Ok(names.into_iter().collect());
            }
        }
    }
}

fn version_required(spec: &OperationSpec) -> Failure {
    let digest = spec.fields.iter().any(|field| field.name == CONTENT_SHA256);
    let or = if digest { ", or name the file in contentSha256" } else { "" };
    let message = format!(
        "A decision must say what was seen: send the header If-Match with the version of the client, such as \"3\"{or}."
    );
    Failure::of(Item::new(Code::VersionRequired, message).field("If-Match"))
}
