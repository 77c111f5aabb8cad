//! Values that wait for a second person, on the wire.

use client_domain::client::{ClientField, FieldValue, TwoPersons};
use client_domain::kyc::KycPolicy;
use client_domain::{Permission, Permissions};
use client_wire::read_kyc_policy;
use serde_json::{Value, json};

use crate::bank::{Bank, Setup, With as _, adaeze, applicant};

/// A bank with the policy of the documentation, in which names and contact data wait.
fn setup() -> Setup {
    let fields: Vec<_> = FieldValue::FIELDS
        .into_iter()
        .filter(|field| *field != ClientField::MaritalStatus && !field.is_corrected())
        .map(ClientField::name)
        .collect();
    let policy = json!({ "version": "two", "twoPersons": { "Approved": fields, "Active": fields } });
    let kyc_policy = read_kyc_policy(policy.as_object().unwrap()).unwrap();
    Setup { kyc_policy, ..Setup::default() }
}

fn key(number: &str) -> Value {
    json!({ "contactEncodedKey": number })
}

async fn shown(bank: &Bank, number: &str) -> Value {
    bank.query("RetrieveContactByIdQuery", key(number)).await.data()
}

#[tokio::test]
async fn proposal_waits_is_shown_and_comes_into_force() {
    let bank = Bank::with(setup()).await;
    let number = bank.approved().await;
    let update = key(&number).with(json!({ "lastName": "Eze", "maritalStatus": 2 }));
    let body = json!({ "commandName": "UpdateContactCommand", "data": update, "dryRun": true });
    let dry = bank.post("/api/bpm/cmd", &Bank::everything("maker"), &body, &[]).await.data();
    assert_eq!((&dry["amendmentId"], &dry["pendingFields"]), (&Value::Null, &json!(["lastName"])));
    let answer = bank.maker("UpdateContactCommand", update).await.data();
    assert_eq!(answer["changedFields"], json!(["maritalStatus", "amendments"]));
    assert_eq!(answer["pendingFields"], json!(["lastName"]));
    let id = answer["amendmentId"].clone();
    assert_eq!(shown(&bank, &number).await["lastName"], "Okafor");

    let open = bank.query("GetCustomerAmendmentsQuery", key(&number)).await.data();
    assert_eq!(open["totalCount"], 1);
    let amendment = &open["amendments"][0];
    assert_eq!((&amendment["amendmentId"], &amendment["proposedBy"]), (&id, &json!("maker@example.com")));
    let change = json!({ "field": "lastName", "live": "Okafor", "proposed": "Eze", "conflict": false });
    assert_eq!(amendment["changes"], json!([change]));

    let filter = |has: bool| {
        let filter = json!({ "propertyName": "hasOpenAmendment", "operator": "Equals", "value": has });
        bank.query("RetrieveContactListQuery", json!({ "filters": [filter] }))
    };
    assert_eq!(filter(true).await.data()["contacts"].as_array().unwrap().len(), 1);
    assert_eq!(filter(false).await.data()["contacts"].as_array().unwrap().len(), 0);

    let decide = json!({ "amendmentId": id, "comment": "Seen in the deed." });
    let own = bank.maker("ApproveAmendmentCommand", decide.clone()).await;
    assert_eq!((own.status, own.codes()), (403, vec!["four_eyes".to_owned()]));
    assert_eq!(bank.maker("RejectAmendmentCommand", decide.clone()).await.status, 403);
    let approved = bank.checker("ApproveAmendmentCommand", decide.clone()).await.data();
    assert_eq!(approved["changedFields"], json!(["lastName"]));
    assert_eq!(shown(&bank, &number).await["lastName"], "Eze");
    let again = bank.checker("ApproveAmendmentCommand", decide).await;
    assert_eq!((again.status, again.codes()), (409, vec!["amendment_not_open".to_owned()]));
    assert_eq!(again.body["errors"][0]["field"], "amendmentId");

    let lines = bank.history_of(&number).await;
    let events: Vec<_> = lines.iter().map(|line| line["event"].as_str().unwrap()).collect();
    assert_eq!(events, ["AmendmentApproved", "ClientUpdated", "ClientApproved", "ClientCreated"]);
    assert_eq!((&lines[0]["amendmentId"], &lines[1]["amendmentId"]), (&id, &id));
    let value = |field: &str, before: Value, after: Value, proposed: bool| json!({ "field": field, "before": before, "after": after, "proposed": proposed });
    assert_eq!(lines[0]["values"], json!([value("lastName", json!("Okafor"), json!("Eze"), false)]));
    let both = [
        value("maritalStatus", Value::Null, json!("Married"), false),
        value("lastName", json!("Okafor"), json!("Eze"), true),
    ];
    assert_eq!(lines[1]["values"], json!(both));
}

#[tokio::test]
async fn values_of_the_history_take_a_permission_of_their_own() {
    let bank = Bank::open().await;
    let number = bank.pending().await;
    bank.maker("UpdateContactCommand", key(&number).with(json!({ "lastName": "Eze" }))).await.data();
    let body = json!({ "queryName": "RetrieveContactHistoryQuery", "data": key(&number) });
    let ask = async |permissions: &[Permission]| {
        let token = Bank::token("auditor", permissions.iter().copied().collect::<Permissions>());
        bank.post("/api/bpm/qry", &token, &body, &[]).await
    };
    let all = [Permission::History, Permission::HistoryValues, Permission::Read];
    assert_eq!(ask(&all).await.data()["entries"][0]["values"][0]["before"], "Okafor");
    for permissions in [&all[..1], &all[..2], &[Permission::History, Permission::Read]] {
        let answer = ask(permissions).await;
        assert!(answer.data()["entries"][0].get("values").is_none(), "{permissions:?}");
        assert!(!answer.body.to_string().contains("Okafor"), "{permissions:?}");
    }
    assert_eq!(ask(&[Permission::HistoryValues, Permission::Read]).await.status, 403);
}

#[tokio::test]
async fn field_that_waits_is_refused_to_another_person() {
    let bank = Bank::with(setup()).await;
    let number = bank.approved().await;
    let update = |name: &str| key(&number).with(json!({ "lastName": name }));
    let id = bank.maker("UpdateContactCommand", update("Eze")).await.data()["amendmentId"].clone();
    let refused = bank.checker("UpdateContactCommand", update("Obi")).await;
    assert_eq!((refused.status, refused.codes()), (409, vec!["amendment_open".to_owned()]));
    assert_eq!(refused.body["errors"][0]["field"], "lastName");
    let unmet = &refused.details()["unmet"][0];
    assert_eq!((&unmet["field"], &unmet["amendmentId"]), (&json!("lastName"), &id));
    assert!(!refused.body.to_string().contains("Eze"));

    let withdrawn = bank.maker("UpdateContactCommand", update("Okafor")).await.data();
    assert_eq!(withdrawn["changedFields"], json!(["amendments"]));
    assert!(withdrawn.get("amendmentId").is_none());
    assert!(bank.checker("UpdateContactCommand", update("Obi")).await.data().get("amendmentId").is_some());
}

#[tokio::test]
async fn duplicates_are_refused_at_the_proposal_and_at_the_approval() {
    let bank = Bank::with(setup()).await;
    let number = bank.approved().await;
    let other = bank.maker("CreateContactCommand", applicant(7)).await.data();
    let update = |mail: &str| key(&number).with(json!({ "emailAddress": mail }));
    let taken = bank.maker("UpdateContactCommand", update("applicant7@example.com")).await;
    assert_eq!((taken.status, taken.codes()), (409, vec!["duplicate_email".to_owned()]));

    let id =
        bank.maker("UpdateContactCommand", update("free@example.com")).await.data()["amendmentId"].clone();
    let late = json!({ "contactEncodedKey": other["customerNumber"], "emailAddress": "free@example.com" });
    bank.maker("UpdateContactCommand", late).await.data();
    let refused = bank.checker("ApproveAmendmentCommand", json!({ "amendmentId": id })).await;
    assert_eq!((refused.status, refused.codes()), (409, vec!["duplicate_email".to_owned()]));
    bank.checker("RejectAmendmentCommand", json!({ "amendmentId": id })).await.data();
    // The claim of the live value was never released.
    let again = applicant(8).with(json!({ "emailAddress": "adaeze.okafor@example.com" }));
    assert_eq!(bank.maker("CreateContactCommand", again).await.codes(), ["duplicate_email"]);
}

#[tokio::test]
async fn correction_needs_a_reason_and_a_known_branch_and_waits_after_the_approval() {
    let bank = Bank::open().await;
    let number = bank.pending().await;
    let correction = key(&number).with(json!({ "dateOfBirth": "1990-01-01" }));
    assert_eq!(
        bank.maker("CorrectContactCommand", correction.clone()).await.body["errors"][0]["field"],
        "reason"
    );
    let with_reason = correction.with(json!({ "reason": "Typed wrongly." }));
    let nothing = key(&number).with(json!({ "reason": "Typed wrongly." }));
    assert_eq!(bank.maker("CorrectContactCommand", nothing).await.codes(), ["nothing_to_update"]);
    let at_once = bank.maker("CorrectContactCommand", with_reason.clone()).await.data();
    assert_eq!(at_once["changedFields"], json!(["dateOfBirth"]));

    bank.checker("ApproveCustomerCommand", key(&number)).await.data();
    let correction =
        with_reason.with(json!({ "dateOfBirth": "1990-01-02", "identificationNumber": "B7654321" }));
    let waiting = bank.maker("CorrectContactCommand", correction).await.data();
    assert_eq!(waiting["pendingFields"], json!(["dateOfBirth", "identificationNumber"]));
    let open = bank.query("GetCustomerAmendmentsQuery", key(&number)).await.data();
    assert_eq!(open["amendments"][0]["reason"], "Typed wrongly.");
    bank.checker("ApproveAmendmentCommand", json!({ "amendmentId": waiting["amendmentId"] })).await.data();
    // The old number is free, and the new one is taken.
    let old = applicant(7).with(json!({
        "identificationType": "International Passport", "identificationNumber": "A01234567",
    }));
    bank.maker("CreateContactCommand", old).await.data();
    let new = applicant(8).with(json!({
        "identificationType": "International Passport", "identificationNumber": "b-7654321",
    }));
    assert_eq!(bank.maker("CreateContactCommand", new).await.codes(), ["duplicate_identification"]);
}

#[tokio::test]
async fn verified_evidence_is_outdated_by_another_name_on_the_wire() {
    let bank = Bank::open().await;
    let number = bank.pending().await;
    let passport = bank.submit(crate::kyc_documents::fixtures::passport(&number)).await;
    let review = json!({ "identityId": passport });
    bank.checker("ApproveIdentityDocumentCommand", review.clone()).await.data();
    assert_eq!(shown(&bank, &number).await["kycStatus"], "Verified");

    let update = key(&number).with(json!({ "firstName": "Else", "lastName": "Whollyother" }));
    let answer = bank.maker("UpdateContactCommand", update).await.data();
    assert_eq!(answer["changedFields"], json!(["firstName", "lastName"]));
    assert_eq!(shown(&bank, &number).await["kycStatus"], "Outdated");
    let information = bank.query("GetCustomerKycInformationQuery", key(&number)).await.data();
    assert_eq!(information["kycStatus"], "Outdated");
    assert_eq!(information["identity"]["verificationStatusDesc"], "OUTDATED");
    let documents = bank.query("GetCustomerIdentityDetailsQuery", key(&number)).await.data();
    let document = &documents["documents"][0];
    assert_eq!(
        (&document["verificationStatus"], &document["outdatedFields"]),
        (&json!(3), &json!(["firstName", "lastName"]))
    );
    let changed = &bank.history_of(&number).await[0]["changedFields"];
    assert_eq!(*changed, json!(["firstName", "lastName", "identityDocuments"]));

    let filter = json!({ "propertyName": "kycStatus", "operator": "Equals", "value": "Outdated" });
    let found = bank.query("RetrieveContactListQuery", json!({ "filters": [filter] })).await.data();
    assert_eq!(found["contacts"].as_array().unwrap().len(), 1);
    bank.checker("ApproveIdentityDocumentCommand", review).await.data();
    assert_eq!(shown(&bank, &number).await["kycStatus"], "Verified");
}

#[tokio::test]
async fn published_update_answers_as_before_without_a_policy() {
    let bank = Bank::open().await;
    let number = bank.approved().await;
    let answer =
        bank.maker("UpdateContactCommand", key(&number).with(json!({ "lastName": "Eze" }))).await.data();
    let members: Vec<_> = answer.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, ["changedFields", "contactEncodedKey", "lastModified", "version"]);
    assert_eq!(answer["changedFields"], json!(["lastName"]));
    assert!(KycPolicy::default().two_persons == TwoPersons::default());
    assert_eq!(adaeze()["lastName"], "Okafor");
}
