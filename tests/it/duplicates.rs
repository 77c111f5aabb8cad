//! Two clients with the same identification, e-mail address or phone number.

use std::num::NonZeroU32;
use std::sync::Arc;

use adapter_inmem::CountingKeys;
use client_app::{DuplicateQuota, OnDuplicate, Policy};
use client_domain::Permission;
use client_domain::client::TwoPersons;
use client_domain::kyc::KycPolicy;
use serde_json::{Value, json};

use crate::bank::{Answer, Bank, Setup, Storage, With as _, adaeze, applicant};
use crate::idempotency::join;
use crate::kyc_documents::fixtures::Postgres;

#[tokio::test]
async fn duplicate_response_lists_all_codes_and_names_the_other_client_to_readers() {
    let bank = Bank::open().await;
    let key = bank.maker("CreateContactCommand", adaeze()).await.data()["contactEncodedKey"].clone();
    let twin = adaeze().with(json!({
        "emailAddress": "ADAEZE.OKAFOR@example.com",
        "identificationType": "international  passport".replace("  ", " "),
        "identificationNumber": "a-0123 4567",
    }));
    let writer = Bank::token("writer", [Permission::Write].into_iter().collect());
    let answer = bank.command(&writer, "CreateContactCommand", twin.clone(), &[]).await;
    assert_eq!(answer.codes(), ["duplicate_identification", "duplicate_email"]);
    assert_eq!(answer.status, 409);
    let text = answer.body.to_string();
    assert!(!text.contains("CUST1000001") && !text.contains("0000000000"), "{text}");

    let answer = bank.maker("CreateContactCommand", twin).await;
    assert_eq!(
        (answer.status, answer.codes()),
        (409, vec!["duplicate_identification".to_owned(), "duplicate_email".to_owned()])
    );
    for error in answer.body["errors"].as_array().unwrap() {
        assert_eq!(error["details"]["contacts"], json!([key]));
    }
    assert!(!answer.body.to_string().contains("Adaeze"), "{}", answer.body);
}

/// Which other clients a command was refused for.
fn named(answer: &Answer) -> Value {
    assert_eq!(answer.status, 409, "{}", answer.body);
    answer.details()["contacts"].clone()
}

/// Every way into a refusal names the holder: the commit, the dry run, and a value that would wait. A client that has lost
/// its claims is not named.
async fn holders(bank: &Bank) {
    let create = async |n: usize, data: Value| {
        bank.maker("CreateContactCommand", applicant(n).with(data)).await.data()["contactEncodedKey"].clone()
    };
    let (one, gone) = (create(1, json!({})).await, create(2, json!({})).await);
    let reason = json!({ "contactEncodedKey": gone, "rejectionReason": "Not genuine." });
    bank.checker("RejectCustomerCommand", reason).await.data();
    let twin = applicant(3).with(json!({ "emailAddress": "Applicant1@Example.com" }));
    assert_eq!(named(&bank.maker("CreateContactCommand", twin.clone()).await), json!([one]));
    assert_eq!(named(&probe(bank, "prober", twin, true).await), json!([one]));
    // The rejected client has the address no longer, and its successor has.
    let heir = create(4, json!({ "emailAddress": "applicant2@example.com" })).await;
    let third = create(5, json!({})).await;
    let change = json!({ "contactEncodedKey": third, "emailAddress": "applicant2@example.com" });
    assert_eq!(named(&bank.maker("UpdateContactCommand", change.clone()).await), json!([heir]));
    bank.checker("ApproveCustomerCommand", json!({ "contactEncodedKey": third })).await.data();
    assert_eq!(named(&bank.maker("UpdateContactCommand", change).await), json!([heir]));
}

#[tokio::test]
async fn refusals_name_the_holders_in_memory() {
    holders(&Bank::with(waiting()).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_name_the_holders_on_postgresql() {
    let postgres = Postgres::start().await;
    holders(&postgres.bank(waiting().kyc_policy).await).await;
}

fn waiting() -> Setup {
    let kyc_policy = KycPolicy { two_persons: TwoPersons::everywhere(), ..KycPolicy::default() };
    Setup { kyc_policy, ..Setup::default() }
}

/// Where a policy has let duplicates pass before it refuses them, no more than ten are named.
#[tokio::test]
async fn refusal_names_at_most_ten_holders() {
    let bank = Bank::open().await;
    // A claim is on the digits.
    let phone = json!({ "phoneNumber": "+2348030000077" });
    let without_plus = json!({ "phoneNumber": "2348030000077" });
    for n in 1..=11 {
        let phone = if n > 5 { &phone } else { &without_plus };
        bank.maker("CreateContactCommand", applicant(n).with(phone.clone())).await.data();
    }
    let store = Arc::new(bank.store.clone());
    let storage = Storage { store: store.clone(), contents: Arc::new(bank.contents.clone()), ledger: store };
    let policy = Policy { same_phone: OnDuplicate::Refuse, ..Policy::default() };
    let keys = Arc::new(CountingKeys::seeded(9));
    let strict = Bank::with(Setup { policy, keys, storage: Some(storage), ..Setup::default() }).await;
    let refused = strict.maker("CreateContactCommand", applicant(12).with(phone)).await;
    assert_eq!(refused.codes(), ["duplicate_phone"]);
    assert_eq!(named(&refused).as_array().unwrap().len(), 10);
}

#[tokio::test]
async fn rejected_and_exited_clients_may_apply_again() {
    let bank = Bank::open().await;
    let number = bank.pending().await;
    let reason = json!({ "contactEncodedKey": number, "rejectionReason": "Not genuine." });
    bank.checker("RejectCustomerCommand", reason).await.data();
    let number = bank.approved().await;
    assert_eq!(number, "CUST1000002");
    let reason = json!({ "contactEncodedKey": number, "reason": "Moved abroad." });
    bank.maker("ExitCustomerCommand", reason).await.data();
    assert_eq!(bank.pending().await, "CUST1000003");
}

#[tokio::test]
async fn update_releases_the_old_email_claim_and_takes_the_new() {
    let bank = Bank::open().await;
    let number = bank.pending().await;
    bank.maker("CreateContactCommand", applicant(1)).await.data();
    let taken = json!({ "contactEncodedKey": number, "emailAddress": "applicant1@example.com" });
    assert_eq!(bank.maker("UpdateContactCommand", taken).await.codes(), ["duplicate_email"]);
    let own = json!({ "contactEncodedKey": number, "emailAddress": "Adaeze.Okafor@Example.com" });
    assert_eq!(
        bank.maker("UpdateContactCommand", own).await.data()["changedFields"],
        json!(["emailAddress"])
    );
    let free = json!({ "contactEncodedKey": number, "emailAddress": "ada@example.com" });
    bank.maker("UpdateContactCommand", free).await.data();
    let heir = applicant(2).with(json!({ "emailAddress": "adaeze.okafor@example.com" }));
    bank.maker("CreateContactCommand", heir).await.data();
}

#[tokio::test]
async fn duplicates_can_be_configured_as_warnings() {
    let policy = Policy { same_email: OnDuplicate::Warn, same_phone: OnDuplicate::Warn, ..Policy::default() };
    let bank = Bank::with(Setup { policy, ..Setup::default() }).await;
    let alone = bank.maker("CreateContactCommand", adaeze()).await.data();
    assert_eq!(alone.get("warnings"), None);
    let twin = adaeze().with(json!({ "identificationNumber": "B7654321" }));
    let warned = bank.maker("CreateContactCommand", twin).await.data();
    let codes: Vec<_> =
        warned["warnings"].as_array().unwrap().iter().map(|warning| &warning["code"]).collect();
    assert_eq!(codes, [&json!("duplicate_email"), &json!("duplicate_phone")]);
}

#[tokio::test]
async fn duplicate_phone_can_be_configured_as_refusal() {
    let policy = Policy { same_phone: OnDuplicate::Refuse, ..Policy::default() };
    let bank = Bank::with(Setup { policy, ..Setup::default() }).await;
    bank.pending().await;
    let housemate = applicant(1).with(json!({ "phoneNumber": "+2348031234567" }));
    assert_eq!(bank.maker("CreateContactCommand", housemate).await.codes(), ["duplicate_phone"]);
    let ordinary = Bank::open().await;
    ordinary.pending().await;
    let housemate = applicant(1).with(json!({ "phoneNumber": "+2348031234567" }));
    assert_eq!(ordinary.maker("CreateContactCommand", housemate).await.data().get("warnings"), None);
}

#[tokio::test]
async fn concurrent_creations_with_one_identification_create_one_client() {
    let bank = Bank::open().await;
    let calls = (0..50).map(|n| {
        let data = applicant(n).with(json!({ "identificationNumber": "SAME-1" }));
        bank.maker("CreateContactCommand", data)
    });
    let answers = join(calls).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    let refused: Vec<Value> =
        answers.into_iter().filter(|answer| answer.status != 200).map(|a| a.body).collect();
    assert!(refused.iter().all(|body| body["errors"][0]["code"] == "duplicate_identification"));
    let list = bank.query("RetrieveContactListQuery", json!({})).await.data();
    assert_eq!(list["totalCount"], 1);
}

/// A bank with this daily quota of duplicates for each caller.
async fn with_quota(limit: u32) -> Bank {
    let duplicate_quota = DuplicateQuota::new(NonZeroU32::new(limit), [7; 32]);
    Bank::with(Setup { duplicate_quota, ..Setup::default() }).await
}

async fn probe(bank: &Bank, subject: &str, data: Value, dry_run: bool) -> Answer {
    let body = json!({ "commandName": "CreateContactCommand", "data": data, "dryRun": dry_run });
    bank.post("/api/bpm/cmd", &Bank::everything(subject), &body, &[]).await
}

/// Without a quota a caller could probe five hundred numbers in less than a second.
#[tokio::test]
async fn duplicate_quota_stops_probing_until_midnight() {
    let bank = with_quota(5).await;
    let number = bank.pending().await;
    for n in 2..4 {
        bank.maker("CreateContactCommand", applicant(n)).await.data();
    }
    let known = [
        (adaeze(), true),
        (adaeze(), false),
        (applicant(2), false),
        (applicant(2), true),
        (applicant(3), true),
    ];
    for (data, dry_run) in known {
        let answer = probe(&bank, "prober", data, dry_run).await;
        assert_eq!(
            answer.codes(),
            ["duplicate_identification", "duplicate_email"],
            "the same one counts once"
        );
    }
    // Duplicates and new values get the same answer, as a dry run and as a command, and nothing is written.
    for (data, dry_run) in [(adaeze(), true), (applicant(1), true), (adaeze(), false), (applicant(1), false)]
    {
        let answer = probe(&bank, "prober", data, dry_run).await;
        assert_eq!((answer.status, answer.codes()), (429, vec!["duplicate_quota".to_owned()]));
        assert_eq!(answer.header("retry-after"), Some("54000"), "until midnight");
        assert_eq!(answer.details()["limit"], 5);
    }
    let moved = json!({ "contactEncodedKey": number, "emailAddress": "adaeze2@example.com" });
    let prober = Bank::everything("prober");
    assert_eq!(bank.command(&prober, "UpdateContactCommand", moved, &[]).await.codes(), ["duplicate_quota"]);
    // Commands without a duplicate check still work, and so do other callers.
    let elsewhere = json!({ "contactEncodedKey": number, "city": "Abuja" });
    bank.command(&prober, "UpdateContactCommand", elsewhere, &[]).await.data();
    probe(&bank, "another", applicant(1), false).await.data();
}

#[tokio::test]
async fn duplicate_warnings_count_towards_the_quota() {
    let duplicate_quota = DuplicateQuota::new(NonZeroU32::new(1), [7; 32]);
    let policy = Policy { same_phone: OnDuplicate::Warn, ..Policy::default() };
    let bank = Bank::with(Setup { policy, duplicate_quota, ..Setup::default() }).await;
    bank.pending().await;
    let same_phone = |n| applicant(n).with(json!({ "phoneNumber": adaeze()["phoneNumber"] }));
    let warned = probe(&bank, "prober", same_phone(1), true).await.data();
    assert_eq!(warned["warnings"][0]["code"], "duplicate_phone");
    assert_eq!(probe(&bank, "prober", same_phone(2), true).await.codes(), ["duplicate_quota"]);
}

#[tokio::test]
async fn dry_run_requires_the_read_permission() {
    let bank = Bank::open().await;
    bank.pending().await;
    let writer = Bank::token("writer", [Permission::Write].into_iter().collect());
    for (name, data) in [
        ("CreateContactCommand", adaeze()),
        ("UpdateContactCommand", json!({ "contactEncodedKey": "CUST1000001", "lastName": "Okafor" })),
    ] {
        let body = json!({ "commandName": name, "data": data, "dryRun": true });
        let answer = bank.post("/api/bpm/cmd", &writer, &body, &[]).await;
        assert_eq!((answer.status, answer.codes()), (403, vec!["permission_missing".to_owned()]));
        assert_eq!(answer.details()["permission"], "customers.read");
    }
    bank.command(&writer, "CreateContactCommand", applicant(1), &[]).await.data();
}

const KEY: [(&str, &str); 1] = [("Idempotency-Key", "9f1c-2")];

/// A replay is answered to a caller whose quota is used up: it checks for no duplicate.
#[tokio::test]
async fn replay_is_answered_after_the_quota_is_used_up() {
    let bank = with_quota(1).await;
    bank.pending().await;
    let prober = Bank::everything("prober");
    let first = bank.command(&prober, "CreateContactCommand", applicant(1), &KEY).await;
    first.data();
    assert_eq!(probe(&bank, "prober", adaeze(), true).await.status, 409);
    let again = bank.command(&prober, "CreateContactCommand", applicant(1), &KEY).await;
    assert_eq!((again.data(), again.header("idempotency-replayed")), (first.data(), Some("true")));
    // Another body, another key and a dry run disclose nothing new.
    let other = bank.command(&prober, "CreateContactCommand", applicant(2), &KEY).await;
    assert_eq!(other.codes(), ["idempotency_key_reused"]);
    let fresh = [("Idempotency-Key", "9f1c-3")];
    let fresh = bank.command(&prober, "CreateContactCommand", applicant(1), &fresh).await;
    assert_eq!(fresh.codes(), ["duplicate_quota"]);
    let tried = json!({ "commandName": "CreateContactCommand", "data": applicant(1), "dryRun": true });
    assert_eq!(bank.post("/api/bpm/cmd", &prober, &tried, &KEY).await.codes(), ["duplicate_quota"]);
}

#[tokio::test]
async fn replay_does_not_count_as_a_duplicate() {
    let duplicate_quota = DuplicateQuota::new(NonZeroU32::new(1), [7; 32]);
    let policy = Policy { same_phone: OnDuplicate::Warn, ..Policy::default() };
    let bank = Bank::with(Setup { policy, duplicate_quota, ..Setup::default() }).await;
    let maker = Bank::everything("maker");
    let first = bank.command(&maker, "CreateContactCommand", adaeze(), &KEY).await.data();
    for _ in 0..3 {
        assert_eq!(bank.command(&maker, "CreateContactCommand", adaeze(), &KEY).await.data(), first);
    }
    bank.command(&maker, "CreateContactCommand", applicant(1), &[]).await.data();
}
