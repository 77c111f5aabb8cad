//! Duplicates among clients: looked up before the commit for warnings and dry runs, and after a refused
//! commit to name every kind.

use std::collections::{BTreeMap, BTreeSet};

use client_domain::value::ClientKey;
use client_domain::{Claim, ClaimKind, Client, Permission, Resemblance};
use jiff::Timestamp;

use crate::caller::Caller;
use crate::clients::Clients;
use crate::duplicate_quota::{DuplicateQuota, Met, QuotaDay};
use crate::error::Error;
use crate::policy::OnDuplicate;
use crate::ports::changeset::ClaimToTake;
use crate::ports::ending::Ending;
use crate::ports::error::StoreError;
use crate::request::RequestContext;

/// The maximum number of other clients that a refusal names for each kind of claim. There are more than one only where a
/// policy has let duplicates pass before.
const MAX_HOLDERS: usize = 10;

/// Clients that look alike, and what each has in common with the client of a command.
pub(super) type LookAlikeKeys = BTreeMap<ClientKey, BTreeSet<Resemblance>>;

/// What the maker of a change is warned of.
#[derive(Default)]
pub(super) struct Warnings {
    /// The kinds of claims that other clients have too.
    pub(super) duplicates: BTreeSet<ClaimKind>,
    /// The look-alikes.
    pub(super) look_alikes: LookAlikeKeys,
}

impl Warnings {
    pub(super) fn is_empty(&self) -> bool {
        self.duplicates.is_empty() && self.look_alikes.is_empty()
    }
}

impl Clients {
    /// The kinds of these claims with the policy `on_duplicate` that other clients have already.
    ///
    /// The store is not asked if no claim has this policy.
    pub(super) async fn duplicates<'a>(
        &self,
        take: impl Iterator<Item = &'a ClaimToTake> + Send,
        on_duplicate: OnDuplicate,
        key: &ClientKey,
    ) -> Result<BTreeSet<ClaimKind>, Error> {
        let claims: Vec<Claim> = take
            .filter(|take| self.policy.on_duplicate(take.claim.kind()) == on_duplicate)
            .map(|take| take.claim.clone())
            .collect();
        if claims.is_empty() {
            return Ok(BTreeSet::new());
        }
        self.store.claimed(&claims, Some(key)).await.map_err(Error::of_load)
    }

    /// The clients whose values would refuse that this ended application is taken up again, by the kind of the value. Keys are
    /// those that this caller may know, who may read clients. The store is asked only if nothing else refuses it for good.
    pub(crate) async fn duplicates_if_taken_up(
        &self,
        client: &Client,
        ending: &Ending,
        caller: &Caller,
    ) -> Result<BTreeMap<ClaimKind, Vec<ClientKey>>, StoreError> {
        let Some(again) = client.as_taken_up().filter(|_| !ending.withdrawn) else {
            return Ok(BTreeMap::new());
        };
        let mut found = BTreeMap::new();
        for kind in self.refused_duplicates(&again.claims(), client.key()).await? {
            found.insert(kind, self.holders(&again, kind, caller).await?);
        }
        Ok(found)
    }

    /// The kinds of these claims for which a commit would be refused, because other clients have them.
    pub(crate) async fn refused_duplicates(
        &self,
        claims: &[Claim],
        key: &ClientKey,
    ) -> Result<BTreeSet<ClaimKind>, StoreError> {
        let is_refused = |claim: &&Claim| self.policy.on_duplicate(claim.kind()) == OnDuplicate::Refuse;
        let claims: Vec<_> = claims.iter().filter(is_refused).cloned().collect();
        if claims.is_empty() {
            return Ok(BTreeSet::new());
        }
        self.store.claimed(&claims, Some(key)).await
    }

    /// Refuses a caller who has reached the quota today.
    pub(super) fn check_duplicate_quota(
        &self,
        request: &RequestContext,
        now: Timestamp,
    ) -> Result<(), Error> {
        let quota = self.quota_of(request);
        quota.map_or(Ok(()), |quota| quota.check(&request.caller, &QuotaDay::of(&self.calendar, now)))
    }

    /// The quota that a request counts against. Another person has answered for the rows of a confirmed batch, and each is
    /// executed in the name of its uploader; a check leaves no trace and is limited.
    fn quota_of(&self, request: &RequestContext) -> Option<&DuplicateQuota> {
        match &request.batch_row {
            None => Some(&self.duplicate_quota),
            Some(row) if row.confirmed => None,
            Some(_) => Some(&self.check_quota),
        }
    }

    /// Counts that a request met duplicates of its claims or look-alikes; a request beyond the quota is refused.
    pub(super) fn record_duplicates<'a>(
        &self,
        request: &RequestContext,
        now: Timestamp,
        kinds: &BTreeSet<ClaimKind>,
        wanted: &(impl Iterator<Item = &'a ClaimToTake> + Clone),
        look_alikes: &LookAlikeKeys,
    ) -> Result<(), Error> {
        let (caller, day) = (&request.caller, QuotaDay::of(&self.calendar, now));
        // Which of several values of one kind is the duplicate is not known, so they are one meeting.
        let of_kind = |kind: ClaimKind| {
            let claims = wanted.clone().map(|take| &take.claim).filter(move |claim| claim.kind() == kind);
            Met { kind: kind.name(), values: claims.map(|claim| claim.value().to_owned()).collect() }
        };
        let personal = kinds.iter().copied().filter(|kind| is_personal(*kind)).map(of_kind);
        let alike = look_alikes.iter().flat_map(|(key, resemblances)| {
            let in_common = |one: &Resemblance| [key.as_str().to_owned(), one.name().to_owned()].into();
            resemblances.iter().map(move |one| Met { kind: "look-alike", values: in_common(one) })
        });
        let met: Vec<_> = personal.chain(alike).collect();
        match self.quota_of(request).filter(|_| !met.is_empty()) {
            Some(quota) => quota.record(caller, &day, &met, request.dry_run),
            None => Ok(()),
        }
    }

    /// Whether the policy looks for duplicates of any of these claims.
    pub(super) fn looks_for_duplicates<'a>(&self, mut take: impl Iterator<Item = &'a ClaimToTake>) -> bool {
        take.any(|take| {
            is_personal(take.claim.kind()) && self.policy.on_duplicate(take.claim.kind()) != OnDuplicate::Off
        })
    }

    /// The error of a commit that found a claim taken; it names every kind, not only the first one found.
    pub(super) async fn claim_taken(
        &self,
        take: &[ClaimToTake],
        found: BTreeSet<ClaimKind>,
        client: &Client,
        caller: &Caller,
    ) -> Error {
        // The lookup only completes the list; the result of the commit is sufficient for the refusal.
        let mut kinds =
            self.duplicates(take.iter(), OnDuplicate::Refuse, client.key()).await.unwrap_or_default();
        kinds.extend(found);
        self.duplicates_refused(kinds, client, caller).await
    }

    /// The refusal of a client whose claims of these kinds others have. Every kind is named; an empty set would be a
    /// defect. A caller who may read clients learns who the others are.
    pub(super) async fn duplicates_refused(
        &self,
        kinds: BTreeSet<ClaimKind>,
        client: &Client,
        caller: &Caller,
    ) -> Error {
        if kinds.is_empty() {
            return Error::internal();
        }
        let mut refused = BTreeMap::new();
        for kind in kinds {
            // The keys only complete the refusal.
            let holders = if caller.may(Permission::Read) {
                self.holders(client, kind, caller).await.unwrap_or_default()
            } else {
                Vec::new()
            };
            refused.insert(kind, holders);
        }
        Error::Duplicates(refused)
    }

    /// The keys of other clients that have a claim of this kind which this client has too. That a document of another
    /// client has the number is KYC information, so such a client is named to callers who may read that.
    async fn holders(
        &self,
        client: &Client,
        kind: ClaimKind,
        caller: &Caller,
    ) -> Result<Vec<ClientKey>, StoreError> {
        let searches = client
            .holder_searches(kind)
            .map_err(|_| StoreError::Corrupt { what: "a value that cannot be searched for".to_owned() })?;
        let (found, _) = self.found_by(client, searches).await?;
        let is_shown = |other: &&Client| {
            kind != ClaimKind::Identification
                || caller.may(Permission::KycRead)
                || client.resemblances(other).contains(&Resemblance::Identification)
        };
        let shared = found.iter().filter(|other| client.shared_claims(other).contains(&kind));
        let holders = shared.filter(is_shown);
        Ok(holders.map(|other| other.key().clone()).take(MAX_HOLDERS).collect())
    }
}

/// Whether a duplicate of this kind tells something about another person.
fn is_personal(kind: ClaimKind) -> bool {
    kind != ClaimKind::FormerClient
}
