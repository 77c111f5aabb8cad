//! A new client that is made of a former one: both commands on an existing client and creations have a part in it.

use std::ops::ControlFlow;

use client_domain::lifecycle::{Activity, OpenAccounts};
use client_domain::value::{ClientId, ClientKey};
use client_domain::{Client, Refusal};

use super::execution::{ATTEMPTS, Attempt, Execution};
use super::facts::Needs;
use super::plan::{Fresh, NamedInDirectory, OnboardAgain};
use crate::error::Error;
use crate::executed::{Executed, RecordedReply};
use crate::spine::admission::permit;

impl Execution<'_> {
    /// Executes a command that makes a new client of a former one. The former one is read, and not written.
    pub(super) async fn onboard_again(
        &self,
        command: &dyn OnboardAgain,
    ) -> Result<Executed<RecordedReply>, Error> {
        let mut fresh = None;
        let mut taken = None;
        let mut attempts = 0;
        loop {
            let request = self.request.as_ref().map(|request| &request.key);
            let loaded = self.clients.store.load(command.former(), request).await.map_err(Error::of_load)?;
            if let Some(outcome) = loaded.outcome {
                if !self.context.dry_run {
                    return self.recorded_reply(outcome);
                }
                self.check_body(&outcome)?;
            }
            let former = loaded.client.ok_or_else(|| Error::NotFound(command.former().clone()))?;
            self.clients.check_version(&former, self.context.expected_version).await?;
            command.check(&former)?;
            let needs = Needs { ending: true, ..Needs::default() };
            let facts = self.clients.facts_of_decision(&former, needs, self.stamp.at).await?;
            if let Err(refusal) = former.may_return(&facts) {
                return Err(self.refused(refusal, &former).await);
            }
            permit(&self.context.caller, Activity::Return.further_permission(&facts))?;
            // An attempt met another client with its claims, and that one has not returned from this record.
            if let Some(taken) = taken.take() {
                return Err(self.taken(taken).await?);
            }
            let (key, id) = match &fresh {
                Some(Fresh { key, id }) => (key.clone(), *id),
                None => self.fresh().await?,
            };
            fresh = Some(Fresh { key: key.clone(), id });
            let change = match command.decide(&former, Fresh { key, id }, &facts, &self.stamp) {
                Ok(change) => change,
                Err(refusal) => return Err(self.refused(refusal, &former).await),
            };
            let new = change.client.snapshot();
            let named =
                NamedInDirectory { branch: new.branch.as_ref(), officer: new.details.account_officer };
            self.clients.check_directory(named).await?;
            let draft = match self.draft(None, Ok(&change)).await? {
                ControlFlow::Continue(draft) => draft,
                ControlFlow::Break(executed) => return Ok(executed),
            };
            match self.commit(draft, &change.client).await? {
                Attempt::Ended(executed) => return Ok(executed),
                // A creation has read no version; but a store may refuse any commit so, and nothing is written then.
                Attempt::VersionConflict => {
                    attempts += 1;
                    if attempts == ATTEMPTS {
                        return Err(Error::Contended { last: None });
                    }
                }
                // Another request may have returned the client at the same moment; the next attempt sees it.
                Attempt::ClaimTaken(claims) => {
                    attempts += 1;
                    taken = Some(claims).filter(|claims| !claims.is_former_record() || attempts == ATTEMPTS);
                }
            }
        }
    }

    /// A key and a number for a new client. Reserving a number uses it up, and a dry run uses up nothing.
    pub(super) async fn fresh(&self) -> Result<(ClientKey, ClientId), Error> {
        let key = self.clients.keys.client_key();
        let id = if self.context.dry_run {
            ClientId::new(1).map_err(|_| Error::internal())?
        } else {
            self.clients.store.reserve_id().await.map_err(Error::of_load)?
        };
        Ok((key, id))
    }

    async fn refused(&self, refusal: Refusal, former: &Client) -> Error {
        let (caller, at) = (&self.context.caller, self.stamp.at);
        self.clients.refusal(refusal, former, caller, OpenAccounts::Unknown, at).await
    }
}
