//! The history of a client is written once and never changed.

use client_app::ports::{Changeset, ClientStore, HistoryEntry, HistoryPage};
use client_domain::client::{
    AmendmentDecision, Change, ContactPoint, ContactVerification, DetailsPatch, Patch,
};
use client_domain::kyc::{DocumentKind, RequestedDocuments, ReviewAction};
use client_domain::lifecycle::{Action, Facts};
use client_domain::value::{AccountOfficerId, MaritalStatus, Notes, Reason};
use client_domain::{Actor, AuditStamp, Client, ClientState, EventKind, Justification};
use jiff::civil::date;

use super::amendments::{corrected, decided, proposed, withdrawn};
use super::given::{commit, given_client, given_pending, version};
use super::observed::history_of;
use crate::fixtures::documents::{
    address_submitted, approved_document, document, expiry_noted, rejected_document, submitted,
};
use crate::fixtures::{
    activated, applicant, checker, creation, maker, onboarded, performed, renamed, replacement, updated,
};
use crate::harness::Harness;

/// A client with five lines of history.
async fn with_five_lines(store: &dyn ClientStore) -> Client {
    let mut client = given_pending(store, applicant(1)).await;
    for name in ["Ngozi", "Ifeoma", "Zainab", "Halima"] {
        let change = renamed(&client, name);
        commit(store, replacement(&client, &change)).await;
        client = change.client;
    }
    client
}

async fn versions(
    store: &dyn ClientStore,
    client: &Client,
    before: Option<u64>,
    after: Option<u64>,
    limit: usize,
) -> Vec<u64> {
    let page = HistoryPage {
        before: before.map(version),
        after: after.map(version),
        events: &[],
        limit,
        with_values: true,
    };
    let lines = store.history(client.key(), page).await.unwrap();
    lines.iter().map(|line| line.event.version.get()).collect()
}

/// The newest line comes first.
pub async fn the_newest_line_comes_first(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let client = with_five_lines(&*fresh.store).await;
    assert_eq!(versions(&*fresh.store, &client, None, None, 100).await, [5, 4, 3, 2, 1]);
}

/// A limit returns that many of the newest lines.
pub async fn a_limit_gives_the_newest(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let client = with_five_lines(&*fresh.store).await;
    assert_eq!(versions(&*fresh.store, &client, None, None, 2).await, [5, 4]);
    assert_eq!(versions(&*fresh.store, &client, None, None, 5).await, [5, 4, 3, 2, 1]);
}

/// Only lines of events of some kinds, up to the limit.
pub async fn events_give_their_lines(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let client = with_five_lines(&*fresh.store).await;
    let asked = async |events, before: Option<u64>, limit| {
        let before = before.map(version);
        let page = HistoryPage { before, after: None, events, limit, with_values: false };
        let lines = fresh.store.history(client.key(), page).await.unwrap();
        lines.iter().map(|line| line.event.version.get()).collect::<Vec<_>>()
    };
    assert_eq!(asked(&[EventKind::Created], None, 2).await, [1]);
    assert_eq!(asked(&[EventKind::Updated], None, 2).await, [5, 4]);
    assert_eq!(asked(&[EventKind::Updated, EventKind::Created], Some(3), 9).await, [2, 1]);
    assert_eq!(asked(&[EventKind::Approved], None, 9).await, [0; 0]);
}

/// `before` gives older lines only, so that the last version of one page asks for the next.
pub async fn before_gives_older_lines(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let client = with_five_lines(&*fresh.store).await;
    assert_eq!(versions(&*fresh.store, &client, Some(4), None, 2).await, [3, 2]);
    assert_eq!(versions(&*fresh.store, &client, Some(2), None, 2).await, [1]);
    assert_eq!(versions(&*fresh.store, &client, Some(1), None, 2).await, [0; 0]);
    assert_eq!(versions(&*fresh.store, &client, Some(90), None, 2).await, [5, 4]);
}

/// `after` gives newer lines only, the newest first even then.
pub async fn after_gives_newer_lines(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let client = with_five_lines(&*fresh.store).await;
    assert_eq!(versions(&*fresh.store, &client, None, Some(2), 100).await, [5, 4, 3]);
    assert_eq!(versions(&*fresh.store, &client, None, Some(2), 1).await, [5]);
    assert_eq!(versions(&*fresh.store, &client, None, Some(5), 100).await, [0; 0]);
    assert_eq!(versions(&*fresh.store, &client, Some(5), Some(1), 100).await, [4, 3, 2]);
    assert_eq!(versions(&*fresh.store, &client, Some(5), Some(1), 2).await, [4, 3]);
    assert_eq!(versions(&*fresh.store, &client, Some(2), Some(4), 100).await, [0; 0]);
}

/// An unknown client has no history.
pub async fn unknown_client_has_no_history(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    with_five_lines(&*fresh.store).await;
    assert_eq!(history_of(&*fresh.store, onboarded(2).client.key()).await, []);
}

/// Each client has its own history, however the commits were mixed.
pub async fn each_client_has_its_own_history(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let ada = given_pending(store, applicant(1)).await;
    let bola = given_pending(store, applicant(2)).await;
    commit(store, replacement(&ada, &renamed(&ada, "Ngozi"))).await;
    let chidi = given_client(store, ClientState::Active, applicant(3)).await;
    for (client, lines) in [(ada, 2), (bola, 1), (chidi, 3)] {
        let history = history_of(store, client.key()).await;
        assert_eq!(history.len(), lines);
        assert!(history.iter().all(|line| line.event.key == *client.key()));
    }
}

/// A system that has entered none of the values.
fn code_service() -> AuditStamp {
    AuditStamp::new(Actor::parse("code-service").unwrap(), checker(11).at)
}

/// Every kind of event is returned as it was written: who, when, from which state to which, which fields,
/// why, the notes, by which command and request.
pub async fn every_line_comes_back_unchanged(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let reason = Some(Reason::parse("Forged passport,\n'seen' by 李 \\ 100%").unwrap());
    let notes = |text| Some(Notes::parse(text).unwrap());
    let facts = Facts::without_controls();

    let created = onboarded(1);
    let mut written = vec![creation(&created)];
    let mut client = created.client;
    let steps: [&dyn Fn(&Client) -> Change; 30] = [
        &corrected,
        &|client| {
            let patch = DetailsPatch {
                marital_status: Patch::Set(MaritalStatus::Married),
                account_officer: Patch::Set(AccountOfficerId::new(7).unwrap()),
                ..DetailsPatch::default()
            };
            updated(client, patch)
        },
        &|client| {
            let means = Reason::parse("One-time code").unwrap();
            let value = ContactPoint::Mobile.value(&client.snapshot().details);
            let verification = ContactVerification { value, stamp: code_service(), means, reference: None };
            client.verify_contact_point(verification).unwrap()
        },
        &|client| requested(client, notes("of this year")),
        &|client| submitted(client, 1, Some(date(2026, 1, 20))),
        &|client| {
            let by = maker(12);
            let one = document(1, None, &by);
            client.replace_content(&one.id, one.content, &by).unwrap()
        },
        &|client| expiry_noted(client, date(2026, 1, 5)),
        &|client| expiry_noted(client, date(2026, 1, 21)),
        &|client| expiry_noted(client, date(2026, 1, 18)),
        &|client| submitted(client, 2, None),
        &|client| approved_document(client, 2),
        &|client| rejected_document(client, 1),
        &|client| address_submitted(client, 1),
        &|client| {
            let id = client.kyc().addresses[0].id.clone();
            client.review_address(&id, ReviewAction::Approve, notes("seen"), &checker(15)).unwrap()
        },
        &|client| address_submitted(client, 2),
        &|client| {
            let id = client.kyc().addresses[1].id.clone();
            client
                .review_address(&id, ReviewAction::Reject, notes("not at this address"), &checker(16))
                .unwrap()
        },
        &|client| client.request_approval(notes("both documents\nseen"), &maker(20)).unwrap(),
        &|client| performed(client, Action::Approve, &checker(30)),
        &|client| activated(client, "TX-2026/1", &checker(40)),
        &|client| proposed(client, "Eze"),
        &|client| decided(client, AmendmentDecision::Reject),
        &|client| proposed(client, "Eze"),
        &|client| decided(client, AmendmentDecision::Approve),
        &|client| proposed(client, "Obi"),
        &withdrawn,
        &|client| {
            let justification = Justification { reason: reason.clone(), notes: notes("watch"), code: None };
            client.perform(Action::Blacklist, justification, &facts, &checker(50)).unwrap()
        },
        &|client| performed(client, Action::UndoBlacklist, &checker(60)),
        &|client| performed(client, Action::Approve, &checker(70)),
        &|client| renamed(client, "Ngozi"),
        &|client| {
            let justification = Justification { reason: reason.clone(), ..Justification::default() };
            client.perform(Action::Exit, justification, &facts, &maker(90)).unwrap()
        },
    ];
    for step in steps {
        let change = step(&client);
        written.push(replacement(&client, &change));
        client = change.client;
    }
    for (n, action) in [(2, Action::Reject), (3, Action::Withdraw), (4, Action::Lapse)] {
        written.extend(way_of_an_ended(n, action, reason.clone()));
    }
    written.extend(way_of(5, &[Action::Approve, Action::Blacklist, Action::Exit]));
    written.extend(way_of(6, &[Action::Reject, Action::UndoReject, Action::Lapse, Action::UndoReject]));

    let mut lines: Vec<HistoryEntry> = Vec::new();
    for changeset in written {
        lines.extend(changeset.history.clone());
        commit(store, changeset).await;
    }
    let kinds: std::collections::BTreeSet<_> = lines.iter().map(|line| line.event.kind).collect();
    assert_eq!(kinds.len(), EventKind::ALL.len(), "every kind occurs");

    let mut read = history_of(store, client.key()).await;
    read.reverse();
    for n in 2..=6 {
        let mut others = history_of(store, onboarded(n).client.key()).await;
        others.reverse();
        read.extend(others);
    }
    assert_eq!(read, lines);
}

fn requested(client: &Client, notes: Option<Notes>) -> Change {
    let kinds = vec![DocumentKind::UtilityBill, DocumentKind::InternationalPassport];
    client.request_documents(RequestedDocuments::new(kinds).unwrap(), notes, &checker(11)).unwrap()
}

/// An application that ends.
fn way_of_an_ended(n: i64, action: Action, reason: Option<Reason>) -> [Changeset; 2] {
    let created = onboarded(n);
    let justification = Justification { reason, ..Justification::default() };
    let ended =
        created.client.perform(action, justification, &Facts::without_controls(), &checker(10)).unwrap();
    [creation(&created), replacement(&created.client, &ended)]
}

/// A client that these actions lead to its end, or back from there.
fn way_of(n: i64, actions: &[Action]) -> Vec<Changeset> {
    let created = onboarded(n);
    let mut written = vec![creation(&created)];
    let mut client = created.client;
    for (second, action) in (20..).zip(actions) {
        let change = performed(&client, *action, &checker(second));
        written.push(replacement(&client, &change));
        client = change.client;
    }
    written
}

/// An empty note is not the same as no note.
pub async fn an_empty_remark_is_still_a_remark(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let client = given_pending(store, applicant(1)).await;
    let remarked = client.request_approval(Some(Notes::parse("").unwrap()), &maker(20)).unwrap();
    commit(store, replacement(&client, &remarked)).await;
    let notes: Vec<_> = history_of(store, client.key())
        .await
        .into_iter()
        .map(|line| line.event.notes.map(|notes| notes.as_str().to_owned()))
        .collect();
    assert_eq!(notes, [Some(String::new()), None]);
}
