//! Many clients of the list become a batch: those that were chosen, or all that a search finds.

use axum::http::StatusCode;
use serde_json::json;

use crate::bank::Bank;
use crate::batches::{words, work};
use crate::browser::Browser;
use crate::page::Page;

/// The boxes of the list.
fn picks(page: &Page) -> Vec<String> {
    let inputs = page.all("input").into_iter().filter(|input| input.get("name") == Some("pick"));
    inputs.map(|input| input.get("value").unwrap().to_owned()).collect()
}

#[tokio::test]
async fn chosen_clients_become_a_batch_for_the_versions_that_were_seen() {
    let bank = Bank::open();
    let mut clients = Vec::new();
    for n in 0..3 {
        clients.push(bank.pending(n).await);
    }
    let mut maker = Browser::of(&bank, "maker").await;
    let chosen = picks(&maker.get("/console/clients").await);
    assert_eq!(chosen.len(), 3);
    let mut fields: Vec<_> = chosen.iter().map(|pick| ("pick", pick.as_str())).collect();
    let page = maker.post("/console/batches/clients", &fields).await;
    assert!(words(&page).contains("Clients: 3"), "{}", words(&page));
    fields.push(("action", "withdraw"));
    let form = maker.post("/console/batches/clients", &fields).await;
    let key = form.hidden("key").unwrap();
    fields.extend([("key", key.as_str()), ("step", "create")]);
    let refused = maker.post("/console/batches/clients", &fields).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "a reason is needed: {}", refused.words());

    // Since the list was seen, one of them was changed.
    let data = json!({ "contactEncodedKey": clients[1], "city": "Abuja" });
    bank.command("maker", "UpdateContactCommand", data).await.unwrap();
    fields.push(("reason", "as agreed"));
    let path = maker.post("/console/batches/clients", &fields).await.location().unwrap();
    assert_eq!(maker.post("/console/batches/clients", &fields).await.location().as_ref(), Some(&path));
    work(&bank).await;
    let page = maker.get(&path).await;
    assert!(words(&page).contains("Can be done2"), "{}", words(&page));
    let mut second = Browser::of(&bank, "second").await;
    let to_confirm = second.get(&path).await;
    let several = "Several commands";
    assert!(words(&to_confirm).contains("Withdraw") && !words(&to_confirm).contains(several));
    assert!(!words(&second.get("/console/batches").await).contains(several));
    second.post(&path, &[("do", "confirm"), ("step", "confirm")]).await;
    work(&bank).await;
    let mut withdrawn = Vec::new();
    for client in &clients {
        let data = json!({ "contactEncodedKey": client });
        let found = bank.query("second", "RetrieveContactByIdQuery", data).await.unwrap();
        withdrawn.push(found["clientStateDescription"] != "Pending Approval");
    }
    assert_eq!(withdrawn, [true, false, true]);
}

#[tokio::test]
async fn chosen_clients_are_asked_for_documents() {
    let bank = Bank::open();
    let clients = [bank.pending(0).await, bank.pending(1).await];
    let mut reviewer = Browser::of(&bank, "second").await;
    let chosen = picks(&reviewer.get("/console/clients").await);
    let mut fields: Vec<_> = chosen.iter().map(|pick| ("pick", pick.as_str())).collect();
    fields.push(("action", "request-documents"));
    let form = reviewer.post("/console/batches/clients", &fields).await;
    let boxes = |page: &Page, marked: bool| -> Vec<String> {
        let inputs = page.all("input").into_iter().filter(|input| input.get("name") == Some("identityTypes"));
        let wanted = inputs.filter(|input| !marked || input.get("checked").is_some());
        wanted.map(|input| input.get("value").unwrap().to_owned()).collect()
    };
    assert_eq!(boxes(&form, false), ["1", "2", "3", "4", "5", "6", "7", "8"]);
    let key = form.hidden("key").unwrap();
    fields.extend([("key", key.as_str()), ("step", "create")]);
    let refused = reviewer.post("/console/batches/clients", &fields).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "a kind is needed: {}", refused.words());
    // What was marked is still marked where something else is wrong.
    let long = "x".repeat(600);
    let wrong =
        [&fields[..], &[("identityTypes", "2"), ("identityTypes", "5"), ("notes", long.as_str())]].concat();
    let refused = reviewer.post("/console/batches/clients", &wrong).await;
    assert_eq!(
        (refused.status, boxes(&refused, true)),
        (StatusCode::BAD_REQUEST, vec!["2".into(), "5".into()])
    );
    fields.extend([("identityTypes", "2"), ("identityTypes", "5")]);
    let path = reviewer.post("/console/batches/clients", &fields).await.location().unwrap();
    work(&bank).await;
    let mut checker = Browser::of(&bank, "checker").await;
    checker.post(&path, &[("do", "confirm"), ("step", "confirm")]).await;
    work(&bank).await;
    for client in &clients {
        let data = json!({ "contactEncodedKey": client });
        let found = bank.query("second", "RetrieveContactHistoryQuery", data).await.unwrap();
        assert_eq!(found["entries"][0]["identityTypes"], json!([2, 5]), "{found}");
        let page = reviewer.get(&format!("/console/clients/{client}")).await;
        let asked = "Asked for: International Passport, Utility Bill";
        assert!(page.words().contains(asked), "{}", page.words());
        let open = |page: &Page| page.words().matches("Asked for, not there yet").count();
        assert_eq!(open(&page), 2, "{}", page.words());
        bank.passport(client).await;
        let page = reviewer.get(&format!("/console/clients/{client}")).await;
        assert_eq!(open(&page), 1, "{}", page.words());
    }
}

/// The hidden fields with which the same clients are chosen again.
fn kept(page: &Page) -> Vec<(String, String)> {
    let inputs = page.all("input").into_iter().filter(|input| input.get("type") == Some("hidden"));
    let pairs = inputs.map(|input| {
        (input.get("name").unwrap().to_owned(), input.get("value").unwrap_or_default().to_owned())
    });
    let is_kept = |name: &str| name.starts_with("search-") || ["all", "kept-search", "shown"].contains(&name);
    pairs.filter(|(name, _)| is_kept(name)).collect()
}

fn borrowed(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

#[tokio::test]
async fn all_that_a_search_finds_become_a_batch() {
    let bank = Bank::open();
    for n in 0..120 {
        bank.pending(n).await;
    }
    let mut maker = Browser::of(&bank, "maker").await;
    let search =
        [("term", ""), ("state", "PendingApproval"), ("p0", "city"), ("o0", "Equals"), ("v0", "Ikeja")];
    let found = kept(&maker.post("/console/clients", &search).await);
    let page = maker.post("/console/batches/clients", &borrowed(&found)).await;
    assert!(words(&page).contains("Clients: 120"), "{}", words(&page));
    let again = kept(&page);
    let update = [&borrowed(&again)[..], &[("action", "update")]].concat();
    let form = maker.post("/console/batches/clients", &update).await;
    let kept = kept(&form);
    let search = borrowed(&kept);
    // A browser sends every field, also those that are empty. Of the client it is the state of the address.
    let values: Vec<_> =
        form.all("input").into_iter().filter(|input| input.get("type") != Some("hidden")).collect();
    assert!(values.iter().all(|input| input.get("value").unwrap_or_default().is_empty()));
    let entered = [("action", "update"), ("state", ""), ("city", "Lekki"), ("step", "create")];
    let fields = [&search[..], &entered].concat();
    let path = maker.post("/console/batches/clients", &fields).await.location().unwrap();
    work(&bank).await;
    assert!(words(&maker.get(&path).await).contains("Can be done120"));
    let mut second = Browser::of(&bank, "second").await;
    second.post(&path, &[("do", "confirm"), ("step", "confirm")]).await;
    work(&bank).await;
    let updated =
        bank.query("second", "RetrieveContactListQuery", json!({ "fields": ["city", "state"] })).await;
    for client in updated.unwrap()["contacts"].as_array().unwrap() {
        assert_eq!((&client["city"], &client["state"]), (&json!("Lekki"), &json!("Lagos")));
    }
    let none = maker
        .post(
            "/console/batches/clients",
            &[("all", "yes"), ("kept-search", "yes"), ("search-term", "unknown")],
        )
        .await;
    assert!(words(&none).contains("No client was chosen."), "{}", words(&none));
    // Without the permission for batches there is nothing to choose.
    let mut lister = Browser::of(&bank, "lister").await;
    assert_eq!(picks(&lister.get("/console/clients").await), Vec::<String>::new());
    let refused = lister.post("/console/batches/clients", &fields).await;
    assert!(refused.location().is_none() && refused.hidden("key").is_none(), "{}", words(&refused));
}

#[tokio::test]
async fn no_batch_is_made_for_more_clients_than_were_shown() {
    let bank = Bank::open();
    for n in 0..2 {
        bank.pending(n).await;
    }
    let mut maker = Browser::of(&bank, "maker").await;
    let found = kept(&maker.post("/console/clients", &[("term", "Okafor")]).await);
    let form = [&borrowed(&found)[..], &[("action", "withdraw")]].concat();
    let shown = kept(&maker.post("/console/batches/clients", &form).await);
    for n in 2..5 {
        bank.pending(n).await;
    }
    let create = [("action", "withdraw"), ("reason", "as agreed"), ("step", "create")];
    let moved = maker.post("/console/batches/clients", &[&borrowed(&shown)[..], &create].concat()).await;
    assert_eq!(moved.status, StatusCode::CONFLICT, "{}", words(&moved));
    assert!(words(&moved).contains("another number of clients") && words(&moved).contains("Clients: 5"));
    assert!(moved.text.contains("as agreed"), "what was typed is kept");
    let unsaid = [&borrowed(&found)[..], &create].concat();
    let refused = maker.post("/console/batches/clients", &unsaid).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "a form that says no number was shown none");
    let again = kept(&moved);
    let made = maker.post("/console/batches/clients", &[&borrowed(&again)[..], &create].concat()).await;
    assert!(made.location().unwrap().starts_with("/console/batches/"), "{}", words(&made));
}

/// The search that the list shows counts, and not what was changed in its form since.
#[tokio::test]
async fn all_that_were_found_are_those_of_the_list() {
    let bank = Bank::open();
    bank.every_state().await;
    let mut maker = Browser::of(&bank, "maker").await;
    let page = maker.post("/console/clients", &[("state", "Rejected")]).await;
    let button = page.all("button").into_iter().find(|one| one.text.contains("With all that were found"));
    assert_eq!(button.unwrap().get("form"), Some("found-all"));
    let of_button = |input: &crate::page::Element| input.get("form") == Some("found-all");
    let sent: Vec<_> = page.all("input").into_iter().filter(of_button).collect();
    let sent: Vec<_> =
        sent.iter().map(|input| (input.get("name").unwrap(), input.get("value").unwrap())).collect();
    assert_eq!(sent, [("all", "yes"), ("kept-search", "yes"), ("search-state", "Rejected")]);
    let unsent = [("state", "Approved"), ("term", "none")];
    let chosen = maker.post("/console/batches/clients", &[&sent[..], &unsent].concat()).await;
    assert!(words(&chosen).contains("Clients: 2"), "{}", words(&chosen));
}

#[tokio::test]
async fn what_was_chosen_goes_along_to_the_next_page_and_back() {
    let bank = Bank::open();
    for n in 0..60 {
        bank.pending(n).await;
    }
    let mut maker = Browser::of(&bank, "maker").await;
    let first = maker.get("/console/clients").await;
    let cursor = first.next_cursor();
    let chosen = picks(&first)[..2].to_vec();
    let mut fields: Vec<_> = chosen.iter().map(|pick| ("pick", pick.as_str())).collect();
    fields.push(("cursor", &cursor));
    let second = maker.post("/console/clients", &fields).await;
    assert!(second.words().contains("Chosen on other pages: 2."), "{}", second.words());
    let hidden = |page: &Page| -> Vec<String> {
        let inputs = page.all("input").into_iter();
        let picks = inputs.filter(|one| one.get("name") == Some("pick") && one.get("type") == Some("hidden"));
        picks.map(|one| one.get("value").unwrap().to_owned()).collect()
    };
    assert_eq!(hidden(&second), chosen);
    let to_first: Vec<_> =
        chosen.iter().map(|pick| ("pick", pick.as_str())).chain([("first", "yes")]).collect();
    let again = maker.post("/console/clients", &to_first).await;
    let marked = again.all("input").into_iter().filter(|one| one.get("checked").is_some());
    let marked = marked.filter(|one| one.get("name") == Some("pick")).count();
    assert_eq!((marked, hidden(&again).len()), (2, 0));
    let anew = maker.post("/console/clients", &fields[..2]).await;
    assert!(
        anew.all("input").iter().all(|one| one.get("name") != Some("pick") || one.get("checked").is_none())
    );
}
