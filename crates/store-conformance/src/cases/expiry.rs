//! The expiry of documents: the clients that the watch gets, and their order.

use std::collections::BTreeSet;

use client_app::ports::{ClientStore, DueDocuments};
use client_domain::ClientState;
use client_domain::value::ClientKey;
use jiff::ToSpan as _;
use jiff::civil::{Date, date};

use super::given::{commit, commit_path};
use super::observed::{TODAY, find};
use crate::fixtures::documents::{approved_document, expiry_noted, rejected_document, submitted};
use crate::fixtures::{applicant, path_with, replacement};
use crate::harness::Harness;

async fn due(store: &dyn ClientStore, today: Date) -> Vec<ClientKey> {
    let all = DueDocuments { today, notice_days: 30, after: None, limit: 100 };
    store.due_documents(&all).await.unwrap()
}

/// A client is due if it has a document that expires within the days of notice, or has expired, and the notice is not
/// recorded yet.
pub async fn client_with_an_unnoticed_expiry_is_due(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let last = date(2026, 6, 30);
    let with = |n: i64, last: Option<Date>| {
        path_with(n, ClientState::PendingApproval, applicant(n), move |client| {
            vec![submitted(client, n, last)]
        })
    };
    let never = commit_path(store, &with(1, None)).await;
    let client = commit_path(store, &with(2, Some(last))).await;
    assert_eq!(due(store, date(2026, 5, 30)).await, [], "31 days before");
    assert_eq!(due(store, date(2026, 5, 31)).await, [client.key().clone()]);
    assert_eq!(
        due(store, date(2030, 1, 1)).await,
        [client.key().clone()],
        "also after a long time without a look"
    );

    let expiring = expiry_noted(&client, date(2026, 5, 31));
    commit(store, replacement(&client, &expiring)).await;
    assert_eq!(due(store, last).await, [], "good on its last day, and that is noticed");
    let tomorrow = last.tomorrow().unwrap();
    assert_eq!(due(store, tomorrow).await, [client.key().clone()]);
    let expired = expiry_noted(&expiring.client, tomorrow);
    commit(store, replacement(&expiring.client, &expired)).await;
    assert_eq!(due(store, date(2030, 1, 1)).await, []);
    assert_eq!(find(store, &never).await, Some(never), "nothing of it touches others");
}

/// A client whose document was rejected, or whose state is final, is not due.
pub async fn rejected_document_or_final_state_is_not_due(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let mut wanted = BTreeSet::new();
    for (n, state) in (1..).zip(ClientState::ALL) {
        let path = path_with(n, state, applicant(n), |client| vec![submitted(client, n, Some(TODAY))]);
        let client = commit_path(store, &path).await;
        if !state.has_ended() {
            wanted.insert(client.key().clone());
        }
    }
    let path = path_with(20, ClientState::PendingApproval, applicant(20), |client| {
        let first = submitted(client, 20, Some(TODAY));
        let rejected = rejected_document(&first.client, 20);
        vec![first, rejected]
    });
    commit_path(store, &path).await;
    let path = path_with(21, ClientState::PendingApproval, applicant(21), |client| {
        let first = submitted(client, 21, Some(TODAY));
        let approved = approved_document(&first.client, 21);
        vec![first, approved]
    });
    wanted.insert(commit_path(store, &path).await.key().clone());
    let found = due(store, TODAY).await;
    assert_eq!(found.iter().cloned().collect::<BTreeSet<_>>(), wanted);
    assert_eq!(found.len(), wanted.len(), "each once");
}

/// Due clients are listed in the order of their keys, after a given key and up to a limit, each once.
pub async fn due_clients_come_in_key_order_once(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    for n in 1..=7 {
        let path = path_with(n, ClientState::Approved, applicant(n), |client| {
            let first = submitted(client, 2 * n, Some(TODAY));
            let second = submitted(&first.client, 2 * n + 1, Some(TODAY.yesterday().unwrap()));
            vec![first, second]
        });
        commit_path(store, &path).await;
    }
    let all = due(store, TODAY).await;
    assert_eq!(all.len(), 7);
    assert!(all.is_sorted());
    let mut walked = Vec::new();
    loop {
        let page = DueDocuments { today: TODAY, notice_days: 0, after: walked.last().cloned(), limit: 3 };
        let found = store.due_documents(&page).await.unwrap();
        assert!(found.len() <= 3);
        let ends = found.len() < 3;
        walked.extend(found);
        if ends {
            break;
        }
    }
    assert_eq!(walked, all);
}

/// A client with a notice that was given too early is due as well: expired for a document whose last day is after today,
/// or expiring soon more than a day before the days of notice begin.
pub async fn premature_notice_is_due(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let last = date(2026, 6, 30);
    let path =
        path_with(1, ClientState::Approved, applicant(1), |client| vec![submitted(client, 2, Some(last))]);
    let before = commit_path(store, &path).await;
    let key = || vec![before.key().clone()];
    let days_before = |days: i32| last.saturating_sub(days.days());

    let expired = expiry_noted(&before, date(2027, 8, 4));
    commit(store, replacement(&before, &expired)).await;
    assert_eq!(due(store, days_before(0)).await, [], "it will be true tomorrow");
    assert_eq!(due(store, days_before(1)).await, key());
    assert_eq!(due(store, days_before(200)).await, key());

    let withdrawn = expiry_noted(&expired.client, days_before(200));
    commit(store, replacement(&expired.client, &withdrawn)).await;
    assert_eq!(find(store, &before).await.as_ref(), Some(&withdrawn.client));
    assert_eq!(due(store, days_before(31)).await, [], "nothing is noticed, as it should be");

    let expiring = expiry_noted(&withdrawn.client, days_before(30));
    commit(store, replacement(&withdrawn.client, &expiring)).await;
    assert_eq!(due(store, days_before(31)).await, [], "it will be true tomorrow");
    assert_eq!(due(store, days_before(32)).await, key());
    let withdrawn = expiry_noted(&expiring.client, days_before(32));
    commit(store, replacement(&expiring.client, &withdrawn)).await;
    assert_eq!(due(store, days_before(32)).await, []);
    assert_eq!(due(store, days_before(30)).await, key(), "it is due again");
}

/// A premature notice does not count where the document was rejected or the state is final.
pub async fn premature_notice_in_a_final_state_is_not_due(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let last = TODAY.saturating_add(100.days());
    let mut wanted = BTreeSet::new();
    for (n, state) in (1..).zip(ClientState::ALL) {
        let path = path_with(n, state, applicant(n), |client| {
            let first = submitted(client, n, Some(last));
            let noticed = expiry_noted(&first.client, last.saturating_add(1.day()));
            vec![first, noticed]
        });
        let client = commit_path(store, &path).await;
        if !state.has_ended() {
            wanted.insert(client.key().clone());
        }
    }
    let path = path_with(20, ClientState::PendingApproval, applicant(20), |client| {
        let first = submitted(client, 20, Some(last));
        let noticed = expiry_noted(&first.client, last.saturating_add(1.day()));
        let rejected = rejected_document(&noticed.client, 20);
        vec![first, noticed, rejected]
    });
    commit_path(store, &path).await;
    assert_eq!(due(store, TODAY).await.into_iter().collect::<BTreeSet<_>>(), wanted);
}
