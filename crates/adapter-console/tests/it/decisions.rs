//! Decisions through forms: check, confirm, repeat, and what changed meanwhile.

use axum::http::StatusCode;
use client_wire::Code;
use serde_json::{Value, json};

use crate::bank::{Bank, application};
use crate::browser::Browser;
use crate::page::Page;

/// Sends the form of a page again, with these fields and what the page hides in it.
pub(crate) async fn send(browser: &mut Browser, path: &str, page: &Page, fields: &[(&str, &str)]) -> Page {
    let hidden = ["version", "key", "checked", "seen"].map(|name| (name, page.hidden(name)));
    let mut all: Vec<_> =
        hidden.iter().filter_map(|(name, value)| Some((*name, value.as_deref()?))).collect();
    all.extend(fields);
    browser.post(path, &all).await
}

async fn state(bank: &Bank, key: &str) -> String {
    let data = json!({ "contactEncodedKey": key });
    let client = bank.query("second", "RetrieveContactByIdQuery", data).await.unwrap();
    client["clientStateDescription"].as_str().unwrap().to_owned()
}

pub(crate) async fn verified(bank: &Bank) -> String {
    let client = bank.pending(0).await;
    let passport = bank.passport(&client).await;
    bank.command("checker", "ApproveIdentityDocumentCommand", json!({ "identityId": passport }))
        .await
        .unwrap();
    client
}

#[tokio::test]
async fn a_check_changes_nothing_and_a_confirmation_decides_once() {
    let bank = Bank::open();
    let client = verified(&bank).await;
    let mut browser = Browser::of(&bank, "checker").await;
    let path = format!("/console/clients/{client}/do/approve");
    let form = browser.get(&path).await;
    let fields = [("approvalNotes", "all in order")];
    let checked = send(&mut browser, &path, &form, &[fields[0], ("step", "check")]).await;
    assert_eq!(checked.status, StatusCode::OK);
    assert!(checked.words().contains("The client will be: Approved."), "{}", checked.words());
    assert_eq!(state(&bank, &client).await, "Pending Approval");
    for _ in 0..2 {
        // The second one is a double click: the same key, so it does nothing and answers the same.
        let done = send(&mut browser, &path, &checked, &[fields[0], ("step", "confirm")]).await;
        assert_eq!(done.location(), Some(format!("/console/clients/{client}?done=approve")));
    }
    assert_eq!(state(&bank, &client).await, "Approved");
    let page = browser.get(&format!("/console/clients/{client}?done=approve")).await;
    assert!(page.words().contains("Done: Approve"));
    assert!(page.words().contains("all in order"), "the notes are in the history");
}

#[tokio::test]
async fn a_confirmation_of_something_else_is_checked_first() {
    let bank = Bank::open();
    let client = verified(&bank).await;
    let mut browser = Browser::of(&bank, "checker").await;
    let path = format!("/console/clients/{client}/do/reject");
    let form = browser.get(&path).await;
    let sent = |reason: &'static str| [("rejectionReason", reason), ("reasonCode", "FORGED")];
    let checked = send(&mut browser, &path, &form, &[&sent("one")[..], &[("step", "check")]].concat()).await;
    let other =
        send(&mut browser, &path, &checked, &[&sent("another")[..], &[("step", "confirm")]].concat()).await;
    assert_eq!((other.status, state(&bank, &client).await.as_str()), (StatusCode::OK, "Pending Approval"));
    let done =
        send(&mut browser, &path, &other, &[&sent("another")[..], &[("step", "confirm")]].concat()).await;
    assert_eq!((done.status, state(&bank, &client).await.as_str()), (StatusCode::SEE_OTHER, "Rejected"));
}

#[tokio::test]
async fn a_decision_about_a_client_that_changed_is_refused_and_shows_it_as_it_is() {
    let bank = Bank::open();
    let client = verified(&bank).await;
    let mut browser = Browser::of(&bank, "checker").await;
    let path = format!("/console/clients/{client}/do/approve");
    let form = browser.get(&path).await;
    let checked = send(&mut browser, &path, &form, &[("step", "check")]).await;
    let change = json!({ "contactEncodedKey": client, "city": "Abuja" });
    bank.command("maker", "UpdateContactCommand", change).await.unwrap();
    let refused = send(&mut browser, &path, &checked, &[("step", "confirm")]).await;
    assert_eq!(
        (refused.status, state(&bank, &client).await.as_str()),
        (StatusCode::CONFLICT, "Pending Approval")
    );
    assert!(
        refused.words().contains("The client has changed since you opened the page."),
        "{}",
        refused.words()
    );
    assert_ne!(
        refused.hidden("version"),
        checked.hidden("version"),
        "the next attempt is about the client as it is"
    );
    let checked = send(&mut browser, &path, &refused, &[("step", "check")]).await;
    let done = send(&mut browser, &path, &checked, &[("step", "confirm")]).await;
    assert_eq!((done.status, state(&bank, &client).await.as_str()), (StatusCode::SEE_OTHER, "Approved"));
}

#[tokio::test]
async fn the_maker_is_told_why_and_the_command_refuses_a_forced_attempt() {
    let bank = Bank::open();
    let client = verified(&bank).await;
    let mut browser = Browser::of(&bank, "maker").await;
    let path = format!("/console/clients/{client}/do/approve");
    let page = browser.get(&path).await;
    assert!(page.words().contains("This is not possible now"));
    assert!(page.words().contains("Another person has to approve it"), "{}", page.words());
    let forced = browser.post(&path, &[("step", "check"), ("version", "3")]).await;
    assert_eq!(forced.status, StatusCode::FORBIDDEN);
    assert_eq!(forced.hidden("version"), None, "what is not possible is not offered after a refusal either");
    assert_eq!(state(&bank, &client).await, "Pending Approval");
}

#[tokio::test]
async fn an_amendment_is_shown_beside_the_live_values_and_decided_by_another_person() {
    let bank = Bank::open();
    let client = verified(&bank).await;
    bank.command("checker", "ApproveCustomerCommand", json!({ "contactEncodedKey": client })).await.unwrap();
    let mut maker = Browser::of(&bank, "maker").await;
    let path = format!("/console/clients/{client}/do/update");
    let form = maker.get(&path).await;
    let fields = [("lastName", "Newname")];
    let tried = send(&mut maker, &path, &form, &[fields[0], ("step", "check")]).await;
    assert!(tried.words().contains("These will wait for a second person: Last name."), "{}", tried.words());
    assert!(tried.words().contains("Okaforaa"), "the value before is shown");
    send(&mut maker, &path, &tried, &[fields[0], ("step", "confirm")]).await;

    let page = maker.get(&format!("/console/clients/{client}")).await;
    assert!(page.offered("no").contains(&"approve-amendment".to_owned()));
    assert!(
        page.words().contains("you proposed these values")
            || page.words().contains("You proposed these values")
    );
    let mut checker = Browser::of(&bank, "checker").await;
    let page = checker.get(&format!("/console/clients/{client}")).await;
    assert!(page.offered("yes").contains(&"approve-amendment".to_owned()));
    let link = page.all("a").into_iter().find(|link| link.text.contains("Approve the amendment")).unwrap();
    let path = link.get("href").unwrap().to_owned();
    let form = checker.get(&path).await;
    assert!(form.words().contains("Okaforaa") && form.words().contains("Newname"));
    let tried = send(&mut checker, &path, &form, &[("step", "check")]).await;
    let done = send(&mut checker, &path, &tried, &[("step", "confirm")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
    let data = json!({ "contactEncodedKey": client });
    let client = bank.query("second", "RetrieveContactByIdQuery", data).await.unwrap();
    assert_eq!(client["lastName"], "Newname");
}

async fn city(bank: &Bank, client: &str) -> (String, String) {
    let data = json!({ "contactEncodedKey": client });
    let client = bank.query("second", "RetrieveContactByIdQuery", data).await.unwrap();
    ["city", "phoneNumber"].map(|member| client[member].as_str().unwrap().to_owned()).into()
}

#[tokio::test]
async fn a_change_of_an_older_version_does_not_take_back_another_one() {
    let bank = Bank::open();
    let client = bank.pending(0).await;
    let mut maker = Browser::of(&bank, "maker").await;
    let path = format!("/console/clients/{client}/do/update");
    let form = maker.get(&path).await;
    let elsewhere = json!({ "contactEncodedKey": client, "city": "Abuja" });
    bank.command("second", "UpdateContactCommand", elsewhere).await.unwrap();
    // The page of the maker still holds the city before.
    let change = [("city", "Ikeja"), ("phoneNumber", "+2348039999999"), ("step", "check")];
    let refused = send(&mut maker, &path, &form, &change).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    let held = |page: &Page, name: &str| {
        let inputs = page.all("input");
        inputs.iter().find(|input| input.get("name") == Some(name)).unwrap().get("value").unwrap().to_owned()
    };
    assert_eq!(held(&refused, "city"), "Abuja", "the form holds the client as it is");
    assert_ne!(held(&refused, "phoneNumber"), "+2348039999999", "the change is entered again");
    let (city_now, phone) = (held(&refused, "city"), "+2348039999999");
    let change = [("city", city_now.as_str()), ("phoneNumber", phone)];
    let checked = send(&mut maker, &path, &refused, &[&change[..], &[("step", "check")]].concat()).await;
    let done = send(&mut maker, &path, &checked, &[&change[..], &[("step", "confirm")]].concat()).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
    assert_eq!(city(&bank, &client).await, ("Abuja".to_owned(), phone.to_owned()));
}

#[tokio::test]
async fn a_mistake_does_not_renew_what_the_person_has_seen() {
    let bank = Bank::open();
    let client = bank.pending(0).await;
    let mut maker = Browser::of(&bank, "maker").await;
    let path = format!("/console/clients/{client}/do/update");
    let form = maker.get(&path).await;
    let elsewhere = json!({ "contactEncodedKey": client, "city": "Abuja" });
    bank.command("second", "UpdateContactCommand", elsewhere).await.unwrap();
    let wrong = [("city", "Ikeja"), ("country", "Nowhere"), ("step", "check")];
    let refused = send(&mut maker, &path, &form, &wrong).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert_eq!(refused.hidden("version"), form.hidden("version"));
    let corrected = [("city", "Ikeja"), ("country", "NG"), ("step", "check")];
    assert_eq!(send(&mut maker, &path, &refused, &corrected).await.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_decision_about_another_file_shows_the_file_that_is_there() {
    let bank = Bank::open();
    let client = bank.pending(0).await;
    let passport = bank.passport(&client).await;
    let mut checker = Browser::of(&bank, "checker").await;
    let path = format!("/console/clients/{client}/do/approve-document/{passport}");
    let form = checker.get(&path).await;
    let (version, seen) = (form.hidden("version").unwrap(), "0".repeat(64));
    let sent = [("version", version.as_str()), ("seen", &seen), ("step", "check")];
    let refused = checker.post(&path, &sent).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.words());
    assert_eq!(refused.hidden("seen"), form.hidden("seen"));
}

#[tokio::test]
async fn a_repeat_after_an_unknown_outcome_has_the_same_key() {
    let bank = Bank::open();
    let client = verified(&bank).await;
    let mut maker = Browser::of(&bank, "maker").await;
    for (path, command, fields) in [
        ("/console/new".to_owned(), "CreateContactCommand", fields_of(&application(7))),
        (
            format!("/console/clients/{client}/do/submit-address"),
            "CreateAddressInformationCommand",
            [("addressLine1", "2 Broad Street"), ("city", "Lagos"), ("state", "Lagos"), ("country", "NG")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
        ),
    ] {
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let form = maker.get(&path).await;
        let checked = send(&mut maker, &path, &form, &[&fields[..], &[("step", "check")]].concat()).await;
        let confirmation = [&fields[..], &[("step", "confirm")]].concat();
        bank.faults.add(command, Code::OutcomeUnknown);
        let unknown = send(&mut maker, &path, &checked, &confirmation).await;
        assert_eq!(unknown.status, StatusCode::GATEWAY_TIMEOUT, "{path}");
        assert_eq!(unknown.hidden("key"), checked.hidden("key"), "{path}");
        bank.faults.clear();
        let mut again = fields.clone();
        let (version, digest) = (checked.hidden("version"), checked.hidden("checked").unwrap());
        let key = unknown.hidden("key").unwrap();
        again.extend(version.as_deref().map(|version| ("version", version)));
        again.extend([("key", key.as_str()), ("checked", digest.as_str()), ("step", "confirm")]);
        let done = maker.post(&path, &again).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{path}: {}", done.words());
    }
    let data = json!({ "searchTerm": application(7)["lastName"] });
    let found = bank.query("second", "RetrieveContactListQuery", data).await.unwrap();
    assert_eq!(found["totalCount"], 1, "it was done once");
    let data = json!({ "contactEncodedKey": client });
    let found = bank.query("second", "GetCustomerAddressDetailsQuery", data).await.unwrap();
    assert_eq!(found["addresses"].as_array().unwrap().len(), 1, "it was done once");
}

#[tokio::test]
async fn a_key_of_another_command_is_replaced_and_a_text_that_is_no_key_refused() {
    let bank = Bank::open();
    let client = verified(&bank).await;
    let mut maker = Browser::of(&bank, "maker").await;
    let path = format!("/console/clients/{client}/do/update");
    let form = maker.get(&path).await;
    let sent = [("city", "Abuja")];
    let checked = send(&mut maker, &path, &form, &[sent[0], ("step", "check")]).await;
    send(&mut maker, &path, &checked, &[sent[0], ("step", "confirm")]).await;
    let key = checked.hidden("key").unwrap();
    let form = maker.get(&path).await;
    let version = form.hidden("version").unwrap();
    let other = [("city", "Jos"), ("version", version.as_str()), ("key", key.as_str())];
    let checked = maker.post(&path, &[&other[..], &[("step", "check")]].concat()).await;
    let digest = checked.hidden("checked").unwrap();
    let confirmation = [("checked", digest.as_str()), ("step", "confirm")];
    let refused = maker.post(&path, &[&other[..], &confirmation].concat()).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.words());
    assert_ne!(refused.hidden("key"), Some(key));
    for (path, fields) in [(path.as_str(), [("city", "Jos")]), ("/console/new", [("city", "Jos")])] {
        let fields = [fields[0], ("version", version.as_str()), ("key", "no key\u{e9}"), ("step", "check")];
        let refused = maker.post(path, &fields).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{path}");
        assert_eq!(refused.hidden("key").unwrap().len(), 64);
    }
}

pub(crate) fn fields_of(application: &Value) -> Vec<(String, String)> {
    let members = application.as_object().unwrap().iter();
    members.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect()
}

#[tokio::test]
async fn a_choice_is_checked_by_its_word() {
    let bank = Bank::open();
    let client = bank.pending(0).await;
    let married = json!({ "contactEncodedKey": client, "maritalStatus": 1 });
    bank.command("maker", "UpdateContactCommand", married).await.unwrap();
    let mut maker = Browser::of(&bank, "maker").await;
    let path = format!("/console/clients/{client}/do/update");
    let form = maker.get(&path).await;
    let checked = send(&mut maker, &path, &form, &[("maritalStatus", "2"), ("step", "check")]).await;
    assert_eq!(checked.status, StatusCode::OK, "{}", checked.words());
    let table = checked.text.split("<table").find(|part| part.contains("Marital status")).unwrap();
    let table = table.split("</table").next().unwrap();
    assert!(table.contains("Single") && table.contains("Married"), "{table}");
    assert!(!table.contains(">1<") && !table.contains(">2<"), "{table}");
}

/// An input of one line drops the line breaks of a value, so that the form would send another one than it got.
#[tokio::test]
async fn text_of_several_lines_is_sent_only_if_it_was_changed() {
    let bank = Bank::open();
    let client = bank.pending(0).await;
    let data = json!({ "contactEncodedKey": client, "address": "7 Awolowo\nWay" });
    bank.command("maker", "UpdateContactCommand", data).await.unwrap();
    let mut browser = Browser::of(&bank, "maker").await;
    let path = format!("/console/clients/{client}/do/update");
    let form = browser.get(&path).await;
    let address = form.all("textarea").into_iter().find(|one| one.get("name") == Some("address"));
    assert_eq!(address.unwrap().text.trim(), "7 Awolowo\nWay");
    // A browser sends both characters of a line break.
    let fields = [("address", "7 Awolowo\r\nWay"), ("city", "Abuja"), ("step", "check")];
    let checked = send(&mut browser, &path, &form, &fields).await;
    assert!(checked.words().contains("These will change: City."), "{}", checked.words());
}

#[tokio::test]
async fn the_two_records_of_a_client_who_returned_lead_to_each_other() {
    let bank = Bank::open();
    let states = bank.every_state().await;
    let former = states.iter().find(|(name, _)| *name == "exited").unwrap().1.clone();
    let mut again = application(0);
    for name in
        ["dateOfBirth", "gender", "identificationType", "identificationNumber", "firstName", "lastName"]
    {
        again.as_object_mut().unwrap().remove(name);
    }
    again["contactEncodedKey"] = json!(former);
    again["reason"] = json!("comes back");
    again["emailAddress"] = json!("returned@example.com");
    again["phoneNumber"] = json!("+2348031239999");
    let returned = bank.command("second", "ReturnCustomerCommand", again).await.unwrap();
    let returned = returned["contactEncodedKey"].as_str().unwrap().to_owned();
    let mut browser = Browser::of(&bank, "maker").await;
    for (from, to) in [(&former, &returned), (&returned, &former)] {
        let page = browser.get(&format!("/console/clients/{from}")).await;
        let led = page.all("dd").iter().any(|one| one.text.contains("Show the client"));
        assert!(led && page.addresses().contains(&format!("/console/clients/{to}")), "{}", page.words());
    }
    let blocked = browser.get(&format!("/console/clients/{former}/do/return")).await;
    assert!(blocked.words().contains("Continue with that one."), "{}", blocked.words());
    assert!(blocked.addresses().contains(&format!("/console/clients/{returned}")), "{}", blocked.words());
}
