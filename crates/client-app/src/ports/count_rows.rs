//! Counting by a storage that has indexes: what it reads, and what follows from the rows that it has read.

use std::collections::BTreeMap;

use client_domain::kyc::KycStatus;
use client_domain::search::{Predicate, Scope};

use crate::ports::count::{Counted, Counting, Group, Grouping};

/// What a storage reads that has the clients by state, by branch and by KYC status, and the work queue by age and branch, in
/// indexes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountReading {
    /// Entries of an index: each group is counted up to the bound of entries. KYC statuses that are not up to date are rows,
    /// which are read up to their bound.
    ByIndex,
    /// Rows, up to the bound of rows.
    Rows,
}

/// What was counted of one group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountRow {
    /// The group. Several rows of one group are added up.
    pub group: Group,
    /// How many were counted, one more than the bound of entries at most.
    pub number: u64,
    /// How many rows were read for it; 0 where only an index was read.
    pub read: u64,
}

impl Counting {
    /// What is read for this count.
    pub fn reading(&self) -> CountReading {
        let (scope, rest) = self.predicate.clone().scoped(self.today);
        match &self.by {
            Grouping::KycStatus(_) if scope != Scope::default() => CountReading::Rows,
            Grouping::Waiting(..) if scope.states.is_some() => CountReading::Rows,
            // No index has the branches of all items.
            Grouping::BranchWaiting(..) => CountReading::Rows,
            _ if rest != Predicate::every_client() => CountReading::Rows,
            _ => CountReading::ByIndex,
        }
    }

    /// The result of what was read, with one more than a bound where there is more.
    pub fn of_rows(&self, rows: impl IntoIterator<Item = CountRow>) -> Counted {
        let is_by_index = self.reading() == CountReading::ByIndex;
        let (mut groups, mut read, mut has_more) = (BTreeMap::new(), 0, false);
        for row in rows {
            has_more |= is_by_index && row.number > bound(self.bounds.entries);
            read += row.read;
            *groups.entry(row.group).or_default() += row.number;
        }
        if has_more && matches!(self.by, Grouping::KycStatus(_)) {
            // Clients without a document are all others, so where too few were counted, they would be too many.
            groups.remove(&Group::KycStatus(KycStatus::None));
        }
        let mut is_complete = !has_more && read <= bound(self.bounds.rows);
        if self.by == Grouping::Branch && is_by_index {
            // One with none of these clients was read as well: there may be others after the last.
            let branches = groups.keys().filter(|group| **group != Group::Branch(None)).count();
            if branches > self.bounds.branches {
                groups.pop_last();
                is_complete = false;
            }
            if !is_complete {
                // Those without a branch are all others, so where too few were counted of a branch, they would be too many.
                groups.remove(&Group::Branch(None));
            }
        }
        groups.retain(|_, number| *number > 0);
        Counted { groups, is_complete }
    }
}

fn bound(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
