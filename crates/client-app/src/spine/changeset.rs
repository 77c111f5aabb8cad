use std::collections::BTreeSet;

use client_domain::client::Change;
use client_domain::kyc::{AddressId, DocumentId, Kyc};
use client_domain::{Claim, Client, EventKind};
use jiff::Timestamp;

use crate::policy::{OnDuplicate, Policy};
use crate::ports::changeset::{Changeset, ClaimToTake, ClientWrite};
use crate::ports::history::{HistoryEntry, HistoryValues};
use crate::ports::idempotency::OutcomeRecord;
use crate::ports::ledger::OrphanCandidate;
use crate::ports::outbox::{EventId, OutboxEvent};
use crate::request::RequestId;

/// The data of a changeset besides the change itself.
pub(super) struct Record<'a> {
    /// The name of the command.
    pub(super) command: &'static str,
    /// The request of the command.
    pub(super) request_id: &'a RequestId,
    /// The id of the event for other systems.
    pub(super) event_id: &'a EventId,
}

impl Changeset {
    /// The changeset of a change: the client, its gained and lost claims, the line of history and the event.
    pub(super) fn of(before: Option<&Client>, change: &Change, record: &Record<'_>, policy: Policy) -> Self {
        let old = before.map(Client::claims).unwrap_or_default();
        let new = change.client.claims();
        let take =
            new.iter().filter(|claim| !old.contains(claim)).map(|claim| to_take(claim, policy)).collect();
        let release = old.into_iter().filter(|claim| !new.contains(claim)).collect();
        let client = match before {
            None => ClientWrite::Insert(change.client.clone()),
            Some(before) => ClientWrite::Update { client: change.client.clone(), read: before.version() },
        };
        Self {
            client: Some(client),
            documents: documents(before, &change.client),
            addresses: addresses(before, &change.client),
            replaced: replaced(before, &change.client, change.event.at),
            take,
            release,
            history: vec![HistoryEntry {
                event: change.event.clone(),
                command: record.command.to_owned(),
                request_id: record.request_id.clone(),
                values: HistoryValues { changed: change.values.clone(), proposed: change.proposed.clone() },
            }],
            events: vec![event(change, record.event_id)],
            outcome: None,
        }
    }

    /// A changeset with only the outcome of a command that changed nothing.
    pub(super) fn outcome_only(outcome: OutcomeRecord) -> Self {
        Self { outcome: Some(outcome), ..Self::default() }
    }
}

/// The event for other systems. The first one of a client that has returned names its former record.
fn event(change: &Change, id: &EventId) -> OutboxEvent {
    let event = OutboxEvent::of(&change.event, id.clone());
    match &change.client.snapshot().former_client {
        Some(former) if change.event.kind == EventKind::Created => event.of_former_client(former),
        _ => event,
    }
}

fn documents(before: Option<&Client>, after: &Client) -> Vec<DocumentId> {
    let nothing = Kyc::default();
    let old = before.map_or(&nothing, Client::kyc);
    let changed =
        after.kyc().documents.iter().filter(|document| old.document(&document.id) != Some(document));
    changed.map(|document| document.id.clone()).collect()
}

/// The contents that documents named before the change and do not name after it.
fn replaced(before: Option<&Client>, after: &Client, since: Timestamp) -> Vec<OrphanCandidate> {
    let named: BTreeSet<_> = after.kyc().documents.iter().map(|document| &document.content.key).collect();
    let old = before.map(|before| &before.kyc().documents).into_iter().flatten();
    let replaced = old.map(|document| &document.content.key).filter(|key| !named.contains(key));
    replaced.map(|key| OrphanCandidate { key: key.clone(), since }).collect()
}

fn addresses(before: Option<&Client>, after: &Client) -> Vec<AddressId> {
    let nothing = Kyc::default();
    let old = before.map_or(&nothing, Client::kyc);
    let changed = after.kyc().addresses.iter().filter(|address| old.address(&address.id) != Some(address));
    changed.map(|address| address.id.clone()).collect()
}

/// The claims that the client would gain if the proposed values of a change came into force.
pub(super) fn proposed_claims(change: &Change, policy: Policy) -> Vec<ClaimToTake> {
    let gained = change.client.claims_gained_by(&change.proposed);
    gained.iter().map(|claim| to_take(claim, policy)).collect()
}

fn to_take(claim: &Claim, policy: Policy) -> ClaimToTake {
    let exclusive = policy.on_duplicate(claim.kind()) == OnDuplicate::Refuse;
    ClaimToTake { claim: claim.clone(), exclusive }
}
