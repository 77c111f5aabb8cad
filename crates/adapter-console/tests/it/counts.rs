//! The numbers on the pages: how many clients there are, and how much waits.

use axum::http::StatusCode;
use serde_json::json;

use crate::bank::Bank;
use crate::browser::Browser;

#[tokio::test]
async fn clients_are_counted_as_the_list_finds_them() {
    let bank = Bank::open();
    bank.withdrawn_beside_pending().await;
    let mut browser = Browser::of(&bank, "checker").await;
    let all = browser.get("/console/clients").await;
    assert!(all.words().contains("Pending approval: 1"), "{}", all.words());
    assert!(all.words().contains("As of"), "{}", all.words());
    let rejected = browser.post("/console/clients", &[("state", "Rejected")]).await;
    assert_eq!(rejected.status, StatusCode::OK);
    assert!(rejected.words().contains("Rejected: 1"), "{}", rejected.words());
    assert!(!rejected.words().contains("Pending approval: 1"), "{}", rejected.words());
    let statuses = browser.post("/console/clients", &[("group", "kycStatus")]).await;
    assert!(statuses.words().contains("nothing submitted: 2"), "{}", statuses.words());
    let branches = browser.post("/console/clients", &[("group", "branch")]).await;
    assert!(branches.words().contains("ikeja-01: 2"), "{}", branches.words());
}

#[tokio::test]
async fn queue_says_how_much_waits_of_each_kind() {
    let bank = Bank::open();
    let client = bank.pending(0).await;
    bank.passport(&client).await;
    let data = json!({ "contactEncodedKey": client });
    bank.command("maker", "RequestCustomerApprovalCommand", data).await.unwrap();
    let mut browser = Browser::of(&bank, "checker").await;
    let queue = browser.get("/console/queue?kind=Document").await;
    for text in ["Approvals (1)", "Documents (1)", "Addresses (0)", "0-1 days: 1", "31+ days: 0"] {
        assert!(queue.words().contains(text), "{text}: {}", queue.words());
    }
}
