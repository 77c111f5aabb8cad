//! What the maker of a change is warned of: clients with the same values, and clients that may be the same person.

use std::ops::ControlFlow;

use client_domain::Client;
use client_domain::client::Change;

use super::changeset::proposed_claims;
use super::duplicates::{LookAlikeKeys, Warnings};
use super::execution::Execution;
use crate::error::Error;
use crate::executed::{Executed, RecordedReply};
use crate::policy::OnDuplicate;
use crate::ports::changeset::ClaimToTake;

impl Execution<'_> {
    /// Searches for the duplicates and look-alikes of a change, and counts them against the quota of the caller. Claims
    /// that the commit would not check are refused here. It breaks off with the first reply to a creation that is
    /// repeated.
    pub(super) async fn warnings(
        &self,
        before: Option<&Client>,
        change: &Change,
        take: &[ClaimToTake],
    ) -> Result<ControlFlow<Executed<RecordedReply>, Warnings>, Error> {
        let (clients, at) = (self.clients, self.stamp.at);
        let (client, event, proposed) = (&change.client, &change.event, change.proposed.as_slice());
        // What a change proposes is looked up now, and taken when a second person approves it.
        let gained = proposed_claims(change, clients.policy);
        let wanted = || take.iter().chain(&gained);
        // A caller at the quota must not learn whether there is a duplicate.
        let quota = if clients.looks_for_duplicates(wanted()) || clients.warns(event, proposed) {
            clients.check_duplicate_quota(self.context, at)
        } else {
            Ok(())
        };
        let mut warnings = Warnings::default();
        if quota.is_ok() {
            warnings.duplicates = clients.duplicates(wanted(), OnDuplicate::Warn, client.key()).await?;
            warnings.look_alikes = clients.look_alikes_to_warn_of(client, event, proposed).await?;
        }
        // A repeated creation finds its own client as the duplicate.
        if (quota.is_err() || !warnings.is_empty())
            && before.is_none()
            && let Some(executed) = self.replay(client.key()).await?
        {
            return Ok(ControlFlow::Break(executed));
        }
        quota?;
        if !warnings.is_empty() {
            let Warnings { duplicates, look_alikes } = &warnings;
            clients.record_duplicates(self.context, at, duplicates, &wanted(), look_alikes)?;
        }
        // A dry run commits nothing, and proposed claims are not committed yet.
        let unchecked = take.iter().filter(|_| self.context.dry_run).chain(&gained);
        let refused = clients.duplicates(unchecked, OnDuplicate::Refuse, client.key()).await?;
        if !refused.is_empty() {
            clients.record_duplicates(self.context, at, &refused, &wanted(), &LookAlikeKeys::new())?;
            let client = if gained.is_empty() { client } else { &client.as_proposed() };
            return Err(clients.duplicates_refused(refused, client, &self.context.caller).await);
        }
        Ok(ControlFlow::Continue(warnings))
    }
}
