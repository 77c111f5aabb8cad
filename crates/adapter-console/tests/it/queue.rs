//! The work queue: what waits, who is at it, and the next item after a decision.

use axum::http::StatusCode;
use client_app::jiff::SignedDuration;
use client_app::ports::{Clock as _, DeliveryFailure, Outbox as _, ReceiverName, Verdict};
use client_app::{RequestContext, RequestId};
use client_wire::Operations as _;
use serde_json::json;

use crate::bank::{Bank, application, caller};
use crate::browser::Browser;
use crate::decisions::send;
use crate::page::Page;

fn rows(page: &Page) -> usize {
    page.elements().iter().filter(|element| element.get("data-line").is_some()).count()
}

/// The first link that decides about an item of the queue.
fn decision(page: &Page, slug: &str) -> String {
    let links = page.all("a").into_iter().filter_map(|link| link.get("href").map(str::to_owned));
    links.into_iter().find(|path| path.contains(&format!("/do/{slug}"))).unwrap()
}

/// Two clients whose approval was requested, and whose passports wait.
async fn waiting(bank: &Bank) -> [String; 2] {
    let clients = [bank.pending(0).await, bank.pending(1).await];
    for client in &clients {
        bank.passport(client).await;
        let data = json!({ "contactEncodedKey": client });
        bank.command("maker", "RequestCustomerApprovalCommand", data).await.unwrap();
    }
    clients
}

#[tokio::test]
async fn a_decision_goes_on_with_the_next_item_and_ends_at_the_queue() {
    let bank = Bank::open();
    waiting(&bank).await;
    let mut browser = Browser::of(&bank, "checker").await;
    assert_eq!(browser.get("/console").await.location().as_deref(), Some("/console/queue"));
    let queue = browser.get("/console/queue?kind=Document").await;
    assert_eq!((queue.status, rows(&queue)), (StatusCode::OK, 2), "{}", queue.words());
    let mut path = decision(&queue, "approve-document");
    for rest in [1, 0] {
        let form = browser.get(&path).await;
        let hidden = |page: &Page| {
            let names = ["version", "key", "seen", "from", "checked"];
            names.map(|name| (name, page.hidden(name).unwrap_or_default()))
        };
        let held = hidden(&form);
        let mut fields: Vec<_> = held.iter().map(|(name, value)| (*name, value.as_str())).collect();
        fields.push(("step", "check"));
        let action = path.split('?').next().unwrap().to_owned();
        let tried = browser.post(&action, &fields).await;
        let held = hidden(&tried);
        let mut fields: Vec<_> = held.iter().map(|(name, value)| (*name, value.as_str())).collect();
        fields.push(("step", "confirm"));
        let done = browser.post(&action, &fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
        let next = done.location().unwrap();
        assert_eq!(next.contains("/do/approve-document/"), rest == 1, "{next}");
        let page = browser.get(&next).await;
        assert!(page.words().contains("Done: Approve the document"), "{}", page.words());
        path = next;
    }
    assert_eq!(rows(&browser.get("/console/queue?kind=Document").await), 0);
}

#[tokio::test]
async fn the_next_item_is_one_that_nothing_blocks() {
    let bank = Bank::open();
    let [blocked, client] = waiting(&bank).await;
    let data = json!({ "contactEncodedKey": client });
    let found = bank.query("checker", "GetCustomerIdentityDetailsQuery", data).await.unwrap();
    let passport = json!({ "identityId": found["documents"][0]["identityId"] });
    bank.command("checker", "ApproveIdentityDocumentCommand", passport).await.unwrap();
    let mut checker = Browser::of(&bank, "checker").await;
    let queue = checker.get("/console/queue?kind=Approval").await;
    assert!(queue.text.contains(&format!("/console/clients/{blocked}/do/reject?")), "{}", queue.text);
    let path = format!("/console/clients/{client}/do/approve");
    let form = checker.get(&format!("{path}?from=queue")).await;
    let (version, key) = (form.hidden("version").unwrap(), form.hidden("key").unwrap());
    let fields = [("version", version.as_str()), ("key", &key), ("from", "queue"), ("step", "check")];
    let tried = checker.post(&path, &fields).await;
    let digest = tried.hidden("checked").unwrap();
    let fields = [&fields[..3], &[("checked", digest.as_str()), ("step", "confirm")]].concat();
    let done = checker.post(&path, &fields).await;
    assert_eq!(
        done.location().as_deref(),
        Some("/console/queue?kind=Approval&done=approve"),
        "{}",
        done.words()
    );
}

#[tokio::test]
async fn own_items_are_shown_with_the_reason_or_hidden() {
    let bank = Bank::open();
    waiting(&bank).await;
    let mut maker = Browser::of(&bank, "maker").await;
    let queue = maker.get("/console/queue?kind=Approval").await;
    assert_eq!(rows(&queue), 2);
    assert!(queue.words().contains("Another person has to approve it"), "{}", queue.words());
    assert!(!queue.text.contains("/do/approve?"), "an approval that would be refused is not offered");
    let hidden = maker.get("/console/queue?kind=Approval&mine=hide").await;
    assert_eq!(rows(&hidden), 0);
}

#[tokio::test]
async fn a_claim_is_seen_by_others_and_released() {
    let bank = Bank::open();
    let [client, _] = waiting(&bank).await;
    let (mut one, mut two) = (Browser::of(&bank, "checker").await, Browser::of(&bank, "second").await);
    let item = [("kind", "Approval"), ("member", "contactEncodedKey"), ("id", client.as_str())];
    let claimed = one.post("/console/queue/claim", &[&item[..], &[("claim", "claim")]].concat()).await;
    assert_eq!(claimed.location().as_deref(), Some("/console/queue?kind=Approval"));
    assert!(two.get("/console/queue?kind=Approval").await.words().contains("checker"));
    let refused = two.post("/console/queue/claim", &[&item[..], &[("claim", "claim")]].concat()).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.words().contains("Another person is at it: checker."), "{}", refused.words());
    one.post("/console/queue/claim", &[&item[..], &[("claim", "release")]].concat()).await;
    assert!(!two.get("/console/queue?kind=Approval").await.words().contains("checker"));
}

/// Approvals of clients with these numbers, which `second` has created.
async fn requested(bank: &Bank, numbers: std::ops::Range<usize>) {
    for n in numbers {
        let created = bank.command("second", "CreateContactCommand", application(n)).await.unwrap();
        let data = json!({ "contactEncodedKey": created["contactEncodedKey"] });
        bank.command("second", "RequestCustomerApprovalCommand", data).await.unwrap();
    }
}

const OTHERS: &str = "/console/queue?kind=Approval&mine=hide";

#[tokio::test]
async fn own_items_of_many_pages_hide_no_other_ones() {
    let bank = Bank::open();
    let first = bank.ready(0).await;
    requested(&bank, 1..216).await;
    let last = bank.ready(216).await;
    let mut second = Browser::of(&bank, "second").await;
    let path = format!("/console/clients/{first}/do/approve");
    let form = second.get(&path).await;
    let checked = send(&mut second, &path, &form, &[("step", "check")]).await;
    let done = send(&mut second, &path, &checked, &[("step", "confirm"), ("from", "queue")]).await;
    let next = format!("/console/clients/{last}/do/approve?from=queue&done=approve");
    assert_eq!(done.location(), Some(next), "{}", done.words());
    assert_eq!(rows(&second.get(OTHERS).await), 1);
}

#[tokio::test]
async fn a_queue_that_was_not_read_to_its_end_is_not_called_empty() {
    let bank = Bank::open();
    let mut maker = Browser::of(&bank, "maker").await;
    let others = "/console/queue?kind=Document&mine=hide";
    assert!(maker.get(others).await.words().contains("Nothing else waits here."));
    for n in 0..7 {
        let client = bank.pending(n).await;
        for _ in 0..90 {
            bank.passport(&client).await;
        }
    }
    let page = maker.get(others).await;
    assert_eq!(rows(&page), 0);
    assert!(
        page.words().contains("Nothing to show so far, and more waits: choose Next."),
        "{}",
        page.words()
    );
    assert!(page.addresses().iter().any(|address| address.contains("&cursor=")));
}

/// Gives up every event of the bank.
async fn give_up(bank: &Bank) {
    let (now, receiver) = (bank.clock.now(), ReceiverName::DEFAULT);
    let taken = bank.store.take(&receiver, 100, now, now + SignedDuration::from_mins(1)).await.unwrap();
    let why = DeliveryFailure::Refused { status: 410 };
    let settled: Vec<_> =
        taken.iter().map(|taken| taken.settle(Verdict::DeadLettered { at: now, why })).collect();
    bank.store.settle(&receiver, &settled).await.unwrap();
}

#[tokio::test]
async fn every_event_that_was_given_up_is_shown() {
    let bank = Bank::open();
    for n in 0..60 {
        bank.pending(n).await;
    }
    give_up(&bank).await;
    let mut operator = Browser::of(&bank, "second").await;
    let first = operator.get("/console/operations").await;
    assert_eq!(rows(&first), 50);
    let is_next = |address: &String| address.contains("?cursor=");
    let next = first.addresses().into_iter().find(is_next).unwrap();
    let second = operator.get(&next).await;
    assert_eq!((second.status, rows(&second)), (StatusCode::OK, 10));
    assert!(!second.addresses().iter().any(is_next));
}

#[tokio::test]
async fn operators_see_how_the_service_stands() {
    let bank = Bank::open();
    let mut operator = Browser::of(&bank, "second").await;
    let page = operator.get("/console/operations").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.words().contains("No event has been given up."), "{}", page.words());
    let mut maker = Browser::of(&bank, "maker").await;
    assert_eq!(maker.get("/console/operations").await.status, StatusCode::FORBIDDEN);
}

/// The message of the answer to a command of `second`.
async fn message(bank: &Bank, name: &str, data: serde_json::Value) -> String {
    let context = RequestContext::new(caller("second"), RequestId::parse("r-1").unwrap());
    let reply = bank.clients.command_by_name(name, data.as_object().unwrap().clone(), context).await;
    reply.unwrap().message
}

#[tokio::test]
async fn question_names_the_event_and_an_event_that_is_gone_is_no_success() {
    let bank = Bank::open();
    for n in 0..60 {
        bank.pending(n).await;
    }
    give_up(&bank).await;
    let about_client = |path: &str, about: &str| {
        path.strip_prefix("/console/clients/").is_some_and(|key| about.contains(key))
    };
    let mut operator = Browser::of(&bank, "second").await;
    let first = operator.get("/console/operations").await;
    let next = first.addresses().into_iter().find(|address| address.contains("?cursor=")).unwrap();
    let cursor = next.split("?cursor=").nth(1).unwrap().to_owned();
    let second = operator.get(&next).await;
    for (page, at) in [(&first, ""), (&second, cursor.as_str())] {
        let (event, receiver) = (page.hidden("event").unwrap(), page.hidden("receiver").unwrap());
        assert_eq!(page.hidden("page").as_deref(), Some(at));
        let letter = [("event", event.as_str()), ("receiver", &receiver), ("page", at), ("do", "discard")];
        let asked = operator.post("/console/operations", &letter).await;
        assert!(asked.words().contains("Its receiver will never get it."), "a discard is confirmed first");
        let about = asked.elements().into_iter().find(|one| one.get("data-asked").is_some()).unwrap().text;
        let named = ["Created", receiver.as_str(), "2026-01-05 09:00 UTC", "refused 410"];
        assert!(named.iter().all(|text| about.contains(text)), "{about}");
        assert!(
            asked.all("a").iter().any(|link| link.get("href").is_some_and(|path| about_client(path, &about)))
        );
        let confirm = [&letter[..], &[("step", "confirm")]].concat();
        let done = operator.post("/console/operations", &confirm).await;
        assert_eq!(done.location().as_deref(), Some("/console/operations?done=discard"));
        assert!(operator.get(&done.location().unwrap()).await.words().contains("Done: Discard"));
        for fields in [&letter[..], &confirm] {
            let again = operator.post("/console/operations", fields).await;
            assert_eq!(again.status, StatusCode::CONFLICT);
            assert!(again.words().contains("Nothing was done now."), "{}", again.words());
        }
        let gone = json!({ "eventId": event, "receiver": receiver });
        for command in ["DiscardDeadLetterCommand", "ResendDeadLetterCommand"] {
            assert!(message(&bank, command, gone.clone()).await.contains("nothing was done"));
        }
    }
}

#[tokio::test]
async fn claim_keeps_the_filter_and_the_page_and_a_refused_one_is_said_above_the_list() {
    let bank = Bank::open();
    let waiting = waiting(&bank).await;
    let (mut one, mut two) = (Browser::of(&bank, "checker").await, Browser::of(&bank, "second").await);
    let path = "/console/queue?kind=Approval&mine=hide&branch=ikeja-01";
    let page = one.get(path).await;
    assert_eq!(rows(&page), 2);
    assert!(page.words().contains(r#""branchEncodedKey":"ikeja-01","kind":"Approval","mine":"hide""#));
    let tabs: Vec<_> = page.addresses().into_iter().filter(|one| one.contains("kind=Document")).collect();
    assert_eq!(tabs, ["/console/queue?kind=Document&mine=hide&branch=ikeja-01"]);
    assert_eq!(rows(&one.get("/console/queue?kind=Approval&branch=nowhere").await), 0);
    let held = ["kind", "mine", "branch"].map(|name| (name, page.hidden(name).unwrap()));
    let mut fields: Vec<_> = held.iter().map(|(name, value)| (*name, value.as_str())).collect();
    fields.extend([("member", "contactEncodedKey"), ("id", waiting[0].as_str())]);
    let claim = [&fields[..], &[("claim", "claim")]].concat();
    assert_eq!(one.post("/console/queue/claim", &claim).await.location().as_deref(), Some(path));
    let refused = two.post("/console/queue/claim", &claim).await;
    assert_eq!((refused.status, rows(&refused)), (StatusCode::CONFLICT, 2), "the list is still there");
    assert!(refused.words().contains("Another person is at it: checker."), "{}", refused.words());
    let release = [&fields[..], &[("claim", "release")]].concat();
    let unheld = two.post("/console/queue/claim", &release).await;
    assert_eq!((unheld.status, rows(&unheld)), (StatusCode::CONFLICT, 2));
    assert!(unheld.words().contains("You were not at it any more."), "{}", unheld.words());
    let item = json!({ "contactEncodedKey": waiting[0] });
    assert!(message(&bank, "ReleaseWorkItemCommand", item).await.contains("nothing was released"));
}

#[tokio::test]
async fn next_page_has_the_filter_of_the_page_before() {
    let bank = Bank::open();
    for n in 0..60 {
        bank.pending(n).await;
        requested(&bank, n + 60..n + 61).await;
    }
    let mut maker = Browser::of(&bank, "maker").await;
    let first = maker.get("/console/queue?kind=Approval&mine=hide").await;
    let next = first.addresses().into_iter().find(|address| address.contains("&cursor=")).unwrap();
    assert!(next.starts_with("/console/queue?kind=Approval&mine=hide&cursor="), "{next}");
    let second = maker.get(&next).await;
    assert_eq!((rows(&first), rows(&second)), (50, 10), "{}", second.words());
    assert_eq!(second.hidden("cursor").as_deref(), next.split("cursor=").nth(1));
    let other = next.replace("&mine=hide", "");
    assert_eq!(maker.get(&other).await.status, StatusCode::BAD_REQUEST, "a cursor of another filter");
}

#[tokio::test]
async fn a_decision_goes_on_in_the_branch_that_the_queue_is_filtered_by() {
    let bank = Bank::open();
    let mut clients = Vec::new();
    for (n, branch) in ["ikeja-01", "lagos-02", "ikeja-01"].into_iter().enumerate() {
        let mut data = application(n);
        data["branchEncodedKey"] = branch.into();
        let created = bank.command("maker", "CreateContactCommand", data).await.unwrap();
        clients.push(created["contactEncodedKey"].as_str().unwrap().to_owned());
        bank.passport(clients.last().unwrap()).await;
    }
    let mut checker = Browser::of(&bank, "checker").await;
    let filtered = "/console/queue?kind=Document&branch=ikeja-01";
    let queue = checker.get(filtered).await;
    assert_eq!(rows(&queue), 2);
    assert!(queue.words().contains("Documents (2)"), "{}", queue.words());
    assert!(checker.get("/console/queue?kind=Document").await.words().contains("Documents (3)"));
    let mut path = decision(&queue, "approve-document");
    for rest in [1, 0] {
        assert!(!path.contains(&clients[1]), "{path}: of another branch");
        let form = checker.get(&path).await;
        let from = form.hidden("from").unwrap();
        assert_eq!(from, "queue?branch=ikeja-01");
        let action = path.split('?').next().unwrap().to_owned();
        let tried = send(&mut checker, &action, &form, &[("from", &from), ("step", "check")]).await;
        assert_eq!(tried.hidden("from").as_deref(), Some(&*from));
        let done = send(&mut checker, &action, &tried, &[("from", &from), ("step", "confirm")]).await;
        path = done.location().unwrap();
        assert_eq!(path.contains("/do/approve-document/"), rest == 1, "{path}");
    }
    assert_eq!(path, format!("{filtered}&done=approve-document"));
}
