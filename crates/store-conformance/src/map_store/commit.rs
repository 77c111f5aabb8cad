//! The order in which a commit looks for its end; see `ClientStore::commit`.

use std::collections::BTreeSet;

use client_app::ports::{Changeset, ClientRef, ClientWrite, Committed, StoreError};
use client_domain::{Claim, Client};

use super::maps::{Candidate, Maps, Pending};

impl Maps {
    pub(super) fn commit(&mut self, changeset: Changeset) -> Result<Committed, StoreError> {
        // Everything is decided before anything is written, so nothing is half written.
        if let Some(refusal) = self.refusal(&changeset)? {
            return Ok(refusal);
        }
        if let Some(ClientWrite::Insert(client) | ClientWrite::Update { client, .. }) = changeset.client {
            for claim in changeset.release {
                self.claims.remove(&(claim, client.key().clone()));
            }
            for take in changeset.take {
                self.claims.insert((take.claim, client.key().clone()));
            }
            for document in changeset.documents.iter().filter_map(|id| client.kyc().document(id)) {
                self.candidates.remove(&document.content.key);
            }
            for replaced in changeset.replaced {
                let candidate = Candidate { since: replaced.since, trashed: None };
                self.candidates.entry(replaced.key).or_insert(candidate);
            }
            self.clients.insert(client.key().clone(), client);
        }
        self.history.extend(changeset.history);
        for event in changeset.events {
            for receiver in self.receivers.values_mut().filter(|receiver| receiver.filter.takes(event.kind)) {
                receiver.pending.push(Pending::new(event.clone()));
            }
            self.pending.push(Pending::new(event));
        }
        if let Some(outcome) = changeset.outcome {
            self.outcomes.insert(outcome.request.clone(), outcome);
        }
        Ok(Committed::Done)
    }

    /// Why the changeset is not to be written.
    fn refusal(&self, changeset: &Changeset) -> Result<Option<Committed>, StoreError> {
        // 1. The idempotency key has an outcome.
        if let Some(new) = &changeset.outcome
            && let Some(known) = self.outcomes.get(&new.request)
        {
            let is_repeated = known.fingerprint == new.fingerprint;
            let replayed = || Committed::Replayed(Box::new(known.clone()));
            return Ok(Some(if is_repeated { replayed() } else { Committed::KeyReused }));
        }
        // 2. The client is not at the version that was read.
        let Some(write) = &changeset.client else { return Ok(None) };
        let key = write.client().key();
        match write {
            ClientWrite::Insert(client) => {
                if self.clients.contains_key(key) || self.find(&ClientRef::Id(client.id())).is_some() {
                    return Err(StoreError::Corrupt { what: "a new client that is not new".to_owned() });
                }
            }
            ClientWrite::Update { read, .. } => {
                if self.clients.get(key).map(Client::version) != Some(*read) {
                    return Ok(Some(Committed::Stale));
                }
            }
        }
        // 3. Another client has an exclusive claim's value.
        let exclusive = changeset.take.iter().filter(|take| take.exclusive).map(|take| &take.claim);
        let taken: BTreeSet<_> =
            exclusive.filter(|claim| self.is_claimed(claim, Some(key))).map(Claim::kind).collect();
        Ok((!taken.is_empty()).then_some(Committed::ClaimTaken(taken)))
    }
}
