use std::cmp::Reverse;
use std::collections::BTreeSet;

use async_trait::async_trait;
use client_app::ports::{
    ActivityPage, ActivityPosition, Changeset, ClientRef, ClientStore, ClientSummary, Committed, Counted,
    Counting, DueDocuments, Found, FoundClient, HistoryEntry, HistoryPage, HistoryValues, Loaded, Page,
    RequestKey, Search, SelectedClients, Selection, StoreError, StoreReadiness, Tallied, Tallying,
};
use client_domain::kyc::ContentKey;
use client_domain::value::{ClientId, ClientKey};
use client_domain::{Claim, ClaimKind, Client};

use super::maps::Maps;
use super::storage::{MapStorage, Method};
use super::store::MapStore;

#[async_trait]
impl<S: MapStorage> ClientStore for MapStore<S> {
    async fn load(&self, client: &ClientRef, request: Option<&RequestKey>) -> Result<Loaded, StoreError> {
        self.read(Method::Load, |maps| Loaded {
            client: maps.find(client).cloned(),
            outcome: request.and_then(|request| maps.outcomes.get(request)).cloned(),
        })
        .await
    }

    async fn commit(&self, changeset: Changeset) -> Result<Committed, StoreError> {
        self.write(Method::Commit, |maps| maps.commit(changeset.clone())).await?
    }

    async fn reserve_id(&self) -> Result<ClientId, StoreError> {
        let id = self.write(Method::ReserveId, |maps| {
            maps.last_id += 1;
            ClientId::new(maps.last_id)
        });
        id.await?.map_err(|_| StoreError::Corrupt { what: "the running number".to_owned() })
    }

    async fn claimed(
        &self,
        claims: &[Claim],
        except: Option<&ClientKey>,
    ) -> Result<BTreeSet<ClaimKind>, StoreError> {
        self.read(Method::Claimed, |maps| {
            claims.iter().filter(|claim| maps.is_claimed(claim, except)).map(Claim::kind).collect()
        })
        .await
    }

    async fn find_with_ending(&self, client: &ClientRef) -> Result<Option<FoundClient>, StoreError> {
        self.read(Method::FindWithEnding, |maps| maps.find(client).map(|client| maps.with_ending(client)))
            .await
    }

    async fn find_all_with_endings(&self, keys: &[ClientKey]) -> Result<Vec<FoundClient>, StoreError> {
        self.read(Method::FindAllWithEndings, |maps| {
            let clients = keys.iter().filter_map(|key| maps.clients.get(key));
            clients.map(|client| maps.with_ending(client)).collect()
        })
        .await
    }

    async fn search(&self, search: &Search) -> Result<Found, StoreError> {
        self.read(Method::Search, |maps| found(maps, search)).await
    }

    async fn select_all(&self, selection: &Selection) -> Result<SelectedClients, StoreError> {
        self.read(Method::SelectAll, |maps| {
            let Selection { predicate, order, today, .. } = selection;
            let found = maps.clients.values().filter(|client| predicate.evaluate(client, *today));
            let mut found: Vec<_> = found.map(|client| maps.with_ending(client)).collect();
            let position = |one: &FoundClient| order.position(&one.client);
            found.sort_by(|one, other| order.compare(&position(one), &position(other)));
            selection.of_found(found.into_iter())
        })
        .await
    }

    async fn count(&self, counting: &Counting) -> Result<Counted, StoreError> {
        self.read(Method::Count, |maps| counting.of(maps.clients.values())).await
    }

    async fn history(&self, key: &ClientKey, page: HistoryPage) -> Result<Vec<HistoryEntry>, StoreError> {
        let is_wanted = |line: &&HistoryEntry| line.event.key == *key && page.holds(line);
        self.read(Method::History, |maps| {
            let lines = maps.history.iter().rev().filter(is_wanted).take(page.limit).cloned();
            lines.map(|line| page.shown(line)).collect()
        })
        .await
    }

    async fn activity(&self, page: &ActivityPage) -> Result<Vec<HistoryEntry>, StoreError> {
        self.read(Method::Activity, |maps| lines(maps, page)).await
    }

    async fn tally(&self, tallying: &Tallying) -> Result<Tallied, StoreError> {
        self.read(Method::Tally, |maps| {
            let branch = |line: &HistoryEntry| {
                maps.clients.get(&line.event.key).and_then(|client| client.snapshot().branch.as_ref())
            };
            tallying.of(maps.history.iter().map(|line| (line, branch(line))))
        })
        .await
    }

    async fn due_documents(&self, due: &DueDocuments) -> Result<Vec<ClientKey>, StoreError> {
        self.read(Method::DueDocuments, |maps| maps.due(due)).await
    }

    async fn contents_in_use(&self, keys: &[ContentKey]) -> Result<BTreeSet<ContentKey>, StoreError> {
        self.read(Method::ContentsInUse, |maps| {
            let documents = maps.clients.values().flat_map(|client| &client.kyc().documents);
            let used = documents.map(|document| &document.content.key);
            used.filter(|key| keys.contains(key)).cloned().collect()
        })
        .await
    }

    async fn ready(&self) -> StoreReadiness {
        StoreReadiness::of(self.read(Method::Ready, |_| ()).await)
    }
}

fn lines(maps: &Maps, page: &ActivityPage) -> Vec<HistoryEntry> {
    let branch = |line: &HistoryEntry| {
        maps.clients.get(&line.event.key).and_then(|client| client.snapshot().branch.as_ref())
    };
    let is_wanted = |line: &&HistoryEntry| {
        page.filter.holds(line, branch(line))
            && page.before.as_ref().is_none_or(|before| ActivityPosition::of(line) < *before)
    };
    let mut found: Vec<_> = maps.history.iter().filter(is_wanted).collect();
    found.sort_by_key(|line| Reverse(ActivityPosition::of(line)));
    let without_values =
        |line: &HistoryEntry| HistoryEntry { values: HistoryValues::default(), ..line.clone() };
    found.into_iter().take(page.limit).map(without_values).collect()
}

fn found(maps: &Maps, search: &Search) -> Found {
    let is_wanted = |client: &&Client| search.predicate.evaluate(client, search.today);
    let mut found: Vec<_> = maps.clients.values().filter(is_wanted).collect();
    let total = search.totals.of(found.len() as u64);
    let position = |client: &Client| search.order.position(client);
    found.sort_by(|one, other| search.order.compare(&position(one), &position(other)));
    let first = match &search.page {
        Page::Skip(count) => usize::try_from(*count).unwrap_or(usize::MAX).min(found.len()),
        Page::After(at) => {
            found.partition_point(|client| search.order.compare(&position(client), at).is_le())
        }
    };
    let rest = found.get(first..).unwrap_or_default();
    let page = rest.get(..search.limit).unwrap_or(rest);
    let next = page.last().filter(|_| page.len() < rest.len()).map(|client| position(client));
    Found { clients: page.iter().map(|client| ClientSummary::from(*client)).collect(), next, total }
}
