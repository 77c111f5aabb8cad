//! Branches and account officers that a complete directory does not know.

use client_app::ports::Branch;
use client_domain::value::{AccountOfficerId, BranchKey};
use serde_json::json;

use crate::bank::{Bank, With as _, adaeze, applicant};

async fn with_directory() -> Bank {
    let bank = Bank::open().await;
    for (key, id) in [("ikeja-01", 7), ("lekki-02", 8)] {
        let branch = Branch { id: Some(id), name: key.to_owned() };
        bank.branches.set_branch(BranchKey::parse(key).unwrap(), branch);
    }
    bank.branches.set_officer(AccountOfficerId::new(3).unwrap(), "T. Bello");
    bank
}

#[tokio::test]
async fn complete_directory_refuses_unknown_branches_and_officers() {
    let bank = with_directory().await;
    let nowhere = json!({ "branchEncodedKey": "no-such", "accountOfficerId": 99 });
    // A directory that only supplies names refuses nothing.
    bank.maker("CreateContactCommand", applicant(1).with(nowhere.clone())).await.data();

    bank.branches.set_complete();
    let answer = bank.maker("CreateContactCommand", applicant(2).with(nowhere)).await;
    assert_eq!(
        (answer.status, answer.codes()),
        (400, vec!["unknown_branch".into(), "unknown_officer".into()])
    );
    let fields: Vec<_> =
        answer.body["errors"].as_array().unwrap().iter().map(|item| &item["field"]).collect();
    assert_eq!(fields, ["branchEncodedKey", "accountOfficerId"]);

    let known = json!({ "branchEncodedKey": "lekki-02", "accountOfficerId": 3 });
    let number =
        bank.maker("CreateContactCommand", adaeze().with(known)).await.data()["customerNumber"].clone();
    let update = |officer| json!({ "contactEncodedKey": number, "accountOfficerId": officer });
    assert_eq!(bank.maker("UpdateContactCommand", update(json!(99))).await.codes(), ["unknown_officer"]);
    bank.maker("UpdateContactCommand", update(json!(null))).await.data();
    bank.maker("UpdateContactCommand", update(json!(3))).await.data();
    // The branch of the caller is the default, and must be there as well: ikeja-01 is.
    bank.maker("CreateContactCommand", applicant(3)).await.data();
}

#[tokio::test]
async fn directory_without_officers_accepts_any_officer() {
    let bank = Bank::open().await;
    let branch = Branch { id: None, name: "Ikeja".to_owned() };
    bank.branches.set_branch(BranchKey::parse("ikeja-01").unwrap(), branch);
    bank.branches.set_complete();
    bank.maker("CreateContactCommand", adaeze().with(json!({ "accountOfficerId": 99 }))).await.data();
}

#[tokio::test]
async fn replay_is_answered_after_the_directory_changed() {
    let bank = with_directory().await;
    let maker = Bank::everything("maker");
    let key = [("Idempotency-Key", "9f1c-4")];
    let nowhere = || adaeze().with(json!({ "branchEncodedKey": "no-such" }));
    let first = bank.command(&maker, "CreateContactCommand", nowhere(), &key).await.data();
    bank.branches.set_complete();
    let again = bank.command(&maker, "CreateContactCommand", nowhere(), &key).await;
    assert_eq!((again.data(), again.header("idempotency-replayed")), (first, Some("true")));
    let another = nowhere().with(json!({ "city": "Abuja" }));
    let refused = bank.command(&maker, "CreateContactCommand", another, &key).await;
    assert_eq!(refused.codes(), ["unknown_branch"], "it is not what was done");
}
