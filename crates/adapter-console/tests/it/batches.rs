//! Batches: a file, until the last row.

use axum::http::StatusCode;
use client_app::Caller;
use client_app::batch::{Batch, BatchContent, BatchForm, BatchFormat, BatchId, BatchState};
use client_app::ports::Batches as _;
use client_domain::Permission;
use client_domain::kyc::Sha256;
use client_wire::{BatchWorker, batch_commands};
use serde_json::json;

use crate::bank::{Bank, PEOPLE, application, caller};
use crate::browser::Browser;
use crate::documents::upload;
use crate::page::Page;

/// The words of a page, with one blank between two of them.
pub(crate) fn words(page: &Page) -> String {
    page.words().split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(crate) async fn work(bank: &Bank) {
    let worker = BatchWorker::new(bank.clients.clone(), 4);
    while worker.round().await.unwrap() {}
}

/// A file with creations of clients, the last of them without a city.
fn file(rows: usize) -> String {
    let columns: Vec<_> = application(0).as_object().unwrap().keys().cloned().collect();
    let mut lines = vec![columns.join(";").replace("lastName", "Surname") + ";Comment"];
    for n in 0..rows {
        let mut client = application(n);
        if n + 1 == rows {
            client["city"] = json!("");
        }
        let cells: Vec<_> = columns.iter().map(|name| client[name].as_str().unwrap().to_owned()).collect();
        lines.push(cells.join(";") + ";by hand");
    }
    lines.join("\n")
}

const FORM: [(&str, &str); 5] = [
    ("step", "upload"),
    ("format", "csv"),
    ("commandName", "CreateContactCommand"),
    ("delimiter", "semicolon"),
    ("mapping", "Surname = lastName\nComment"),
];

/// The state that a page of a batch shows.
fn state(page: &Page) -> String {
    let elements = page.elements();
    let badge = elements.iter().find_map(|element| element.get("data-state"));
    badge.unwrap_or_else(|| panic!("{}", words(page))).to_owned()
}

async fn send(browser: &mut Browser, file: &str, form: &[(&str, &str)]) -> Page {
    let request = upload(browser, "/console/batches", form, "clients.csv", file.as_bytes());
    browser.send(request).await
}

#[tokio::test]
async fn a_file_is_checked_confirmed_by_another_person_and_executed() {
    let bank = Bank::open();
    let mut maker = Browser::of(&bank, "maker").await;
    let sent = send(&mut maker, &file(3), &FORM).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", words(&sent));
    let path = sent.location().unwrap();
    assert_eq!(send(&mut maker, &file(3), &FORM).await.location().as_ref(), Some(&path), "the same file");
    let page = maker.get(&path).await;
    assert_eq!(state(&page), "received");
    assert!(page.text.contains(&format!("hx-get=\"{path}?live=received\"")), "it asks again by itself");

    work(&bank).await;
    let page = maker.get(&path).await;
    assert_eq!((state(&page).as_str(), page.text.contains("hx-get")), ("checked", false));
    for said in ["Can be done2", "Would be refused1", "City: This is required."] {
        assert!(words(&page).contains(said), "{said}: {}", words(&page));
    }
    assert!(page.offered("no").contains(&"confirm".to_owned()), "the uploader does not confirm");
    let refused = maker.post(&path, &[("do", "confirm"), ("step", "confirm")]).await;
    assert_eq!((refused.status, state(&refused).as_str()), (StatusCode::FORBIDDEN, "checked"));

    let mut checker = Browser::of(&bank, "checker").await;
    assert!(checker.get(&path).await.offered("yes").contains(&"confirm".to_owned()));
    let asked = checker.post(&path, &[("do", "confirm")]).await;
    assert_eq!((asked.status, state(&asked).as_str()), (StatusCode::OK, "checked"), "it only asks");
    let done = checker.post(&path, &[("do", "confirm"), ("step", "confirm")]).await;
    assert_eq!(done.location(), Some(format!("{path}?done=confirm")));
    work(&bank).await;
    let page = checker.get(&format!("{path}?done=confirm")).await;
    assert_eq!(state(&page), "finished");
    for said in ["Done: Confirm the batch", "Done2", "Refused1", "Had been done already0", "City: "] {
        assert!(words(&page).contains(said), "{said}: {}", words(&page));
    }
    let found = bank.query("second", "RetrieveContactListQuery", json!({})).await.unwrap();
    assert_eq!(found["totalCount"], 2);

    let corrections = checker.get(&format!("{path}/files/corrections")).await;
    assert_eq!(corrections.text.lines().count(), 2, "{}", corrections.text);
    assert!(corrections.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
    assert_eq!(checker.get(&format!("{path}/files/other")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_said_at_the_form() {
    let bank = Bank::open();
    let mut maker = Browser::of(&bank, "maker").await;
    let mut without = FORM.to_vec();
    without.pop();
    for (text, form, said) in [
        (file(1), without.as_slice(), "Surname: "),
        (String::new(), &FORM, "File"),
        ("a;b\n1\n".to_owned(), &FORM, "Row 1:"),
        (file(1), &[("step", "upload"), ("format", "csv")], "Command of each row"),
    ] {
        let refused = send(&mut maker, &text, form).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{said}");
        assert!(words(&refused).contains(said), "{said}: {}", words(&refused));
        assert!(refused.location().is_none());
    }
    let request = upload(&maker, "/console/batches", &FORM, "", b"");
    let refused = maker.send(request).await;
    assert!(words(&refused).contains("File: Choose a file."), "{}", words(&refused));
    assert!(!words(&refused).contains("Digest of the file: "), "{}", words(&refused));
    let mut lister = Browser::of(&bank, "lister").await;
    assert_eq!(lister.get("/console/batches").await.status, StatusCode::FORBIDDEN);
    let page = send(&mut lister, &file(1), &FORM).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN, "{}", words(&page));
}

/// A batch of the maker in this state.
fn in_state(n: usize, state: BatchState) -> Batch {
    let permissions = [Permission::Batches, Permission::Read, Permission::Write];
    let needs = [Permission::Write].into_iter().collect();
    Batch {
        id: BatchId::parse(&format!("{n:032x}")).unwrap(),
        uploader: Caller { permissions: permissions.into_iter().collect(), ..caller("maker") },
        form: BatchForm { format: BatchFormat::NdJson, command: None, delimiter: b',', mapping: Vec::new() },
        sha256: Sha256([0; 32]),
        state,
        version: 1,
        upload: None,
        content: Some(BatchContent { rows: 2, columns: Vec::new(), needs, command: None }),
        announced_at: "2026-01-05T08:00:00Z".parse().unwrap(),
        moved_at: "2026-01-05T08:00:00Z".parse().unwrap(),
        confirmed: None,
        running: None,
        ended_at: None,
    }
}

#[tokio::test]
async fn a_page_offers_exactly_what_the_command_accepts() {
    const STATES: [BatchState; 9] = [
        BatchState::Announced,
        BatchState::Received,
        BatchState::Checked,
        BatchState::Confirmed,
        BatchState::Running,
        BatchState::Paused,
        BatchState::Stopping,
        BatchState::Finished,
        BatchState::Stopped,
    ];
    let actions = ["confirm", "pause", "resume", "stop"];
    let (mut cells, mut accepted) = (0, 0);
    for person in PEOPLE {
        for state in STATES {
            for action in actions {
                let bank = Bank::open();
                let batch = in_state(1, state);
                bank.store.announce_batch(&batch, 99).await.unwrap();
                let mut browser = Browser::of(&bank, person).await;
                let path = format!("/console/batches/{}", batch.id);
                let page = browser.get(&path).await;
                let is_seen = caller(person).may(Permission::Batches)
                    && (caller(person).may(Permission::BatchesConfirm) || person == "maker");
                assert_eq!(page.status == StatusCode::OK, is_seen, "{person} {state:?}");
                let offered = page.offered("yes").contains(&action.to_owned());
                assert!(!is_seen || offered != page.offered("no").contains(&action.to_owned()));
                let done = browser.post(&path, &[("do", action), ("step", "confirm")]).await;
                // A command that has been given already is answered as it was, and changes nothing.
                let after = bank.store.find_batch(&batch.id).await.unwrap().unwrap().0.state;
                assert_eq!(after != state, offered, "{person} {state:?} {action}");
                assert!(!offered || done.location().is_some(), "{person} {state:?} {action}");
                cells += 1;
                accepted += usize::from(offered);
            }
        }
    }
    println!("{cells} cells, {accepted} accepted");
    assert!(cells == 252 && accepted >= 20, "{cells} {accepted}");
}

#[tokio::test]
async fn a_page_that_asks_by_itself_keeps_no_one_signed_in() {
    let bank = Bank::open();
    let batch = in_state(1, BatchState::Running);
    bank.store.announce_batch(&batch, 99).await.unwrap();
    let mut maker = Browser::of(&bank, "maker").await;
    let path = format!("/console/batches/{}?live=running", batch.id);
    for minutes in [5, 5] {
        bank.clock.advance(std::time::Duration::from_mins(minutes));
        assert_eq!(maker.get(&path).await.status, StatusCode::OK);
    }
    let moved = maker.get(&path.replace("running", "checked")).await;
    assert_eq!(
        (moved.status, &moved.headers["hx-refresh"]),
        (StatusCode::NO_CONTENT, &"true".parse().unwrap())
    );
    bank.faults.add("RetrieveBatchQuery", client_wire::Code::StoreUnavailable);
    assert_eq!(maker.get(&path).await.status, StatusCode::NO_CONTENT, "it asks again");
    bank.faults.clear();
    bank.clock.advance(std::time::Duration::from_mins(6));
    assert_eq!(
        maker.get(&path).await.status,
        StatusCode::SEE_OTHER,
        "the person was idle for a quarter of an hour"
    );
}

#[test]
fn every_command_of_a_batch_has_its_words() {
    let texts = include_str!("../../locales/en.txt");
    let missing: Vec<_> =
        batch_commands().filter(|name| !texts.contains(&format!("command.{name} = "))).collect();
    assert_eq!(missing, Vec::<&str>::new());
}
