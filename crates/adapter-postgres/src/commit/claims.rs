//! The claims of a changeset as parameters.

use std::collections::BTreeMap;

use client_app::ports::Changeset;
use client_domain::Claim;

use crate::rows::claim::{digest, digests};
use crate::sql::Statement;

/// The claims of a changeset, in the order in which they are locked.
pub(super) struct Claims<'a> {
    /// The claims to take, and whether each is exclusive.
    pub(super) take: BTreeMap<&'a Claim, bool>,
    pub(super) release: Vec<&'a Claim>,
}

impl<'a> Claims<'a> {
    pub(super) fn of(changeset: &'a Changeset) -> Self {
        let mut take = BTreeMap::new();
        for wanted in &changeset.take {
            *take.entry(&wanted.claim).or_default() |= wanted.exclusive;
        }
        // One statement cannot delete and insert the same row; a claim that is released and taken stays with the client.
        let release = changeset.release.iter().filter(|claim| !take.contains_key(claim)).collect();
        Self { take, release }
    }

    /// Binds the claims to take, with one array a column.
    pub(super) fn bind_taken<'q>(&self, statement: Statement<'q>) -> Statement<'q> {
        let kinds: Vec<_> = self.take.keys().map(|claim| claim.kind().name()).collect();
        let digests: Vec<_> = self.take.keys().map(|claim| digest(claim)).collect();
        let exclusive: Vec<_> = self.take.values().copied().collect();
        statement.bind(kinds).bind(digests).bind(exclusive)
    }

    /// Binds the claims to release, with one array a column.
    pub(super) fn bind_released<'q>(&self, statement: Statement<'q>) -> Statement<'q> {
        let (kinds, digests) = digests(self.release.iter().copied());
        statement.bind(kinds).bind(digests)
    }
}
