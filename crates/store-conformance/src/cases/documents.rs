//! Documents and addresses are part of their client: written with it, read with it, and found by.

use std::collections::BTreeSet;

use client_app::ports::{ClientRef, Committed};
use client_domain::client::Change;
use client_domain::kyc::{
    AddressId, ContentKey, DocumentId, DocumentKind, Evidence, KycPolicy, KycStatus, Requirement,
};
use client_domain::search::{Order, field};
use client_domain::value::CustomerType;
use client_domain::{Client, ClientState};
use jiff::ToSpan as _;
use jiff::civil::Date;

use super::data_set::{commit_data_set, expected};
use super::given::{commit, commit_path, given_pending};
use super::observed::{TODAY, by_key, find, history_of, refused, search_for};
use crate::fixtures::documents::{address_submitted, approved_document, document, documents_of, submitted};
use crate::fixtures::{applicant, checker, keyed, maker, outcome, path_to, path_with, replacement, request};
use crate::harness::Harness;

/// Documents and addresses are returned to the last field and in their order, in every state of their
/// review.
pub async fn documents_come_back(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    for n in 1..=12 {
        let path = path_with(n, ClientState::Active, applicant(n), |client| documents_of(n, client));
        let client = commit_path(store, &path).await;
        assert!(!client.kyc().documents.is_empty());
        assert_eq!(find(store, &client).await.as_ref(), Some(&client), "{n}");
        assert_eq!(store.find(&ClientRef::Id(client.id())).await.unwrap().as_ref(), Some(&client));
        assert_eq!(store.load(&by_key(&client), None).await.unwrap().client.as_ref(), Some(&client));
    }
}

/// A client is found by each of its documents and addresses, and by no other client's.
pub async fn client_is_found_by_its_documents_and_addresses(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    for n in 1..=3 {
        let path =
            path_with(n, ClientState::PendingApproval, applicant(n), |client| documents_of(4 * n, client));
        let client = commit_path(store, &path).await;
        let documents = client.kyc().documents.iter().map(|one| ClientRef::Document(one.id.clone()));
        let addresses = client.kyc().addresses.iter().map(|one| ClientRef::Address(one.id.clone()));
        let names: Vec<_> = documents.chain(addresses).collect();
        assert!(names.len() > 2);
        for name in names {
            assert_eq!(store.find(&name).await.unwrap().as_ref(), Some(&client));
            assert_eq!(store.load(&name, None).await.unwrap().client.as_ref(), Some(&client));
        }
    }
    for unknown in [
        ClientRef::Document(DocumentId::from_bits(u128::MAX)),
        ClientRef::Address(AddressId::from_bits(u128::MAX)),
    ] {
        assert_eq!(store.find(&unknown).await.unwrap(), None);
        assert_eq!(store.load(&unknown, None).await.unwrap().client, None);
    }
}

/// A stale update writes neither documents nor anything else.
pub async fn stale_update_writes_no_document(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let read = given_pending(store, applicant(1)).await;
    commit(store, replacement(&read, &submitted(&read, 1, None))).await;
    let late = replacement(&read, &submitted(&read, 2, None));
    assert_eq!((late.documents.len(), late.history.len()), (1, 1));
    let answer = refused(&fresh, keyed(late, outcome(request(1), 1))).await;
    assert_eq!(answer, Committed::Stale);
    let unknown = ClientRef::Document(document(2, None, &maker(0)).id);
    assert_eq!(store.find(&unknown).await.unwrap(), None);
}

/// A change of one document leaves the others, and those of other clients, as they are.
pub async fn change_of_one_document_leaves_the_others(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let of = |n: i64| {
        path_with(n, ClientState::PendingApproval, applicant(n), |client| documents_of(4 * n, client))
    };
    let other = commit_path(store, &of(2)).await;
    let before = commit_path(store, &of(1)).await;
    let pending = before.kyc().documents.iter().find(|one| one.verification.review().is_none()).unwrap();
    let mut content = pending.content.clone();
    content.key = ContentKey::from_bits(content.uploaded.at, 0xfeed);
    content.size += 1;
    content.uploaded = checker(99);
    let change = before.replace_content(&pending.id, content, &checker(99)).unwrap();
    commit(store, replacement(&before, &change)).await;
    assert_eq!(find(store, &before).await, Some(change.client));
    assert_eq!(find(store, &other).await, Some(other));
}

/// A line of the history says which document or address it is about.
pub async fn history_names_the_document(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let path = path_with(1, ClientState::Approved, applicant(1), |client| documents_of(4, client));
    let client = commit_path(store, &path).await;
    let events: Vec<_> = path.iter().rev().map(|change| change.event.clone()).collect();
    let lines: Vec<_> = history_of(store, client.key()).await.into_iter().map(|line| line.event).collect();
    assert!(lines.iter().filter(|event| event.kyc.is_some()).count() > 3);
    assert_eq!(lines, events);
}

/// A content is in use as long as a document mentions it.
pub async fn content_is_in_use_while_a_document_names_it(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let client = given_pending(store, applicant(1)).await;
    let (first, second) = (document(1, None, &maker(5)), document(2, None, &maker(6)));
    let keys = [first.content.key.clone(), second.content.key.clone()];
    let in_use = async || store.contents_in_use(&keys).await.unwrap();
    assert_eq!(in_use().await, BTreeSet::new());

    let change = client.submit_document(first.clone(), &maker(5)).unwrap();
    commit(store, replacement(&client, &change)).await;
    assert_eq!(in_use().await, [keys[0].clone()].into());

    let replaced = change.client.replace_content(&first.id, second.content, &maker(6)).unwrap();
    commit(store, replacement(&change.client, &replaced)).await;
    assert_eq!(in_use().await, [keys[1].clone()].into(), "the replaced file belongs to no document");
    assert_eq!(store.contents_in_use(&[]).await.unwrap(), BTreeSet::new());
}

/// The status of documents means what the domain says, whatever is required of which client.
pub async fn document_status_agrees_with_the_domain(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let data_set = commit_data_set(store).await;
    let any_of = |evidence: &[Evidence]| Requirement::any_of(evidence.iter().copied()).unwrap();
    let kind = Evidence::Document;
    let identity = any_of(&[kind(DocumentKind::InternationalPassport), kind(DocumentKind::NationalId)]);
    let bill =
        any_of(&[kind(DocumentKind::UtilityBill), kind(DocumentKind::BankStatement), Evidence::Address]);
    let home = any_of(&[Evidence::Address]);
    let policies = [
        vec![],
        vec![(CustomerType::Individual, vec![identity.clone()])],
        vec![(CustomerType::Individual, vec![home.clone()]), (CustomerType::Corporate, vec![home.clone()])],
        vec![
            (CustomerType::Individual, vec![identity, bill.clone()]),
            (CustomerType::Corporate, vec![bill, home]),
        ],
    ];
    for required in policies {
        let policy = KycPolicy { required: required.into_iter().collect(), ..KycPolicy::default() };
        let mut found = 0;
        for status in KycStatus::ALL {
            for filter in [
                field::KYC_STATUS.equals(status.name()),
                field::KYC_STATUS.is_not_in(vec![status.name(), "None"]),
            ] {
                let predicate = filter.check().unwrap().with_kyc_policy(&policy);
                let wanted: Vec<_> = expected(&data_set, &predicate, &Order::default())
                    .iter()
                    .map(|client| client.key().clone())
                    .collect();
                found += wanted.len();
                let search = search_for(predicate, Order::default());
                let answer = store.search(&search).await.unwrap();
                let keys: Vec<_> = answer.clients.into_iter().map(|client| client.key).collect();
                assert_eq!(keys, wanted, "{status:?} {policy:?}");
            }
        }
        assert!(found > 0);
    }
}

/// Whether a document is still good is asked on the day of the search.
pub async fn documents_expire_by_the_day_of_the_search(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let path: Vec<Change> = path_with(1, ClientState::PendingApproval, applicant(1), |client: &Client| {
        let first = submitted(client, 1, Some(TODAY));
        let approved = approved_document(&first.client, 1);
        let address = address_submitted(&approved.client, 1);
        vec![first, approved, address]
    });
    commit_path(store, &path).await;
    let total = async |filter: client_domain::search::Filter, today: Date| {
        let search =
            client_app::ports::Search { today, ..search_for(filter.check().unwrap(), Order::default()) };
        store.search(&search).await.unwrap().total.map(|total| total.number)
    };
    let tomorrow = TODAY.saturating_add(1.days());
    for (status, today, tomorrows) in [("Verified", 1, 0), ("Expired", 0, 1), ("Pending", 0, 0)] {
        assert_eq!(total(field::KYC_STATUS.equals(status), TODAY).await, Some(today), "{status}");
        assert_eq!(total(field::KYC_STATUS.equals(status), tomorrow).await, Some(tomorrows), "{status}");
    }
    assert_eq!(total(field::DOCUMENT_EXPIRY_DATE.today(), TODAY).await, Some(1));
    assert_eq!(total(field::DOCUMENT_EXPIRY_DATE.next_days(30), tomorrow).await, Some(0));
    assert_eq!(total(field::DOCUMENT_EXPIRY_DATE.last_days(1), tomorrow).await, Some(1));
    assert_eq!(
        path_to(ClientState::Active, applicant(2)).len(),
        3,
        "documents are no part of the ordinary path"
    );
}
