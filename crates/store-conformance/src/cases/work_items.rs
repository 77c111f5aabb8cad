//! What waits for people: exactly what the domain says, oldest first; and who is at it, for a while.

use std::collections::BTreeMap;
use std::sync::Arc;

use client_app::ports::{ReceiverName, WorkClaim, WorkItemId, WorkPage, WorkPosition};
use client_domain::client::{WorkKind, WorkSubject};
use client_domain::kyc::ReviewAction;
use client_domain::lifecycle::Action;
use client_domain::value::{BranchKey, Notes};
use client_domain::{Actor, AuditStamp, Client, ClientState};
use jiff::{SignedDuration, ToSpan as _};

use super::given::{commit, commit_path, given_client, given_pending};
use super::observed::{all_clients, history_of};
use crate::fixtures::documents::{address_submitted, documents_of, reviewer, submitted};
use crate::fixtures::{applicant, checker, creation, maker, moment, path_with, performed, replacement};
use crate::harness::{Fresh, Harness, race};

fn page(kind: WorkKind) -> WorkPage {
    WorkPage { kind, branch: None, after: None, limit: 1_000 }
}

async fn waiting(fresh: &Fresh, kind: WorkKind) -> Vec<WorkPosition> {
    fresh.work_items.waiting(&page(kind)).await.unwrap()
}

/// The queue of every kind holds what waits of these clients, and nothing else.
async fn agrees(fresh: &Fresh, clients: &BTreeMap<String, Client>, when: &str) {
    for kind in WorkKind::ALL {
        let expected = page(kind).of(clients.values());
        assert_eq!(waiting(fresh, kind).await, expected, "{} {when}", kind.name());
    }
}

async fn change(fresh: &Fresh, before: &Client, change: client_domain::client::Change) -> Client {
    commit(&*fresh.store, replacement(before, &change)).await;
    change.client
}

/// What waits of a client is in the queue after each of its commits, in every state: requests, documents and addresses
/// whose review is pending, open amendments, and approved documents of which it was noticed that they expire soon.
pub async fn queue_agrees_with_the_domain_after_every_commit(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let mut clients = BTreeMap::new();
    for (n, state) in (1..).zip(ClientState::ALL) {
        let path = path_with(n, state, applicant(n), |client| documents_of(4 * n, client));
        for (at, step) in path.iter().enumerate() {
            let changeset = match at {
                0 => creation(step),
                at => replacement(&path[at - 1].client, step),
            };
            commit(&*fresh.store, changeset).await;
            clients.insert(step.client.key().as_str().to_owned(), step.client.clone());
            agrees(&fresh, &clients, &format!("at step {at} to {}", state.name())).await;
        }
    }
    let kinds: Vec<_> = clients.values().flat_map(Client::waiting).map(|item| item.subject.kind()).collect();
    assert!(kinds.contains(&WorkKind::Document) && kinds.contains(&WorkKind::Address), "{kinds:?}");
}

/// A request waits until it is decided or withdrawn by a change; since the request, in whatever order clients were made.
pub async fn requested_approvals_wait_until_they_are_decided(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let mut clients = BTreeMap::new();
    for (n, second) in [(1, 30), (2, 10), (3, 20), (4, 10)] {
        let client = given_pending(&*fresh.store, applicant(n)).await;
        let requested = change(&fresh, &client, client.request_approval(None, &maker(second)).unwrap()).await;
        clients.insert(requested.key().as_str().to_owned(), requested);
    }
    agrees(&fresh, &clients, "after the requests").await;
    let order: Vec<_> = waiting(&fresh, WorkKind::Approval).await.iter().map(|one| one.since).collect();
    assert_eq!(order, [moment(10), moment(10), moment(20), moment(30)]);
    for (client, action) in clients.clone().values().zip([Action::Approve, Action::Reject]) {
        let decided = change(&fresh, client, performed(client, action, &checker(40))).await;
        clients.insert(decided.key().as_str().to_owned(), decided);
        agrees(&fresh, &clients, action.name()).await;
    }
    assert_eq!(waiting(&fresh, WorkKind::Approval).await.len(), 2);
}

/// A document waits from its submission until its review, and again when it expires soon; so does an address.
pub async fn reviews_wait_until_they_are_done(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let client = given_client(&*fresh.store, ClientState::Active, applicant(1)).await;
    let expiry = jiff::civil::date(2031, 3, 31);
    let client = change(&fresh, &client, submitted(&client, 1, Some(expiry))).await;
    let client = change(&fresh, &client, address_submitted(&client, 2)).await;
    let document = client.kyc().documents[0].id.clone();
    let address = client.kyc().addresses[0].id.clone();
    let map = |client: &Client| BTreeMap::from([(client.key().as_str().to_owned(), client.clone())]);
    agrees(&fresh, &map(&client), "submitted").await;
    assert_eq!(waiting(&fresh, WorkKind::Document).await.len(), 1);
    assert_eq!(waiting(&fresh, WorkKind::Address).await.len(), 1);

    let approved = client.review_document(&document, ReviewAction::Approve, None, &reviewer(3)).unwrap();
    let client = change(&fresh, &client, approved).await;
    let comment = Some(Notes::parse("unknown there").unwrap());
    let rejected = client.review_address(&address, ReviewAction::Reject, comment, &reviewer(4)).unwrap();
    let client = change(&fresh, &client, rejected).await;
    agrees(&fresh, &map(&client), "reviewed").await;
    assert_eq!(waiting(&fresh, WorkKind::Document).await, []);

    let note = |client: &Client, day| client.note_expiry(day, 30, &checker(5)).change().unwrap();
    let client = change(&fresh, &client, note(&client, expiry.saturating_sub(9.days()))).await;
    agrees(&fresh, &map(&client), "expiring").await;
    let expiring = WorkItemId { client: client.key().clone(), subject: WorkSubject::Expiring(document) };
    assert_eq!(waiting(&fresh, WorkKind::Expiring).await[0].item, expiring);
    let client = change(&fresh, &client, note(&client, expiry.saturating_add(1.days()))).await;
    agrees(&fresh, &map(&client), "expired").await;
    assert_eq!(waiting(&fresh, WorkKind::Expiring).await, []);
}

/// A refused commit changes nothing of the queue.
pub async fn refused_commit_leaves_the_queue_of_work_alone(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let client = given_pending(&*fresh.store, applicant(1)).await;
    let requested = client.request_approval(None, &maker(3)).unwrap();
    let stale = replacement(&client, &requested);
    commit(&*fresh.store, stale.clone()).await;
    let before = waiting(&fresh, WorkKind::Approval).await;
    let document =
        client.submit_document(crate::fixtures::documents::document(1, None, &maker(4)), &maker(4));
    let stale = replacement(&client, &document.unwrap());
    assert_eq!(fresh.store.commit(stale).await.unwrap(), client_app::ports::Committed::Stale);
    assert_eq!(waiting(&fresh, WorkKind::Approval).await, before);
    assert_eq!(waiting(&fresh, WorkKind::Document).await, []);
}

/// The pages of a queue return each item once, in order, also by branch; and the limit is kept.
pub async fn pages_of_the_queue_return_every_item_once(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let branch = |name: &str| BranchKey::parse(name).unwrap();
    for n in 1..=9_i64 {
        let mut application = applicant(n);
        application.branch = (n % 3 > 0).then(|| branch(if n % 3 == 1 { "lagos" } else { "abuja" }));
        let client = given_pending(&*fresh.store, application).await;
        let stamp = AuditStamp { at: moment(100 + n % 4) + SignedDuration::from_micros(n / 4), ..maker(0) };
        change(&fresh, &client, client.request_approval(None, &stamp).unwrap()).await;
    }
    for (branch, number) in [(None, 9), (Some(branch("lagos")), 3), (Some(branch("kano")), 0)] {
        let all = WorkPage { branch, ..page(WorkKind::Approval) };
        let expected = fresh.work_items.waiting(&all).await.unwrap();
        assert_eq!(expected.len(), number);
        let mut ordered = expected.clone();
        ordered.sort_by(|one, other| one.order().cmp(&other.order()));
        assert_eq!(expected, ordered);
        let (mut walked, mut after) = (Vec::new(), None);
        loop {
            let next = WorkPage { after, limit: 2, ..all.clone() };
            let found = fresh.work_items.waiting(&next).await.unwrap();
            assert!(found.len() <= 2);
            let Some(last) = found.last().cloned() else { break };
            walked.extend(found);
            after = Some(last);
        }
        assert_eq!(walked, expected);
    }
    let none = WorkPage { limit: 0, ..page(WorkKind::Approval) };
    assert_eq!(fresh.work_items.waiting(&none).await.unwrap(), []);
}

fn claim(n: u128, person: &str, until: i64) -> WorkClaim {
    let client = client_domain::value::ClientKey::from_bits(n);
    let item = WorkItemId { client, subject: WorkSubject::Approval };
    WorkClaim { item, by: Actor::parse(person).unwrap(), until: moment(until) }
}

async fn claimed(fresh: &Fresh, claim: &WorkClaim, second: i64) -> Option<WorkClaim> {
    fresh.work_items.claim_work(claim, moment(second)).await.unwrap()
}

async fn claims(fresh: &Fresh, item: &WorkItemId, second: i64) -> Vec<WorkClaim> {
    fresh.work_items.work_claims(std::slice::from_ref(item), moment(second)).await.unwrap()
}

/// A claimed item is held until the end of its claim; then another person may claim it.
pub async fn claim_holds_until_its_end(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let (mut ada, bola) = (claim(1, "ada", 100), claim(1, "bola", 200));
    ada.by.email = Some(crate::fixtures::email("ada@example.com"));
    assert_eq!(claimed(&fresh, &ada, 0).await, None);
    assert_eq!(claimed(&fresh, &bola, 99).await, Some(ada.clone()));
    assert_eq!(claims(&fresh, &ada.item, 99).await, [ada.clone()]);
    assert_eq!(claims(&fresh, &ada.item, 100).await, []);
    assert_eq!(claimed(&fresh, &bola, 100).await, None);
    assert_eq!(claimed(&fresh, &ada, 150).await, Some(bola));
}

/// The holder renews its claim; a claim of one item says nothing of another.
pub async fn claim_is_renewed_by_its_holder(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let ada = claim(1, "ada", 100);
    assert_eq!(claimed(&fresh, &ada, 0).await, None);
    let renewed = WorkClaim { until: moment(150), ..ada.clone() };
    assert_eq!(claimed(&fresh, &renewed, 50).await, None);
    assert_eq!(claimed(&fresh, &claim(1, "bola", 200), 120).await, Some(renewed.clone()));
    assert_eq!(claimed(&fresh, &claim(2, "bola", 200), 120).await, None);
    let document = client_domain::kyc::DocumentId::from_bits(1);
    for subject in [WorkSubject::Document(document.clone()), WorkSubject::Expiring(document)] {
        let item = WorkItemId { subject, ..ada.item.clone() };
        let of_document = WorkClaim { item: item.clone(), ..claim(1, "bola", 200) };
        assert_eq!(claimed(&fresh, &of_document, 120).await, None);
        assert_eq!(claims(&fresh, &item, 120).await, [of_document]);
    }
    assert_eq!(claims(&fresh, &ada.item, 120).await, [renewed]);
}

/// The holder, and no other person, releases a claim; then the item is free.
pub async fn claim_is_released_by_its_holder(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let (ada, bola) = (claim(1, "ada", 100), claim(1, "bola", 100));
    let release = async |of: &WorkClaim, second| {
        fresh.work_items.release_work(&of.item, &of.by.id, moment(second)).await.unwrap()
    };
    assert!(!release(&ada, 0).await);
    assert_eq!(claimed(&fresh, &ada, 0).await, None);
    assert!(!release(&bola, 1).await);
    assert_eq!(claims(&fresh, &ada.item, 1).await, std::slice::from_ref(&ada));
    assert!(release(&ada, 1).await);
    assert!(!release(&ada, 1).await);
    assert_eq!(claimed(&fresh, &bola, 1).await, None);
    assert!(!release(&bola, 100).await, "it has ended");
}

/// Of several people who claim an item concurrently, one holds it, and the others learn who.
pub async fn concurrent_claims_of_an_item_have_one_holder(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let racers = (0..8).map(|n| {
        let work_items = Arc::clone(&fresh.work_items);
        let own = claim(1, &format!("person-{n}"), 100);
        async move {
            let other = work_items.claim_work(&own, moment(0)).await.unwrap();
            (other.is_none(), other.unwrap_or(own))
        }
    });
    let answers = race(harness, racers).await;
    assert_eq!(answers.iter().filter(|(is_holder, _)| *is_holder).count(), 1);
    let holder = &answers[0].1;
    assert!(answers.iter().all(|(_, named)| named == holder));
    assert_eq!(claims(&fresh, &holder.item, 1).await, std::slice::from_ref(holder));
}

/// Only claims that have ended are removed, a limited number at a time.
pub async fn only_ended_claims_are_removed(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    for (n, until) in [(1, 10), (2, 20), (3, 21)] {
        assert_eq!(claimed(&fresh, &claim(n, "ada", until), 0).await, None);
    }
    let remove = async |limit| fresh.work_items.remove_ended_claims(moment(20), limit).await.unwrap();
    assert_eq!((remove(0).await, remove(1).await, remove(9).await, remove(9).await), (0, 1, 1, 0));
    let items: Vec<_> = (1..=3).map(|n| claim(n, "ada", 0).item).collect();
    let left = fresh.work_items.work_claims(&items, moment(0)).await.unwrap();
    assert_eq!(left, [claim(3, "ada", 21)]);
}

/// Claims change no client, no history and no event.
pub async fn claims_of_work_write_no_client(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let path = path_with(1, ClientState::PendingApproval, applicant(1), |_| Vec::new());
    let client = commit_path(&*fresh.store, &path).await;
    let before = (all_clients(&*fresh.store).await, history_of(&*fresh.store, client.key()).await);
    let item = WorkItemId { client: client.key().clone(), subject: WorkSubject::Approval };
    let own = WorkClaim { item, ..claim(1, "ada", 100) };
    assert_eq!(claimed(&fresh, &own, 0).await, None);
    assert!(fresh.work_items.release_work(&own.item, &own.by.id, moment(1)).await.unwrap());
    let after = (all_clients(&*fresh.store).await, history_of(&*fresh.store, client.key()).await);
    assert_eq!(after, before);
    assert_eq!(
        fresh.outbox.take(&ReceiverName::DEFAULT, 9, moment(9), moment(10)).await.unwrap().len(),
        before.1.len()
    );
}
