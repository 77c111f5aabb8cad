//! Which other clients have the same: asked before the commit for warnings and dry runs, after it to name every refusal.

use std::collections::BTreeSet;

use client_domain::value::ClientKey;
use client_domain::{Claim, ClaimKind};
use jiff::Timestamp;

use crate::policy::OnDuplicate;
use crate::ports::ClaimToTake;
use crate::{Clients, Error, RequestContext};

impl Clients {
    /// The kinds, among those to take whose policy is `on_duplicate`, that other clients have already.
    ///
    /// No question is asked where the policy has no such kind.
    pub(super) async fn duplicates(
        &self,
        take: &[ClaimToTake],
        on_duplicate: OnDuplicate,
        key: &ClientKey,
    ) -> Result<BTreeSet<ClaimKind>, Error> {
        let claims: Vec<Claim> = take
            .iter()
            .filter(|take| self.policy.on_duplicate(take.claim.kind()) == on_duplicate)
            .map(|take| take.claim.clone())
            .collect();
        if claims.is_empty() {
            return Ok(BTreeSet::new());
        }
        self.store.claimed(&claims, Some(key)).await.map_err(Error::of_load)
    }

    /// Notes that a request met duplicates; one beyond the quota is refused.
    pub(super) fn note_duplicates(
        &self,
        request: &RequestContext,
        now: Timestamp,
        kinds: &BTreeSet<ClaimKind>,
    ) -> Result<(), Error> {
        self.duplicate_quota.note(&request.caller, now, kinds, request.dry_run)
    }

    /// Whether other clients matter to what is claimed here.
    pub(super) fn looks_for_duplicates(&self, take: &[ClaimToTake]) -> bool {
        take.iter().any(|take| self.policy.on_duplicate(take.claim.kind()) != OnDuplicate::Off)
    }

    /// The refusal of a commit that found a claim taken: it names every kind, not only the first one found.
    pub(super) async fn claim_taken(
        &self,
        take: &[ClaimToTake],
        found: BTreeSet<ClaimKind>,
        key: &ClientKey,
    ) -> Error {
        // The others are a courtesy; what the commit itself found is enough to refuse.
        let mut kinds = self.duplicates(take, OnDuplicate::Refuse, key).await.unwrap_or_default();
        kinds.extend(found);
        duplicates_refused(kinds)
    }
}

/// Every kind is named; without one there was nothing to refuse.
pub(super) fn duplicates_refused(kinds: BTreeSet<ClaimKind>) -> Error {
    if kinds.is_empty() { Error::internal() } else { Error::Duplicates(kinds) }
}
