//! Every page as every person in every state: what it offers, where it leads, what it must not say.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::bank::{Bank, PEOPLE};
use crate::browser::Browser;
use crate::page::Page;
use crate::page_checks::{check_page, says};

/// The operation that the service explains for each command with a form, and the part of it that the form is about, as the
/// contract describes them.
const OPERATIONS: &[(&str, &str, Option<&str>)] = &[
    ("update", "update", None),
    ("correct", "correct", None),
    ("submit-document", "changeKyc", Some("document")),
    ("submit-address", "changeKyc", Some("address")),
    ("request-documents", "requestDocuments", None),
    ("verify-mobile", "verifyContactPoint", Some("mobile")),
    ("verify-email", "verifyContactPoint", Some("email")),
    ("request-approval", "requestApproval", None),
    ("approve", "approve", None),
    ("reject", "reject", None),
    ("undo-reject", "undoReject", None),
    ("withdraw", "withdraw", None),
    ("record-transaction", "transact", None),
    ("blacklist", "blacklist", None),
    ("undo-blacklist", "undoBlacklist", None),
    ("exit", "exit", None),
    ("return", "return", None),
];

/// What a person fills in, so that only a rule of the service can refuse the command.
fn filled(slug: &str) -> Vec<(&'static str, &'static str)> {
    match slug {
        "update" => vec![("city", "Abuja")],
        "correct" => vec![("dateOfBirth", "1990-01-01"), ("reason", "typed wrongly")],
        "submit-address" => {
            vec![("addressLine1", "2 Broad Street"), ("city", "Lagos"), ("state", "Lagos"), ("country", "NG")]
        }
        "request-documents" => vec![("identityTypes", "2"), ("identityTypes", "5")],
        "verify-mobile" | "verify-email" => vec![("means", "called back")],
        "reject" => vec![("rejectionReason", "forged"), ("reasonCode", "FORGED")],
        "record-transaction" => vec![("transactionReference", "TX-9")],
        "undo-reject" | "withdraw" | "blacklist" | "undo-blacklist" | "exit" | "return" => {
            vec![("reason", "as agreed")]
        }
        "reject-document" | "reject-address" | "reject-amendment" => {
            vec![("comment", "not readable"), ("reason", "no")]
        }
        _ => Vec::new(),
    }
}

/// Which commands about the client itself the service allows this person. A review of look-alikes is part of the form.
fn explained(actions: &Value) -> BTreeMap<String, bool> {
    let entries = actions["actions"].as_array().unwrap();
    let allowed = |operation: &str, part: Option<&str>| {
        let entry = entries.iter().find(|entry| entry["action"] == operation)?;
        if let Some(name) = part {
            let part = entry["parts"].as_array()?.iter().find(|part| part["part"] == name)?;
            return part["allowed"].as_bool();
        }
        let unmet = entry["unmet"].as_array().unwrap();
        let reviewed = operation == "approve" && unmet.iter().all(|blocker| blocker["code"] == "look_alikes");
        Some(entry["allowed"] == true || reviewed)
    };
    OPERATIONS
        .iter()
        .filter_map(|(slug, operation, part)| Some(((*slug).to_owned(), allowed(operation, *part)?)))
        .collect()
}

#[tokio::test]
async fn what_other_clients_or_other_people_have_to_do_with_is_not_offered() {
    let bank = Bank::open();
    let [(_, taken), (_, changed)] = bank.entangled().await;
    let mut maker = Browser::of(&bank, "maker").await;
    let page = maker.get(&format!("/console/clients/{taken}")).await;
    assert!(page.offered("no").contains(&"undo-reject".to_owned()), "{:?}", page.offered("yes"));
    for said in
        ["Another client has this kind and number of document.", "Another client has this e-mail address."]
    {
        assert!(page.words().contains(said), "{}", page.words());
    }
    let mut second = Browser::of(&bank, "second").await;
    let page = second.get(&format!("/console/clients/{changed}")).await;
    assert!(page.offered("no").contains(&"verify-mobile".to_owned()), "{:?}", page.offered("yes"));
    assert!(page.offered("yes").contains(&"verify-email".to_owned()), "{:?}", page.offered("no"));
    assert!(page.words().contains("You entered this yourself: Phone number."), "{}", page.words());
}

#[tokio::test]
async fn a_full_list_of_documents_takes_no_document_and_an_address() {
    let bank = Bank::open();
    let client = bank.pending(0).await;
    for _ in 0..100 {
        bank.passport(&client).await;
    }
    let mut maker = Browser::of(&bank, "maker").await;
    let page = maker.get(&format!("/console/clients/{client}")).await;
    assert!(page.offered("no").contains(&"submit-document".to_owned()), "{:?}", page.offered("yes"));
    assert!(page.offered("yes").contains(&"submit-address".to_owned()), "{:?}", page.offered("no"));
    assert!(page.words().contains("The client has 100 of them already, which is the limit."));
}

#[tokio::test]
async fn every_page_offers_what_the_service_explains() {
    let bank = Bank::open();
    let mut states = bank.every_state().await;
    states.extend(bank.entangled().await);
    let mut personal = Vec::new();
    for (_, key) in &states {
        let client = bank
            .query("second", "RetrieveContactByIdQuery", json!({ "contactEncodedKey": key }))
            .await
            .unwrap();
        for member in ["firstName", "lastName", "emailAddress", "phoneNumber", "identificationNumber"] {
            personal.push(client[member].as_str().unwrap().to_owned());
        }
    }
    let (mut cells, mut given, mut refused) = (0, 0, 0);
    for person in PEOPLE {
        let mut browser = Browser::of(&bank, person).await;
        let mut addresses = BTreeSet::new();
        for path in [
            "/console/activity",
            "/console/exports",
            "/console/reports",
            "/console/reports/decisions",
            "/console/reports/clientsByBranch",
            "/console/reports/no",
            "/console/queue",
            "/console/queue?kind=Document",
            "/console/queue?kind=Expiring",
            "/console/operations",
            "/console/clients",
            "/console/new",
            "/console/batches",
            "/console/lifecycle",
            "/console/policy",
            "/console/me",
            "/console/no",
        ] {
            let page = browser.get(path).await;
            check_page(&page, path, &personal);
            addresses.extend(page.addresses());
            cells += 1;
        }
        cells += search_for_each(&mut browser, &personal).await;
        for (state, key) in &states {
            let path = format!("/console/clients/{key}");
            let page = browser.get(&path).await;
            check_page(&page, &path, &personal);
            cells += 1;
            let data = json!({ "contactEncodedKey": key });
            let Ok(actions) = bank.query(person, "RetrieveContactActionsQuery", data).await else {
                assert_eq!(page.status, StatusCode::FORBIDDEN, "{person} {state}");
                refused += 1;
                continue;
            };
            assert_eq!(page.status, StatusCode::OK, "{person} {state}");
            let (offered, not) = (page.offered("yes"), page.offered("no"));
            let explained = explained(&actions);
            assert_eq!(explained.len(), OPERATIONS.len(), "{person} {state}");
            for (slug, allowed) in explained {
                assert_eq!(offered.contains(&slug), allowed, "{person} {state} {slug}");
                assert_eq!(not.contains(&slug), !allowed, "{person} {state} {slug}");
            }
            let elements = page.elements();
            let reasons = elements.iter().filter(|element| element.get("data-offered") == Some("no"));
            for reason in reasons {
                assert!(
                    reason.text.trim().len() > 20,
                    "{person} {state}: an action without a reason: {reason:?}"
                );
            }
            addresses.extend(page.addresses());
            // Every action that is offered passes its dry run, and every other one is refused by the command.
            let links = page.all("a").into_iter().filter(|link| link.get("class") == Some("action"));
            for link in links {
                let path = link.get("href").unwrap();
                addresses.extend(try_offer(&mut browser, path, &personal).await);
                cells += 1;
                given += usize::from(!path.ends_with("submit-document"));
            }
            for slug in not.iter().filter(|slug| OPERATIONS.iter().any(|(known, ..)| known == slug)) {
                let path = format!("{path}/do/{slug}");
                let form = browser.get(&path).await;
                check_page(&form, &path, &personal);
                assert_eq!(
                    form.hidden("version"),
                    None,
                    "{person} {state} {slug}: a form that must not be there"
                );
                assert!(form.all("form").iter().all(|form| form.get("action") != Some(path.as_str())));
                cells += 1;
            }
        }
        for address in addresses {
            resolve(&mut browser, person, &address).await;
            cells += 1;
        }
    }
    println!("{cells} cells, {given} dry runs of offered actions, {refused} pages refused");
    assert!(cells >= 1_000 && given >= 120 && refused >= 11, "{cells} {given} {refused}");
}

/// What is searched for is in no address, also not in the one that the form leads to. Returns how many pages were visited.
async fn search_for_each(browser: &mut Browser, personal: &[String]) -> usize {
    for value in personal {
        let answer = browser.post_only("/console/clients", &[("term", value)]).await;
        let address = answer.location().unwrap();
        assert!(address.starts_with("/console/clients?s=") && !says(&address, value), "{address}");
        let page = browser.follow(answer).await;
        check_page(&page, &address, personal);
    }
    personal.len()
}

/// Opens the form of an action that is offered and checks it with what a person would fill in; returns where it leads.
async fn try_offer(browser: &mut Browser, path: &str, personal: &[String]) -> Vec<String> {
    let slug = path.split("/do/").nth(1).unwrap().split('/').next().unwrap();
    let form = browser.get(path).await;
    assert_eq!(form.status, StatusCode::OK, "{path}");
    check_page(&form, path, personal);
    if slug == "submit-document" {
        return form.addresses();
    }
    let mut fields = filled(slug);
    let hidden: Vec<_> = ["version", "key", "seen"].map(|name| (name, form.hidden(name))).into();
    fields.extend(hidden.iter().filter_map(|(name, value)| Some((*name, value.as_deref()?))));
    fields.push(("step", "check"));
    let initial = initial(&form, &fields);
    fields.extend(initial.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let boxes = form.all("input").into_iter().filter(|input| input.get("name") == Some("reviewedLookAlikes"));
    let boxes: Vec<_> = boxes.collect();
    fields.extend(boxes.iter().map(|one| ("reviewedLookAlikes", one.get("value").unwrap())));
    let tried = browser.post(path, &fields).await;
    assert_eq!(tried.status, StatusCode::OK, "{path}: {}", tried.words());
    check_page(&tried, path, personal);
    assert!(tried.hidden("checked").is_some_and(|digest| digest.len() == 64), "{path}");
    form.addresses()
}

/// The values that the fields of a form hold at first, except those that are filled in.
fn initial(form: &Page, fields: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut held = Vec::new();
    for input in form.all("input").into_iter().chain(form.all("textarea")) {
        let Some(name) = input.get("name") else { continue };
        let typed = matches!(input.get("type"), None | Some("text" | "email" | "date" | "number"));
        if typed && !fields.iter().any(|(filled, _)| *filled == name) {
            let value = input.get("value").map_or_else(|| input.text.trim().to_owned(), str::to_owned);
            held.push((name.to_owned(), value));
        }
    }
    for select in selects(&form.text) {
        if !fields.iter().any(|(filled, _)| *filled == select.0) {
            held.push(select);
        }
    }
    held
}

/// The chosen value of every list of choices.
fn selects(text: &str) -> Vec<(String, String)> {
    let lists = text.split("<select ").skip(1).filter_map(|rest| rest.split("</select>").next());
    let chosen = |list: &str| {
        let name = list.split("name=\"").nth(1)?.split('"').next()?.to_owned();
        let option = list.split("<option ").find(|option| option.contains(" selected"))?;
        Some((name, option.split("value=\"").nth(1)?.split('"').next()?.to_owned()))
    };
    lists.filter_map(chosen).collect()
}

/// Every address leads somewhere: a page or a file, or the form of a page that takes what it sends.
async fn resolve(browser: &mut Browser, person: &str, address: &str) {
    let takes_forms_only = matches!(
        address,
        "/console/sign-out"
            | "/console/sign-out-everywhere"
            | "/console/queue/claim"
            | "/console/batches/clients"
            | "/console/views/save"
    );
    if !address.starts_with("/console") || takes_forms_only {
        return;
    }
    let page = browser.get(address).await;
    let found = matches!(page.status, StatusCode::OK | StatusCode::SEE_OTHER);
    assert!(found, "{person}: {address} answers {}", page.status);
}
