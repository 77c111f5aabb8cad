use std::collections::BTreeMap;

use client_domain::client::{Decidability, WaitingItem, WorkKind};
use client_domain::value::{BranchKey, ClientKey};
use client_domain::{AuditStamp, Blocker, Client, Permission};
use futures_util::future::try_join;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;

use crate::caller::Caller;
use crate::clients::Clients;
use crate::error::Error;
use crate::ports::work_items::{WorkClaim, WorkItemId, WorkPage, WorkPosition};
use crate::query::Query;
use crate::query::sealed::Sealed;
use crate::spine::admission::permit;
use crate::spine::facts::Outside;

/// How often the queue is read for one page, if many items are left out.
const ROUNDS: usize = 4;

/// For how many items at a time other clients are asked for.
const AT_ONCE: usize = 8;

/// What waits for a person, oldest first.
#[derive(Clone, Debug)]
pub struct GetWorkQueue {
    /// Items of this kind.
    pub kind: WorkKind,
    /// Only items of clients of this branch.
    pub branch: Option<BranchKey>,
    /// Leaves out what the caller must not decide about, having taken part in it.
    pub hides_own: bool,
    /// The place after which the page begins.
    pub after: Option<WorkPosition>,
    /// The maximum number of items.
    pub limit: usize,
}

/// A page of the queue.
#[derive(Clone, Debug)]
pub struct WorkQueue {
    /// The items. There may be fewer than the maximum while more follow.
    pub items: Vec<QueuedWork>,
    /// The place where the next page begins, if more may follow.
    pub next: Option<WorkPosition>,
    /// The time of the answer, which ages are worked out from.
    pub now: Timestamp,
}

/// An item of the queue.
#[derive(Clone, Debug)]
pub struct QueuedWork {
    /// The client, as it is now.
    pub client: Client,
    /// The item.
    pub waiting: WaitingItem,
    /// What the caller can do about it.
    pub decidability: Decidability,
    /// Who is at it.
    pub claim: Option<WorkClaim>,
}

impl Sealed for GetWorkQueue {}

impl Query for GetWorkQueue {
    const PERMISSION: Option<Permission> = Some(Permission::Read);
    type Answer = WorkQueue;

    async fn answer(self, clients: &Clients, caller: &Caller, now: Timestamp) -> Result<WorkQueue, Error> {
        permit(caller, [self.kind.permission()])?;
        let (mut items, mut after) = (Vec::new(), self.after.clone());
        for _ in 0..ROUNDS {
            // One more than is needed says whether more follow.
            let wanted = self.limit - items.len();
            let (kind, branch) = (self.kind, self.branch.clone());
            let page = WorkPage { kind, branch, after: after.clone(), limit: wanted + 1 };
            let mut places =
                clients.back_office()?.work_items.waiting(&page).await.map_err(Error::of_query)?;
            let has_more = places.len() > wanted;
            places.truncate(wanted);
            after = places.last().cloned().or(after);
            items.extend(clients.queued(&self, &places, caller, now).await?);
            if !has_more {
                after = None;
                break;
            }
            if items.len() >= self.limit {
                break;
            }
        }
        Ok(WorkQueue { items, next: after, now })
    }
}

impl Clients {
    /// The items at these places that still wait, and that the query shows, each with who is at it.
    async fn queued(
        &self,
        query: &GetWorkQueue,
        places: &[WorkPosition],
        caller: &Caller,
        now: Timestamp,
    ) -> Result<Vec<QueuedWork>, Error> {
        let mut keys: Vec<_> = places.iter().map(|place| place.item.client.clone()).collect();
        keys.sort();
        keys.dedup();
        let ids: Vec<_> = places.iter().map(|place| place.item.clone()).collect();
        // At the same time: neither needs the other.
        let claims = self.back_office()?.work_items.work_claims(&ids, self.storage_time(now));
        let (found, claims) = try_join(self.store.find_all(&keys), claims).await.map_err(Error::of_query)?;
        let found: BTreeMap<ClientKey, Client> =
            found.into_iter().map(|client| (client.key().clone(), client)).collect();
        let mut claims: BTreeMap<_, _> =
            claims.into_iter().map(|claim| (claim.item.clone(), claim)).collect();
        let queued: Vec<_> = places
            .iter()
            .filter_map(|place| {
                let client = found.get(&place.item.client)?;
                let mut waiting = client.waiting().into_iter();
                // Decided since the queue was read.
                let waiting = waiting.find(|item| item.subject == place.item.subject)?;
                let decidability = self.decidability(client, &waiting, caller, now);
                let is_shown = !(query.hides_own && decidability.is_own());
                let claim = claims.remove(&place.item);
                is_shown.then(|| QueuedWork { client: client.clone(), waiting, decidability, claim })
            })
            .collect();
        let checked = queued.into_iter().map(|item| self.without_duplicates(item));
        stream::iter(checked).buffered(AT_ONCE).try_collect().await
    }

    /// The item with what blocks its approval because another client has a value that this one would get.
    async fn without_duplicates(&self, mut item: QueuedWork) -> Result<QueuedWork, Error> {
        let Some(approved) = &item.decidability.approved else { return Ok(item) };
        let held = item.client.claims();
        let mut gained = approved.claims();
        gained.retain(|claim| !held.contains(claim));
        let found = self.refused_duplicates(&gained, item.client.key());
        let kinds = found.await.map_err(Error::of_query)?;
        let blockers = kinds.into_iter().map(|kind| Blocker::Duplicate { kind, holders: Vec::new() });
        item.decidability.blockers.extend(blockers);
        Ok(item)
    }

    /// What this caller can do about an item now.
    fn decidability(
        &self,
        client: &Client,
        waiting: &WaitingItem,
        caller: &Caller,
        now: Timestamp,
    ) -> Decidability {
        // No other system is asked, and no look-alikes: the reviewer names them with the decision.
        let facts = self.facts(client, Outside::default(), now);
        let stamp = AuditStamp::new(caller.actor.clone(), now);
        let today = self.calendar.day_of(now);
        client.decidability(&waiting.subject, &caller.permissions, &facts, today, &stamp)
    }
}

impl QueuedWork {
    /// Which item it is.
    pub fn id(&self) -> WorkItemId {
        WorkItemId { client: self.client.key().clone(), subject: self.waiting.subject.clone() }
    }
}
