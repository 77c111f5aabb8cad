//! A shared store is a store: each port of storage for `Arc<T>`, so that a decorator can own the store that it wraps.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use client_domain::kyc::ContentKey;
use client_domain::value::{ClientId, ClientKey};
use client_domain::{Claim, ClaimKind};
use jiff::Timestamp;

use crate::ports::activity::ActivityPage;
use crate::ports::changeset::{Changeset, Committed};
use crate::ports::contents::{ContentBytes, ContentLocation, DocumentContents};
use crate::ports::count::{Counted, Counting};
use crate::ports::ending::FoundClient;
use crate::ports::error::StoreError;
use crate::ports::history::{HistoryEntry, HistoryPage};
use crate::ports::idempotency::RequestKey;
use crate::ports::ledger::{ContentLedger, InstallationId, OrphanCandidate};
use crate::ports::outbox::{
    Backlog, DeadLetter, DeadLetterKey, DeadLetterSelection, Deletion, DeliveredKey, EventFilter, EventId,
    Outbox, ReceiverName, Registration, Settlement, TakenEvent,
};
use crate::ports::selection::{SelectedClients, Selection};
use crate::ports::store::{ClientRef, ClientStore, DueDocuments, Found, Loaded, Search};
use crate::ports::store_readiness::StoreReadiness;
use crate::ports::tally::{Tallied, Tallying};
use crate::readiness::CheckState;

#[async_trait]
impl<T: ClientStore + ?Sized> ClientStore for Arc<T> {
    async fn load(&self, client: &ClientRef, request: Option<&RequestKey>) -> Result<Loaded, StoreError> {
        (**self).load(client, request).await
    }

    async fn commit(&self, changeset: Changeset) -> Result<Committed, StoreError> {
        (**self).commit(changeset).await
    }

    async fn reserve_id(&self) -> Result<ClientId, StoreError> {
        (**self).reserve_id().await
    }

    async fn claimed(
        &self,
        claims: &[Claim],
        except: Option<&ClientKey>,
    ) -> Result<BTreeSet<ClaimKind>, StoreError> {
        (**self).claimed(claims, except).await
    }

    async fn find_with_ending(&self, client: &ClientRef) -> Result<Option<FoundClient>, StoreError> {
        (**self).find_with_ending(client).await
    }

    async fn find_all_with_endings(&self, keys: &[ClientKey]) -> Result<Vec<FoundClient>, StoreError> {
        (**self).find_all_with_endings(keys).await
    }

    async fn search(&self, search: &Search) -> Result<Found, StoreError> {
        (**self).search(search).await
    }

    async fn select_all(&self, selection: &Selection) -> Result<SelectedClients, StoreError> {
        (**self).select_all(selection).await
    }

    async fn count(&self, counting: &Counting) -> Result<Counted, StoreError> {
        (**self).count(counting).await
    }

    async fn history(&self, key: &ClientKey, page: HistoryPage) -> Result<Vec<HistoryEntry>, StoreError> {
        (**self).history(key, page).await
    }

    async fn activity(&self, page: &ActivityPage) -> Result<Vec<HistoryEntry>, StoreError> {
        (**self).activity(page).await
    }

    async fn tally(&self, tallying: &Tallying) -> Result<Tallied, StoreError> {
        (**self).tally(tallying).await
    }

    async fn due_documents(&self, due: &DueDocuments) -> Result<Vec<ClientKey>, StoreError> {
        (**self).due_documents(due).await
    }

    async fn contents_in_use(&self, keys: &[ContentKey]) -> Result<BTreeSet<ContentKey>, StoreError> {
        (**self).contents_in_use(keys).await
    }

    async fn ready(&self) -> StoreReadiness {
        (**self).ready().await
    }

    async fn server_time(&self) -> Result<Option<Timestamp>, StoreError> {
        (**self).server_time().await
    }

    async fn schema(&self) -> Result<CheckState, StoreError> {
        (**self).schema().await
    }
}

#[async_trait]
impl<T: DocumentContents + ?Sized> DocumentContents for Arc<T> {
    async fn put(&self, key: &ContentKey, bytes: ContentBytes) -> Result<(), StoreError> {
        (**self).put(key, bytes).await
    }

    async fn open(&self, key: &ContentKey) -> Result<Option<ContentBytes>, StoreError> {
        (**self).open(key).await
    }

    async fn keys(&self, after: Option<&ContentKey>, limit: usize) -> Result<Vec<ContentKey>, StoreError> {
        (**self).keys(after, limit).await
    }

    async fn trash(&self, key: &ContentKey) -> Result<bool, StoreError> {
        (**self).trash(key).await
    }

    async fn restore(&self, key: &ContentKey) -> Result<bool, StoreError> {
        (**self).restore(key).await
    }

    async fn delete(&self, key: &ContentKey) -> Result<(), StoreError> {
        (**self).delete(key).await
    }

    async fn ready(&self) -> Result<(), StoreError> {
        (**self).ready().await
    }

    async fn writable(&self) -> Result<(), StoreError> {
        (**self).writable().await
    }
}

#[async_trait]
impl<T: ContentLocation + ?Sized> ContentLocation for Arc<T> {
    async fn installation(&self) -> Result<Option<InstallationId>, StoreError> {
        (**self).installation().await
    }

    async fn claim(&self, installation: &InstallationId) -> Result<InstallationId, StoreError> {
        (**self).claim(installation).await
    }

    async fn confirmed(&self) -> Result<Option<String>, StoreError> {
        (**self).confirmed().await
    }

    async fn set_confirmed(&self, text: &str) -> Result<(), StoreError> {
        (**self).set_confirmed(text).await
    }
}

#[async_trait]
impl<T: ContentLedger + ?Sized> ContentLedger for Arc<T> {
    async fn queue(&self, candidate: &OrphanCandidate) -> Result<(), StoreError> {
        (**self).queue(candidate).await
    }

    async fn queued(
        &self,
        before: Timestamp,
        after: Option<&ContentKey>,
        limit: usize,
    ) -> Result<Vec<ContentKey>, StoreError> {
        (**self).queued(before, after, limit).await
    }

    async fn trashed(
        &self,
        before: Timestamp,
        after: Option<&ContentKey>,
        limit: usize,
    ) -> Result<Vec<ContentKey>, StoreError> {
        (**self).trashed(before, after, limit).await
    }

    async fn set_trashed(&self, keys: &[ContentKey], at: Timestamp) -> Result<(), StoreError> {
        (**self).set_trashed(keys, at).await
    }

    async fn dequeue(&self, keys: &[ContentKey]) -> Result<(), StoreError> {
        (**self).dequeue(keys).await
    }

    async fn documents(&self) -> Result<u64, StoreError> {
        (**self).documents().await
    }

    async fn installation(&self, fresh: &InstallationId) -> Result<InstallationId, StoreError> {
        (**self).installation(fresh).await
    }
}

#[async_trait]
impl<T: Outbox + ?Sized> Outbox for Arc<T> {
    async fn lease_time(&self) -> Result<Option<Timestamp>, StoreError> {
        (**self).lease_time().await
    }

    async fn register(
        &self,
        receiver: &ReceiverName,
        filter: &EventFilter,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        (**self).register(receiver, filter, at).await
    }

    async fn forget(&self, receiver: &ReceiverName) -> Result<bool, StoreError> {
        (**self).forget(receiver).await
    }

    async fn receivers(&self) -> Result<Vec<Registration>, StoreError> {
        (**self).receivers().await
    }

    async fn take(
        &self,
        receiver: &ReceiverName,
        limit: usize,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<TakenEvent>, StoreError> {
        (**self).take(receiver, limit, now, until).await
    }

    async fn settle(&self, receiver: &ReceiverName, settlements: &[Settlement]) -> Result<(), StoreError> {
        (**self).settle(receiver, settlements).await
    }

    async fn dead_letters(
        &self,
        after: Option<&DeadLetterKey>,
        limit: usize,
    ) -> Result<Vec<DeadLetter>, StoreError> {
        (**self).dead_letters(after, limit).await
    }

    async fn resend(&self, receiver: &ReceiverName, which: &DeadLetterSelection) -> Result<u64, StoreError> {
        (**self).resend(receiver, which).await
    }

    async fn discard(
        &self,
        receiver: &ReceiverName,
        id: &EventId,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        (**self).discard(receiver, id, at).await
    }

    async fn delete_delivered(
        &self,
        before: Timestamp,
        after: Option<&DeliveredKey>,
        limit: usize,
    ) -> Result<Deletion, StoreError> {
        (**self).delete_delivered(before, after, limit).await
    }

    async fn backlog(&self) -> Result<BTreeMap<ReceiverName, Backlog>, StoreError> {
        (**self).backlog().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_ports_are_ports() {
        const fn is_store<T: ClientStore + ContentLedger + Outbox + ?Sized>() {}
        const fn is_location<T: ContentLocation>() {}
        trait Whole: ClientStore + ContentLedger + Outbox {}
        is_store::<Arc<dyn Whole>>();
        is_location::<Arc<dyn ContentLocation>>();
    }
}
