use async_trait::async_trait;
use client_domain::client::{WaitingItem, WorkKind, WorkSubject};
use client_domain::value::{BranchKey, ClientKey};
use client_domain::{Actor, ActorId, Client};
use jiff::Timestamp;

use crate::ports::error::StoreError;

/// Which item of which client waits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WorkItemId {
    /// The client.
    pub client: ClientKey,
    /// Its item.
    pub subject: WorkSubject,
}

/// The place of an item in the queue. The order of places is that of the queue: the oldest first, then by client and
/// id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkPosition {
    /// Since when it waits, as [`WaitingItem::since`].
    pub since: Timestamp,
    /// The item.
    pub item: WorkItemId,
}

impl WorkPosition {
    /// The place of an item of this client.
    pub fn of(client: &Client, waiting: &WaitingItem) -> Self {
        let item = WorkItemId { client: client.key().clone(), subject: waiting.subject.clone() };
        Self { since: waiting.since, item }
    }

    /// What orders items of one kind.
    pub fn order(&self) -> (Timestamp, &ClientKey, String) {
        (self.since, &self.item.client, self.item.subject.id())
    }
}

/// A page of the queue.
#[derive(Clone, Debug)]
pub struct WorkPage {
    /// Items of this kind.
    pub kind: WorkKind,
    /// Only items of clients of this branch.
    pub branch: Option<BranchKey>,
    /// Only items after this place.
    pub after: Option<WorkPosition>,
    /// The maximum number of items.
    pub limit: usize,
}

impl WorkPage {
    /// The page of these clients: the definition of the queue, for a storage that has all of them at hand.
    pub fn of<'a>(&self, clients: impl IntoIterator<Item = &'a Client>) -> Vec<WorkPosition> {
        let of_branch = |client: &&Client| {
            self.branch.as_ref().is_none_or(|branch| client.snapshot().branch.as_ref() == Some(branch))
        };
        let mut places: Vec<_> = clients
            .into_iter()
            .filter(of_branch)
            .flat_map(|client| client.waiting().into_iter().map(|item| WorkPosition::of(client, &item)))
            .filter(|place| place.item.subject.kind() == self.kind)
            .filter(|place| self.after.as_ref().is_none_or(|after| after.order() < place.order()))
            .collect();
        places.sort_by(|one, other| one.order().cmp(&other.order()));
        places.truncate(self.limit);
        places
    }
}

/// Who is at an item, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkClaim {
    /// The item.
    pub item: WorkItemId,
    /// The person.
    pub by: Actor,
    /// When the claim ends.
    pub until: Timestamp,
}

/// What waits for people, and who is at it.
///
/// A claim is a lease and no lock: it says that a person is at an item, and refuses no decision. Nothing here changes a
/// client, its version, its history or its events. An adapter promises:
///
/// - the queue holds exactly the items of [`Client::waiting`], as of the last commit of each client;
/// - of several people who claim one item concurrently, one holds it;
/// - a claim holds until its end or its release, and not a moment longer.
#[async_trait]
pub trait WorkItems: Send + Sync {
    /// A page of the queue, in its order.
    async fn waiting(&self, page: &WorkPage) -> Result<Vec<WorkPosition>, StoreError>;

    /// Claims an item, or renews the claim of the same person. Returns the claim of another person that has not ended at
    /// `now`, which stays, or `None` if the claim is done. Whether the item waits is not checked.
    async fn claim_work(&self, claim: &WorkClaim, now: Timestamp) -> Result<Option<WorkClaim>, StoreError>;

    /// Releases the claim of this person, and returns whether there was one that had not ended.
    async fn release_work(&self, item: &WorkItemId, by: &ActorId, now: Timestamp)
    -> Result<bool, StoreError>;

    /// The claims of these items that have not ended, in any order.
    async fn work_claims(&self, items: &[WorkItemId], now: Timestamp) -> Result<Vec<WorkClaim>, StoreError>;

    /// Deletes up to `limit` claims that have ended, and returns their number.
    async fn remove_ended_claims(&self, now: Timestamp, limit: usize) -> Result<u64, StoreError>;
}
