//! Attacks: texts that would run, forged forms, forms from other sites.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE};
use axum::http::{Request, StatusCode};
use serde_json::json;

use crate::bank::{Bank, application};
use crate::browser::Browser;
use crate::page::Page;
use crate::payloads::PAYLOADS;

/// Each payload in every text of a client that takes it; returns the key and how many were taken.
async fn client_with(bank: &Bank, n: usize, payload: &str) -> (String, usize) {
    let mut data = application(n);
    let mut taken = 0;
    for member in ["firstName", "middleName", "lastName", "address", "city", "state", "identificationNumber"]
    {
        let mut with = data.clone();
        with[member] = json!(payload);
        let check = bank.command("maker", "CreateContactCommand", with.clone()).await;
        if let Ok(made) = check {
            // Made to see that it is taken; the client of the test is the last one, with all of them.
            let key = made["contactEncodedKey"].clone();
            let reason = json!({ "contactEncodedKey": key, "reason": payload, "notes": payload });
            taken += usize::from(bank.command("maker", "WithdrawCustomerCommand", reason).await.is_ok());
            data[member] = json!(payload);
            data["emailAddress"] = json!(format!("p{n}.{taken}@example.com"));
            data["phoneNumber"] = json!(format!("+2348031{n:03}{taken:03}"));
            if member != "identificationNumber" {
                data["identificationNumber"] = json!(format!("B{n:03}{taken:03}"));
            }
            taken += 1;
        }
    }
    if data["identificationNumber"] == json!(payload) {
        data["identificationNumber"] = json!(format!("C{n:05}"));
    }
    let made = bank.command("maker", "CreateContactCommand", data).await.unwrap();
    let key = made["contactEncodedKey"].as_str().unwrap().to_owned();
    let client = json!({ "contactEncodedKey": key });
    let address = json!({ "addressLine1": payload, "addressLine2": payload, "city": "Lagos", "state": "Lagos", "country": "NG", "postalCode": "1" });
    let document = json!({ "identityType": 8, "idNumber": format!("D{n:05}"), "issuingAuthority": payload, "docExtension": ".png",
        "base64Doc": base64_png() });
    for (name, more) in
        [("CreateAddressInformationCommand", address), ("CreateIdentityDocumentCommand", document)]
    {
        let mut data = client.clone();
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        taken += usize::from(bank.command("maker", name, data).await.is_ok());
    }
    let notes = json!({ "contactEncodedKey": key, "notes": payload });
    taken += usize::from(bank.command("maker", "RequestCustomerApprovalCommand", notes).await.is_ok());
    (key, taken)
}

fn base64_png() -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(crate::bank::PNG)
}

/// The elements of a page by name and attribute names: what a browser would act on.
fn skeleton(page: &Page) -> BTreeSet<String> {
    let shape = |element: crate::page::Element| {
        let mut names: Vec<_> = element.attributes.iter().map(|(name, _)| name.clone()).collect();
        names.sort();
        format!("{} {}", element.name, names.join(" "))
    };
    page.elements().into_iter().map(shape).collect()
}

#[tokio::test]
async fn no_text_of_a_client_becomes_an_element_or_an_attribute() {
    let bank = Bank::open();
    let mut browser = Browser::of(&bank, "second").await;
    let (plain, _) = client_with(&bank, 900, "plain").await;
    let paths = |key: &str| {
        [String::new(), "/do/update".into(), "/do/reject".into(), "/do/approve".into(), "/do/correct".into()]
            .map(|rest: String| format!("/console/clients/{key}{rest}"))
    };
    let mut known = BTreeSet::new();
    for path in paths(&plain) {
        known.extend(skeleton(&browser.get(&path).await));
    }
    known.extend(skeleton(&browser.get("/console/clients").await));
    let mut taken = 0;
    for (n, payload) in PAYLOADS.iter().enumerate() {
        let (key, count) = client_with(&bank, n, payload).await;
        taken += count;
        for path in paths(&key) {
            let page = browser.get(&path).await;
            let new: Vec<_> = skeleton(&page).difference(&known).cloned().collect();
            assert_eq!(new, Vec::<String>::new(), "{path}: {payload}");
            for address in page.addresses() {
                assert!(
                    address.starts_with("/console") || address.starts_with('#') || address == "data:,",
                    "{address}"
                );
            }
        }
        // What a person types is written back as text, too.
        for (path, fields) in [
            (
                "/console/clients",
                vec![
                    ("term", *payload),
                    ("p0", "city"),
                    ("o0", "Equals"),
                    ("v0", *payload),
                    ("sort", *payload),
                ],
            ),
            (
                "/console/clients",
                vec![("state", *payload), ("p0", *payload), ("o0", *payload), ("cursor", *payload)],
            ),
            (
                "/console/new",
                vec![("firstName", *payload), ("country", *payload), ("step", "check"), ("key", *payload)],
            ),
        ] {
            let page = browser.post(path, &fields).await;
            let scripts = page.all("script").len();
            assert_eq!(scripts, 2, "{path}: {payload}");
            let inline = page
                .elements()
                .into_iter()
                .find(|one| one.attributes.iter().any(|(name, _)| name.starts_with("on")));
            assert!(inline.is_none(), "{path}: {payload}: {inline:?}");
        }
    }
    println!("{taken} texts of clients held a payload");
    assert!(taken >= 200, "{taken}");
}

#[tokio::test]
async fn forged_forms_change_nothing() {
    let bank = Bank::open();
    let client = bank.pending(0).await;
    let mut browser = Browser::of(&bank, "maker").await;
    let path = format!("/console/clients/{client}/do/withdraw");
    let form = browser.get(&path).await;
    let version = form.hidden("version").unwrap();
    let checked = browser.post(&path, &[("version", &version), ("reason", "x"), ("step", "check")]).await;
    let digest = checked.hidden("checked").unwrap();
    let body = |csrf: &str| format!("csrf={csrf}&version={version}&checked={digest}&reason=x&step=confirm");
    let cookie = browser.cookie.clone().unwrap();
    let request = |headers: &[(&str, &str)], body: String| {
        let mut request = Request::post(&path).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.header(COOKIE, &cookie).body(Body::from(body)).unwrap()
    };
    let own = [("sec-fetch-site", "same-origin")];
    let csrf = browser.csrf.clone();
    for (what, request) in [
        ("without a proof", request(&own, body(""))),
        ("with a wrong proof", request(&own, body(&"0".repeat(64)))),
        ("with the session id as the proof", request(&own, body(cookie.split('=').nth(1).unwrap()))),
        ("from another site", request(&[("sec-fetch-site", "cross-site")], body(&csrf))),
        ("from a sibling host", request(&[("sec-fetch-site", "same-site")], body(&csrf))),
        ("typed into the bar", request(&[("sec-fetch-site", "none")], body(&csrf))),
        ("from another origin", request(&[("origin", "https://evil.example")], body(&csrf))),
        ("from a file", request(&[("origin", "null")], body(&csrf))),
        ("from nowhere", request(&[], body(&csrf))),
    ] {
        let answer = browser.send(request).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{what}");
        assert!(answer.words().contains("The form is not from a page of this sign-in."), "{what}");
    }
    let data = json!({ "contactEncodedKey": client });
    let found = bank.query("second", "RetrieveContactByIdQuery", data.clone()).await.unwrap();
    assert_eq!(found["clientStateDescription"], "Pending Approval");
    // The same form from the page itself is accepted, so it was refused for where it came from.
    let answer = browser.send(request(&[("origin", "https://localhost:8443")], body(&csrf))).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.words());
    let found = bank.query("second", "RetrieveContactByIdQuery", data).await.unwrap();
    assert_eq!(found["clientStateDescription"], "Rejected");
}

#[tokio::test]
async fn a_form_that_is_too_long_or_no_form_is_refused() {
    let bank = Bank::open();
    let mut browser = Browser::of(&bank, "maker").await;
    let long = "x".repeat(1_100_000);
    assert_eq!(
        browser.post("/console/new", &[("firstName", &long)]).await.status,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    let request = |kind: &str, body: &'static str| {
        let request =
            Request::post("/console/new").header("sec-fetch-site", "same-origin").header(CONTENT_TYPE, kind);
        request.body(Body::from(body)).unwrap()
    };
    for (kind, body) in [
        ("multipart/form-data", "no boundary"),
        ("multipart/form-data; boundary=x", "--x\r\nbroken"),
        ("application/json", "{\"csrf\":\"\"}"),
        ("application/x-www-form-urlencoded", "\u{0}%zz"),
    ] {
        assert_eq!(browser.send(request(kind, body)).await.status, StatusCode::BAD_REQUEST, "{kind} {body}");
    }
}

#[tokio::test]
async fn no_method_but_those_of_the_pages_is_answered() {
    let bank = Bank::open();
    let mut browser = Browser::of(&bank, "second").await;
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS"] {
        for path in ["/console/clients", "/console/me", "/console/clients/x/do/approve"] {
            let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
            assert_eq!(browser.send(request).await.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
        }
    }
    for path in ["/console/sign-out", "/console/sign-out-everywhere"] {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let page = browser.send(request).await;
        assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED, "a link cannot sign a person out");
        assert_eq!(page.headers["allow"], "POST");
        assert!(page.words().contains("This page does not take what was sent."), "{}", page.words());
    }
    assert_eq!(browser.get("/console/").await.location().as_deref(), Some("/console/queue"));
    assert_eq!(browser.get("/console/me").await.status, StatusCode::OK);
}

#[test]
fn payloads_are_forty_different_texts() {
    assert_eq!(PAYLOADS.iter().collect::<BTreeSet<_>>().len(), 40);
}
