use std::sync::Arc;

use client_app::ports::{
    Changeset, ClaimToTake, ClientWrite, Committed, OrphanCandidate, OutcomeRecord, StoreError,
};
use client_domain::kyc::DocumentId;
use client_domain::value::ClientKey;
use client_domain::{Claim, Client};

use crate::tables::Tables;

impl Tables {
    /// Commits a changeset. A refusal may leave the tables partly written, so the caller uses them only if the answer is
    /// [`Committed::Done`].
    pub(crate) fn commit(&mut self, changeset: Changeset) -> Result<Committed, StoreError> {
        if let Some(known) = changeset.outcome.as_ref().and_then(|new| self.replay(new)) {
            return Ok(known);
        }
        if let Some(write) = changeset.client {
            let key = write.client().key().clone();
            if !self.write(write)? {
                return Ok(Committed::Stale);
            }
            let exclusive = changeset.take.iter().filter(|take| take.exclusive).map(|take| &take.claim);
            let taken = self.claimed(exclusive, Some(&key));
            if !taken.is_empty() {
                return Ok(Committed::ClaimTaken(taken));
            }
            self.update_candidates(&changeset.documents, changeset.replaced, &key);
            self.release(&changeset.release, &key);
            self.take(changeset.take, &key);
        }
        for entry in changeset.history {
            self.history.insert_mut((entry.event.key.clone(), entry.event.version), Arc::new(entry));
        }
        for event in changeset.events {
            self.add_event(event);
        }
        if let Some(outcome) = changeset.outcome {
            self.outcomes.insert_mut(outcome.request.clone(), Arc::new(outcome));
        }
        Ok(Committed::Done)
    }

    /// The answer if the idempotency key of `new` was used before.
    fn replay(&self, new: &OutcomeRecord) -> Option<Committed> {
        let known = self.outcomes.get(&new.request)?;
        Some(if known.fingerprint == new.fingerprint {
            Committed::Replayed(Box::new(OutcomeRecord::clone(known)))
        } else {
            Committed::KeyReused
        })
    }

    /// Writes the client, and returns whether it was still at the version that was read.
    fn write(&mut self, write: ClientWrite) -> Result<bool, StoreError> {
        let client = match write {
            ClientWrite::Insert(client) => {
                if self.clients.contains_key(client.key()) || self.keys.contains_key(&client.id()) {
                    return Err(StoreError::Corrupt {
                        what: "a new client whose key or id is taken".to_owned(),
                    });
                }
                client
            }
            ClientWrite::Update { client, read } => {
                if self.clients.get(client.key()).is_none_or(|now| now.client.version() != read) {
                    return Ok(false);
                }
                client
            }
        };
        self.last_id = self.last_id.max(client.id().get());
        self.index_documents(&client);
        self.keys.insert_mut(client.id(), client.key().clone());
        self.clients.insert_mut(client.key().clone(), Arc::new(client.into()));
        Ok(true)
    }

    /// Indexes the documents, the addresses and the contents of the client. Contents of the version before are removed.
    fn index_documents(&mut self, client: &Client) {
        let old = self.clients.get(client.key()).map(|row| row.client.kyc().documents.clone());
        for document in old.unwrap_or_default() {
            self.contents.remove_mut(&document.content.key);
        }
        for document in &client.kyc().documents {
            self.documents.insert_mut(document.id.clone(), client.key().clone());
            self.contents.insert_mut(document.content.key.clone());
        }
        for address in &client.kyc().addresses {
            self.addresses.insert_mut(address.id.clone(), client.key().clone());
        }
    }

    /// Removes the contents of these documents from the candidates, and adds the contents that they replaced.
    fn update_candidates(
        &mut self,
        documents: &[DocumentId],
        replaced: Vec<OrphanCandidate>,
        key: &ClientKey,
    ) {
        if let Some(row) = self.clients.get(key).cloned() {
            for document in documents.iter().filter_map(|id| row.client.kyc().document(id)) {
                self.candidates.remove_mut(&document.content.key);
            }
        }
        for candidate in replaced {
            self.queue(candidate);
        }
    }

    fn release(&mut self, claims: &[Claim], key: &ClientKey) {
        for claim in claims {
            let Some(holders) = self.holders.get(claim) else { continue };
            let others = holders.remove(key);
            if others.is_empty() {
                self.holders.remove_mut(claim);
            } else {
                self.holders.insert_mut(claim.clone(), others);
            }
        }
    }

    fn take(&mut self, claims: Vec<ClaimToTake>, key: &ClientKey) {
        for ClaimToTake { claim, .. } in claims {
            let holders = self.holders.get(&claim).cloned().unwrap_or_default();
            self.holders.insert_mut(claim, holders.insert(key.clone()));
        }
    }
}
