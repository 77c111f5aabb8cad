//! Pages that are read: where people are led, searches, activity, reports, and reads that fail.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde_json::json;

use crate::bank::Bank;
use crate::browser::Browser;
use crate::page::Page;
use crate::page_checks::check_page;

#[tokio::test]
async fn people_are_led_to_what_they_may_do() {
    let bank = Bank::open();
    let leads = |page: &Page, path: &str| page.addresses().iter().any(|address| address == path);
    for (person, first, onboards, operates) in [
        ("maker", "/console/queue", true, false),
        ("lister", "/console/queue", false, false),
        ("second", "/console/queue", true, true),
        ("nothing", "/console/me", false, false),
    ] {
        let mut browser = Browser::of(&bank, person).await;
        assert_eq!(browser.get("/console").await.location().as_deref(), Some(first), "{person}");
        let page = browser.get("/console/me").await;
        let led = ["/console/new", "/console/operations"].map(|path| leads(&page, path));
        assert_eq!(led, [onboards, operates], "{person}");
        let page = browser.get("/console/new").await;
        assert_eq!(leads(&page, "/console/new"), onboards, "{person}");
        if !onboards {
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{person}");
            assert!(page.words().contains("You would need the permission to"), "{}", page.words());
            assert_eq!(page.hidden("key"), None, "a form that must not be there");
        }
    }
}

#[tokio::test]
async fn a_path_that_is_no_text_leads_to_the_page_of_unknown_paths() {
    let bank = Bank::open();
    let mut browser = Browser::of(&bank, "second").await;
    let unknown = browser.get("/console/no").await.words();
    for path in [
        "/console/clients/%ff",
        "/console/clients/%ff/do/approve",
        "/console/clients/7/do/%ff/%fe",
        "/console/clients/7/documents/%ff",
        "/console/files/%ff",
        "/console/batches/%ff",
        "/console/batches/%ff/files/results",
        "/console/reports/%ff",
    ] {
        let page = browser.get(path).await;
        assert_eq!((page.status, page.words()), (StatusCode::NOT_FOUND, unknown.clone()), "{path}");
    }
    for path in ["/console/clients/%ff/do/approve", "/console/batches/%ff", "/console/reports/%ff"] {
        let page = browser.post(path, &[("step", "check")]).await;
        assert_eq!((page.status, page.words()), (StatusCode::NOT_FOUND, unknown.clone()), "{path}");
    }
    assert_eq!(browser.get("/console/assets/%ff/%ff").await.status, StatusCode::NOT_FOUND);
    let page = browser.post("/console/sign-in/%ff", &[]).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    let mut signed_out = Browser::new(&bank);
    let page = signed_out.get("/console/clients/%ff").await;
    assert!(page.location().unwrap().starts_with("/console/sign-in?"));
    let page = signed_out.post("/console/sign-in/no", &[]).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.text.contains("<html"), "a page, and not the answer of an interface");
}

#[tokio::test]
async fn a_failed_read_is_a_sentence_and_never_an_empty_list() {
    let bank = Bank::open();
    let client = bank.pending(0).await;
    let mut browser = Browser::of(&bank, "lister").await;
    let page = browser.get(&format!("/console/clients/{client}")).await;
    for panel in ["kyc", "documents", "addresses"] {
        let elements = page.elements();
        let panel = elements.iter().find(|element| element.get("data-panel") == Some(panel)).unwrap();
        assert!(panel.text.contains("You would need the permission to see KYC documents."), "{}", panel.text);
        assert!(!panel.text.contains("No documents"), "{}", panel.text);
    }
    assert!(page.words().contains("You would need the permission to see the history."));
    let mut nothing = Browser::of(&bank, "nothing").await;
    let page = nothing.get("/console/clients").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.words().contains("You would need the permission to see clients"));
}

#[tokio::test]
async fn search_finds_by_words_states_and_conditions_and_says_what_is_wrong() {
    let bank = Bank::open();
    bank.every_state().await;
    let mut browser = Browser::of(&bank, "second").await;
    let rows =
        |page: &Page| page.elements().iter().filter(|element| element.get("data-line").is_some()).count();
    assert_eq!(rows(&browser.get("/console/clients").await), 11);
    assert_eq!(rows(&browser.post("/console/clients", &[("term", "adaezeaa")]).await), 1);
    assert_eq!(
        rows(&browser.post("/console/clients", &[("state", "Exited"), ("state", "BlackListed")]).await),
        2
    );
    let by_property = [("p0", "lastName"), ("o0", "StartsWith"), ("v0", "amend")];
    assert_eq!(rows(&browser.post("/console/clients", &by_property).await), 0, "the amendment waits");
    let wrong = [("p0", "dateCreated"), ("o0", "Between"), ("v0", "2026-02-01,2026-01-01")];
    let page = browser.post("/console/clients", &wrong).await;
    assert_eq!((page.status, rows(&page)), (StatusCode::BAD_REQUEST, 0));
    assert!(page.words().contains("The end must not be before the beginning."), "{}", page.words());
    assert!(!page.words().contains("No client matches"));
}

#[tokio::test]
async fn activity_says_who_did_what_and_can_be_narrowed() {
    let bank = Bank::open();
    bank.every_state().await;
    let mut browser = Browser::of(&bank, "checker").await;
    let lines = |page: &Page| page.elements().iter().filter(|one| one.get("data-line").is_some()).count();
    let all = browser.get("/console/activity").await;
    assert!(lines(&all) > 20, "{}", all.words());
    let approved =
        browser.post("/console/activity", &[("event", "ClientApproved"), ("actorId", "checker")]).await;
    assert_eq!(lines(&approved), 5, "{}", approved.words());
    let others =
        browser.post("/console/activity", &[("event", "ClientApproved"), ("actorId", "maker")]).await;
    assert_eq!(lines(&others), 0);
    assert!(others.words().contains("Nothing of this kind was done."));
    let wrong = browser.post("/console/activity", &[("startDate", "yesterday")]).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert!(!wrong.words().contains("Nothing of this kind was done."), "a failed read is no empty list");
}

#[tokio::test]
async fn reports_are_tables_with_a_chart_and_a_file() {
    let bank = Bank::open();
    bank.every_state().await;
    let mut browser = Browser::of(&bank, "checker").await;
    let list = browser.get("/console/reports").await;
    let paths: BTreeSet<_> =
        list.addresses().into_iter().filter(|path| path.starts_with("/console/reports/")).collect();
    assert_eq!(paths.len(), 8, "{paths:?}");
    assert!(list.addresses().iter().any(|path| path == "/console/policy"));
    for path in &paths {
        let page = browser.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        check_page(&page, path, &[]);
        let keys = page
            .words()
            .split_whitespace()
            .any(|word| word.starts_with("report.") || word.starts_with("column."));
        assert!(!keys, "{path}: {}", page.words());
    }
    let decisions = browser.get("/console/reports/decisions").await;
    let bars = |page: &Page| page.elements().iter().filter(|one| one.get("data-bar").is_some()).count();
    let lines = |page: &Page| page.elements().iter().filter(|one| one.get("data-line").is_some()).count();
    assert!(bars(&decisions) > 2 && bars(&decisions) == lines(&decisions), "{}", decisions.words());
    assert!(decisions.words().contains("Blacklisted"), "{}", decisions.words());
    assert!(decisions.words().contains("From 2025-"), "{}", decisions.words());

    let elsewhere = browser.post("/console/reports/decisions", &[("branchEncodedKey", "nowhere")]).await;
    assert_eq!(lines(&elsewhere), 0);
    assert!(elsewhere.words().contains("There is nothing to count."), "{}", elsewhere.words());
    let wrong = browser.post("/console/reports/endings", &[("startDate", "2026-01-01")]).await;
    assert_eq!((wrong.status, lines(&wrong)), (StatusCode::BAD_REQUEST, 0));

    let file = browser.post("/console/reports/decisions", &[("as", "csv")]).await;
    let header = |name: &str| file.headers.get(name).unwrap().to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(header("content-disposition"), "attachment; filename=\"decisions.csv\"");
    let records: Vec<_> = file.text.split("\r\n").collect();
    assert_eq!(
        (records[0], records.len()),
        ("actorId,event,reasonCode,count,atLeast", lines(&decisions) + 2)
    );

    let mut reader = Browser::of(&bank, "lister").await;
    let refused = reader.get("/console/reports/decisions").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.words());
    assert!(
        !reader.get("/console/reports").await.addresses().iter().any(|path| path.ends_with("/decisions"))
    );
}

/// Without its property the condition says nothing, and without the condition every client would be found.
#[tokio::test]
async fn condition_without_a_property_is_refused_at_its_row() {
    let bank = Bank::open();
    bank.pending(0).await;
    let mut browser = Browser::of(&bank, "reader").await;
    let rows = [
        ("p0", "city"),
        ("o0", "Equals"),
        ("v0", "Ikeja"),
        ("p1", ""),
        ("o1", "Equals"),
        ("v1", "Lekki"),
        ("p2", ""),
        ("o2", "Equals"),
        ("v2", ""),
    ];
    let page = browser.post("/console/clients", &rows).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST, "{}", page.words());
    assert!(page.words().contains("Condition 2: Choose a property"), "{}", page.words());
    assert!(page.all("input").iter().any(|input| input.get("value") == Some("Lekki")), "the value is kept");
    assert!(page.all("tr").is_empty(), "no client is shown");
}

#[tokio::test]
async fn refusal_of_a_condition_says_its_row_and_what_to_type() {
    let bank = Bank::open();
    bank.pending(0).await;
    let mut browser = Browser::of(&bank, "reader").await;
    for (property, operator, value, text) in [
        ("dateCreated", "Between", "2026-01-01", "Enter two values with a comma between them"),
        ("isBlacklisted", "Equals", "maybe", "Enter yes or no."),
        ("age", "Equals", "old", "Enter a whole number."),
        ("age", "Contains", "1", "Choose an operator for this property: is, is not"),
        ("dateOfBirth", "On", "yesterday", "YYYY-MM-DD"),
    ] {
        let rows = [
            ("p0", "city"),
            ("o0", "Equals"),
            ("v0", "Ikeja"),
            ("p1", property),
            ("o1", operator),
            ("v1", value),
        ];
        let page = browser.post("/console/clients", &rows).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{property}");
        let at_row = page.elements().into_iter().find(|element| element.get("id") == Some("error-1"));
        assert!(at_row.unwrap().text.contains(text), "{property}: {}", page.words());
        assert!(
            page.words().contains("Condition 2:") && !page.words().contains("Value:"),
            "{}",
            page.words()
        );
    }
    let yes = [("p0", "isBlacklisted"), ("o0", "Equals"), ("v0", "No")];
    assert_eq!(browser.post("/console/clients", &yes).await.status, StatusCode::OK);
}

/// A moment is shown in the zone of the reader only if it is one for the browser.
#[tokio::test]
async fn every_moment_is_one_for_the_browser() {
    let bank = Bank::open();
    let client = bank.pending(0).await;
    let asked = json!({ "contactEncodedKey": client, "identityTypes": [2] });
    bank.command("second", "RequestIdentityDocumentsCommand", asked).await.unwrap();
    let mut browser = Browser::of(&bank, "second").await;
    for path in [format!("/console/clients/{client}"), "/console/operations".to_owned()] {
        let page = browser.get(&path).await;
        let outside: Vec<_> =
            page.text.split("</time>").filter_map(|part| part.split("<time").next()).collect();
        let plain: Vec<_> = outside.iter().filter(|part| part.contains(" UTC")).collect();
        assert!(plain.is_empty(), "{path}: {plain:?}");
    }
}
