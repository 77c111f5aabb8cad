//! A form that changes nothing leads to an address: the list is there again after a reload and on the way back, and only for the
//! session that has asked for it.

use axum::body::Body;
use axum::http::{Request, StatusCode};

use crate::bank::Bank;
use crate::browser::Browser;
use crate::page::Page;
use crate::page_checks::check_page;

fn lines(page: &Page) -> usize {
    page.elements().iter().filter(|element| element.get("data-line").is_some()).count()
}

fn value(page: &Page, name: &str) -> String {
    let input = page.all("input").into_iter().find(|input| input.get("name") == Some(name)).unwrap();
    input.get("value").unwrap_or_default().to_owned()
}

/// The address that a form leads to, with what was filled in.
async fn led(browser: &mut Browser, path: &str, fields: &[(&str, &str)], page: &str) -> String {
    let answer = browser.post_only(path, fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}: {}", answer.words());
    let address = answer.location().unwrap();
    assert!(address.starts_with(&format!("{page}?s=")), "{address}");
    address
}

const UNREADABLE: &str = "The address of this page is of an earlier sign-in, or was changed.";

#[tokio::test]
async fn list_is_there_on_the_way_back_and_after_a_reload() {
    let bank = Bank::open();
    let clients = [bank.pending(0).await, bank.pending(1).await];
    let mut browser = Browser::of(&bank, "checker").await;
    let search = [
        ("term", "adaezeab"),
        ("state", "PendingApproval"),
        ("p2", "city"),
        ("o2", "Equals"),
        ("v2", "Ikeja"),
        ("column", "emailAddress"),
        ("sort", "lastName"),
        ("direction", "desc"),
        ("group", "branch"),
    ];
    let address = led(&mut browser, "/console/clients", &search, "/console/clients").await;
    let found = browser.get(&address).await;
    check_page(&found, &address, &["adaezeab".to_owned(), "Ikeja".to_owned()]);
    let client = format!("/console/clients/{}", clients[1]);
    assert!(found.addresses().contains(&client), "{}", found.words());
    assert_eq!(browser.get(&client).await.status, StatusCode::OK);
    for time in ["back", "reload"] {
        let again = browser.get(&address).await;
        assert_eq!((again.status, lines(&again)), (StatusCode::OK, 1), "{time}");
        assert_eq!((value(&again, "term"), value(&again, "v0")), ("adaezeab".to_owned(), "Ikeja".to_owned()));
        let words = again.words();
        for text in ["adaezeab ×", "City is Ikeja ×", "E-mail", "ikeja-01: 1"] {
            assert!(words.contains(text), "{time} {text}: {words}");
        }
        let order =
            again.text.contains("value=\"lastName\" selected") && again.text.contains("\"desc\" selected");
        assert!(order, "{time}");
    }
    // A chip leads on to another address, and the one before stays what it was.
    let chip = [&search[..], &[("drop", "term")]].concat();
    let all = led(&mut browser, "/console/clients", &chip, "/console/clients").await;
    assert_eq!((lines(&browser.get(&all).await), lines(&browser.get(&address).await)), (2, 1));
}

#[tokio::test]
async fn address_that_this_session_cannot_read_shows_no_client_and_says_so() {
    let bank = Bank::open();
    let client = bank.ready(0).await;
    let mut checker = Browser::of(&bank, "checker").await;
    let mut again = Browser::of(&bank, "checker").await;
    let pick = format!("{client}:1");
    for (path, fields, page) in [
        ("/console/clients", [("term", "adaeze")], "/console/clients"),
        ("/console/activity", [("actorId", "maker")], "/console/activity"),
        ("/console/exports", [("actorId", "maker")], "/console/exports"),
        ("/console/reports/decisions", [("branchEncodedKey", "ikeja-01")], "/console/reports/decisions"),
        ("/console/queue/approve", [("pick", pick.as_str())], "/console/queue/approve"),
    ] {
        let address = led(&mut checker, path, &fields, page).await;
        assert_eq!(checker.get(&address).await.status, StatusCode::OK, "{address}");
        let middle = address.len() - 9;
        let other = if &address[middle..=middle] == "A" { "B" } else { "A" };
        let tampered = format!("{}{other}{}", &address[..middle], &address[middle + 1..]);
        for (is_own, address) in [
            (false, address.as_str()),
            (true, tampered.as_str()),
            (true, &address[..middle]),
            (true, &format!("{page}?s=")),
            (true, &format!("{page}?s=term%3Dadaeze")),
        ] {
            let who = if is_own { &mut checker } else { &mut again };
            let refused = who.get(address).await;
            assert_eq!((refused.status, lines(&refused)), (StatusCode::CONFLICT, 0), "{address}");
            check_page(&refused, address, &[]);
            let words = refused.words();
            assert!(words.contains(UNREADABLE) && words.contains("fill it in again"), "{address}: {words}");
            for text in ["Clients found", "No client matches", "Nothing of this kind", "There are no exports"]
            {
                assert!(!words.contains(text), "{address}: {words}");
            }
        }
    }
    assert_eq!(value(&again.get("/console/clients?s=A").await, "term"), "");
    // Another page does not read it either.
    let address = led(&mut checker, "/console/clients", &[("term", "adaeze")], "/console/clients").await;
    let moved = address.replace("/clients", "/activity");
    assert_eq!(checker.get(&moved).await.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn sign_in_leads_to_a_page_that_says_that_its_search_is_gone() {
    let bank = Bank::open();
    bank.pending(0).await;
    let mut browser = Browser::of(&bank, "checker").await;
    let address =
        led(&mut browser, "/console/clients", &[("term", &"x".repeat(600))], "/console/clients").await;
    browser.cookie = None;
    let to_sign_in = browser.get(&address).await.location().unwrap();
    assert_eq!(to_sign_in, "/console/sign-in?page=%2Fconsole%2Fclients%3Fs%3D");
    let page = browser.get(&to_sign_in).await.hidden("page").unwrap();
    let target = browser.post_only("/console/sign-in/checker", &[("page", &page)]).await.location().unwrap();
    assert_eq!(target, "/console/clients?s=");
    let refused = browser.get(&target).await;
    assert!(refused.words().contains(UNREADABLE) && lines(&refused) == 0, "{}", refused.words());
}

#[tokio::test]
async fn search_that_is_too_long_for_an_address_is_answered_at_once() {
    let bank = Bank::open();
    let client = bank.pending(0).await;
    let mut browser = Browser::of(&bank, "second").await;
    let city = format!("Ikeja,{}", "x".repeat(6_000));
    let long = [("p0", "city"), ("o0", "In"), ("v0", city.as_str())];
    let picks: Vec<_> = (9_000..9_200).map(|n| format!("{n:032x}:1")).collect();
    let mut paging: Vec<_> = picks.iter().map(|pick| ("pick", pick.as_str())).collect();
    paging.push(("first", "yes"));
    for fields in [&long[..], &paging] {
        let answer = browser.post_only("/console/clients", fields).await;
        assert!(answer.location().is_none(), "{:?}", answer.location());
        let has_list = answer.addresses().contains(&format!("/console/clients/{client}"));
        // A value may be longer than an address, and yet too long for the query.
        assert!(has_list || answer.status == StatusCode::BAD_REQUEST, "{}", answer.words());
    }
    let carried = browser.post_only("/console/clients", &paging).await;
    assert!(carried.text.contains("Chosen on other pages: 200."), "{}", carried.status);
    let long = "x".repeat(6_000);
    let activity = browser.post_only("/console/activity", &[("actorId", &long)]).await;
    assert!(activity.location().is_none() && activity.words().contains("Activity"));
}

#[tokio::test]
async fn page_and_what_was_chosen_are_in_the_address() {
    let bank = Bank::open();
    for n in 0..60 {
        bank.pending(n).await;
    }
    let mut maker = Browser::of(&bank, "maker").await;
    let first = maker.get("/console/clients").await;
    let cursor = first.next_cursor();
    let chosen = value(&first, "pick");
    let fields = [("pick", chosen.as_str()), ("cursor", cursor.as_str())];
    let address = led(&mut maker, "/console/clients", &fields, "/console/clients").await;
    for time in ["led", "reload", "back"] {
        let second = maker.get(&address).await;
        assert_eq!(lines(&second), 10, "{time}");
        assert!(second.words().contains("Chosen on other pages: 1."), "{time}: {}", second.words());
        assert!(second.all("button").iter().any(|one| one.get("name") == Some("first")), "{time}");
    }
    let first = led(&mut maker, "/console/clients", &[("first", "yes")], "/console/clients").await;
    assert_eq!(lines(&maker.get(&first).await), 50);
    // The boxes of a search that is begun anew are not chosen.
    let anew = led(&mut maker, "/console/clients", &fields[..1], "/console/clients").await;
    assert!(!maker.get(&anew).await.words().contains("Chosen on other pages"));
}

#[tokio::test]
async fn views_are_opened_saved_and_asked_about_at_an_address() {
    let bank = Bank::open();
    bank.withdrawn_beside_pending().await;
    let mut browser = Browser::of(&bank, "checker").await;
    let list = "/console/clients";
    let save = [("state", "Rejected"), ("view", "Those of Okafor")];
    let saved = led(&mut browser, "/console/views/save", &save, list).await;
    let view = [("owner", "checker"), ("name", "Those of Okafor")];
    let opened = led(&mut browser, "/console/views/open", &view, list).await;
    let asked = led(&mut browser, "/console/views/delete", &view, list).await;
    for _time in ["led", "reload"] {
        let page = browser.get(&saved).await;
        assert!(page.words().contains("Saved as Those of Okafor.") && lines(&page) == 1, "{}", page.words());
        let page = browser.get(&opened).await;
        assert!(!page.words().contains("Saved as") && lines(&page) == 1, "{}", page.words());
        let page = browser.get(&asked).await;
        assert!(page.words().contains("Delete the view Those of Okafor?"), "{}", page.words());
    }
}

#[tokio::test]
async fn activity_exports_reports_and_policies_have_addresses() {
    let bank = Bank::open();
    bank.every_state().await;
    let mut browser = Browser::of(&bank, "second").await;
    let by_checker = [("event", "ClientApproved"), ("actorId", "checker"), ("startDate", "")];
    let activity = led(&mut browser, "/console/activity", &by_checker, "/console/activity").await;
    let exports = led(&mut browser, "/console/exports", &[("actorId", "maker")], "/console/exports").await;
    let report = "/console/reports/decisions";
    let elsewhere = led(&mut browser, report, &[("branchEncodedKey", "nowhere")], report).await;
    let wrong =
        led(&mut browser, "/console/activity", &[("startDate", "yesterday")], "/console/activity").await;
    for _time in ["led", "back"] {
        let page = browser.get(&activity).await;
        assert_eq!((lines(&page), value(&page, "actorId")), (5, "checker".to_owned()));
        assert_eq!(value(&browser.get(&exports).await, "actorId"), "maker");
        assert!(browser.get(&elsewhere).await.words().contains("There is nothing to count."));
        assert_eq!(browser.get(&wrong).await.status, StatusCode::BAD_REQUEST);
    }
    // An empty form is the page itself, and a file leaves the page where it is.
    let all = browser.post_only("/console/activity", &[("actorId", ""), ("event", "")]).await;
    assert_eq!(all.location().as_deref(), Some("/console/activity"));
    let file = browser.post_only(report, &[("as", "csv")]).await;
    assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8");

    browser.get("/console/policy").await;
    let policy = br#"{ "version": "2027-01" }"#;
    let upload = crate::documents::upload(&browser, "/console/policy", &[], "policy.json", policy);
    let preview = browser.send(upload).await.location().unwrap();
    assert!(preview.starts_with("/console/policy?s="), "{preview}");
    for _time in ["led", "back"] {
        assert!(lines(&browser.get(&preview).await) > 0);
    }
    let unreadable = browser.get(&format!("{preview}A")).await;
    assert!(unreadable.status == StatusCode::CONFLICT && unreadable.words().contains(UNREADABLE));
    assert!(unreadable.words().contains("2026-01"), "the policy in force is shown");
}

/// While a person types, the page stays, and a script is told the address of what it shows.
#[tokio::test]
async fn search_while_typing_says_its_address() {
    let bank = Bank::open();
    bank.pending(0).await;
    bank.pending(1).await;
    let mut browser = Browser::of(&bank, "checker").await;
    let typed =
        [("term", "adaezeab"), ("p0", "city"), ("o0", "Equals"), ("p3", "city"), ("o3", "IsNotEmpty")];
    let shown = browser.post_only("/console/clients", &[&typed[..], &[("live", "yes")]].concat()).await;
    assert_eq!((shown.status, lines(&shown)), (StatusCode::OK, 1), "{}", shown.words());
    assert!(shown.text.contains("value=\"condition:3\""), "the form was not written anew");
    let address = shown.headers["hx-replace-url"].to_str().unwrap().to_owned();
    assert!(address.starts_with("/console/clients?s="), "{address}");
    let page = browser.get(&address).await;
    assert_eq!((lines(&page), value(&page, "term")), (1, "adaezeab".to_owned()));
    assert!(page.text.contains("value=\"condition:0\""), "and here it was");
    let long =
        [("term", "adaezeab"), ("live", "yes"), ("kept", &format!("{{\"x\":\"{}\"}}", "x".repeat(6_000)))];
    let shown = browser.post_only("/console/clients", &long).await;
    assert_eq!(shown.headers["hx-replace-url"], "/console/clients");
}

#[tokio::test]
async fn further_pages_of_other_lists_are_links() {
    let bank = Bank::open();
    let mut second = Browser::of(&bank, "second").await;
    let page = second.get("/console/batches?mine=yes&format=csv&step=upload").await;
    assert_eq!(page.status, StatusCode::OK);
    let form = page.all("form").into_iter().find(|form| form.get("method") == Some("get")).unwrap();
    assert_eq!(form.get("action"), Some("/console/batches"));
    let mine = page.all("input").into_iter().find(|input| input.get("name") == Some("mine")).unwrap();
    assert!(mine.get("checked").is_some() && !page.text.contains("value=\"csv\" selected"));
    let wrong = second.get("/console/batches?cursor=x").await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    let request = Request::get("/console/operations?cursor=x").body(Body::empty()).unwrap();
    assert_eq!(second.send(request).await.status, StatusCode::BAD_REQUEST);
}
