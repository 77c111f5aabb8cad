use std::collections::BTreeMap;

use client_domain::client::{WaitingAge, WorkKind};
use client_domain::kyc::{KycStatus, KycStatusRule};
use client_domain::search::Predicate;
use client_domain::value::BranchKey;
use client_domain::{Client, ClientState};
use jiff::Timestamp;
use jiff::civil::Date;

/// What is counted, and in which groups.
#[derive(Clone, Debug)]
pub struct Counting {
    /// The predicate that the clients match.
    pub predicate: Predicate,
    /// Today, for conditions relative to it.
    pub today: Date,
    /// What the groups are.
    pub by: Grouping,
    /// How much may be read.
    pub bounds: CountBounds,
}

/// How much may be read for a count, so that it ends soon however many clients there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountBounds {
    /// The maximum number of entries of one group that an index counts alone.
    pub entries: usize,
    /// The maximum number of clients, or of items of the work queue, that are read one by one.
    pub rows: usize,
    /// The maximum number of branches.
    pub branches: usize,
}

impl CountBounds {
    /// How many rows a count reads, which takes a part of a second.
    pub const ROWS: usize = 20_000;
}

/// What the groups of a count are.
#[derive(Clone, Debug, PartialEq)]
pub enum Grouping {
    /// Clients by state.
    State,
    /// Clients by branch.
    Branch,
    /// Clients by KYC status, which follows from their documents by this rule.
    KycStatus(KycStatusRule),
    /// The items of these kinds in the work queue of the clients, by how long they have waited at this moment.
    Waiting(Vec<WorkKind>, Timestamp),
    /// The same, by the branch of the client as well.
    BranchWaiting(Vec<WorkKind>, Timestamp),
}

/// A group of a count.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// The clients in a state.
    State(ClientState),
    /// The clients of a branch; those of none.
    Branch(Option<BranchKey>),
    /// The clients with a KYC status.
    KycStatus(KycStatus),
    /// The items of a kind, and how long they have waited. Documents that expire soon have no age: they wait for a day to
    /// come.
    Waiting(WorkKind, Option<WaitingAge>),
    /// The same, of the clients of a branch; of those of none.
    BranchWaiting(Option<BranchKey>, WorkKind, Option<WaitingAge>),
}

/// A result of a count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The groups that are not empty.
    pub groups: BTreeMap<Group, u64>,
    /// Whether everything was counted. If not, no group has fewer than its number, and it may have more.
    pub is_complete: bool,
}

impl Counting {
    /// The count of these clients, all of them: the definition, for a storage that has all of them at hand.
    pub fn of<'a>(&self, clients: impl IntoIterator<Item = &'a Client>) -> Counted {
        let mut groups = BTreeMap::new();
        for client in clients {
            if self.predicate.evaluate(client, self.today) {
                for group in self.by.groups_of(client, self.today) {
                    *groups.entry(group).or_default() += 1;
                }
            }
        }
        Counted { groups, is_complete: true }
    }
}

impl Grouping {
    /// The groups to which this client adds one each.
    fn groups_of(&self, client: &Client, today: Date) -> Vec<Group> {
        match self {
            Self::State => vec![Group::State(client.state())],
            Self::Branch => vec![Group::Branch(client.snapshot().branch.clone())],
            Self::KycStatus(rule) => vec![Group::KycStatus(client.kyc_status_by(rule, today))],
            Self::Waiting(kinds, now) => {
                items(client, kinds, *now).map(|(kind, age)| Group::Waiting(kind, age)).collect()
            }
            Self::BranchWaiting(kinds, now) => {
                let branch = &client.snapshot().branch;
                let items = items(client, kinds, *now);
                items.map(|(kind, age)| Group::BranchWaiting(branch.clone(), kind, age)).collect()
            }
        }
    }
}

/// The items of these kinds with their ages.
fn items(
    client: &Client,
    kinds: &[WorkKind],
    now: Timestamp,
) -> impl Iterator<Item = (WorkKind, Option<WaitingAge>)> {
    let items = client.waiting().into_iter().map(|item| (item.subject.kind(), item.since));
    items.filter(|(kind, _)| kinds.contains(kind)).map(move |(kind, since)| (kind, age(kind, since, now)))
}

/// The age of what waits since a moment.
fn age(kind: WorkKind, since: Timestamp, now: Timestamp) -> Option<WaitingAge> {
    (kind != WorkKind::Expiring).then(|| WaitingAge::of(since, now))
}
