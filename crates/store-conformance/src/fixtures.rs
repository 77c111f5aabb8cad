//! Example clients in every state, and the changesets that lead there: made by the domain's own decisions, so that
//! everything here can occur in a store.
//!
//! ```
//! use store_conformance::fixtures::{applicant, creation, replacement, path_to};
//! use client_app::ports::ClientWrite;
//! use client_domain::ClientState;
//!
//! let path = path_to(ClientState::Approved, applicant(1));
//! let first = creation(&path[0]);
//! assert!(matches!(first.client, Some(ClientWrite::Insert(_))));
//! assert_eq!((first.take.len(), first.history.len(), first.events.len()), (3, 1, 1));
//!
//! let second = replacement(&path[0].client, &path[1]);
//! assert!(second.take.is_empty() && second.release.is_empty(), "an approved client keeps its claims");
//! ```

pub mod batches;
pub mod conditions;
pub mod documents;
pub mod exports;
pub mod saved_views;
pub mod sessions;
mod stamps;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use client_domain::client::{Application, Change, Correction, DetailsPatch, Renewal, Transaction};
use client_domain::kyc::ContentKey;
use client_domain::lifecycle::{Action, Facts};
use client_domain::value::{
    ClientId, ClientKey, EmailAddress, Identification, IdentificationNumber, IdentificationType, PersonName,
    PhoneNumber, Reason, TransactionReference, Version,
};
use client_domain::{ActorId, AuditStamp, Claim, Client, ClientState, example};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use client_app::ports::{
    Changeset, ClaimToTake, ClientWrite, EventId, Fingerprint, HistoryEntry, HistoryValues, OrphanCandidate,
    OutboxEvent, OutcomeRecord, RequestKey, StoredData, StoredReply,
};
use client_app::{IdempotencyKey, RequestId};

pub use self::stamps::{checker, maker, moment};

/// Applicant number `n`, from 1. Any two differ in everything that may occur once, and their keys do not come
/// in the order of their ids.
pub fn applicant(n: i64) -> Application {
    let scattered = i128::from(n).wrapping_mul(0x5851_f42d_4c95_7f2d_1405_7b7e_f767_814f).cast_unsigned();
    let mut application = example::application().unwrap();
    application.key = ClientKey::from_bits(scattered);
    application.id = ClientId::new(n).unwrap();
    application.details.email = email(&format!("client-{n}@example.com"));
    application.details.phone =
        PhoneNumber::parse(&format!("+234{n:010}")).unwrap().entered_as(&format!("0{n:010}"));
    application.identification = identification("International Passport", &format!("A{n:08}"));
    application
}

/// An e-mail address.
pub fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

/// An identification.
pub fn identification(kind: &str, number: &str) -> Identification {
    Identification {
        kind: IdentificationType::parse(kind).unwrap(),
        number: IdentificationNumber::parse(number).unwrap(),
    }
}

/// Applicant number `n`, onboarded.
pub fn onboarded(n: i64) -> Change {
    Client::onboard(applicant(n), &maker(n))
}

/// Every change on the ordinary path of an applicant to `state`, the creation first, a second apart.
pub fn path_to(state: ClientState, application: Application) -> Vec<Change> {
    path_from(application.id.get(), state, application)
}

/// As [`path_to`], begun at this second.
pub fn path_from(second: i64, state: ClientState, application: Application) -> Vec<Change> {
    path_with(second, state, application, |_| Vec::new())
}

/// As [`path_from`], with documents that are submitted and reviewed before anything else.
pub fn path_with(
    second: i64,
    state: ClientState,
    application: Application,
    documents: impl FnOnce(&Client) -> Vec<Change>,
) -> Vec<Change> {
    let actions: &[Action] = match state {
        ClientState::PendingApproval => &[],
        ClientState::Approved => &[Action::Approve],
        ClientState::Active => &[Action::Approve, Action::Activate],
        ClientState::Rejected => &[Action::Reject],
        ClientState::BlackListed => &[Action::Approve, Action::Blacklist],
        ClientState::Exited => &[Action::Approve, Action::Exit],
    };
    let created = Client::onboard(application, &maker(second));
    let documents = documents(&created.client);
    let mut path = vec![created];
    path.extend(documents);
    for (step, action) in (second + 1..).zip(actions) {
        let next = performed(&path[path.len() - 1].client, *action, &checker(step));
        path.push(next);
    }
    path
}

/// The client after an allowed action.
pub fn performed(client: &Client, action: Action, stamp: &AuditStamp) -> Change {
    if action == Action::Activate {
        return activated(client, &format!("TX-{}", client.id()), stamp);
    }
    let reason = Reason::parse("as the documents show").unwrap();
    client.perform(action, reason.into(), &Facts::without_controls(), stamp).unwrap()
}

/// Applicant number `n`, as this exited client returns: with other values wherever one may occur once.
pub fn returned(former: &Client, n: i64) -> Change {
    let Application { key, id, details, identification, .. } = applicant(n);
    let renewal = Renewal {
        key,
        id,
        details: DetailsPatch {
            email: Some(details.email),
            phone: Some(details.phone),
            ..DetailsPatch::default()
        },
        correction: Correction {
            identification_type: Some(identification.kind),
            identification_number: Some(identification.number),
            ..Correction::default()
        },
        default_branch: None,
    };
    let reason = Reason::parse("back from abroad").unwrap();
    former
        .return_as(renewal, reason, &Facts::without_controls(), &maker(former.id().get() + 100 + n))
        .unwrap()
}

/// The approved client after its first transaction.
pub fn activated(client: &Client, reference: &str, stamp: &AuditStamp) -> Change {
    let reference = TransactionReference::parse(reference).unwrap();
    let transaction = Transaction { reference, date: Some(stamp.at.to_zoned_datetime(TimeZone::UTC).date()) };
    client.record_transaction(transaction, stamp).unwrap().change().unwrap()
}

/// The client after an update that changes something; the moment follows from the version.
pub fn updated(client: &Client, patch: DetailsPatch) -> Change {
    let seconds = client.id().get() + client.version().get().cast_signed();
    client.update(patch, &Facts::without_controls(), &checker(seconds)).unwrap().change().unwrap()
}

/// The client with another first name.
pub fn renamed(client: &Client, name: &str) -> Change {
    let name = PersonName::parse(name).unwrap();
    updated(client, DetailsPatch { first_name: Some(name), ..DetailsPatch::default() })
}

/// The client with another e-mail address.
pub fn with_email(client: &Client, address: &str) -> Change {
    updated(client, DetailsPatch { email: Some(email(address)), ..DetailsPatch::default() })
}

/// The changeset that writes a new client, with every claim exclusive.
pub fn creation(change: &Change) -> Changeset {
    let take = change.client.claims().into_iter().map(exclusive).collect();
    Changeset { client: Some(ClientWrite::Insert(change.client.clone())), take, ..recorded(change) }
}

/// The changeset that replaces `before`, with what the claims differ in.
pub fn replacement(before: &Client, change: &Change) -> Changeset {
    let (had, has) = (before.claims(), change.client.claims());
    Changeset {
        client: Some(ClientWrite::Update { client: change.client.clone(), read: before.version() }),
        documents: changed(&before.kyc().documents, &change.client.kyc().documents, |one| &one.id),
        addresses: changed(&before.kyc().addresses, &change.client.kyc().addresses, |one| &one.id),
        replaced: replaced(before, &change.client, change.event.at),
        take: has.iter().filter(|claim| !had.contains(claim)).cloned().map(exclusive).collect(),
        release: had.into_iter().filter(|claim| !has.contains(claim)).collect(),
        ..recorded(change)
    }
}

/// The contents that documents named and name no longer.
fn replaced(before: &Client, after: &Client, since: Timestamp) -> Vec<OrphanCandidate> {
    let keys = |client: &Client| -> BTreeSet<ContentKey> {
        client.kyc().documents.iter().map(|document| document.content.key.clone()).collect()
    };
    let named = keys(after);
    let replaced = keys(before).into_iter().filter(|key| !named.contains(key));
    replaced.map(|key| OrphanCandidate { key, since }).collect()
}

/// The ids of what is new or not as it was.
fn changed<T: PartialEq, I: Clone>(before: &[T], after: &[T], id: impl Fn(&T) -> &I) -> Vec<I> {
    after.iter().filter(|one| !before.contains(one)).map(|one| id(one).clone()).collect()
}

/// The history line and the event of a change, and nothing else.
fn recorded(change: &Change) -> Changeset {
    static EVENTS: AtomicU64 = AtomicU64::new(1);
    let number = EVENTS.fetch_add(1, Ordering::Relaxed);
    Changeset {
        history: vec![HistoryEntry {
            event: change.event.clone(),
            command: format!("Command{}", change.event.kind.name()),
            request_id: RequestId::parse(&format!("request-{number}")).unwrap(),
            values: HistoryValues { changed: change.values.clone(), proposed: change.proposed.clone() },
        }],
        events: vec![OutboxEvent::of(&change.event, EventId::from_bits(number.into()))],
        ..Changeset::default()
    }
}

/// A claim that no other client may have.
pub fn exclusive(claim: Claim) -> ClaimToTake {
    ClaimToTake { claim, exclusive: true }
}

/// A claim that other clients may have too.
pub fn shared(claim: Claim) -> ClaimToTake {
    ClaimToTake { claim, exclusive: false }
}

/// What the `n`th idempotency key of `maker-1` for one and the same command is unique within.
pub fn request(n: usize) -> RequestKey {
    RequestKey {
        actor: ActorId::parse("maker-1").unwrap(),
        command: "CreateClientCommand".to_owned(),
        key: IdempotencyKey::parse(&format!("key-{n}")).unwrap(),
    }
}

/// The outcome of a request whose body is summed up by `body`; the reply repeats it.
pub fn outcome(request: RequestKey, body: u8) -> OutcomeRecord {
    let mut fingerprint = [0xa5; 32];
    fingerprint[31] = body;
    let reply = StoredReply {
        message: "Customer created successfully".to_owned(),
        data: StoredData::Sealed(format!("data-{body}")),
        version: Some(Version::FIRST),
    };
    let attempt = Some(EventId::from_bits(u128::from(body) + 1_000));
    let client = Some(ClientKey::from_bits(u128::from(body) + 2_000));
    OutcomeRecord { request, attempt, fingerprint: Fingerprint(fingerprint), client, reply, at: moment(60) }
}

/// The changeset together with an outcome.
pub fn keyed(changeset: Changeset, outcome: OutcomeRecord) -> Changeset {
    Changeset { outcome: Some(outcome), ..changeset }
}
