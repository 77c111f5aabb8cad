//! Values that wait for a second person, and the values of a review, are returned as they were written.

use client_app::ports::{ClientStore, Committed, HistoryPage, Search};
use client_domain::client::{
    AmendmentDecision, Change, Correction, DetailsPatch, FieldValue, Patch, TwoPersons, ValueChange,
};
use client_domain::kyc::KycStatus;
use client_domain::lifecycle::{Action, Facts};
use client_domain::search::{Filter, Order, field};
use client_domain::value::{
    BirthDate, BranchKey, CustomerType, Gender, IdentificationNumber, IdentificationType, MaritalStatus,
    PersonName, Reason,
};
use client_domain::{ActorId, Client, ClientState, EventKind};
use jiff::civil::date;

use super::given::{commit, given_client, given_pending};
use super::observed::{by_key, find, history_of, search_for};
use crate::fixtures::documents::{address_submitted, approved_document, submitted};
use crate::fixtures::{
    applicant, checker, creation, maker, onboarded, performed, renamed, replacement, updated, with_email,
};
use crate::harness::Harness;

fn two_persons() -> Facts {
    Facts { two_persons: TwoPersons::everywhere(), ..Facts::without_controls() }
}

/// The client after a proposal of this last name, and of values that are empty or hard to write.
pub(crate) fn proposed(client: &Client, name: &str) -> Change {
    let patch = DetailsPatch {
        last_name: Some(PersonName::parse(name).unwrap()),
        middle_name: Patch::Set(PersonName::parse("O'\"B\\rien, 李").unwrap()),
        marital_status: Patch::Clear,
        ..DetailsPatch::default()
    };
    client.update(patch, &two_persons(), &maker(200)).unwrap().change().unwrap()
}

/// The client after a correction of everything that an update cannot change, or after a proposal of it.
pub(crate) fn corrected(client: &Client) -> Change {
    let correction = Correction {
        birth_date: Some(BirthDate::new(date(1980, 2, 29), date(2026, 1, 1)).unwrap()),
        gender: Some(Gender::Other),
        identification_type: Some(IdentificationType::parse("National ID").unwrap()),
        identification_number: Some(IdentificationNumber::parse(&format!("№ 77-{}", client.id())).unwrap()),
        customer_type: Some(CustomerType::Corporate),
        branch: Some(BranchKey::parse("Kano/9").unwrap()),
    };
    let why = Reason::parse("Typed wrongly,\n'seen' by 李").unwrap();
    client.correct(correction, why, &two_persons(), &maker(210)).unwrap().change().unwrap()
}

/// The client after a decision about its first amendment.
pub(crate) fn decided(client: &Client, decision: AmendmentDecision) -> Change {
    let id = client.snapshot().amendments[0].id.clone();
    client.decide_amendment(&id, decision, None, &checker(220)).unwrap()
}

/// The client after its only amendment was withdrawn: every value is as it is in force.
pub(crate) fn withdrawn(client: &Client) -> Change {
    let details = &client.snapshot().details;
    let patch = DetailsPatch {
        last_name: Some(details.last_name.clone()),
        middle_name: details.middle_name.clone().map_or(Patch::Clear, Patch::Set),
        marital_status: details.marital_status.map_or(Patch::Clear, Patch::Set),
        ..DetailsPatch::default()
    };
    let change = client.update(patch, &two_persons(), &maker(225)).unwrap().change().unwrap();
    assert_eq!(change.event.kind, EventKind::AmendmentWithdrawn);
    change
}

/// Each step is committed in a statement of its own, and is returned to the last field.
async fn follow(store: &dyn ClientStore, client: Client, change: Change) -> Client {
    commit(store, replacement(&client, &change)).await;
    assert_eq!(find(store, &change.client).await.as_ref(), Some(&change.client));
    assert_eq!(store.load(&by_key(&client), None).await.unwrap().client.as_ref(), Some(&change.client));
    change.client
}

/// Open amendments are returned with their values, their proposer, who has confirmed it beforehand, and their reason, in the
/// states that have them; decided ones are not.
pub async fn open_amendments_come_back(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    for (n, state) in (1..).zip(TwoPersons::STATES) {
        let mut client = given_client(store, state, applicant(n)).await;
        for step in
            [&|client: &Client| proposed(client, "Eze") as Change, &corrected as &dyn Fn(&Client) -> Change]
        {
            let change = step(&client);
            client = follow(store, client, change).await;
        }
        assert_eq!(client.snapshot().amendments.len(), 2);
        let change = decided(&client, AmendmentDecision::Reject);
        client = follow(store, client, change).await;
        let change = decided(&client, AmendmentDecision::Approve);
        client = follow(store, client, change).await;
        assert_eq!(client.snapshot().gender, Gender::Other);
        let change = proposed(&client, "Obi").confirmed_by(&checker(230).by.id);
        client = follow(store, client, change).await;
        assert!(client.snapshot().amendments[0].is_of(&checker(230).by.id));
        // Its other values move to the next one, with who has confirmed them.
        let change = proposed(&client, "Bello").confirmed_by(&ActorId::parse("second-2").unwrap());
        client = follow(store, client, change).await;
        let change = performed(&client, Action::Blacklist, &checker(230));
        client = follow(store, client, change).await;
        assert_eq!(client.snapshot().amendments, []);
    }
}

/// A corrected value is returned, and the client is found by it.
pub async fn corrected_values_come_back(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let client = given_pending(store, applicant(1)).await;
    let change = corrected(&client);
    assert_eq!(change.event.kind, EventKind::Corrected);
    let client = follow(store, client, change).await;
    let number = field::IDENTIFICATION_NUMBER.equals("№ 77-1");
    assert_eq!(found(store, &number).await, [client.id().get()]);
    assert_eq!(found(store, &field::DATE_OF_BIRTH.on(date(1980, 2, 29))).await, [client.id().get()]);
    assert_eq!(found(store, &field::GENDER.equals("Female")).await, [0; 0]);
}

/// The values that an approval of a document or an address was given for are returned, even if another value has
/// outdated it.
pub async fn verified_values_come_back(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let mut client = given_pending(store, applicant(1)).await;
    let approve_address = |client: &Client| {
        let id = client.kyc().addresses[0].id.clone();
        let action = client_domain::kyc::ReviewAction::Approve;
        client.review_address(&id, action, None, &checker(240)).unwrap()
    };
    let moved = |client: &Client| {
        let city = Some(client_domain::value::PlaceName::parse("Abuja").unwrap());
        updated(client, DetailsPatch { city, ..DetailsPatch::default() })
    };
    let steps: [&dyn Fn(&Client) -> Change; 8] = [
        &|client| submitted(client, 1, None),
        &|client| approved_document(client, 1),
        &|client| address_submitted(client, 1),
        &approve_address,
        &|client| renamed(client, "Ngozi"),
        &moved,
        &|client| approved_document(client, 1),
        &approve_address,
    ];
    for step in steps {
        let change = step(&client);
        client = follow(store, client, change).await;
    }
    let change = renamed(&client, "Halima");
    follow(store, client, change).await;
}

/// The ids of the clients that a filter finds, ascending.
async fn found(store: &dyn ClientStore, filter: &Filter) -> Vec<i64> {
    let search = search_for(filter.check().unwrap(), Order::default());
    let search = Search { today: date(2026, 1, 5), ..search };
    let found = store.search(&search).await.unwrap();
    let mut ids: Vec<_> = found.clients.iter().map(|client| client.id.get()).collect();
    ids.sort_unstable();
    ids
}

/// A client is found by whether it has an open amendment.
pub async fn client_is_found_by_its_open_amendment(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let waiting = given_client(store, ClientState::Active, applicant(1)).await;
    let change = proposed(&waiting, "Eze");
    commit(store, replacement(&waiting, &change)).await;
    given_client(store, ClientState::Active, applicant(2)).await;
    let barred = given_client(store, ClientState::Approved, applicant(3)).await;
    let proposal = proposed(&barred, "Eze");
    commit(store, replacement(&barred, &proposal)).await;
    let ended = performed(&proposal.client, Action::Blacklist, &checker(250));
    commit(store, replacement(&proposal.client, &ended)).await;
    given_pending(store, applicant(4)).await;

    assert_eq!(found(store, &field::HAS_OPEN_AMENDMENT.equals(true)).await, [1]);
    assert_eq!(found(store, &field::HAS_OPEN_AMENDMENT.equals(false)).await, [2, 3, 4]);
    assert_eq!(found(store, &field::HAS_OPEN_AMENDMENT.not_equals(true)).await, [2, 3, 4]);
}

/// A client whose approved document was outdated is found as such, by its KYC status and by the document's.
pub async fn client_is_found_by_outdated_evidence(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    for n in 1..=3 {
        let client = given_pending(store, applicant(n)).await;
        let mut path = vec![submitted(&client, 10 + n, None)];
        path.push(approved_document(&path[0].client, 10 + n));
        if n > 1 {
            path.push(renamed(&path[1].client, "Ngozi"));
        }
        if n > 2 {
            path.push(approved_document(&path[2].client, 10 + n));
        }
        let mut client = client;
        for change in path {
            commit(store, replacement(&client, &change)).await;
            client = change.client;
        }
    }
    let status = |status: KycStatus| {
        let filter = field::KYC_STATUS.equals(status.name()).check().unwrap();
        filter.with_kyc_policy(&client_domain::kyc::KycPolicy::default())
    };
    for (wanted, expected) in [(KycStatus::Outdated, vec![2]), (KycStatus::Verified, vec![1, 3])] {
        let search = search_for(status(wanted), Order::default());
        let mut ids: Vec<_> =
            store.search(&search).await.unwrap().clients.iter().map(|client| client.id.get()).collect();
        ids.sort_unstable();
        assert_eq!(ids, expected, "{wanted:?}");
    }
    assert_eq!(found(store, &field::DOCUMENT_STATUS.equals("OUTDATED")).await, [2]);
    assert_eq!(found(store, &field::DOCUMENT_STATUS.equals("APPROVED")).await, [1, 3]);
    assert_eq!(found(store, &field::DOCUMENT_STATUS.not_equals("APPROVED")).await, [2]);
}

/// The values before and after are returned with their line, and only to a read that asks for them.
pub async fn values_come_back_with_their_line(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let mut client = given_client(store, ClientState::Active, applicant(1)).await;
    let married = |client: &Client| {
        let marital_status = Patch::Set(MaritalStatus::Widowed);
        updated(client, DetailsPatch { marital_status, ..DetailsPatch::default() })
    };
    let steps: [&dyn Fn(&Client) -> Change; 5] = [
        &|client| renamed(client, "Ngozi \"N\" O'B\\ 李"),
        &married,
        &|client| proposed(client, "Eze"),
        &corrected,
        &|client| decided(client, AmendmentDecision::Approve),
    ];
    let mut written = Vec::new();
    for step in steps {
        let change = step(&client);
        let changeset = replacement(&client, &change);
        written.extend(changeset.history.clone());
        commit(store, changeset).await;
        client = change.client;
    }
    written.reverse();
    assert!(written.iter().all(|line| !line.values.is_empty()));
    let page = HistoryPage { before: None, after: None, events: &[], limit: 5, with_values: true };
    assert_eq!(store.history(client.key(), page).await.unwrap(), written);
    let bare = store.history(client.key(), HistoryPage { with_values: false, ..page }).await.unwrap();
    assert_eq!(bare.len(), 5);
    assert!(bare.iter().all(|line| line.values.is_empty()));
}

/// A refused commit writes no values.
pub async fn refused_commit_writes_no_values(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let client = given_pending(store, applicant(1)).await;
    let first = renamed(&client, "Ngozi");
    commit(store, replacement(&client, &first)).await;
    let stale = store.commit(replacement(&client, &renamed(&client, "Halima"))).await.unwrap();
    assert_eq!(stale, Committed::Stale);
    let rival = onboarded(2);
    commit(store, creation(&rival)).await;
    let email = rival.client.snapshot().details.email.as_str().to_owned();
    let taken = with_email(&first.client, &email);
    assert!(matches!(
        store.commit(replacement(&first.client, &taken)).await.unwrap(),
        Committed::ClaimTaken(_)
    ));
    let lines = history_of(store, client.key()).await;
    assert_eq!(lines.len(), 2);
    let before = client.snapshot().details.first_name.clone();
    let after = first.client.snapshot().details.first_name.clone();
    let change = ValueChange { before: FieldValue::FirstName(before), after: FieldValue::FirstName(after) };
    assert_eq!(lines[0].values.changed, [change]);
    assert!(lines[1].values.is_empty());
}
