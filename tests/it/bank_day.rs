//! The day of the bank: what is today, before and after its midnight, in requests and answers.

use client_app::{Caller, RequestContext, RequestId};
use client_domain::{Actor, BankCalendar, Permissions};
use client_wire::{Failure, Operations as _};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::bank::{Bank, Setup, With as _, adaeze};

/// A bank in a time zone, at a moment.
async fn bank_in(zone: &str, now: &str) -> Bank {
    let calendar = BankCalendar::new(TimeZone::get(zone).unwrap());
    let bank = Bank::with(Setup { calendar, ..Setup::default() }).await;
    bank.clock.set(now.parse().unwrap());
    bank
}

/// The answer to a command or a query, without HTTP, whose tokens are of another day.
pub async fn ask(bank: &Bank, name: &str, data: &Value) -> Result<Value, Failure> {
    let caller = Caller::new(Actor::parse("maker").unwrap(), Permissions::all());
    let data = data.as_object().unwrap().clone();
    let answer = if name.ends_with("Query") {
        bank.clients.query_by_name(name, data, caller).await
    } else {
        let context = RequestContext::new(caller, RequestId::parse("r-1").unwrap());
        bank.clients.command_by_name(name, data, context).await
    };
    answer.map(|reply| reply.data.into_value())
}

/// Whether the form finds this field wrong.
async fn is_wrong(bank: &Bank, name: &str, data: &Value, field: &str) -> bool {
    match ask(bank, name, data).await {
        Ok(_) => false,
        Err(failure) => failure.items.iter().any(|item| item.field.as_deref() == Some(field)),
    }
}

/// The bank's day, before and after its midnight.
const DAYS: [(&str, &str, &str); 5] = [
    ("UTC", "2026-01-05T23:30:00Z", "2026-01-05"),
    ("Africa/Lagos", "2026-01-05T22:59:59.999999Z", "2026-01-05"),
    ("Africa/Lagos", "2026-01-05T23:00:00Z", "2026-01-06"),
    ("America/Sao_Paulo", "2026-01-06T02:59:59.999999Z", "2026-01-05"),
    ("Pacific/Auckland", "2026-01-05T11:00:00Z", "2026-01-06"),
];

#[tokio::test]
async fn dates_of_forms_are_limited_by_the_day_of_the_bank() {
    for (zone, now, today) in DAYS {
        let bank = bank_in(zone, now).await;
        let today: jiff::civil::Date = today.parse().unwrap();
        for (day, is_taken) in [(today, true), (today.tomorrow().unwrap(), false)] {
            let data = json!({ "contactEncodedKey": "CUST1000001", "issueDate": day.to_string() });
            let wrong = is_wrong(&bank, "CreateIdentityDocumentCommand", &data, "issueDate").await;
            assert_eq!(wrong, !is_taken, "{zone} {now} {day}");
        }
        for (day, is_taken) in [(today, true), (today.tomorrow().unwrap(), false)] {
            let data = adaeze().with(json!({ "dateOfBirth": day.to_string(), "gender": null }));
            let wrong = is_wrong(&bank, "CreateContactCommand", &data, "dateOfBirth").await;
            assert_eq!(wrong, !is_taken, "{zone} {now} {day}");
        }
    }
}

#[tokio::test]
async fn searches_find_the_clients_of_the_banks_day() {
    for (zone, now, today) in DAYS {
        let bank = bank_in(zone, now).await;
        ask(&bank, "CreateContactCommand", &adaeze()).await.unwrap();
        let today: jiff::civil::Date = today.parse().unwrap();
        let (before, after) = (today.yesterday().unwrap().to_string(), today.tomorrow().unwrap().to_string());
        let today = today.to_string();
        let on = |operator: &str, value: &str| json!({ "filters": [{ "propertyName": "dateCreated", "operator": operator, "value": value }] });
        for (data, total) in [
            (json!({ "startDate": today, "endDate": today }), 1),
            (json!({ "startDate": after }), 0),
            (json!({ "endDate": before }), 0),
            (on("On", &today), 1),
            (on("After", &before), 1),
            (on("After", &today), 0),
            (on("Before", &after), 1),
            (json!({ "filters": [{ "propertyName": "dateCreated", "operator": "Today" }] }), 1),
        ] {
            let answer = ask(&bank, "RetrieveContactListQuery", &data).await.unwrap();
            assert_eq!(answer["totalCount"], total, "{zone} {now} {data}");
        }
    }
}

#[tokio::test]
async fn a_period_is_read_by_the_calendar_of_the_bank() {
    let bank = bank_in("Africa/Lagos", "2026-01-05T12:00:00Z").await;
    let between = |from: &str, to: &str| json!({ "filters": [{ "propertyName": "dateCreated", "operator": "Between", "value": [from, to] }] });
    // In Lagos the 6th begins at 23:00 UTC.
    let list = "RetrieveContactListQuery";
    let answer = ask(&bank, list, &between("2026-01-06", "2026-01-05T23:00:00Z")).await.unwrap();
    assert_eq!(answer["totalCount"], 0);
    let refused = ask(&bank, list, &between("2026-01-06", "2026-01-05T22:59:59Z")).await.unwrap_err();
    assert_eq!(refused.items[0].code.name(), "end_before_start");
}
