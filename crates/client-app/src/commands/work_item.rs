//! Claims of items of the work queue: leases, which refuse no decision.

use client_domain::client::{AmendmentId, WorkKind, WorkSubject};
use client_domain::kyc::{AddressId, DocumentId};
use client_domain::{Client, Permission};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::stored;
use crate::clients::Clients;
use crate::error::Error;
use crate::ports::store::ClientRef;
use crate::ports::work_items::{WorkClaim, WorkItemId};
use crate::request::RequestContext;
use crate::request_digest::RequestDigest;
use crate::spine::admission::permit;
use crate::standalone::StandaloneCommand;
use crate::standalone::sealed::Sealed;

/// How a request identifies an item of the work queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorkItemRef {
    /// The request for the approval of this client.
    Approval(ClientRef),
    /// A document whose review is pending, or an approved one that expires soon.
    Document(DocumentId),
    /// Address information whose review is pending.
    Address(AddressId),
    /// An open amendment.
    Amendment(AmendmentId),
}

impl WorkItemRef {
    fn client(&self) -> ClientRef {
        match self {
            Self::Approval(client) => client.clone(),
            Self::Document(id) => ClientRef::Document(id.clone()),
            Self::Address(id) => ClientRef::Address(id.clone()),
            Self::Amendment(id) => ClientRef::Key(id.client().clone()),
        }
    }

    /// What it may be; at most one of them waits.
    fn subjects(&self) -> Vec<WorkSubject> {
        match self {
            Self::Approval(_) => vec![WorkSubject::Approval],
            Self::Document(id) => vec![WorkSubject::Document(id.clone()), WorkSubject::Expiring(id.clone())],
            Self::Address(id) => vec![WorkSubject::Address(id.clone())],
            Self::Amendment(id) => vec![WorkSubject::Amendment(id.clone())],
        }
    }

    const fn permission(&self) -> Permission {
        match self {
            Self::Approval(_) => WorkKind::Approval.permission(),
            Self::Document(_) => WorkKind::Document.permission(),
            Self::Address(_) => WorkKind::Address.permission(),
            Self::Amendment(_) => WorkKind::Amendment.permission(),
        }
    }

    fn digest(&self, digest: &mut RequestDigest) {
        self.client().digest(digest);
        for subject in self.subjects() {
            digest.text(subject.kind().name());
            digest.text(&*subject.id());
        }
    }
}

impl Clients {
    /// The client of an item, for a caller who may see it.
    async fn client_of_work(&self, context: &RequestContext, item: &WorkItemRef) -> Result<Client, Error> {
        permit(&context.caller, [item.permission()])?;
        let client = item.client();
        let found = self.store.find(&client).await.map_err(Error::of_load)?;
        found.ok_or(Error::NotFound(client))
    }
}

/// Claims an item for the caller, or renews the caller's claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimWorkItem {
    /// The item.
    pub item: WorkItemRef,
}

/// An item was claimed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkItemClaimed {
    /// When the claim ends, unless it is renewed.
    #[serde(with = "stored")]
    pub until: Timestamp,
}

impl Sealed for ClaimWorkItem {}

impl StandaloneCommand for ClaimWorkItem {
    const NAME: &'static str = "ClaimWorkItemCommand";
    const PERMISSION: Permission = Permission::Read;
    type Outcome = WorkItemClaimed;

    fn digest(&self, digest: &mut RequestDigest) {
        self.item.digest(digest);
    }

    async fn perform(
        self,
        clients: &Clients,
        context: &RequestContext,
        now: Timestamp,
    ) -> Result<WorkItemClaimed, Error> {
        let client = clients.client_of_work(context, &self.item).await?;
        let subjects = self.item.subjects();
        let waiting = client.waiting().into_iter().find(|item| subjects.contains(&item.subject));
        let subject = waiting.ok_or(Error::NotWaiting)?.subject;
        let back_office = clients.back_office()?;
        let now = clients.storage_time(now);
        let until = now.checked_add(back_office.claim).map_err(|_| Error::internal())?;
        let item = WorkItemId { client: client.key().clone(), subject };
        let claim = WorkClaim { item, by: context.caller.actor.clone(), until };
        let other = if context.dry_run {
            let held = back_office.work_items.work_claims(std::slice::from_ref(&claim.item), now).await;
            held.map_err(Error::of_load)?.pop().filter(|held| held.by.id != claim.by.id)
        } else {
            back_office.work_items.claim_work(&claim, now).await.map_err(Error::of_commit)?
        };
        match other {
            Some(held) => Err(Error::WorkClaimed { by: held.by, until: held.until }),
            None => Ok(WorkItemClaimed { until }),
        }
    }
}

/// Releases the caller's claim of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseWorkItem {
    /// The item.
    pub item: WorkItemRef,
}

/// A claim was released.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkItemReleased {
    /// Whether the caller had a claim that had not ended.
    pub released: bool,
}

impl Sealed for ReleaseWorkItem {}

impl StandaloneCommand for ReleaseWorkItem {
    const NAME: &'static str = "ReleaseWorkItemCommand";
    const PERMISSION: Permission = Permission::Read;
    type Outcome = WorkItemReleased;

    fn digest(&self, digest: &mut RequestDigest) {
        self.item.digest(digest);
    }

    async fn perform(
        self,
        clients: &Clients,
        context: &RequestContext,
        now: Timestamp,
    ) -> Result<WorkItemReleased, Error> {
        let client = clients.client_of_work(context, &self.item).await?;
        let now = clients.storage_time(now);
        let (work_items, by) = (&clients.back_office()?.work_items, &context.caller.actor.id);
        // An item that was decided about meanwhile is released too.
        let of_client = |subject| WorkItemId { client: client.key().clone(), subject };
        let items: Vec<_> = self.item.subjects().into_iter().map(of_client).collect();
        if context.dry_run {
            let held = work_items.work_claims(&items, now).await.map_err(Error::of_load)?;
            return Ok(WorkItemReleased { released: held.iter().any(|held| held.by.id == *by) });
        }
        let mut released = false;
        for item in &items {
            released |= work_items.release_work(item, by, now).await.map_err(Error::of_commit)?;
        }
        Ok(WorkItemReleased { released })
    }
}
