//! A new client.

use std::ops::ControlFlow;

use client_domain::Client;
use client_domain::value::ClientKey;

use super::execution::{ATTEMPTS, Attempt, Execution};
use super::plan::Onboard;
use crate::error::Error;
use crate::executed::{Executed, RecordedReply};

impl Execution<'_> {
    /// Executes a command that creates a client.
    pub(super) async fn create(&self, command: &dyn Onboard) -> Result<Executed<RecordedReply>, Error> {
        if let Err(error) = self.clients.check_directory(command.names()).await {
            // A repeated creation gets its first reply, whatever the directory contains today. Another request under the
            // same key gets its own error.
            let recorded = self.recorded(&ClientKey::from_bits(0)).await?.filter(|_| !self.context.dry_run);
            let repeated = recorded.filter(|outcome| self.check_body(outcome).is_ok());
            return repeated.map_or(Err(error), |outcome| self.recorded_reply(outcome));
        }
        if self.context.expected_version.is_some() {
            return Err(Error::VersionNotApplicable);
        }
        let (key, id) = self.fresh().await?;
        if self.context.dry_run
            && let Some(outcome) = self.recorded(&key).await?
        {
            self.check_body(&outcome)?;
        }
        // A creation has read no version; but a store may refuse any commit so, and nothing is written then.
        for _ in 0..ATTEMPTS {
            let change = Client::onboard(command.application(key.clone(), id), &self.stamp);
            let draft = match self.draft(None, Ok(&change)).await? {
                ControlFlow::Continue(draft) => draft,
                ControlFlow::Break(executed) => return Ok(executed),
            };
            match self.commit(draft, &change.client).await? {
                Attempt::Ended(executed) => return Ok(executed),
                Attempt::VersionConflict => {}
                Attempt::ClaimTaken(taken) => return Err(self.taken(taken).await?),
            }
        }
        Err(Error::Contended { last: None })
    }
}
