//! Clients that may be the same person: a warning for the maker, a list for the checker, and the review before an
//! approval; in memory and on PostgreSQL.

mod review;

use std::num::NonZeroU32;

use client_app::{DuplicateQuota, OnLookAlike, Policy};
use client_domain::client::TwoPersons;
use client_domain::kyc::KycPolicy;
use client_domain::{Permission, Permissions};
use serde_json::{Value, json};

use review::{approval, explained};

use crate::bank::{Answer, Bank, Setup, With as _, adaeze, applicant};
use crate::kyc_documents::fixtures::{Postgres, passport};

fn setup(look_alikes: OnLookAlike) -> Setup {
    Setup { policy: Policy { look_alikes, ..Policy::default() }, ..Setup::default() }
}

fn contact(number: &str) -> Value {
    json!({ "contactEncodedKey": number })
}

/// An applicant that has nothing in common with any other but what `common` says.
fn stranger(n: usize, common: Value) -> Value {
    let own =
        json!({ "lastName": format!("Stranger{n}"), "dateOfBirth": format!("19{:02}-01-01", 20 + n % 70) });
    applicant(n).with(own).with(common)
}

async fn create(bank: &Bank, data: Value) -> (String, Answer) {
    let answer = bank.maker("CreateContactCommand", data).await;
    (answer.data()["customerNumber"].as_str().unwrap().to_owned(), answer)
}

async fn look_alikes(bank: &Bank, number: &str) -> Vec<(String, Value)> {
    let data = bank.query("RetrieveLookAlikesQuery", contact(number)).await.data();
    assert_eq!(data["hasMore"], false);
    let text = |one: &Value| one["customerNumber"].as_str().unwrap().to_owned();
    data["lookAlikes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (text(one), one["resemblances"].clone()))
        .collect()
}

async fn key_of(bank: &Bank, number: &str) -> Value {
    bank.query("RetrieveContactByIdQuery", contact(number)).await.data()["encodedKey"].clone()
}

/// Brings a new client of this data into a state.
async fn in_state(bank: &Bank, data: Value, state: &str) -> String {
    let (number, _) = create(bank, data).await;
    let steps: &[(&str, Value)] = match state {
        "PendingApproval" => &[],
        "Approved" => &[("ApproveCustomerCommand", json!({}))],
        "Active" => &[
            ("ApproveCustomerCommand", json!({})),
            (
                "RecordCustomerTransactionCommand",
                json!({ "transactionReference": "T-1", "transactionDate": "2026-01-05" }),
            ),
        ],
        "Rejected" => &[("RejectCustomerCommand", json!({ "rejectionReason": "Forged passport." }))],
        "BlackListed" => &[
            ("ApproveCustomerCommand", json!({})),
            ("BlacklistCustomerCommand", json!({ "reason": "Fraud." })),
        ],
        "Exited" => &[
            ("ApproveCustomerCommand", json!({})),
            ("ExitCustomerCommand", json!({ "reason": "Moved abroad." })),
        ],
        other => panic!("{other}"),
    };
    for (name, data) in steps {
        bank.checker(name, contact(&number).with(data.clone())).await.data();
    }
    number
}

/// Every value that two clients can have in common, whatever the state of the other.
async fn every_resemblance_is_found_in_every_state(bank: Bank) {
    let states = ["PendingApproval", "Approved", "Active", "Rejected", "BlackListed", "Exited"];
    for (n, state) in states.into_iter().enumerate() {
        let n = 10 * n;
        let first = in_state(&bank, stranger(n, json!({})), state).await;
        let name = json!({
            "firstName": format!("Străn-ger {n}"), "lastName": format!("applicant{n}"),
            "dateOfBirth": format!("19{:02}-01-01", 20 + n % 70),
        });
        let phone = json!({ "phoneNumber": format!("+234 (803) 00{n:05}") });
        let number = json!({
            "identificationType": "National ID", "identificationNumber": format!("b.{n:07}"),
        });
        let others = [("nameAndBirthDate", name), ("phone", phone), ("identification", number)];
        for (at, (resemblance, common)) in others.into_iter().enumerate() {
            let (other, answer) = create(&bank, stranger(n + at + 1, common)).await;
            let found = look_alikes(&bank, &other).await;
            assert_eq!(found, [(first.clone(), json!([resemblance]))], "{state}");
            assert!(look_alikes(&bank, &first).await.iter().any(|one| one.0 == other), "{state}: both ways");
            let warning = &answer.data()["warnings"][0];
            assert_eq!(warning["code"], "look_alikes", "{state} {resemblance}");
            let text = answer.body.to_string();
            assert!(
                !text.contains(&first) && !text.contains(state),
                "it tells nothing about the other: {text}"
            );
        }
        let (stranger, answer) = create(&bank, stranger(n + 9, json!({}))).await;
        assert_eq!(look_alikes(&bank, &stranger).await, []);
        assert_eq!(answer.data().get("warnings"), None);
    }
}

/// A name as its passport writes it is the name, both ways.
async fn passport_spelling_of_a_name_is_a_resemblance(bank: Bank) {
    let called = |n, first: &str, last: &str| {
        stranger(n, json!({ "firstName": first, "lastName": last, "dateOfBirth": "1970-01-01" }))
    };
    let (one, _) = create(&bank, called(1, "Jürgen", "Müller")).await;
    let (other, answer) = create(&bank, called(2, "Juergen", "Mueller")).await;
    assert_eq!(answer.data()["warnings"][0]["code"], "look_alikes");
    for (asked, found) in [(&one, &other), (&other, &one)] {
        assert_eq!(look_alikes(&bank, asked).await, [(found.clone(), json!(["nameAndBirthDate"]))]);
    }
}

#[tokio::test]
async fn passport_spelling_of_a_name_is_a_resemblance_in_memory() {
    passport_spelling_of_a_name_is_a_resemblance(Bank::with(setup(OnLookAlike::Warn)).await).await;
}

#[tokio::test]
async fn passport_spelling_of_a_name_is_a_resemblance_on_postgresql() {
    let postgres = Postgres::start().await;
    let bank = postgres.bank_with(setup(OnLookAlike::Warn)).await;
    passport_spelling_of_a_name_is_a_resemblance(bank).await;
}

#[tokio::test]
async fn every_resemblance_is_found_in_every_state_in_memory() {
    every_resemblance_is_found_in_every_state(Bank::with(setup(OnLookAlike::Warn)).await).await;
}

#[tokio::test]
async fn every_resemblance_is_found_in_every_state_on_postgresql() {
    let postgres = Postgres::start().await;
    every_resemblance_is_found_in_every_state(postgres.bank_with(setup(OnLookAlike::Warn)).await).await;
}

/// A submitted document resembles the identification and the documents of others; its number is shown only to callers
/// who may read documents.
async fn documents_are_compared(bank: Bank) {
    let (owner, _) = create(&bank, adaeze()).await;
    let (borrower, _) = create(&bank, stranger(1, json!({}))).await;
    let answer = bank.maker("CreateIdentityDocumentCommand", passport(&borrower)).await;
    assert_eq!(answer.data()["warnings"][0]["code"], "look_alikes");
    assert_eq!(look_alikes(&bank, &borrower).await, [(owner.clone(), json!(["document"]))]);

    let (third, _) = create(&bank, stranger(2, json!({}))).await;
    bank.maker("CreateIdentityDocumentCommand", passport(&third)).await.data();
    let found = look_alikes(&bank, &third).await;
    assert_eq!(found, [(owner, json!(["document"])), (borrower, json!(["document"]))]);

    let reader = Bank::token("reader", [Permission::Read].into_iter().collect());
    let body = json!({ "queryName": "RetrieveLookAlikesQuery", "data": contact(&third) });
    let shown = bank.post("/api/bpm/qry", &reader, &body, &[]).await.data();
    let resemblances = shown["lookAlikes"].as_array().unwrap().iter().map(|one| one["resemblances"].clone());
    assert_eq!(resemblances.collect::<Vec<_>>(), [json!([]), json!([])]);
}

#[tokio::test]
async fn documents_are_compared_in_memory() {
    documents_are_compared(Bank::with(setup(OnLookAlike::Warn)).await).await;
}

#[tokio::test]
async fn documents_are_compared_on_postgresql() {
    let postgres = Postgres::start().await;
    documents_are_compared(postgres.bank_with(setup(OnLookAlike::Warn)).await).await;
}

/// A document that identifies a person verifies one client: at its approval it is claimed like an identification.
async fn one_passport_verifies_one_client(bank: Bank) {
    let (owner, _) = create(&bank, adaeze()).await;
    let own = bank.submit(passport(&owner)).await;
    bank.approve_document(&own).await.data();
    let (borrower, _) = create(&bank, stranger(1, json!({}))).await;
    let spelled = json!({ "idNumber": "a-012 34567" });
    let document = bank.submit(passport(&borrower).with(spelled)).await;
    let refused = bank.approve_document(&document).await;
    assert_eq!((refused.status, refused.codes()), (409, vec!["duplicate_identification".to_owned()]));

    // Another passport is free, and belongs to the borrower once it is approved.
    let other = bank.submit(passport(&borrower).with(json!({ "idNumber": "P7654321" }))).await;
    bank.approve_document(&other).await.data();
    let identification = json!({ "identificationType": "Passport", "identificationNumber": "p 765.4321" });
    let taken = bank.maker("CreateContactCommand", stranger(2, identification.clone())).await;
    assert_eq!(taken.codes(), ["duplicate_identification"]);

    // A rejected client claims nothing.
    let reason = json!({ "rejectionReason": "Not genuine." });
    bank.checker("RejectCustomerCommand", contact(&borrower).with(reason)).await.data();
    bank.maker("CreateContactCommand", stranger(2, identification)).await.data();
}

#[tokio::test]
async fn one_passport_verifies_one_client_in_memory() {
    one_passport_verifies_one_client(Bank::open().await).await;
}

#[tokio::test]
async fn one_passport_verifies_one_client_on_postgresql() {
    let postgres = Postgres::start().await;
    one_passport_verifies_one_client(postgres.bank_with(Setup::default()).await).await;
}

/// Only the setting `review` makes look-alikes a condition of the approval, and only `off` hides them from the maker.
#[tokio::test]
async fn setting_decides_about_warning_and_review() {
    for (on_look_alike, warns, blocks) in [
        (OnLookAlike::Off, false, false),
        (OnLookAlike::Warn, true, false),
        (OnLookAlike::Review, true, true),
    ] {
        let bank = Bank::with(setup(on_look_alike)).await;
        create(&bank, stranger(1, json!({}))).await;
        let (number, answer) = create(&bank, stranger(2, json!({ "phoneNumber": "+2348030000001" }))).await;
        assert_eq!(answer.data().get("warnings").is_some(), warns, "{on_look_alike:?}");
        assert_eq!(explained(&bank, &number).await["allowed"], !blocks, "{on_look_alike:?}");
        assert_eq!(look_alikes(&bank, &number).await.len(), 1, "the query works under every setting");
        assert_eq!(approval(&bank, &number, &[]).await.is_empty(), !blocks, "{on_look_alike:?}");
    }
}

#[tokio::test]
async fn update_warns_only_if_a_compared_value_changes() {
    let bank = Bank::with(setup(OnLookAlike::Warn)).await;
    create(&bank, stranger(1, json!({}))).await;
    let (number, _) = create(&bank, stranger(2, json!({}))).await;
    let update = |data: Value| bank.maker("UpdateContactCommand", contact(&number).with(data));
    let warned = update(json!({ "phoneNumber": "+2348030000001" })).await.data();
    assert_eq!(warned["warnings"][0]["code"], "look_alikes");
    assert_eq!(update(json!({ "city": "Abuja" })).await.data().get("warnings"), None);
    assert_eq!(update(json!({ "phoneNumber": "+2348030000002" })).await.data().get("warnings"), None);
}

/// What a change proposes is compared when it is proposed, and not for the first time when it is approved.
#[tokio::test]
async fn proposal_warns_of_the_look_alikes_that_it_would_have() {
    let kyc_policy = KycPolicy { two_persons: TwoPersons::everywhere(), ..KycPolicy::default() };
    let bank = Bank::with(Setup { kyc_policy, ..setup(OnLookAlike::Warn) }).await;
    create(&bank, stranger(1, json!({ "phoneNumber": "+2348030000001" }))).await;
    let number = in_state(&bank, stranger(2, json!({})), "Approved").await;
    let update = async |data: Value| {
        bank.maker("UpdateContactCommand", json!({ "contactEncodedKey": number }).with(data)).await.data()
    };
    let proposed = update(json!({ "phoneNumber": "+2348030000001" })).await;
    assert_eq!(proposed["pendingFields"], json!(["phoneNumber"]));
    assert_eq!(proposed["warnings"][0]["code"], "look_alikes");
    assert_eq!(update(json!({ "phoneNumber": "+2348030000002" })).await.get("warnings"), None);
    assert!(look_alikes(&bank, &number).await.is_empty(), "the values in force have no look-alike");
}

/// Each warning reveals to the maker that the bank knows a value, so warnings count like duplicates.
#[tokio::test]
async fn warnings_count_towards_the_quota_of_duplicates() {
    let duplicate_quota = DuplicateQuota::new(NonZeroU32::new(2), [7; 32]);
    let bank = Bank::with(Setup { duplicate_quota, ..setup(OnLookAlike::Warn) }).await;
    create(&bank, stranger(1, json!({}))).await;
    let alike = |n| stranger(n, json!({ "phoneNumber": "+2348030000001" }));
    for n in 2..4 {
        create(&bank, alike(n)).await;
    }
    let refused = bank.maker("CreateContactCommand", alike(5)).await;
    assert_eq!((refused.status, refused.codes()), (429, vec!["duplicate_quota".to_owned()]));
}

#[tokio::test]
async fn repeated_creation_is_replayed_and_does_not_find_itself() {
    let bank = Bank::with(setup(OnLookAlike::Warn)).await;
    let token = Bank::everything("maker");
    let key = [("idempotency-key", "k-1")];
    let first = bank.command(&token, "CreateContactCommand", adaeze(), &key).await;
    let again = bank.command(&token, "CreateContactCommand", adaeze(), &key).await;
    assert_eq!(first.data(), again.data());
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(first.data().get("warnings"), None);
}

#[tokio::test]
async fn query_requires_the_read_permission() {
    let bank = Bank::with(setup(OnLookAlike::Warn)).await;
    let (number, _) = create(&bank, adaeze()).await;
    let all_but_read = Permissions::all().iter().filter(|one| *one != Permission::Read).collect();
    let body = json!({ "queryName": "RetrieveLookAlikesQuery", "data": contact(&number) });
    let refused = bank.post("/api/bpm/qry", &Bank::token("writer", all_but_read), &body, &[]).await;
    assert_eq!(refused.codes(), ["permission_missing"]);
}
