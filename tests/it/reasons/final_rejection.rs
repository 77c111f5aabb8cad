//! A document that was rejected for good is not taken again.

use serde_json::json;

use super::coded;
use crate::bank::{Answer, Bank, Setup, With as _};
use crate::kyc_documents::fixtures::{Postgres, bill, passport};
use crate::replies::check;

pub(super) async fn reject_document(bank: &Bank, id: &str, code: &str) -> Answer {
    let data = json!({ "identityId": id, "comment": "Not good.", "reasonCode": code });
    bank.checker("RejectIdentityDocumentCommand", data).await
}

async fn final_rejection(bank: &Bank) {
    let number = bank.pending().await;
    let key = json!({ "contactEncodedKey": number });
    let retryable = bank.submit(passport(&number)).await;
    let rejected = reject_document(bank, &retryable, "first").await;
    check("RejectIdentityDocumentCommand", &rejected);
    assert_eq!(rejected.data()["rejectedFinally"], false);
    let summary = async || bank.query("GetCustomerKycInformationQuery", key.clone()).await;
    assert_eq!(summary().await.data().get("finallyRejected"), None);

    let copy = bank.submit(passport(&number)).await;
    let other = bank.submit(passport(&number).with(json!({ "idNumber": "a-0123 4567" }))).await;
    let rejected = reject_document(bank, &copy, "last").await.data();
    assert_eq!((&rejected["reasonCode"], &rejected["reasonText"]), (&json!("last"), &json!("Last")));
    assert_eq!(rejected["rejectedFinally"], true);
    check("GetCustomerKycInformationQuery", &summary().await);
    let finally = summary().await.data()["finallyRejected"].clone();
    let expected = json!([{
        "identityId": copy, "identityType": 2, "identityTypeDesc": "International Passport", "idNumber": "A01234567",
        "reasonCode": "last", "reasonText": "Last",
    }]);
    assert_eq!(finally, expected);
    let listed = bank.query("GetCustomerIdentityDetailsQuery", key).await;
    check("GetCustomerIdentityDetailsQuery", &listed);

    let approve = bank.approve_document(&other).await;
    assert_eq!((approve.status, approve.codes()), (409, vec!["rejected_finally".to_owned()]));
    for spelling in ["A01234567", "a 0123-4567"] {
        let data = passport(&number).with(json!({ "idNumber": spelling }));
        let body = json!({ "commandName": "CreateIdentityDocumentCommand", "data": data, "dryRun": true });
        let dry = bank.post("/api/bpm/cmd", &Bank::everything("maker"), &body, &[]).await;
        let real = bank.maker("CreateIdentityDocumentCommand", data).await;
        for answer in [dry, real] {
            assert_eq!((answer.status, answer.codes()), (409, vec!["rejected_finally".to_owned()]));
            assert!(!answer.body["message"].as_str().unwrap().contains("0123"));
        }
    }
    bank.submit(passport(&number).with(json!({ "idNumber": "B7654321" }))).await;
    bank.submit(bill(&number)).await;
}

#[tokio::test]
async fn document_is_not_submitted_again_after_a_final_rejection_in_memory() {
    final_rejection(&Bank::with(Setup { kyc_policy: coded(), ..Setup::default() }).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn document_is_not_submitted_again_after_a_final_rejection_in_postgresql() {
    let postgres = Postgres::start().await;
    final_rejection(&postgres.bank(coded()).await).await;
}
