//! What a script asks for while a person types, and what it shows if that fails.

use axum::http::StatusCode;
use client_wire::Code;

use crate::bank::Bank;
use crate::browser::Browser;

#[tokio::test]
async fn a_live_request_that_fails_shows_its_sentences() {
    let bank = Bank::open();
    let mut browser = Browser::of(&bank, "second").await;
    bank.faults.add("RetrieveSearchFieldsQuery", Code::StoreUnavailable);
    let page = browser.post("/console/clients", &[("term", "ada")]).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.elements().iter().all(|element| element.get("id") != Some("results")));
    assert_eq!(
        (&page.headers["hx-reselect"], &page.headers["hx-reswap"]),
        (&".refused".parse().unwrap(), &"innerHTML".parse().unwrap())
    );
    let shown = page.elements().into_iter().find(|element| element.get("class") == Some("refused")).unwrap();
    assert!(shown.text.contains("The storage does not answer"), "{}", shown.text);
}

#[tokio::test]
async fn the_last_keystrokes_win() {
    let bank = Bank::open();
    let mut browser = Browser::of(&bank, "second").await;
    for path in ["/console/clients", "/console/new"] {
        let page = browser.get(path).await;
        let address = format!("hx-post=\"{path}\"");
        let live = page.text.split('<').find(|element| element.contains(&address)).unwrap();
        assert!(live.contains("hx-sync=\"replace\""), "{live}");
    }
}

#[tokio::test]
async fn a_live_check_that_finds_a_fault_is_logged_and_one_that_finds_a_mistake_is_not() {
    let bank = Bank::open();
    let mut browser = Browser::of(&bank, "maker").await;
    let wrong = [("country", "Nowhere")];
    let page = browser.post("/console/new", &wrong).await;
    assert!(page.status == StatusCode::OK && page.failure.is_none());
    bank.faults.add("CreateContactCommand", Code::StoreUnavailable);
    let page = browser.post("/console/new", &wrong).await;
    assert_eq!(page.status, StatusCode::OK, "the sentence is shown beside the form");
    assert!(page.words().contains("The storage does not answer"), "{}", page.words());
    assert_eq!(page.failure.unwrap().items[0].code, Code::StoreUnavailable);
}
