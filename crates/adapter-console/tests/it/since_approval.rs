//! What an approval says of the changes since the last one.

use axum::http::StatusCode;
use client_wire::Code;
use serde_json::json;

use crate::bank::Bank;
use crate::browser::Browser;
use crate::decisions::verified;
use crate::page::Page;

#[tokio::test]
async fn an_approval_names_what_has_changed_also_without_the_values() {
    let bank = Bank::open();
    let client = verified(&bank).await;
    let change = json!({ "contactEncodedKey": client, "city": "Abuja" });
    bank.command("maker", "UpdateContactCommand", change).await.unwrap();
    let path = format!("/console/clients/{client}/do/approve");
    let changes = |page: &Page| {
        let found = page.elements().into_iter().find(|element| element.get("data-changes").is_some());
        found.map(|section| section.text).unwrap_or_default()
    };
    let page = Browser::of(&bank, "checker").await.get(&path).await;
    assert!(changes(&page).contains("City") && !changes(&page).contains("Abuja"), "{}", changes(&page));
    let page = Browser::of(&bank, "second").await.get(&path).await;
    assert!(changes(&page).contains("Ikeja") && changes(&page).contains("Abuja"), "{}", changes(&page));
}

#[tokio::test]
async fn an_approval_says_that_older_changes_are_not_shown() {
    let bank = Bank::open();
    let client = verified(&bank).await;
    for n in 0..101 {
        let change = json!({ "contactEncodedKey": client, "city": if n % 2 == 0 { "Abuja" } else { "Jos" } });
        bank.command("maker", "UpdateContactCommand", change).await.unwrap();
    }
    let path = format!("/console/clients/{client}/do/approve");
    let page = Browser::of(&bank, "checker").await.get(&path).await;
    assert!(page.words().contains("There are older changes that are not shown"), "{}", page.words());
}

#[tokio::test]
async fn an_approval_says_what_it_could_not_read() {
    let bank = Bank::open();
    let client = verified(&bank).await;
    let path = format!("/console/clients/{client}/do/approve");
    let mut checker = Browser::of(&bank, "checker").await;
    let sentence = "does not answer";
    assert!(!checker.get(&path).await.words().contains(sentence));
    for query in ["RetrieveContactHistoryQuery", "RetrieveLookAlikesQuery"] {
        bank.faults.add(query, Code::StoreUnavailable);
        let page = checker.get(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{query}");
        assert!(page.words().contains(sentence), "{query}: {}", page.words());
        bank.faults.clear();
    }
    let page = Browser::of(&bank, "reviewer").await.get(&path).await;
    assert!(page.words().contains("You would need the permission to see the history."), "{}", page.words());
}
