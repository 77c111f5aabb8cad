//! Another KYC policy, given as a file.

use axum::http::StatusCode;

use crate::bank::Bank;
use crate::browser::Browser;
use crate::documents::upload;

#[tokio::test]
async fn another_policy_is_previewed_from_a_file() {
    let bank = Bank::open();
    let client = bank.pending(0).await;
    let mut browser = Browser::of(&bank, "second").await;
    let page = browser.get("/console/policy").await;
    assert!(page.words().contains("2026-01") && page.words().contains("International Passport"));
    let policy = br#"{ "version": "2027-01" }"#;
    let answer = browser.send(upload(&browser, "/console/policy", &[], "policy.json", policy)).await;
    let answer = browser.follow(answer).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.words());
    assert!(answer.addresses().contains(&format!("/console/clients/{client}")), "{}", answer.words());
    let answer = browser.send(upload(&browser, "/console/policy", &[], "policy.json", b"{ no")).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.words().contains("The file is not one JSON object"));
}

#[tokio::test]
async fn what_is_wrong_with_a_policy_file_is_said_in_its_own_words() {
    let bank = Bank::open();
    let mut browser = Browser::of(&bank, "second").await;
    browser.get("/console/policy").await;
    let none = browser.send(upload(&browser, "/console/policy", &[], "", b"")).await;
    assert_eq!(none.status, StatusCode::BAD_REQUEST);
    assert!(none.words().contains("Policy: Choose a file."), "{}", none.words());
    let marked = "\u{feff}{ \"version\": \"2027-01\" }".as_bytes();
    let read = browser.send(upload(&browser, "/console/policy", &[], "policy.json", marked)).await;
    let read = browser.follow(read).await;
    assert_eq!(read.status, StatusCode::OK, "{}", read.words());
    let wrong = br#"{ "version": "1", "requird": {}, "required": { "Individual": ["Pasport"] } }"#;
    let refused = browser.send(upload(&browser, "/console/policy", &[], "policy.json", wrong)).await;
    let refused = browser.follow(refused).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    for said in ["requird: There is no field of this name.", "required.Individual[0]: "] {
        assert!(refused.words().contains(said), "{said}: {}", refused.words());
    }
}

#[tokio::test]
async fn a_policy_that_is_too_long_is_not_read() {
    let bank = Bank::open();
    let mut second = Browser::of(&bank, "second").await;
    let policy = format!("{{ \"version\": \"{}\" }}", "x".repeat(61_440));
    let answer = second.send(upload(&second, "/console/policy", &[], "policy.json", policy.as_bytes())).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.words().contains("61440 bytes"), "{}", answer.words());
}
