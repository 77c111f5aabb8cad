//! Saved views on the page of the clients: saved, opened, shared and deleted.

use axum::http::StatusCode;
use serde_json::json;

use crate::bank::Bank;
use crate::browser::Browser;
use crate::page::Page;

fn lines(page: &Page) -> usize {
    page.elements().iter().filter(|element| element.get("data-line").is_some()).count()
}

const SEARCH: [(&str, &str); 8] = [
    ("term", "adaeze"),
    ("state", "Rejected"),
    ("p0", "city"),
    ("o0", "NotEquals"),
    ("v0", "Nowhere"),
    ("column", "customerNumber"),
    ("sort", "lastName"),
    ("direction", "desc"),
];

#[tokio::test]
async fn search_is_saved_opened_and_deleted() {
    let bank = Bank::open();
    let first = bank.pending(0).await;
    bank.pending(1).await;
    let withdraw = json!({ "contactEncodedKey": first, "reason": "as agreed" });
    bank.command("maker", "WithdrawCustomerCommand", withdraw).await.unwrap();
    let mut browser = Browser::of(&bank, "checker").await;
    assert!(browser.get("/console/clients").await.words().contains("Nothing is saved yet"));
    let found = lines(&browser.post("/console/clients", &SEARCH).await);
    assert_eq!(found, 1);
    let mut fields = SEARCH.to_vec();
    fields.push(("view", "Rejected here"));
    let saved = browser.post("/console/views/save", &fields).await;
    assert_eq!((saved.status, lines(&saved)), (StatusCode::OK, found));
    assert!(saved.words().contains("Saved as Rejected here."), "{}", saved.words());

    let opened =
        browser.post("/console/views/open", &[("owner", "checker"), ("name", "Rejected here")]).await;
    assert_eq!((opened.status, lines(&opened)), (StatusCode::OK, found), "{}", opened.words());
    let filter = "searchTerm adaeze and clientState In (Rejected) and city != Nowhere";
    for text in ["Rejected ×", "adaeze ×", "Nowhere ×", filter] {
        assert!(opened.words().contains(text), "{text}: {}", opened.words());
    }
    let gone = browser.post("/console/views/open", &[("owner", "checker"), ("name", "Another")]).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    let unnamed = browser.post("/console/views/save", &[("view", " ")]).await;
    assert_eq!(unnamed.status, StatusCode::BAD_REQUEST);

    let deleted =
        browser.post("/console/views/delete", &[("owner", "checker"), ("name", "Rejected here")]).await;
    assert_eq!(deleted.location().as_deref(), Some("/console/clients"));
    assert!(browser.get("/console/clients").await.words().contains("Nothing is saved yet"));
}

#[tokio::test]
async fn shared_view_is_seen_by_others_and_keeps_what_the_form_cannot_show() {
    let bank = Bank::open();
    bank.pending(0).await;
    let city = json!({ "propertyName": "city", "operator": "Equals", "value": "Nowhere" });
    let search = json!({ "filters": [{ "logic": "not", "filters": [city] }] });
    let data = json!({ "name": "Elsewhere", "shared": true, "search": search });
    bank.command("checker", "SaveViewCommand", data).await.unwrap();
    let mut browser = Browser::of(&bank, "maker").await;
    let page = browser.get("/console/clients").await;
    assert!(page.words().contains("shared by"), "{}", page.words());
    let opened = browser.post("/console/views/open", &[("owner", "checker"), ("name", "Elsewhere")]).await;
    assert_eq!(lines(&opened), 1);
    assert!(opened.words().contains("further conditions of the view ×"), "{}", opened.words());
    let kept = opened.hidden("kept").unwrap();
    let again = browser.post("/console/clients", &[("kept", &kept), ("drop", "kept")]).await;
    assert!(!again.words().contains("further conditions of the view ×"));
}

#[tokio::test]
async fn every_column_of_a_view_is_shown_and_kept() {
    let bank = Bank::open();
    bank.pending(0).await;
    let data =
        json!({ "name": "Standing", "search": {}, "columns": ["kycStatus", "dateOfBirth", "version"] });
    bank.command("checker", "SaveViewCommand", data).await.unwrap();
    let mut browser = Browser::of(&bank, "checker").await;
    let view = [("owner", "checker"), ("name", "Standing")];
    let opened = browser.post("/console/views/open", &view).await;
    let headings = opened.all("th");
    let headings: Vec<_> = headings.iter().filter(|one| one.get("scope") == Some("col")).collect();
    let headings: Vec<_> =
        headings.iter().map(|one| one.text.trim()).filter(|text| *text != "Choose all").collect();
    assert_eq!(headings, ["Name", "Date of birth", "KYC status", "Version"]);
    assert!(opened.words().contains("nothing submitted"), "{}", opened.words());
}

#[tokio::test]
async fn kept_part_of_a_view_that_cannot_be_read_is_no_search_of_all_clients() {
    let bank = Bank::open();
    bank.pending(0).await;
    let mut browser = Browser::of(&bank, "checker").await;
    for kept in ["{", "[]", "all"] {
        let page = browser.post("/console/clients", &[("kept", kept)]).await;
        assert_eq!((page.status, lines(&page)), (StatusCode::BAD_REQUEST, 0), "{kept}");
    }
}

#[tokio::test]
async fn view_that_cannot_be_used_is_no_search_of_all_clients() {
    let bank = Bank::open();
    bank.pending(0).await;
    let number = json!({ "propertyName": "documentNumber", "operator": "Equals", "value": "Z98" });
    let data = json!({ "name": "Passports", "shared": true, "search": { "filters": [number] } });
    bank.command("checker", "SaveViewCommand", data).await.unwrap();
    let mut browser = Browser::of(&bank, "lister").await;
    assert_eq!(lines(&browser.get("/console/clients").await), 1);
    let opened = browser.post("/console/views/open", &[("owner", "checker"), ("name", "Passports")]).await;
    assert_eq!((opened.status, lines(&opened)), (StatusCode::CONFLICT, 0), "{}", opened.words());
    let why = "Condition 1: You would need the permission to see KYC documents.";
    let listed = browser.get("/console/clients").await;
    for (page, text) in [(&opened, "The view Passports cannot be used now."), (&opened, why), (&listed, why)]
    {
        assert!(page.words().contains(text), "{text}: {}", page.words());
    }
}

#[tokio::test]
async fn view_has_the_same_conditions_at_the_next_request() {
    let bank = Bank::open();
    bank.pending(0).await;
    let elsewhere =
        |n: usize| json!({ "propertyName": "city", "operator": "NotEquals", "value": format!("Place {n}") });
    let mut filters: Vec<_> = (0..11).map(elsewhere).collect();
    filters.push(json!({ "propertyName": "CITY", "operator": "equals", "value": "Nowhere" }));
    let data = json!({ "name": "Twelve", "shared": false, "search": { "filters": filters } });
    bank.command("checker", "SaveViewCommand", data).await.unwrap();
    let mut browser = Browser::of(&bank, "checker").await;
    let opened = browser.post("/console/views/open", &[("owner", "checker"), ("name", "Twelve")]).await;
    assert_eq!((opened.status, lines(&opened)), (StatusCode::OK, 0), "{}", opened.words());
    let rows = opened.all("input").into_iter().filter(|input| input.get("list").is_some()).count();
    assert_eq!(rows, 10, "a condition that the form would not read is not offered");
    let kept = opened.hidden("kept").unwrap();
    let next = browser.post("/console/clients", &[("kept", kept.as_str())]).await;
    assert_eq!(lines(&next), 0, "the last condition is still there");
}
