//! A third storage adapter, written against public items only: the worked example for whoever brings another one.
//!
//! It is as short as an honest store can be: ordered maps behind one lock, and every call does all of its work
//! while it holds the lock. Slow, and right: it runs the whole suite.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard};

use client_app::ports::{
    Backlog, Changeset, ClientRef, ClientStore, ClientSummary, ClientWrite, Committed, ContentLedger,
    DeadLetter, DeadLetterSelection, DeliveryFailure, DueDocuments, EventId, Found, HistoryEntry,
    HistoryPage, InstallationId, Lease, Loaded, OrphanCandidate, Outbox, OutboxEvent, OutcomeRecord, Page,
    RequestKey, Search, Settlement, StoreError, StoreReadiness, TakenEvent, Verdict,
};
use client_domain::kyc::ContentKey;
use client_domain::value::{ClientId, ClientKey};
use client_domain::{Claim, ClaimKind, Client};
use jiff::Timestamp;
use store_conformance::{Fresh, Harness, Racer, async_trait};

#[derive(Default)]
pub struct PlainStore(Mutex<Shelves>);

#[derive(Default)]
struct Shelves {
    clients: BTreeMap<ClientKey, Client>,
    claims: BTreeSet<(Claim, ClientKey)>,
    outcomes: BTreeMap<RequestKey, OutcomeRecord>,
    /// The contents that may be orphans: since when, and since when they are in the trash.
    candidates: BTreeMap<ContentKey, (Timestamp, Option<Timestamp>)>,
    installation: Option<InstallationId>,
    history: Vec<HistoryEntry>,
    /// What is not delivered, in the order of the commits.
    events: Vec<Waiting>,
    /// When each event was delivered that is not yet forgotten.
    delivered: Vec<Timestamp>,
    last_id: i64,
}

/// An event, and what stands in the way of handing it out.
struct Waiting {
    event: OutboxEvent,
    free_from: Option<Timestamp>,
    lease: Lease,
    failures: u32,
    buried: Option<(Timestamp, DeliveryFailure)>,
}

impl Waiting {
    const fn new(event: OutboxEvent) -> Self {
        Self { event, free_from: None, lease: Lease(0), failures: 0, buried: None }
    }

    fn settle(&mut self, said: &Settlement) {
        if self.event.id != said.id || self.lease != said.lease {
            return;
        }
        self.lease.0 += 1;
        self.free_from = None;
        match said.verdict {
            Verdict::Delivered { .. } | Verdict::Untried => {}
            Verdict::Postponed { until, .. } => {
                (self.free_from, self.failures) = (Some(until), self.failures + 1);
            }
            Verdict::Buried { at, why } => {
                (self.buried, self.failures) = (Some((at, why)), self.failures + 1);
            }
        }
    }
}

impl PlainStore {
    fn lock(&self) -> MutexGuard<'_, Shelves> {
        self.0.lock().unwrap()
    }
}

impl Shelves {
    fn find(&self, client: &ClientRef) -> Option<&Client> {
        match client {
            ClientRef::Key(key) => self.clients.get(key),
            ClientRef::Id(id) => self.clients.values().find(|client| client.id() == *id),
            ClientRef::Document(id) => {
                self.clients.values().find(|client| client.kyc().document(id).is_some())
            }
            ClientRef::Address(id) => self.clients.values().find(|client| client.kyc().address(id).is_some()),
        }
    }

    fn is_claimed(&self, claim: &Claim, except: Option<&ClientKey>) -> bool {
        self.claims.iter().any(|(held, by)| held == claim && Some(by) != except)
    }

    /// Why the changeset is not to be written, in the order that the port promises.
    fn refusal(&self, changeset: &Changeset) -> Result<Option<Committed>, StoreError> {
        if let Some(new) = &changeset.outcome
            && let Some(known) = self.outcomes.get(&new.request)
        {
            let same = known.fingerprint == new.fingerprint;
            let replayed = || Committed::Replayed(Box::new(known.clone()));
            return Ok(Some(if same { replayed() } else { Committed::KeyReused }));
        }
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
        let exclusive = changeset.take.iter().filter(|take| take.exclusive).map(|take| &take.claim);
        let taken: BTreeSet<_> =
            exclusive.filter(|claim| self.is_claimed(claim, Some(key))).map(Claim::kind).collect();
        Ok((!taken.is_empty()).then_some(Committed::ClaimTaken(taken)))
    }
}

#[async_trait]
impl ClientStore for PlainStore {
    async fn load(&self, client: &ClientRef, request: Option<&RequestKey>) -> Result<Loaded, StoreError> {
        let shelves = self.lock();
        let outcome = request.and_then(|request| shelves.outcomes.get(request)).cloned();
        Ok(Loaded { client: shelves.find(client).cloned(), outcome })
    }

    async fn commit(&self, changeset: Changeset) -> Result<Committed, StoreError> {
        let mut shelves = self.lock();
        if let Some(refusal) = shelves.refusal(&changeset)? {
            return Ok(refusal);
        }
        if let Some(ClientWrite::Insert(client) | ClientWrite::Update { client, .. }) = changeset.client {
            for claim in changeset.release {
                shelves.claims.remove(&(claim, client.key().clone()));
            }
            for take in changeset.take {
                shelves.claims.insert((take.claim, client.key().clone()));
            }
            for document in changeset.documents.iter().filter_map(|id| client.kyc().document(id)) {
                shelves.candidates.remove(&document.content.key);
            }
            for candidate in changeset.replaced {
                shelves.candidates.entry(candidate.key).or_insert((candidate.since, None));
            }
            shelves.clients.insert(client.key().clone(), client);
        }
        shelves.history.extend(changeset.history);
        shelves.events.extend(changeset.events.into_iter().map(Waiting::new));
        if let Some(outcome) = changeset.outcome {
            shelves.outcomes.insert(outcome.request.clone(), outcome);
        }
        Ok(Committed::Done)
    }

    async fn reserve_id(&self) -> Result<ClientId, StoreError> {
        let mut shelves = self.lock();
        shelves.last_id += 1;
        ClientId::new(shelves.last_id)
            .map_err(|_| StoreError::Corrupt { what: "the running number".to_owned() })
    }

    async fn claimed(
        &self,
        claims: &[Claim],
        except: Option<&ClientKey>,
    ) -> Result<BTreeSet<ClaimKind>, StoreError> {
        let shelves = self.lock();
        Ok(claims.iter().filter(|claim| shelves.is_claimed(claim, except)).map(Claim::kind).collect())
    }

    async fn find(&self, client: &ClientRef) -> Result<Option<Client>, StoreError> {
        Ok(self.lock().find(client).cloned())
    }

    async fn find_all(&self, keys: &[ClientKey]) -> Result<Vec<Client>, StoreError> {
        let shelves = self.lock();
        Ok(keys.iter().filter_map(|key| shelves.find(&ClientRef::Key(key.clone())).cloned()).collect())
    }

    async fn search(&self, search: &Search) -> Result<Found, StoreError> {
        let shelves = self.lock();
        let mut found: Vec<_> = shelves
            .clients
            .values()
            .filter(|client| search.predicate.evaluate(client, search.today))
            .collect();
        let total = search.count.then_some(found.len() as u64);
        found.sort_by(|one, other| {
            search.order.compare(&search.order.position(one), &search.order.position(other))
        });
        let rest: Vec<_> = match &search.page {
            Page::Skip(count) => found.into_iter().skip(usize::try_from(*count).unwrap()).collect(),
            Page::After(at) => found
                .into_iter()
                .filter(|client| search.order.compare(&search.order.position(client), at).is_gt())
                .collect(),
        };
        let page = rest.get(..search.limit).unwrap_or(&rest);
        let last = page.last().map(|client| search.order.position(client));
        let next = last.filter(|_| page.len() < rest.len());
        Ok(Found { clients: page.iter().map(|client| ClientSummary::from(*client)).collect(), next, total })
    }

    async fn history(&self, key: &ClientKey, page: HistoryPage) -> Result<Vec<HistoryEntry>, StoreError> {
        let wanted = |line: &&HistoryEntry| {
            let version = line.event.version;
            line.event.key == *key
                && page.before.is_none_or(|before| version < before)
                && page.after.is_none_or(|after| version > after)
        };
        Ok(self.lock().history.iter().rev().filter(wanted).take(page.limit).cloned().collect())
    }

    async fn due_documents(&self, due: &DueDocuments) -> Result<Vec<ClientKey>, StoreError> {
        let is_due = |client: &Client| {
            !client.state().is_final() && client.kyc().due(due.today, due.notice_days).is_some()
        };
        let shelves = self.lock();
        let mut keys: Vec<_> =
            shelves.clients.values().filter(|client| is_due(client)).map(Client::key).collect();
        keys.sort();
        let after = keys.into_iter().filter(|key| due.after.as_ref().is_none_or(|after| after < *key));
        Ok(after.take(due.limit).cloned().collect())
    }

    async fn contents_in_use(&self, keys: &[ContentKey]) -> Result<BTreeSet<ContentKey>, StoreError> {
        let shelves = self.lock();
        let documents = shelves.clients.values().flat_map(|client| &client.kyc().documents);
        Ok(documents
            .map(|document| &document.content.key)
            .filter(|key| keys.contains(key))
            .cloned()
            .collect())
    }

    async fn ready(&self) -> StoreReadiness {
        StoreReadiness::ready()
    }
}

#[async_trait]
impl ContentLedger for PlainStore {
    async fn queue(&self, candidate: &OrphanCandidate) -> Result<(), StoreError> {
        self.lock().candidates.entry(candidate.key.clone()).or_insert((candidate.since, None));
        Ok(())
    }

    async fn queued(
        &self,
        before: Timestamp,
        after: Option<&ContentKey>,
        limit: usize,
    ) -> Result<Vec<ContentKey>, StoreError> {
        let shelves = self.lock();
        let due =
            shelves.candidates.iter().filter(|(_, (since, trashed))| trashed.is_none() && *since < before);
        let keys = due.map(|(key, _)| key).filter(|key| after.is_none_or(|after| after < *key));
        Ok(keys.take(limit).cloned().collect())
    }

    async fn trashed(
        &self,
        before: Timestamp,
        after: Option<&ContentKey>,
        limit: usize,
    ) -> Result<Vec<ContentKey>, StoreError> {
        let shelves = self.lock();
        let due = shelves.candidates.iter().filter(|(_, (_, trashed))| trashed.is_some_and(|at| at < before));
        let keys = due.map(|(key, _)| key).filter(|key| after.is_none_or(|after| after < *key));
        Ok(keys.take(limit).cloned().collect())
    }

    async fn set_trashed(&self, keys: &[ContentKey], at: Timestamp) -> Result<(), StoreError> {
        let mut shelves = self.lock();
        for (key, (_, trashed)) in &mut shelves.candidates {
            if keys.contains(key) {
                trashed.get_or_insert(at);
            }
        }
        Ok(())
    }

    async fn dequeue(&self, keys: &[ContentKey]) -> Result<(), StoreError> {
        self.lock().candidates.retain(|key, _| !keys.contains(key));
        Ok(())
    }

    async fn documents(&self) -> Result<u64, StoreError> {
        let shelves = self.lock();
        Ok(shelves.clients.values().map(|client| client.kyc().documents.len() as u64).sum())
    }

    async fn installation(&self, fresh: &InstallationId) -> Result<InstallationId, StoreError> {
        Ok(self.lock().installation.get_or_insert_with(|| fresh.clone()).clone())
    }
}

#[async_trait]
impl Outbox for PlainStore {
    async fn lease_time(&self) -> Result<Option<Timestamp>, StoreError> {
        Ok(None)
    }

    async fn take(
        &self,
        limit: usize,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<TakenEvent>, StoreError> {
        let mut taken = Vec::new();
        let mut waiting = BTreeSet::new();
        for kept in &mut self.lock().events {
            if taken.len() == limit {
                break;
            } else if kept.buried.is_some() || kept.free_from.is_some_and(|free| now < free) {
                waiting.insert(kept.event.client.clone());
            } else if !waiting.contains(&kept.event.client) {
                kept.free_from = Some(until);
                kept.lease.0 += 1;
                let (event, failures) = (kept.event.clone(), kept.failures);
                taken.push(TakenEvent { event, failures, lease: kept.lease });
            }
        }
        Ok(taken)
    }

    async fn settle(&self, settlements: &[Settlement]) -> Result<(), StoreError> {
        let mut shelves = self.lock();
        for said in settlements {
            if let Verdict::Delivered { at } = said.verdict {
                let before = shelves.events.len();
                shelves.events.retain(|kept| kept.event.id != said.id);
                if shelves.events.len() < before {
                    shelves.delivered.push(at);
                }
            } else {
                shelves.events.iter_mut().for_each(|kept| kept.settle(said));
            }
        }
        Ok(())
    }

    async fn dead_letters(
        &self,
        after: Option<&EventId>,
        limit: usize,
    ) -> Result<Vec<DeadLetter>, StoreError> {
        let shelves = self.lock();
        let dead = shelves.events.iter().filter_map(|kept| {
            let (since, why) = kept.buried?;
            Some(DeadLetter { event: kept.event.clone(), failures: kept.failures, why, since })
        });
        let mut dead: Vec<_> =
            dead.filter(|letter| after.is_none_or(|after| letter.event.id > *after)).collect();
        dead.sort_by(|one, other| one.event.id.cmp(&other.event.id));
        dead.truncate(limit);
        Ok(dead)
    }

    async fn resend(&self, which: &DeadLetterSelection) -> Result<u64, StoreError> {
        let mut count = 0;
        for kept in self.lock().events.iter_mut().filter(|kept| kept.buried.is_some()) {
            let chosen = match which {
                DeadLetterSelection::Event(id) => kept.event.id == *id,
                DeadLetterSelection::Client(client) => kept.event.client == *client,
                DeadLetterSelection::All => true,
            };
            if chosen {
                (kept.buried, kept.failures) = (None, 0);
                count += 1;
            }
        }
        Ok(count)
    }

    async fn discard(&self, id: &EventId, _at: Timestamp) -> Result<bool, StoreError> {
        let mut shelves = self.lock();
        let before = shelves.events.len();
        shelves.events.retain(|kept| kept.event.id != *id || kept.buried.is_none());
        Ok(shelves.events.len() < before)
    }

    async fn forget_delivered(&self, before: Timestamp, limit: usize) -> Result<u64, StoreError> {
        let mut shelves = self.lock();
        let there = shelves.delivered.len();
        let mut left = limit;
        shelves.delivered.retain(|at| {
            let forgotten = *at < before && left > 0;
            left -= usize::from(forgotten);
            !forgotten
        });
        Ok((there - shelves.delivered.len()) as u64)
    }

    async fn backlog(&self) -> Result<Backlog, StoreError> {
        let shelves = self.lock();
        let (dead, alive): (Vec<_>, Vec<_>) = shelves.events.iter().partition(|kept| kept.buried.is_some());
        Ok(Backlog { oldest: alive.iter().map(|kept| kept.event.at).min(), dead: dead.len() as u64 })
    }
}

// From here on it is what every adapter writes to run the suite.

struct Plain;

#[async_trait]
impl Harness for Plain {
    async fn fresh(&self) -> Fresh {
        Fresh::new(PlainStore::default())
    }

    async fn at_once(&self, racers: Vec<Racer>) {
        for racer in racers.into_iter().map(tokio::spawn).collect::<Vec<_>>() {
            racer.await.unwrap();
        }
    }
}

macro_rules! tests {
    ($($topic:ident { $($case:ident)* })*) => {
        $(mod $topic {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $case() {
                store_conformance::cases::$topic::$case(&super::Plain).await;
            })*
        })*
    };
}
store_conformance::store_cases!(tests);
