//! Several approvals at once.

use axum::http::StatusCode;
use client_wire::Code;
use serde_json::json;

use crate::bank::{Bank, application};
use crate::browser::Browser;
use crate::page::Page;

/// The clients that the queue lets a person choose, each with its version.
fn picks(page: &Page) -> Vec<String> {
    let boxes = page.all("input").into_iter().filter(|input| input.get("name") == Some("pick"));
    boxes.map(|input| input.get("value").unwrap().to_owned()).collect()
}

fn accepted(page: &Page, is: &str) -> usize {
    page.elements().iter().filter(|element| element.get("data-accepted") == Some(is)).count()
}

async fn state(bank: &Bank, client: &str) -> String {
    let found =
        bank.query("checker", "RetrieveContactByIdQuery", json!({ "contactEncodedKey": client })).await;
    found.unwrap()["clientStateDescription"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn chosen_clients_are_checked_and_each_is_approved_for_the_version_that_was_seen() {
    let bank = Bank::open();
    let mut clients = Vec::new();
    for n in 0..3 {
        clients.push(bank.ready(n).await);
    }
    let blocked = bank.pending(3).await;
    let data = json!({ "contactEncodedKey": blocked });
    bank.command("maker", "RequestCustomerApprovalCommand", data).await.unwrap();
    let mut checker = Browser::of(&bank, "checker").await;
    let chosen = picks(&checker.get("/console/queue").await);
    assert_eq!(chosen.len(), 3, "what an approval would be refused for is not offered: {chosen:?}");

    // Since the person has seen the queue, one of them was changed.
    let data = json!({ "contactEncodedKey": clients[1], "city": "Abuja" });
    bank.command("maker", "UpdateContactCommand", data).await.unwrap();
    let mut fields: Vec<_> = chosen.iter().map(|pick| ("pick", pick.as_str())).collect();
    fields.push(("step", "check"));
    let tried = checker.post("/console/queue/approve", &fields).await;
    assert_eq!((tried.status, accepted(&tried, "true"), accepted(&tried, "false")), (StatusCode::OK, 2, 1));
    assert!(tried.words().contains("The client has changed since you opened the page."), "{}", tried.words());
    assert_eq!(state(&bank, &clients[0]).await, "Pending Approval", "a check approves nothing");

    let (key, digest) = (tried.hidden("key").unwrap(), tried.hidden("checked").unwrap());
    let ready = picks(&tried);
    let mut fields: Vec<_> = ready.iter().map(|pick| ("pick", pick.as_str())).collect();
    fields.extend([("key", key.as_str()), ("checked", &digest), ("step", "confirm")]);
    for _click in 0..2 {
        let done = checker.post("/console/queue/approve", &fields).await;
        assert_eq!((accepted(&done, "true"), accepted(&done, "false")), (2, 0), "{}", done.words());
        assert!(done.words().contains("Approved: 2"), "{}", done.words());
    }
    let mut states = Vec::new();
    for client in clients.iter().chain([&blocked]) {
        states.push(state(&bank, client).await);
    }
    assert_eq!(states, ["Approved", "Pending Approval", "Approved", "Pending Approval"]);
}

#[tokio::test]
async fn chosen_clients_are_approved_several_at_a_time_in_the_order_of_the_choice() {
    // More places than the console takes at a time, and fewer.
    for places in [20, 3] {
        let bank = Bank::open();
        let mut clients = Vec::new();
        for n in 0..20 {
            clients.push(bank.ready(n).await);
        }
        let mut checker = Browser::of(&bank, "checker").await;
        let mut chosen = picks(&checker.get("/console/queue").await);
        assert_eq!(chosen.len(), clients.len());
        chosen.reverse();
        // One in the middle is refused.
        let data = json!({ "contactEncodedKey": chosen[7].split(':').next().unwrap(), "city": "Abuja" });
        bank.command("maker", "UpdateContactCommand", data).await.unwrap();
        let fields: Vec<_> = chosen.iter().map(|pick| ("pick", pick.as_str())).collect();
        bank.faults.limit(places);
        let tried =
            checker.post("/console/queue/approve", &[&fields[..], &[("step", "check")]].concat()).await;
        assert_eq!((accepted(&tried, "true"), accepted(&tried, "false")), (19, 1), "{}", tried.words());
        assert!((3..=places.min(16)).contains(&bank.faults.most_at_once()), "{places}");
        let possible = picks(&tried);
        let expected: Vec<_> = chosen.iter().filter(|pick| **pick != chosen[7]).cloned().collect();
        assert_eq!(possible, expected, "the order is that of the choice");
        let (key, digest) = (tried.hidden("key").unwrap(), tried.hidden("checked").unwrap());
        let mut fields: Vec<_> = possible.iter().map(|pick| ("pick", pick.as_str())).collect();
        fields.extend([("key", key.as_str()), ("checked", &digest), ("step", "confirm")]);
        bank.faults.limit(places);
        let done = checker.post("/console/queue/approve", &fields).await;
        assert_eq!((accepted(&done, "true"), accepted(&done, "false")), (19, 0), "{}", done.words());
        assert!((3..=places.min(16)).contains(&bank.faults.most_at_once()), "{places}");
        let links = done.all("a").into_iter().filter_map(|link| link.get("href").map(str::to_owned));
        let shown: Vec<_> =
            links.filter_map(|path| path.strip_prefix("/console/clients/").map(str::to_owned)).collect();
        let expected: Vec<_> = possible.iter().map(|pick| pick.split(':').next().unwrap()).collect();
        assert_eq!(shown, expected);
    }
}

#[tokio::test]
async fn only_what_was_checked_is_confirmed() {
    let bank = Bank::open();
    let (one, other) = (bank.ready(0).await, bank.ready(1).await);
    let mut checker = Browser::of(&bank, "checker").await;
    let chosen = picks(&checker.get("/console/queue").await);
    let tried = checker.post("/console/queue/approve", &[("pick", &chosen[0]), ("step", "check")]).await;
    let (key, digest) = (tried.hidden("key").unwrap(), tried.hidden("checked").unwrap());
    let fields = [
        ("pick", chosen[0].as_str()),
        ("pick", &chosen[1]),
        ("key", &key),
        ("checked", &digest),
        ("step", "confirm"),
    ];
    let page = checker.post("/console/queue/approve", &fields).await;
    assert!(page.words().contains("nothing has been changed yet"), "{}", page.words());
    for client in [one, other] {
        assert_eq!(state(&bank, &client).await, "Pending Approval");
    }
}

#[tokio::test]
async fn nothing_too_much_and_what_a_person_may_not_do_are_refused() {
    let bank = Bank::open();
    let client = bank.ready(0).await;
    let mut checker = Browser::of(&bank, "checker").await;
    let none = checker.post("/console/queue/approve", &[("step", "check")]).await;
    assert!(none.words().contains("No client was chosen."), "{}", none.words());
    let many: Vec<_> = (0..101).map(|n| format!("{n:032x}:1")).collect();
    let many: Vec<_> = many.iter().map(|pick| ("pick", pick.as_str())).collect();
    let refused = checker.post("/console/queue/approve", &many).await;
    assert_eq!((refused.status, accepted(&refused, "true")), (StatusCode::BAD_REQUEST, 0));
    // The maker of a client does not approve it, together with others either.
    let mut maker = Browser::of(&bank, "maker").await;
    assert_eq!(picks(&maker.get("/console/queue").await), Vec::<String>::new());
    let forged = format!("{client}:4");
    let refused = maker.post("/console/queue/approve", &[("pick", &forged), ("step", "check")]).await;
    assert_eq!((accepted(&refused, "true"), accepted(&refused, "false")), (0, 1), "{}", refused.words());
}

#[tokio::test]
async fn what_has_an_unknown_outcome_is_repeated_with_the_same_key() {
    for (code, state_meanwhile) in
        [(Code::OutcomeUnknown, "Approved"), (Code::StoreUnavailable, "Pending Approval")]
    {
        let bank = Bank::open();
        let clients = [bank.ready(0).await, bank.ready(1).await];
        let mut checker = Browser::of(&bank, "checker").await;
        let chosen = picks(&checker.get("/console/queue").await);
        let mut fields: Vec<_> = chosen.iter().map(|pick| ("pick", pick.as_str())).collect();
        let tried =
            checker.post("/console/queue/approve", &[&fields[..], &[("step", "check")]].concat()).await;
        let (key, digest) = (tried.hidden("key").unwrap(), tried.hidden("checked").unwrap());
        fields.extend([("key", key.as_str()), ("checked", &digest), ("step", "confirm")]);

        bank.faults.add("ApproveCustomerCommand", code);
        let unknown = checker.post("/console/queue/approve", &fields).await;
        bank.faults.clear();
        assert_eq!((accepted(&unknown, "true"), accepted(&unknown, "false")), (0, 2));
        for text in ["outcome unknown", "Repeat: approve 2"] {
            assert!(unknown.words().contains(text), "{text}: {}", unknown.words());
        }
        assert!(!unknown.words().contains("not possible"), "{}", unknown.words());
        assert_eq!(state(&bank, &clients[0]).await, state_meanwhile);

        assert_eq!((unknown.hidden("key").as_ref(), picks(&unknown)), (Some(&key), chosen.clone()));
        let digest = unknown.hidden("checked").unwrap();
        let mut again: Vec<_> = chosen.iter().map(|pick| ("pick", pick.as_str())).collect();
        again.extend([("key", key.as_str()), ("checked", &digest), ("step", "confirm")]);
        let done = checker.post("/console/queue/approve", &again).await;
        assert_eq!((accepted(&done, "true"), accepted(&done, "false")), (2, 0), "{}", done.words());
        for client in &clients {
            assert_eq!(state(&bank, client).await, "Approved");
        }
    }
}

/// The look-alikes to compare, each with the client that it looks like.
fn to_compare(page: &Page) -> Vec<String> {
    let boxes = page
        .all("input")
        .into_iter()
        .filter(|input| input.get("name") == Some("reviewed") && input.get("type") == Some("checkbox"));
    boxes.map(|input| input.get("value").unwrap().to_owned()).collect()
}

#[tokio::test]
async fn look_alikes_are_compared_where_several_are_approved_at_once() {
    let bank = Bank::open();
    let (alone, client) = (bank.ready(0).await, bank.ready(1).await);
    let mut again = application(2);
    again["phoneNumber"] = application(1)["phoneNumber"].clone();
    let other = bank.command("second", "CreateContactCommand", again).await.unwrap();
    let other = other["contactEncodedKey"].as_str().unwrap();
    let mut checker = Browser::of(&bank, "checker").await;
    let chosen = picks(&checker.get("/console/queue").await);
    assert_eq!(chosen.len(), 2);
    let mut fields: Vec<_> = chosen.iter().map(|pick| ("pick", pick.as_str())).collect();
    fields.push(("step", "check"));
    let tried = checker.post("/console/queue/approve", &fields).await;
    assert_eq!((accepted(&tried, "true"), accepted(&tried, "false")), (1, 1), "{}", tried.words());
    let compare = to_compare(&tried);
    assert_eq!(compare, [format!("{client}:{other}")]);

    fields.push(("reviewed", &compare[0]));
    let tried = checker.post("/console/queue/approve", &fields).await;
    assert_eq!((accepted(&tried, "true"), accepted(&tried, "false")), (2, 0), "{}", tried.words());
    assert_eq!(to_compare(&tried), Vec::<String>::new());
    assert_eq!(tried.hidden("reviewed").as_ref(), Some(&compare[0]), "it is confirmed with the approval");
    let (key, digest) = (tried.hidden("key").unwrap(), tried.hidden("checked").unwrap());
    let mut fields: Vec<_> = chosen.iter().map(|pick| ("pick", pick.as_str())).collect();
    fields.extend([("key", key.as_str()), ("checked", &digest), ("step", "confirm")]);
    // Another comparison than the one that was checked confirms nothing.
    let page = checker.post("/console/queue/approve", &fields).await;
    assert!(page.words().contains("nothing has been changed yet"), "{}", page.words());
    fields.push(("reviewed", &compare[0]));
    let done = checker.post("/console/queue/approve", &fields).await;
    assert_eq!((accepted(&done, "true"), accepted(&done, "false")), (2, 0), "{}", done.words());
    for client in [&alone, &client] {
        assert_eq!(state(&bank, client).await, "Approved");
    }
}

/// As after a single decision.
#[tokio::test]
async fn approvals_lead_back_to_the_queue_with_its_filter() {
    let bank = Bank::open();
    let client = bank.ready(0).await;
    let mut checker = Browser::of(&bank, "checker").await;
    let queue = "/console/queue?kind=Approval&mine=hide&branch=ikeja-01";
    let page = checker.get(queue).await;
    let form = page.text.split("id=\"approvals\"").nth(1).unwrap().split("</form>").next().unwrap();
    let filter = [("kind", "Approval"), ("mine", "hide"), ("branch", "ikeja-01")];
    for (name, value) in filter {
        assert!(form.contains(&format!("name=\"{name}\" value=\"{value}\"")), "{form}");
    }
    let chosen = picks(&page);
    let check = [&filter[..], &[("pick", chosen[0].as_str()), ("step", "check")]].concat();
    let address = checker.post_only("/console/queue/approve", &check).await.location().unwrap();
    assert!(address.starts_with("/console/queue/approve?s="), "{address}");
    let leads_back = |page: &Page| page.addresses().contains(&queue.to_owned());
    let mut tried = checker.get(&address).await;
    for _time in ["back", "reload"] {
        assert!(leads_back(&tried) && accepted(&tried, "true") == 1, "{}", tried.words());
        tried = checker.get(&address).await;
    }
    assert_eq!(state(&bank, &client).await, "Pending Approval", "a check approves nothing");
    let held = ["kind", "mine", "branch", "key", "checked"].map(|name| (name, tried.hidden(name).unwrap()));
    assert_eq!(held[..3], filter.map(|(name, value)| (name, value.to_owned())));
    let mut confirm: Vec<_> = held.iter().map(|(name, value)| (*name, value.as_str())).collect();
    confirm.extend([("pick", chosen[0].as_str()), ("step", "confirm")]);
    let done = checker.post_only("/console/queue/approve", &confirm).await;
    assert!(done.words().contains("Approved: 1") && leads_back(&done), "{}", done.words());
    assert_eq!(state(&bank, &client).await, "Approved");
    let none = checker.get("/console/queue/approve").await;
    assert_eq!(none.location().as_deref(), Some("/console/queue"));
}
