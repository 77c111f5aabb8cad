//! The end of documents: which clients the watch is given, and in which order.

use std::collections::BTreeSet;

use client_domain::ClientState;
use client_domain::value::ClientKey;
use jiff::ToSpan as _;
use jiff::civil::{Date, date};

use super::steps::{TODAY, commit, commit_way, find};
use crate::fixtures::documents::{approved_document, noted, rejected_document, submitted};
use crate::fixtures::{applicant, replacement, way_with};
use crate::harness::Harness;
use client_app::ports::{ClientStore, DueDocuments};

async fn due(store: &dyn ClientStore, today: Date) -> Vec<ClientKey> {
    let all = DueDocuments { today, notice_days: 30, after: None, limit: 100 };
    store.due_documents(&all).await.unwrap()
}

/// Those are due who have a document that runs out within the days of notice, or has run out, and of whom that was not
/// told yet.
pub async fn who_is_due_has_a_document_to_be_told_of(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let last = date(2026, 6, 30);
    let with = |n: i64, last: Option<Date>| {
        way_with(n, ClientState::PendingApproval, applicant(n), move |client| {
            vec![submitted(client, n, last)]
        })
    };
    let never = commit_way(store, &with(1, None)).await;
    let client = commit_way(store, &with(2, Some(last))).await;
    assert_eq!(due(store, date(2026, 5, 30)).await, [], "31 days before");
    assert_eq!(due(store, date(2026, 5, 31)).await, [client.key().clone()]);
    assert_eq!(
        due(store, date(2030, 1, 1)).await,
        [client.key().clone()],
        "also when nobody looked for long"
    );

    let expiring = noted(&client, date(2026, 5, 31));
    commit(store, replacement(&client, &expiring)).await;
    assert_eq!(due(store, last).await, [], "good on its last day, and that was told");
    let tomorrow = last.tomorrow().unwrap();
    assert_eq!(due(store, tomorrow).await, [client.key().clone()]);
    let expired = noted(&expiring.client, tomorrow);
    commit(store, replacement(&expiring.client, &expired)).await;
    assert_eq!(due(store, date(2030, 1, 1)).await, []);
    assert_eq!(find(store, &never).await, Some(never), "nothing of it touches others");
}

/// Nobody is due whose document was turned down, or whose state is final.
pub async fn nobody_is_due_who_is_gone_or_was_turned_down(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let mut wanted = BTreeSet::new();
    for (n, state) in (1..).zip(ClientState::ALL) {
        let way = way_with(n, state, applicant(n), |client| vec![submitted(client, n, Some(TODAY))]);
        let client = commit_way(store, &way).await;
        if !state.is_final() {
            wanted.insert(client.key().clone());
        }
    }
    let way = way_with(20, ClientState::PendingApproval, applicant(20), |client| {
        let first = submitted(client, 20, Some(TODAY));
        let rejected = rejected_document(&first.client, 20);
        vec![first, rejected]
    });
    commit_way(store, &way).await;
    let way = way_with(21, ClientState::PendingApproval, applicant(21), |client| {
        let first = submitted(client, 21, Some(TODAY));
        let approved = approved_document(&first.client, 21);
        vec![first, approved]
    });
    wanted.insert(commit_way(store, &way).await.key().clone());
    let found = due(store, TODAY).await;
    assert_eq!(found.iter().cloned().collect::<BTreeSet<_>>(), wanted);
    assert_eq!(found.len(), wanted.len(), "each once");
}

/// Who is due comes in the order of keys, after a key and so many at most, so that everybody comes once.
pub async fn who_is_due_comes_in_order_and_once(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    for n in 1..=7 {
        let way = way_with(n, ClientState::Approved, applicant(n), |client| {
            let first = submitted(client, 2 * n, Some(TODAY));
            let second = submitted(&first.client, 2 * n + 1, Some(TODAY.yesterday().unwrap()));
            vec![first, second]
        });
        commit_way(store, &way).await;
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

/// Those are due as well of whom too much was told: that a document has expired which is good for longer than today, or
/// that it will soon, more than a day before the days of notice begin.
pub async fn who_is_due_was_told_of_too_early(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let last = date(2026, 6, 30);
    let way =
        way_with(1, ClientState::Approved, applicant(1), |client| vec![submitted(client, 2, Some(last))]);
    let before = commit_way(store, &way).await;
    let key = || vec![before.key().clone()];
    let days_before = |days: i32| last.saturating_sub(days.days());

    let expired = noted(&before, date(2027, 8, 4));
    commit(store, replacement(&before, &expired)).await;
    assert_eq!(due(store, days_before(0)).await, [], "it will be true tomorrow");
    assert_eq!(due(store, days_before(1)).await, key());
    assert_eq!(due(store, days_before(200)).await, key());

    let withdrawn = noted(&expired.client, days_before(200));
    commit(store, replacement(&expired.client, &withdrawn)).await;
    assert_eq!(find(store, &before).await.as_ref(), Some(&withdrawn.client));
    assert_eq!(due(store, days_before(31)).await, [], "nothing was told, as it should be");

    let expiring = noted(&withdrawn.client, days_before(30));
    commit(store, replacement(&withdrawn.client, &expiring)).await;
    assert_eq!(due(store, days_before(31)).await, [], "it will be true tomorrow");
    assert_eq!(due(store, days_before(32)).await, key());
    let withdrawn = noted(&expiring.client, days_before(32));
    commit(store, replacement(&expiring.client, &withdrawn)).await;
    assert_eq!(due(store, days_before(32)).await, []);
    assert_eq!(due(store, days_before(30)).await, key(), "it is told again");
}

/// Nobody is due for a notice that came too early whose document was turned down, or whose state is final.
pub async fn nobody_is_due_for_an_early_notice_who_is_gone(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let last = TODAY.saturating_add(100.days());
    let mut wanted = BTreeSet::new();
    for (n, state) in (1..).zip(ClientState::ALL) {
        let way = way_with(n, state, applicant(n), |client| {
            let first = submitted(client, n, Some(last));
            let told = noted(&first.client, last.saturating_add(1.day()));
            vec![first, told]
        });
        let client = commit_way(store, &way).await;
        if !state.is_final() {
            wanted.insert(client.key().clone());
        }
    }
    let way = way_with(20, ClientState::PendingApproval, applicant(20), |client| {
        let first = submitted(client, 20, Some(last));
        let told = noted(&first.client, last.saturating_add(1.day()));
        let rejected = rejected_document(&told.client, 20);
        vec![first, told, rejected]
    });
    commit_way(store, &way).await;
    assert_eq!(due(store, TODAY).await.into_iter().collect::<BTreeSet<_>>(), wanted);
}
