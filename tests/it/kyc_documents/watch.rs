//! The expiry of a document is reported once, with any number of instances.

use std::sync::Arc;
use std::time::Duration;

use adapter_inmem::CountingKeys;
use client_app::ports::{Clock as _, Outbox as _};
use client_app::{Clients, ExpiryRound};
use client_domain::EventKind;
use client_domain::kyc::KycPolicy;
use serde_json::json;

use super::fixtures::{Postgres, passport};
use crate::bank::{Bank, With as _, applicant};

/// Documents of several clients that expire on different days, and two instances that watch at the same time.
async fn watched(bank: &Bank, instances: &[Clients]) {
    for n in 1..=6 {
        let data = bank.maker("CreateContactCommand", applicant(n)).await.data();
        let number = data["customerNumber"].as_str().unwrap().to_owned();
        for day in ["2026-01-07", "2026-02-03", "2026-08-01"] {
            bank.submit(passport(&number).with(json!({ "expiryDate": day }))).await;
        }
    }
    let at_once = async || {
        let mut watches = tokio::task::JoinSet::new();
        for clients in instances {
            let clients = clients.clone();
            watches.spawn(async move { clients.watch_expiry().await.unwrap() });
        }
        watches.join_all().await.into_iter().fold(ExpiryRound::default(), |all, one| ExpiryRound {
            expiring: all.expiring + one.expiring,
            expired: all.expired + one.expired,
            withdrawn: all.withdrawn + one.withdrawn,
            failed: all.failed + one.failed,
        })
    };
    // Both documents of each client expire within 30 days.
    assert_eq!(at_once().await, ExpiryRound { expiring: 12, ..ExpiryRound::default() });
    assert_eq!(at_once().await, ExpiryRound::default(), "once is once");
    bank.clock.advance(Duration::from_hours(24 * 3));
    assert_eq!(at_once().await, ExpiryRound { expired: 6, ..ExpiryRound::default() });
    bank.clock.advance(Duration::from_hours(24 * 400));
    assert_eq!(at_once().await, ExpiryRound { expired: 12, ..ExpiryRound::default() });
    assert_eq!(at_once().await, ExpiryRound::default());

    bank.clock.set(crate::bank::NOW.parse().unwrap());
    let lines = bank.history_of("CUST1000001").await;
    let reported: Vec<_> = lines.iter().take(5).map(|line| line["event"].as_str().unwrap()).collect();
    assert_eq!(reported.iter().filter(|event| **event == "KycDocumentExpiring").count(), 2);
    assert_eq!(reported.iter().filter(|event| **event == "KycDocumentExpired").count(), 3);
    assert!(lines.iter().take(5).all(|line| line["actorId"] == client_app::WATCH));
    let versions: Vec<_> = lines.iter().map(|line| line["version"].as_u64().unwrap()).collect();
    assert_eq!(versions, (1..=9).rev().collect::<Vec<_>>(), "each is one version");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_instances_report_expiry_once_in_memory() {
    let bank = Bank::open().await;
    watched(&bank, &[bank.clients.clone(), bank.clients.clone()]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn four_instances_report_expiry_once_on_postgresql() {
    let postgres = Postgres::start().await;
    let bank = postgres.bank(KycPolicy::default()).await;
    let others = (1..4).map(|seed| {
        let keys = Arc::new(CountingKeys::seeded(seed));
        Clients::new(Arc::new(postgres.store.clone()), Arc::new(bank.clock.clone()), keys)
    });
    let instances: Vec<_> = others.chain([bank.clients.clone()]).collect();
    watched(&bank, &instances).await;
}

/// A service whose clock is 400 days ahead reports an expiry that has not come; with the right clock the report is
/// withdrawn, and repeated on its day.
async fn mistaken(bank: &Bank) {
    let data = bank.maker("CreateContactCommand", applicant(1)).await.data();
    let number = data["customerNumber"].as_str().unwrap().to_owned();
    bank.submit(passport(&number).with(json!({ "expiryDate": "2026-07-10" }))).await;
    let round = async |at: &str| {
        bank.clock.set(at.parse().unwrap());
        bank.clients.watch_expiry().await.unwrap()
    };
    let (nothing, reported) = (ExpiryRound::default(), ExpiryRound { expired: 1, ..ExpiryRound::default() });
    assert_eq!(round("2027-02-09T09:00:00Z").await, reported);
    let withdrawn = ExpiryRound { withdrawn: 1, ..nothing };
    assert_eq!(round(crate::bank::NOW).await, withdrawn);
    assert_eq!(round(crate::bank::NOW).await, nothing, "once");
    assert_eq!(round("2026-06-09T23:59:59Z").await, nothing);
    assert_eq!(round("2026-06-10T00:00:00Z").await, ExpiryRound { expiring: 1, ..nothing });
    assert_eq!(round("2026-07-10T23:59:59Z").await, nothing);
    assert_eq!(round("2026-07-11T00:00:00Z").await, reported);

    bank.clock.set(crate::bank::NOW.parse().unwrap());
    let lines = bank.history_of(&number).await;
    let events: Vec<_> = lines.iter().map(|line| line["event"].as_str().unwrap()).collect();
    let documents = ["Expired", "Expiring", "NoticeWithdrawn", "Expired", "Submitted"];
    assert_eq!(events[..5], documents.map(|what| format!("KycDocument{what}")));
    assert!(lines.iter().take(4).all(|line| line["actorId"] == client_app::WATCH));
    assert!(lines.iter().take(5).all(|line| line["identityId"] == lines[0]["identityId"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn expiry_reported_by_a_wrong_clock_is_withdrawn_in_memory() {
    let bank = Bank::open().await;
    mistaken(&bank).await;
    let now = bank.clock.now();
    let taken = bank
        .store
        .take(&client_app::ports::ReceiverName::DEFAULT, 100, now, now + Duration::from_mins(1))
        .await
        .unwrap();
    let kinds: Vec<_> = taken.iter().map(|one| one.event.kind).collect();
    assert!(kinds.contains(&EventKind::DocumentNoticeWithdrawn), "{kinds:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn expiry_reported_by_a_wrong_clock_is_withdrawn_on_postgresql() {
    let postgres = Postgres::start().await;
    mistaken(&postgres.bank(KycPolicy::default()).await).await;
}
