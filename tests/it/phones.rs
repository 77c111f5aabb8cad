//! Phones are numbers: every spelling of a number is stored as one, and finds its owner, on both stores.

use std::sync::Arc;
use std::time::Duration;

use adapter_postgres::{PostgresStore, Settings, migrate};
use client_domain::value::Country;
use phone_numbering::{NationalNumbers, WorldNumbering};
use serde_json::{Value, json};
use throwaway_postgres::Cluster;

use crate::bank::{Answer, Bank, Setup, Storage, With as _, applicant};

/// Banks that read national numbers so, in memory and on PostgreSQL.
struct Banks {
    all: [Bank; 2],
    _server: Cluster,
}

impl Banks {
    async fn open(national: NationalNumbers) -> Self {
        let server = Cluster::start();
        let mut settings = Settings::parse(&server.url("postgres")).unwrap();
        settings.accept_data_loss = true;
        // The machine may be busy with other tests.
        settings.acquire_timeout = Duration::from_secs(30);
        settings.statement_timeout = Duration::from_secs(30);
        migrate(&settings).await.unwrap();
        let store = Arc::new(PostgresStore::open(&settings).await.unwrap());
        let numbering = Arc::new(WorldNumbering::new(national));
        let storage = Storage { store: store.clone(), contents: store.clone(), ledger: store };
        let durable = Setup { storage: Some(storage), numbering: numbering.clone(), ..Setup::default() };
        let memory = Setup { numbering, ..Setup::default() };
        Self { all: [Bank::with(memory).await, Bank::with(durable).await], _server: server }
    }
}

fn nigerian() -> NationalNumbers {
    NationalNumbers::Of(Country::parse("NG").unwrap())
}

fn with_phone(n: usize, phone: &str, country: &str) -> Value {
    applicant(n).with(json!({ "phoneNumber": phone, "country": country }))
}

async fn create(bank: &Bank, n: usize, phone: &str, country: &str) -> Answer {
    bank.maker("CreateContactCommand", with_phone(n, phone, country)).await
}

/// The first names of the clients that a search finds, sorted.
async fn found(bank: &Bank, data: Value) -> Vec<String> {
    let answer = bank.query("RetrieveContactListQuery", data).await;
    let contacts = answer.data()["contacts"].as_array().unwrap().clone();
    let mut names: Vec<_> =
        contacts.iter().map(|contact| contact["firstName"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

async fn phone_of(bank: &Bank, n: usize) -> Value {
    let data = json!({ "filters": [{ "field": "firstName", "operator": "Equals", "value": format!("Applicant{n}") }] });
    bank.query("RetrieveContactListQuery", data).await.data()["contacts"][0]["phoneNumber"].clone()
}

/// What the view of one client says was entered.
async fn entered_by(bank: &Bank, key: &Value) -> Value {
    let shown = bank.query("RetrieveContactByIdQuery", json!({ "contactEncodedKey": key })).await;
    shown.data()["phoneNumberAsEntered"].clone()
}

#[tokio::test]
async fn entered_number_is_shown_until_the_number_changes() {
    let banks = Banks::open(NationalNumbers::OfClient).await;
    for bank in &banks.all {
        let created = create(bank, 1, " \u{202A}+44 (0)20\u{A0}7946 0958\u{202C}", "GB").await;
        let key = created.data()["contactEncodedKey"].clone();
        assert_eq!(entered_by(bank, &key).await, "+44 (0)20 7946 0958");
        let update = async |phone: &str| {
            let data = json!({ "contactEncodedKey": key, "phoneNumber": phone });
            bank.maker("UpdateContactCommand", data).await
        };
        update("020 7946 0958").await.data();
        assert_eq!(entered_by(bank, &key).await, "+44 (0)20 7946 0958", "the number is the same");
        update("02079460959").await.data();
        assert_eq!(entered_by(bank, &key).await, "02079460959", "completed with the country of the client");
        update("+442079460960").await.data();
        assert_eq!(entered_by(bank, &key).await, Value::Null);
    }
}

#[tokio::test]
async fn every_spelling_is_stored_as_one_number() {
    let banks = Banks::open(NationalNumbers::OfClient).await;
    for bank in &banks.all {
        for (n, (typed, country, stored)) in [
            ("+44 (0)20 7946 0958", "GB", "+442079460958"),
            ("020 7946 0959", "GB", "+442079460959"),
            ("0044 20 7946 0960", "NG", "+442079460960"),
            ("\u{202A}+234 803 555 0103\u{202C}", "NG", "+2348035550103"),
            ("+234.803.555.0104", "NG", "+2348035550104"),
            ("+234\u{2011}803\u{2013}555\u{2212}0105", "NG", "+2348035550105"),
            ("＋２３４ ８０３ ５５５ ０１０６", "NG", "+2348035550106"),
            ("٠٨٠٣ ٥٥٥ ٠١٠٧", "NG", "+2348035550107"),
            ("0803 555 0108", "NG", "+2348035550108"),
            ("2348035550109", "NG", "+2348035550109"),
            ("011 234 803 555 0110", "US", "+2348035550110"),
            ("+39 06 698 12345", "IT", "+390669812345"),
            ("(415) 555-2671", "US", "+14155552671"),
        ]
        .into_iter()
        .enumerate()
        {
            create(bank, n, typed, country).await.data();
            assert_eq!(phone_of(bank, n).await, stored, "{typed}");
        }
    }
}

/// What the published contract says of numbers without a `+`, for banks that have not said more; `00` says as much as a `+`.
#[tokio::test]
async fn national_numbers_are_answered_as_digits_without_a_default_country() {
    let banks = Banks::open(NationalNumbers::Unknown).await;
    for bank in &banks.all {
        for (n, (typed, stored)) in [
            ("0803 555 0108", "08035550108"),
            ("(0803) 555-0109", "08035550109"),
            ("00234 803 555 0110", "+2348035550110"),
            ("+234 803 555 0111", "+2348035550111"),
            ("+44 (0)20 7946 0958", "+442079460958"),
        ]
        .into_iter()
        .enumerate()
        {
            create(bank, n, typed, "NG").await.data();
            assert_eq!(phone_of(bank, n).await, stored, "{typed}");
        }
    }
}

#[tokio::test]
async fn impossible_numbers_are_refused_with_a_sentence() {
    let banks = Banks::open(nigerian()).await;
    for bank in &banks.all {
        for (typed, code, says) in [
            ("+234 803 123", "format", "possible in its country"),
            ("+999 1234 5678", "format", "possible in its country"),
            ("0803 123 4567 8901", "digit_count", "8 to 15 digits"),
            ("+234 803 123 4567 ext. 12", "format", "without an extension"),
            ("+234 803 CALL NOW", "characters", "may contain only digits"),
            ("12345", "digit_count", "8 to 15 digits"),
        ] {
            let answer = create(bank, 1, typed, "NG").await;
            assert_eq!(answer.codes(), [code], "{typed}");
            let item = &answer.body["errors"][0];
            assert_eq!(item["field"], "phoneNumber");
            assert!(item["message"].as_str().unwrap().contains(says), "{item}");
        }
    }
}

#[tokio::test]
async fn national_and_international_forms_find_each_other() {
    for national in [NationalNumbers::Unknown, NationalNumbers::OfClient, nigerian()] {
        let banks = Banks::open(national).await;
        for bank in &banks.all {
            create(bank, 1, "+2348037770001", "NG").await.data();
            create(bank, 2, "08037770002", "NG").await.data();
            // Their words are parts of the numbers that are searched for.
            create(bank, 3, "0803 777 4442", "NG").await.data();
            let strange = with_phone(4, "+2348090000000", "NG")
                .with(json!({ "identificationNumber": "0001-777-0803-X" }));
            bank.maker("CreateContactCommand", strange).await.data();
            for (n, forms) in [
                (
                    1,
                    [
                        "0803 777 0001",
                        "08037770001",
                        "+234 803 777 0001",
                        "+2348037770001",
                        "00234 803 777 0001",
                        "+234 (0)803 777 0001",
                        "٠٨٠٣ ٧٧٧ ٠٠٠١",
                    ],
                ),
                (
                    2,
                    [
                        "0803 777 0002",
                        "08037770002",
                        "+234 803 777 0002",
                        "+2348037770002",
                        "00234 803 777 0002",
                        "\u{202A}+2348037770002\u{202C}",
                        "0803-777-0002",
                    ],
                ),
            ] {
                let owner = [format!("Applicant{n}")];
                for form in forms {
                    let said = format!("{form:?} {national:?}");
                    assert_eq!(found(bank, json!({ "searchTerm": form })).await, owner, "searchTerm {said}");
                    for operator in ["Equals", "EqualsCaseSensitive", "StartsWith", "EndsWith", "Contains"] {
                        if operator == "StartsWith" && national != nigerian() && form.starts_with(['0', '٠'])
                        {
                            continue;
                        }
                        let filter = json!([{ "field": "phoneNumber", "operator": operator, "value": form }]);
                        assert_eq!(
                            found(bank, json!({ "filters": filter })).await,
                            owner,
                            "{operator} {said}"
                        );
                    }
                    let not = json!([{ "field": "phoneNumber", "operator": "NotEquals", "value": form }]);
                    assert_eq!(found(bank, json!({ "filters": not })).await.len(), 3, "NotEquals {said}");
                }
            }
        }
    }
}

#[tokio::test]
async fn beginnings_and_ends_of_numbers_are_found_in_both_forms() {
    let banks = Banks::open(nigerian()).await;
    for bank in &banks.all {
        create(bank, 1, "0803 777 0001", "NG").await.data();
        create(bank, 2, "+44 20 7946 0958", "GB").await.data();
        for (operator, value) in [
            ("StartsWith", "0803"),
            ("StartsWith", "+234 803"),
            ("StartsWith", "00234803"),
            ("EndsWith", "777 0001"),
        ] {
            let filter = json!([{ "field": "phoneNumber", "operator": operator, "value": value }]);
            assert_eq!(found(bank, json!({ "filters": filter })).await, ["Applicant1"], "{operator} {value}");
        }
    }
}

#[tokio::test]
async fn a_number_beside_a_name_is_one_number() {
    let banks = Banks::open(nigerian()).await;
    for bank in &banks.all {
        create(bank, 1, "0803 777 0001", "NG").await.data();
        create(bank, 2, "0803 777 0002", "NG").await.data();
        assert_eq!(found(bank, json!({ "searchTerm": "okafor 0803 777 0002" })).await, ["Applicant2"]);
        assert!(found(bank, json!({ "searchTerm": "applicant1 0803 777 0002" })).await.is_empty());
    }
}

/// As people paste it from a signature, a page or a list.
#[tokio::test]
async fn a_number_with_a_link_or_an_extension_finds_its_owner() {
    for national in [nigerian(), NationalNumbers::Unknown] {
        let banks = Banks::open(national).await;
        for bank in &banks.all {
            create(bank, 1, "+234 803 777 0001", "NG").await.data();
            create(bank, 2, "+234 803 777 0002", "NG").await.data();
            // The digits of the other one with a country code before them.
            create(bank, 3, "+92 348 037 770 002", "PK").await.data();
            for term in [
                "tel:+2348037770002",
                "TEL:+234-803-777-0002",
                "tel:+234-803-777-0002;ext=5",
                "tel:+2348037770002 ext 5",
                "+234 803 777 0002 ext. 12",
                "0803 777 0002 extension 4711",
                "+2348037770002 x 5",
                "+2348037770002 ext5",
                "+2348037770002 #5",
                "+2348037770002x5",
                "+2348037770002#5",
                "okafor +234 803 777 0002 ext 5",
                "tel: +234 803 777 0002",
                "+ 234 803 777 0002",
                "+\u{A0}2348037770002",
                "(+) 234 803 777 0002",
                "(+)234 803 777 0002",
                "＋ 234 803 777 0002",
                "tel: + 234 (803) 777-0002",
                "Tel: 0803 777 0002",
                "okafor tel: +2348037770002 ext. 5",
                "+234 803 777 0002ext5",
                "+234 803 777 0002x5",
                "+234 803 777 0002;ext=5",
                "0803 777 0002ext.4711",
                "0803 777 0002#5",
            ] {
                assert_eq!(
                    found(bank, json!({ "searchTerm": term })).await,
                    ["Applicant2"],
                    "{term} {national:?}"
                );
            }
            for other in [
                "unknown +2348037770002 ext 5",
                "+2348037770002 X12345",
                "08037770002 B123456",
                "tel: okafor 2348037770009",
                "0803 777 0002x5",
            ] {
                assert!(found(bank, json!({ "searchTerm": other })).await.is_empty(), "{other}");
            }
        }
    }
}

#[tokio::test]
async fn an_update_reads_a_national_number_in_the_country_of_the_client() {
    let banks = Banks::open(NationalNumbers::OfClient).await;
    for bank in &banks.all {
        let created = create(bank, 1, "+44 20 7946 0958", "GB").await;
        let key = created.data()["contactEncodedKey"].clone();
        let national = json!({ "contactEncodedKey": key, "phoneNumber": "020 7946 0999" });
        bank.maker("UpdateContactCommand", national).await.data();
        assert_eq!(phone_of(bank, 1).await, "+442079460999");
        // The country that the client moves to is the one that counts.
        let moved = json!({ "contactEncodedKey": key, "phoneNumber": "0803 777 0001", "country": "NG" });
        bank.maker("UpdateContactCommand", moved).await.data();
        assert_eq!(phone_of(bank, 1).await, "+2348037770001");
        let same = json!({ "contactEncodedKey": key, "phoneNumber": "08037770001" });
        assert_eq!(bank.maker("UpdateContactCommand", same).await.data()["changedFields"], json!([]));
    }
}

/// A number that the country of the stored client does not have is refused like one of a creation: in an update, in the
/// return of an exited client, and in a request that only checks.
#[tokio::test]
async fn impossible_number_is_refused_in_the_country_of_the_stored_client() {
    let banks = Banks::open(NationalNumbers::OfClient).await;
    for bank in &banks.all {
        let created = create(bank, 1, "+44 20 7946 0958", "GB").await;
        let key = created.data()["contactEncodedKey"].clone();
        let exited = json!({ "contactEncodedKey": create(bank, 2, "+44 20 7946 0959", "GB").await.data()["contactEncodedKey"] });
        bank.checker("ApproveCustomerCommand", exited.clone()).await.data();
        bank.checker("ExitCustomerCommand", exited.clone().with(json!({ "reason": "Moved." }))).await.data();
        let impossible = json!({ "phoneNumber": "0803 123 4567 89" });
        for (name, data) in [
            ("UpdateContactCommand", json!({ "contactEncodedKey": key })),
            ("ReturnCustomerCommand", exited.with(json!({ "reason": "Back." }))),
        ] {
            let data = data.with(impossible.clone());
            for dry_run in [true, false] {
                let body = json!({ "commandName": name, "data": data, "dryRun": dry_run });
                let answer = bank.post("/api/bpm/cmd", &Bank::everything("maker"), &body, &[]).await;
                assert_eq!((answer.status, answer.codes()), (400, vec!["format".to_owned()]), "{name}");
                let item = &answer.body["errors"][0];
                assert_eq!(item["field"], "phoneNumber", "{name}");
                assert!(item["message"].as_str().unwrap().contains("possible in its country"), "{item}");
            }
        }
        assert_eq!(phone_of(bank, 1).await, "+442079460958");
        // What the country has is taken, and what another one has with it.
        let moved = json!({ "contactEncodedKey": key, "phoneNumber": "0803 123 4567", "country": "NG" });
        bank.maker("UpdateContactCommand", moved).await.data();
        assert_eq!(phone_of(bank, 1).await, "+2348031234567");
    }
}

#[tokio::test]
async fn one_number_in_two_forms_is_a_duplicate_without_a_default_country() {
    let policy =
        client_app::Policy { same_phone: client_app::OnDuplicate::Refuse, ..client_app::Policy::default() };
    let numbering = Arc::new(WorldNumbering::new(NationalNumbers::Unknown));
    let bank = Bank::with(Setup { policy, numbering, ..Setup::default() }).await;
    create(&bank, 1, "+2348037770001", "NG").await.data();
    for form in
        ["00234 803 777 0001", "(00)234 803 777 0001", "００２３４ ８０３ ７７７ ０００１", "2348037770001"]
    {
        assert_eq!(create(&bank, 2, form, "NG").await.codes(), ["duplicate_phone"], "{form}");
    }
    for form in ["8037770001+234", "8037770001＋234"] {
        assert_eq!(create(&bank, 2, form, "NG").await.codes(), ["characters"], "{form}");
    }
}

#[tokio::test]
async fn one_number_in_two_forms_is_a_duplicate() {
    let policy =
        client_app::Policy { same_phone: client_app::OnDuplicate::Refuse, ..client_app::Policy::default() };
    let numbering = Arc::new(WorldNumbering::new(nigerian()));
    let bank = Bank::with(Setup { policy, numbering, ..Setup::default() }).await;
    create(&bank, 1, "+2348037770001", "NG").await.data();
    for form in ["0803 777 0001", "00234 803 777 0001", "+234 (0) 803-777-0001", "2348037770001"] {
        assert_eq!(create(&bank, 2, form, "NG").await.codes(), ["duplicate_phone"], "{form}");
    }
}

#[tokio::test]
async fn one_number_in_two_forms_is_a_resemblance() {
    let banks = Banks::open(NationalNumbers::Unknown).await;
    for bank in &banks.all {
        create(bank, 1, "+2348037770001", "NG").await.data();
        create(bank, 2, "0803 777 0001", "NG").await.data();
        create(bank, 3, "0803 777 0002", "NG").await.data();
        for (n, alike) in [(1, "CUST1000002"), (2, "CUST1000001")] {
            let asked = json!({ "contactEncodedKey": format!("CUST{}", 1_000_000 + n) });
            let data = bank.query("RetrieveLookAlikesQuery", asked).await.data();
            let found = data["lookAlikes"].as_array().unwrap();
            assert_eq!(found.len(), 1, "{data}");
            assert_eq!(found[0]["customerNumber"], alike);
            assert_eq!(found[0]["resemblances"], json!(["phone"]));
        }
    }
}
