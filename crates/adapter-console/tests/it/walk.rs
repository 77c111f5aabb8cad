//! Every page as every person in every state: what it offers, where it leads, what it must not say.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::bank::{Bank, PEOPLE};
use crate::browser::Browser;
use crate::page::Page;

/// The operation that the service explains for each command with a form, as the contract describes them.
const OPERATIONS: &[(&str, &str)] = &[
    ("update", "update"),
    ("correct", "correct"),
    ("submit-document", "changeKyc"),
    ("submit-address", "changeKyc"),
    ("request-documents", "requestDocuments"),
    ("verify-mobile", "verifyContactPoint"),
    ("verify-email", "verifyContactPoint"),
    ("request-approval", "requestApproval"),
    ("approve", "approve"),
    ("reject", "reject"),
    ("undo-reject", "undoReject"),
    ("withdraw", "withdraw"),
    ("record-transaction", "transact"),
    ("blacklist", "blacklist"),
    ("undo-blacklist", "undoBlacklist"),
    ("exit", "exit"),
    ("return", "return"),
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

/// What must be true of every page.
fn check_page(page: &Page, path: &str, personal: &[String]) {
    let header = |name: &str| page.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    let policy = header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{path}");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(header(name).as_deref(), Some(value), "{path} {name}");
    }
    for element in page.elements() {
        let inline = element.attributes.iter().find(|(name, _)| name.starts_with("on") || name == "style");
        assert!(inline.is_none(), "{path}: {element:?}");
        let is_link = element.name == "a" && element.get("href").is_some();
        assert!(!is_link || element.get("role").is_none(), "{path}: a link that says it is a button");
        assert!(element.name != "style", "{path}: a style in the page");
        assert!(element.name != "script" || element.get("src").is_some(), "{path}: a script in the page");
    }
    for address in page.addresses() {
        let own = address.starts_with("/console") || address.starts_with('#') || address == "data:,";
        assert!(own, "{path} leads to {address}");
        for value in personal {
            assert!(!says(&address, value), "{path} leads to {address}");
        }
    }
    assert_eq!(page.all("h1").len(), 1, "{path}");
    assert_eq!(page.all("main").len(), 1, "{path}");
    let switch = page.elements().into_iter().find(|element| element.get("id") == Some("keys-used"));
    assert_eq!(switch.unwrap().get("type"), Some("checkbox"), "{path}: keys that cannot be switched off");
    check_labels(page, path);
}

/// Whether an address holds a value, however it is encoded.
fn says(address: &str, value: &str) -> bool {
    let decoded = percent_decode_str(address).decode_utf8_lossy().into_owned();
    let form = percent_decode_str(&address.replace('+', " ")).decode_utf8_lossy().into_owned();
    [address, &decoded, &form].iter().any(|text| text.contains(value))
}

#[test]
fn an_encoded_value_is_found_in_an_address() {
    for address in
        ["/console?a=+234 8", "/console?a=%2B234+8", "/console?a=%2B234%208", "/console/%2b2%33%34%208"]
    {
        assert!(says(address, "+234 8"), "{address}");
    }
    assert!(!says("/console?a=234", "+234 8"));
}

/// Every field has a label, and what describes it is there.
fn check_labels(page: &Page, path: &str) {
    let elements = page.elements();
    let ids: BTreeSet<_> = elements.iter().filter_map(|element| element.get("id")).collect();
    let labelled: BTreeSet<_> = elements.iter().filter_map(|element| element.get("for")).collect();
    let wrapped = page.text.split("<label>").skip(1).filter_map(|rest| rest.split("</label>").next());
    let wrapped: Vec<_> = wrapped.collect();
    for element in &elements {
        if matches!(element.name.as_str(), "input" | "select" | "textarea")
            && element.get("type") != Some("hidden")
        {
            let name = element.get("name").unwrap_or_default();
            let has = element.get("id").is_some_and(|id| labelled.contains(id))
                || wrapped.iter().any(|label| label.contains(&format!("name=\"{name}\"")));
            assert!(has, "{path}: {name} has no label");
        }
        for list in ["aria-describedby", "aria-labelledby"] {
            for id in element.get(list).unwrap_or_default().split_whitespace() {
                assert!(ids.contains(id), "{path}: {list} {id}");
            }
        }
    }
}

/// Which commands about the client itself the service allows this person. A review of look-alikes is part of the form.
fn explained(actions: &Value) -> BTreeMap<String, bool> {
    let entries = actions["actions"].as_array().unwrap();
    let allowed = |operation: &str| {
        let entry = entries.iter().find(|entry| entry["action"] == operation)?;
        let unmet = entry["unmet"].as_array().unwrap();
        let reviewed = operation == "approve" && unmet.iter().all(|blocker| blocker["code"] == "look_alikes");
        Some(entry["allowed"] == true || reviewed)
    };
    OPERATIONS
        .iter()
        .filter_map(|(slug, operation)| Some(((*slug).to_owned(), allowed(operation)?)))
        .collect()
}

#[tokio::test]
async fn every_page_offers_what_the_service_explains() {
    let bank = Bank::open();
    let states = bank.every_state().await;
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
            for (slug, allowed) in explained(&actions) {
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
            for slug in not.iter().filter(|slug| OPERATIONS.iter().any(|(known, _)| known == slug)) {
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
    let takes_forms_only =
        matches!(address, "/console/sign-out" | "/console/sign-out-everywhere" | "/console/queue/claim");
    if !address.starts_with("/console") || takes_forms_only {
        return;
    }
    let page = browser.get(address).await;
    let found = matches!(page.status, StatusCode::OK | StatusCode::SEE_OTHER);
    assert!(found, "{person}: {address} answers {}", page.status);
}

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
