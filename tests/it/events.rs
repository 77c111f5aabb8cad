//! Events for other systems: one for each line of history, without personal data.

use client_app::ports::{Outbox as _, ReceiverName};
use serde_json::{Value, json};

use crate::bank::{Bank, NOW, With as _, adaeze};

#[tokio::test]
async fn every_history_line_has_one_event() {
    let bank = Bank::open().await;
    let key = json!({ "contactEncodedKey": "CUST1000001" });
    let reason = key.clone().with(json!({ "reason": "The client told us a secret." }));
    bank.maker("CreateContactCommand", adaeze()).await.data();
    bank.maker("UpdateContactCommand", key.clone().with(json!({ "city": "Abuja" }))).await.data();
    bank.maker("UpdateContactCommand", key.clone().with(json!({ "city": "Abuja" }))).await.data();
    assert_eq!(bank.maker("ApproveCustomerCommand", key.clone()).await.status, 403);
    bank.maker("RequestCustomerApprovalCommand", key.clone()).await.data();
    bank.checker("ApproveCustomerCommand", key.clone()).await.data();
    let transaction = key.with(json!({ "transactionReference": "TX-1" }));
    bank.maker("RecordCustomerTransactionCommand", transaction).await.data();
    bank.checker("BlacklistCustomerCommand", reason.clone()).await.data();
    bank.checker("UndoBlacklistCustomerCommand", reason).await.data();

    let (now, later) = (NOW.parse().unwrap(), "2026-01-05T10:00:00Z".parse().unwrap());
    let taken = bank.store.take(&ReceiverName::DEFAULT, 100, now, later).await.unwrap();
    let published: Vec<Value> = taken.iter().map(|taken| taken.event.to_cloud_event()).collect();
    let types: Vec<_> = published.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(
        types,
        [
            "clients.ClientCreated.v1",
            "clients.ClientUpdated.v1",
            "clients.ClientApprovalRequested.v1",
            "clients.ClientApproved.v1",
            "clients.ClientActivated.v1",
            "clients.ClientBlacklisted.v1",
            "clients.ClientBlacklistRemoved.v1",
        ]
    );

    let mut lines = bank.history_of("CUST1000001").await;
    lines.reverse();
    assert_eq!(lines.len(), published.len());
    for (line, event) in lines.iter().zip(&published) {
        assert_eq!(event["type"], format!("clients.{}.v1", line["event"].as_str().unwrap()));
        assert_eq!(event["data"]["version"], line["version"]);
        assert_eq!(event["data"]["changedFields"], line["changedFields"]);
        assert_eq!(
            (&event["data"]["fromState"], &event["data"]["toState"]),
            (&line["fromState"], &line["toState"])
        );
        assert_eq!(event["time"], line["at"]);
    }

    // The attributes that CloudEvents 1.0 asks for.
    for event in &published {
        assert_eq!(event["specversion"], "1.0");
        for name in ["id", "source", "type", "subject", "time", "datacontenttype", "sequence"] {
            assert!(event[name].as_str().is_some_and(|text| !text.is_empty()), "{name} in {event}");
        }
    }
    let text = serde_json::to_string(&published).unwrap().to_lowercase();
    for personal in
        ["adaeze", "okafor", "803123", "allen avenue", "a01234567", "abuja", "secret", "example.com"]
    {
        assert!(!text.contains(personal), "{personal} in {text}");
    }
}
