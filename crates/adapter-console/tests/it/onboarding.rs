//! New clients: the form while it is filled in, its check, and its confirmation.

use axum::http::StatusCode;

use crate::bank::{Bank, application};
use crate::browser::Browser;
use crate::decisions::{fields_of, send};

#[tokio::test]
async fn onboarding_shows_mistakes_at_their_fields_and_creates_once() {
    let bank = Bank::open();
    bank.pending(1).await;
    let mut browser = Browser::of(&bank, "maker").await;
    let form = browser.get("/console/new").await;
    let application = application(0);
    let values = fields_of(&application);
    let mut fields: Vec<(&str, &str)> =
        values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();

    let mut wrong = fields.clone();
    for field in &mut wrong {
        if field.0 == "country" {
            field.1 = "Nowhere";
        }
    }
    let page = send(&mut browser, "/console/new", &form, &[&wrong[..], &[("step", "check")]].concat()).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    let country =
        page.elements().into_iter().find(|element| element.get("id") == Some("error-country")).unwrap();
    assert!(country.text.contains("Enter the English name of a country"), "{}", country.text);
    let input = page.elements().into_iter().find(|element| element.get("id") == Some("f-country")).unwrap();
    assert_eq!((input.get("aria-invalid"), input.get("value")), (Some("true"), Some("Nowhere")));

    let mut double = fields.clone();
    for field in &mut double {
        if field.0 == "identificationNumber" {
            field.1 = "A01234501";
        }
    }
    let page = send(&mut browser, "/console/new", &form, &[&double[..], &[("step", "check")]].concat()).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    let number =
        page.elements().into_iter().find(|element| element.get("id") == Some("error-identificationNumber"));
    assert!(number.unwrap().text.contains("Another client has this kind and number of document."));

    let checked =
        send(&mut browser, "/console/new", &form, &[&fields[..], &[("step", "check")]].concat()).await;
    assert_eq!(checked.status, StatusCode::OK, "{}", checked.words());
    fields.push(("step", "confirm"));
    let done = send(&mut browser, "/console/new", &checked, &fields).await;
    let again = send(&mut browser, "/console/new", &checked, &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
    assert_eq!(done.location(), again.location(), "a double click creates one client");
    let page = browser.get(&done.location().unwrap()).await;
    assert!(page.words().contains("Adaezeaa Okaforaa"));
}

#[tokio::test]
async fn while_a_form_is_filled_in_only_what_is_there_is_judged() {
    let bank = Bank::open();
    let mut browser = Browser::of(&bank, "maker").await;
    let page = browser.post("/console/new", &[("firstName", "Adaeze"), ("country", "Nowhere")]).await;
    assert_eq!(page.status, StatusCode::OK);
    let check = page.elements().into_iter().find(|element| element.get("id") == Some("check")).unwrap();
    assert!(check.text.contains("Country:") && !check.text.contains("required"), "{}", check.text);
}

/// While the form is filled in, the person learns what the button would say: the warning, and who has the value already.
#[tokio::test]
async fn the_live_check_warns_and_names_the_client_that_has_a_value() {
    let bank = Bank::open();
    let first = bank.pending(1).await;
    let mut browser = Browser::of(&bank, "maker").await;
    let check = |page: &crate::page::Page| {
        page.elements().into_iter().find(|element| element.get("id") == Some("check")).unwrap().text
    };
    let mut alike = application(2);
    for name in ["firstName", "lastName", "dateOfBirth"] {
        alike[name] = application(1)[name].clone();
    }
    let values = fields_of(&alike);
    let fields: Vec<_> = values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let page = browser.post("/console/new", &fields).await;
    assert!(check(&page).contains("The bank may know this person already."), "{}", check(&page));

    alike["identificationNumber"] = application(1)["identificationNumber"].clone();
    let values = fields_of(&alike);
    let fields: Vec<_> = values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let path = format!("/console/clients/{first}");
    for page in [
        browser.post("/console/new", &fields).await,
        browser.post("/console/new", &[&fields[..], &[("step", "check")]].concat()).await,
    ] {
        assert!(page.addresses().contains(&path), "{}", page.words());
    }
}
