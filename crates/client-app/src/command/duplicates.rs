//! Who else has the same: asked before the commit for warnings and dry runs, after it to name every refusal.

use std::collections::BTreeSet;

use client_domain::value::ClientKey;
use client_domain::{Claim, ClaimKind};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::internal;
use crate::failure::{During, unanswered};
use crate::policy::OnDuplicate;
use crate::ports::ClaimToTake;
use crate::{Clients, Code, Failure, Item, RequestContext};

impl Clients {
    /// The kinds, among those to take whose policy is `on_duplicate`, that other clients have already.
    ///
    /// No question is asked where the policy has no such kind.
    pub(super) async fn duplicates(
        &self,
        take: &[ClaimToTake],
        on_duplicate: OnDuplicate,
        key: &ClientKey,
    ) -> Result<BTreeSet<ClaimKind>, Failure> {
        let claims: Vec<Claim> = take
            .iter()
            .filter(|take| self.policy.on_duplicate(take.claim.kind()) == on_duplicate)
            .map(|take| take.claim.clone())
            .collect();
        if claims.is_empty() {
            return Ok(BTreeSet::new());
        }
        self.store.claimed(&claims, Some(key)).await.map_err(|error| unanswered(&error, During::Load))
    }

    /// Notes that a request met duplicates; one beyond the quota is refused.
    pub(super) fn note_duplicates(
        &self,
        request: &RequestContext,
        now: Timestamp,
        kinds: &BTreeSet<ClaimKind>,
    ) -> Result<(), Failure> {
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
    ) -> Failure {
        // The others are a courtesy; what the commit itself found is enough to refuse.
        let mut kinds = self.duplicates(take, OnDuplicate::Refuse, key).await.unwrap_or_default();
        kinds.extend(found);
        duplicates_refused(&kinds)
    }
}

/// Warnings for the answer of a command that is done in spite of duplicates.
pub(super) fn warnings(kinds: &BTreeSet<ClaimKind>) -> Vec<Value> {
    let warning =
        |item: Item| json!({ "code": item.code.name(), "field": item.field, "message": item.message });
    kinds.iter().copied().map(duplicate).map(warning).collect()
}

/// Every kind is named; without one there was nothing to refuse.
pub(super) fn duplicates_refused(kinds: &BTreeSet<ClaimKind>) -> Failure {
    let items: Vec<_> = kinds.iter().copied().map(duplicate).collect();
    match items.first().cloned() {
        Some(first) => Failure { items, ..Failure::of(first) },
        None => internal(),
    }
}

/// It never says who the other client is.
fn duplicate(kind: ClaimKind) -> Item {
    match kind {
        ClaimKind::Identification => Item::new(
            Code::DuplicateIdentification,
            "Another client has this identification type and number.",
        )
        .field("identificationNumber"),
        ClaimKind::Email => {
            Item::new(Code::DuplicateEmail, "Another client has this e-mail address.").field("emailAddress")
        }
        ClaimKind::Phone => {
            Item::new(Code::DuplicatePhone, "Another client has this phone number.").field("phoneNumber")
        }
    }
}
