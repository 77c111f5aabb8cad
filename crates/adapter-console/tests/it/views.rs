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
    bank.withdrawn_beside_pending().await;
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

    let view = [("owner", "checker"), ("name", "Rejected here")];
    let asked = browser.post("/console/views/delete", &view).await;
    assert!(asked.words().contains("Delete the view Rejected here?"), "{}", asked.words());
    assert!(!browser.get("/console/clients").await.words().contains("Nothing is saved yet"));
    let confirmed = [&view[..], &[("step", "confirm")]].concat();
    let deleted = browser.post("/console/views/delete", &confirmed).await;
    assert_eq!(deleted.location().as_deref(), Some("/console/clients?deleted"));
    let page = browser.get("/console/clients?deleted").await;
    assert!(page.words().contains("Nothing is saved yet") && page.words().contains("The view was deleted."));
    let again = browser.post("/console/views/delete", &confirmed).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.words().contains("nothing was deleted"), "{}", again.words());
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

/// The values of the fields that a form sends, as the page holds them.
fn held(page: &Page, form: &str) -> Vec<(String, String)> {
    let is_sent = |input: &crate::page::Element| {
        input.get("form") == Some(form)
            && (input.get("type") != Some("checkbox") || input.get("checked").is_some())
    };
    let inputs = page.all("input").into_iter().filter(is_sent);
    inputs
        .map(|one| (one.get("name").unwrap().to_owned(), one.get("value").unwrap_or_default().to_owned()))
        .collect()
}

#[tokio::test]
async fn view_of_a_taken_name_is_replaced_only_after_a_question() {
    let bank = Bank::open();
    bank.pending(0).await;
    let mut browser = Browser::of(&bank, "checker").await;
    let save = |more: &[(&'static str, &'static str)]| [&[("view", "Mine")], more].concat();
    let saved = browser.post("/console/views/save", &save(&[("term", "one"), ("share", "yes")])).await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.words());
    let shared = async |term: &str| {
        let found = bank.query("checker", "RetrieveViewsQuery", json!({})).await.unwrap();
        let view = &found["views"][0];
        assert_eq!(view["search"]["searchTerm"], term, "{found}");
        view["shared"] == true
    };
    let asked = browser.post("/console/views/save", &save(&[("term", "two")])).await;
    assert_eq!(asked.status, StatusCode::CONFLICT);
    assert!(asked.words().contains("You have a view with the name Mine already."), "{}", asked.words());
    assert!(shared("one").await, "nothing is replaced or taken back yet");
    let fields = held(&asked, "save-view");
    assert!(fields.contains(&("share".to_owned(), "yes".to_owned())), "its sharing stays: {fields:?}");
    let button = asked.all("button").into_iter().find(|one| one.get("name") == Some("replace")).unwrap();
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let replace = [&fields[..], &[("replace", button.get("value").unwrap())]].concat();
    let replaced = browser.post("/console/views/save", &replace).await;
    assert!(replaced.words().contains("Saved as Mine."), "{}", replaced.words());
    assert!(shared("two").await);
    let another =
        browser.post("/console/views/save", &save(&[("term", "three"), ("replace", "Other")])).await;
    assert_eq!(another.status, StatusCode::CONFLICT, "the question was about another name");
}

#[tokio::test]
async fn refused_view_keeps_what_was_filled_in_and_says_why_beside_it() {
    let bank = Bank::open();
    bank.pending(0).await;
    let mut browser = Browser::of(&bank, "checker").await;
    let long = "n".repeat(61);
    let fields = [&SEARCH[..], &[("view", long.as_str()), ("share", "yes")]].concat();
    let refused = browser.post("/console/views/save", &fields).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.words());
    let kept = held(&refused, "save-view");
    for field in [
        ("view", long.as_str()),
        ("share", "yes"),
        ("term", "adaeze"),
        ("v0", "Nowhere"),
        ("column", "customerNumber"),
    ] {
        assert!(kept.contains(&(field.0.to_owned(), field.1.to_owned())), "{field:?}: {kept:?}");
    }
    let panel = refused.all("details").into_iter().find(|one| one.text.contains("Name of the view")).unwrap();
    assert!(
        panel.get("open").is_some() && panel.text.contains("Use at most 60 characters."),
        "{}",
        panel.text
    );
    let others = refused.all("details").into_iter().find(|one| one.get("class") == Some("views")).unwrap();
    assert!(!others.text.contains("Use at most"), "{}", others.text);
    let name = refused.all("input").into_iter().find(|one| one.get("name") == Some("view")).unwrap();
    assert_eq!(name.get("form"), Some("save-view"), "Enter saves, and is no search");
}
