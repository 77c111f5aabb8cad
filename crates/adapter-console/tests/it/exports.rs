//! The page of exports: who took which clients, and what of it a person sees.

use axum::http::StatusCode;
use client_wire::ClientExports as _;
use serde_json::json;

use crate::bank::{Bank, caller};
use crate::browser::Browser;
use crate::page::Page;

/// Exports these clients; returns the SHA-256 of the file, or nothing if it breaks off.
async fn export(bank: &Bank, body: serde_json::Value, whole: bool) -> Option<String> {
    let mut file = bank.clients.begin(body.to_string().as_bytes(), caller("second")).await.unwrap();
    while let Some(bytes) = file.next().await {
        bytes.unwrap();
    }
    if !whole {
        file.break_off().await;
        return None;
    }
    let digest = file.complete().await.unwrap();
    Some(client_domain::kyc::Sha256(digest).to_string())
}

fn lines(page: &Page) -> Vec<String> {
    page.elements().iter().filter(|one| one.get("data-line").is_some()).map(|one| one.text.clone()).collect()
}

#[tokio::test]
async fn exports_say_who_took_which_clients() {
    let bank = Bank::open();
    bank.every_state().await;
    let mut reader = Browser::of(&bank, "reader").await;
    assert!(reader.get("/console/exports").await.words().contains("There are no exports."));
    let young = json!({ "propertyName": "lastName", "operator": "StartsWith", "value": "amend" });
    let some = json!({
        "format": "ndjson", "fields": ["id", "lastName"], "filters": [young], "status": ["Active", "Approved"],
    });
    let digest = export(&bank, some, true).await.unwrap();
    bank.clock.advance(std::time::Duration::from_mins(1));
    export(&bank, json!({ "format": "csv" }), false).await;

    let page = reader.get("/console/exports").await;
    let shown = lines(&page);
    assert_eq!(shown.len(), 2, "{}", page.words());
    assert!(
        shown[0].contains("Every client") && shown[0].contains("Broken off"),
        "newest first: {}",
        shown[0]
    );
    for part in ["second", "NDJSON", "Handed over whole", "lastName StartsWith amend", &digest] {
        assert!(shown[1].contains(part), "{part}: {}", shown[1]);
    }

    // What was searched for may hold values of clients.
    let mut checker = Browser::of(&bank, "checker").await;
    let page = checker.get("/console/exports").await;
    assert!(!page.words().contains("amend") && page.words().contains("Not shown without the permission"));
    assert!(lines(&page)[1].contains(&digest));

    let of_others = reader.post("/console/exports", &[("actorId", "maker")]).await;
    assert_eq!(lines(&of_others).len(), 0);
    let of_second = reader.post("/console/exports", &[("actorId", "second")]).await;
    assert_eq!(lines(&of_second).len(), 2);
    let wrong = reader.post("/console/exports", &[("cursor", "x")]).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert!(!wrong.words().contains("There are no exports."), "a failed read is no empty list");

    let mut reviewer = Browser::of(&bank, "reviewer").await;
    let refused = reviewer.get("/console/exports").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.words().contains("You would need the permission to see the history."));
    assert!(refused.addresses().iter().all(|address| address != "/console/exports"), "no entry leads there");
}
