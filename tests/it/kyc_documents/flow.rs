//! From the application to the approval, with every required document.

use std::time::Duration;

use client_app::Caller;
use client_domain::kyc::KycPolicy;
use client_domain::{Actor, Permissions};
use client_wire::Operations as _;
use serde_json::{Value, json};

use super::fixtures::{Postgres, bill, demanding, home, passport};
use crate::bank::{Bank, NOW, Setup, With as _};

/// What blocks the approval, by requirement.
async fn refused(bank: &Bank, number: &str) -> Vec<(String, String)> {
    let answer = bank.checker("ApproveCustomerCommand", json!({ "contactEncodedKey": number })).await;
    assert_eq!((answer.status, &answer.body["message"]), (409, &json!("Invalid status")), "{}", answer.body);
    assert_eq!(answer.codes(), ["kyc_incomplete"]);
    let missing = answer.details()["unmet"][0]["missing"].as_array().unwrap().clone();
    let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
    missing.iter().map(|one| (text(one, "requirement"), text(one, "standing"))).collect()
}

fn named(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(one, other)| ((*one).to_owned(), (*other).to_owned())).collect()
}

async fn kyc(bank: &Bank, number: &str) -> Value {
    bank.query("GetCustomerKycInformationQuery", json!({ "contactEncodedKey": number })).await.data()
}

/// Onboards a client with a passport and a utility bill, which a second person reviews; until all is in order the
/// approval is refused and says what is missing.
async fn onboard(bank: &Bank) {
    const IDENTITY: &str = "National ID or International Passport";
    let number = bank.pending().await;
    let missing = [(IDENTITY, "missing"), ("Utility Bill", "missing"), ("Address", "missing")];
    assert_eq!(refused(bank, &number).await, named(&missing));
    assert_eq!(kyc(bank, &number).await["kycStatus"], "None");

    let created = bank.maker("CreateIdentityDocumentCommand", passport(&number)).await;
    assert_eq!(created.body["message"], "Identity document created successfully.");
    let created = created.data();
    assert_eq!(created["verificationStatus"], 0);
    assert_eq!(created["verificationStatusDesc"], "PENDING");
    assert_eq!((&created["contentType"], &created["createdAt"]), (&json!("image/png"), &json!(NOW)));
    assert_eq!((&created["isExpired"], &created["expiresInDays"]), (&json!(false), &json!(1456)));
    let passport = created["identityId"].as_str().unwrap().to_owned();
    assert_eq!(passport.len(), 32);
    let bill = bank.submit(bill(&number)).await;
    let address = bank.maker("CreateAddressInformationCommand", home(&number)).await;
    assert_eq!(address.body["message"], "Address information created successfully.");
    let address = address.data()["addressId"].as_str().unwrap().to_owned();
    let pending = [(IDENTITY, "pending"), ("Utility Bill", "pending"), ("Address", "pending")];
    assert_eq!(refused(bank, &number).await, named(&pending));
    assert_eq!(kyc(bank, &number).await["kycStatus"], "Pending");

    // The submitter does not review the document.
    for (name, id) in [
        ("ApproveIdentityDocumentCommand", json!({ "identityId": passport })),
        ("RejectIdentityDocumentCommand", json!({ "identityId": passport, "comment": "x" })),
        ("ApproveCustomerAddressInformationCommand", json!({ "addressId": address })),
    ] {
        let own = bank.maker(name, id).await;
        assert_eq!((own.status, own.codes()), (403, vec!["four_eyes".to_owned()]));
    }
    let approved = bank.approve_document(&passport).await;
    assert_eq!(approved.body["message"], "Identity document approved successfully.");
    assert_eq!(approved.data()["verifiedBy"], "checker@example.com");
    let rejected = json!({ "identityId": bill, "comment": "The bill is of last year." });
    bank.checker("RejectIdentityDocumentCommand", rejected).await.data();
    bank.checker("ApproveCustomerAddressInformationCommand", json!({ "addressId": address })).await.data();
    assert_eq!(refused(bank, &number).await, named(&[("Utility Bill", "rejected")]));
    let summary = kyc(bank, &number).await;
    assert_eq!(summary["kycStatus"], "Incomplete");
    assert_eq!(summary["missing"][0]["anyOf"], json!(["Utility Bill"]));
    assert_eq!(summary["policyVersion"], "2026-01");
    assert_eq!(
        summary["identity"],
        json!({
            "verificationStatus": 1, "verificationStatusDesc": "APPROVED", "comment": null,
        })
    );
    assert_eq!(summary["mobile"]["verificationStatusDesc"], "PENDING");

    let again = bank.approve_document(&bill).await;
    assert_eq!((again.status, again.codes()), (409, vec!["already_reviewed".to_owned()]));
    let second = bank.submit(super::fixtures::bill(&number)).await;
    bank.approve_document(&second).await.data();
    assert_eq!(kyc(bank, &number).await["kycStatus"], "Verified");
    bank.checker("ApproveCustomerCommand", json!({ "contactEncodedKey": number })).await.data();
    let client = bank.query("RetrieveContactByIdQuery", json!({ "customerNumber": number })).await.data();
    assert_eq!((&client["clientState"], &client["kycStatus"]), (&json!(4), &json!("Verified")));

    shown(bank, &number).await;
    searched(bank).await;
}

/// Documents are listed in full, and the history names each of them.
async fn shown(bank: &Bank, number: &str) {
    let key = json!({ "contactEncodedKey": number });
    let details = bank.query("GetCustomerIdentityDetailsQuery", key.clone()).await.data();
    assert_eq!(details["totalCount"], 3);
    let documents = details["documents"].as_array().unwrap().iter();
    let statuses: Vec<_> = documents.map(|one| one["verificationStatusDesc"].clone()).collect();
    assert_eq!(statuses, ["APPROVED", "REJECTED", "APPROVED"]);
    assert_eq!(details["documents"][1]["comment"], "The bill is of last year.");
    let text = details.to_string();
    assert!(!text.contains("base64") && !text.contains("contentKey"), "no file and no place of one: {text}");
    let addresses = bank.query("GetCustomerAddressDetailsQuery", key).await.data();
    assert_eq!(
        (&addresses["totalCount"], &addresses["addresses"][0]["country"]),
        (&json!(1), &json!("Nigeria"))
    );

    let events: Vec<_> =
        bank.history_of(number).await.into_iter().map(|line| line["event"].clone()).collect();
    assert_eq!(
        events,
        [
            "ClientApproved",
            "KycDocumentApproved",
            "KycDocumentSubmitted",
            "AddressApproved",
            "KycDocumentRejected",
            "KycDocumentApproved",
            "AddressSubmitted",
            "KycDocumentSubmitted",
            "KycDocumentSubmitted",
            "ClientCreated",
        ]
    );
}

async fn searched(bank: &Bank) {
    for (filter, found) in [
        (json!({ "propertyName": "kycStatus", "operator": "Equals", "value": "Verified" }), 1),
        (json!({ "propertyName": "kycStatus", "operator": "NotEquals", "value": "verified" }), 0),
        (json!({ "propertyName": "documentType", "operator": "Equals", "value": 2 }), 1),
        (json!({ "propertyName": "documentNumber", "operator": "Contains", "value": "bill-7" }), 1),
        (json!({ "propertyName": "documentStatus", "operator": "Equals", "value": "REJECTED" }), 1),
        (json!({ "propertyName": "documentExpiryDate", "operator": "NextDays", "value": 30 }), 0),
    ] {
        let list = bank.query("RetrieveContactListQuery", json!({ "filters": [filter] })).await.data();
        assert_eq!(list["totalCount"], found, "{filter}");
    }
}

/// An expired document is not shown as valid, though it was approved; only a rejected one ranks lower.
#[tokio::test(flavor = "multi_thread")]
async fn summary_prefers_valid_to_expired_documents() {
    let bank = Bank::open().await;
    let number = bank.pending().await;
    let caller = || Caller::new(Actor::parse("reader").unwrap(), Permissions::all());
    // Tokens expire sooner than documents, so this test calls the application without one.
    let shown = async |days: u64| {
        bank.clock.set(NOW.parse().unwrap());
        bank.clock.advance(Duration::from_hours(24 * days));
        let asked = json!({ "contactEncodedKey": number }).as_object().unwrap().clone();
        let reply =
            bank.clients.query_by_name("GetCustomerKycInformationQuery", asked, caller()).await.unwrap();
        bank.clock.set(NOW.parse().unwrap());
        (reply.data["identity"]["verificationStatusDesc"].clone(), reply.data["kycStatus"].clone())
    };
    let passport = bank.submit(passport(&number).with(json!({ "expiryDate": "2026-01-07" }))).await;
    bank.approve_document(&passport).await.data();
    let rejected_bill = bank.submit(bill(&number)).await;
    let rejected = json!({ "identityId": rejected_bill, "comment": "Not of this year." });
    bank.checker("RejectIdentityDocumentCommand", rejected).await.data();
    assert_eq!(shown(2).await, (json!("APPROVED"), json!("Verified")));
    // It ranks above the rejected one.
    assert_eq!(shown(3).await, (json!("APPROVED"), json!("Expired")));
    bank.submit(bill(&number)).await;
    assert_eq!(shown(2).await, (json!("APPROVED"), json!("Verified")));
    assert_eq!(shown(3).await, (json!("PENDING"), json!("Pending")));
}

#[tokio::test]
async fn back_office_onboards_with_documents_in_memory() {
    onboard(&Bank::with(Setup { kyc_policy: demanding(), ..Setup::default() }).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn back_office_onboards_with_documents_on_postgresql() {
    let postgres = Postgres::start().await;
    onboard(&postgres.bank(demanding()).await).await;
}

#[tokio::test]
async fn all_wrong_document_fields_are_reported_together() {
    let bank = Bank::open().await;
    let number = bank.pending().await;
    let wrong = json!({
        "contactEncodedKey": number, "identityType": 9, "idNumber": "A", "base64Doc": "not base64!",
        "docExtension": ".exe", "issueDate": "2027-01-01", "expiryDate": "soon", "surprise": 1,
    });
    let answer = bank.maker("CreateIdentityDocumentCommand", wrong).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let items = answer.body["errors"].as_array().unwrap().iter();
    let mut named: Vec<_> = items.map(|item| (text(&item["field"]), text(&item["code"]))).collect();
    named.sort();
    assert_eq!(
        named,
        [
            ("base64Doc", "format"),
            ("docExtension", "choice"),
            ("expiryDate", "format"),
            ("idNumber", "too_short"),
            ("identityType", "choice"),
            ("issueDate", "in_future"),
            ("surprise", "unknown_member"),
        ]
        .map(|(field, code)| (field.to_owned(), code.to_owned()))
    );
    let backwards = passport(&number).with(json!({ "issueDate": "2025-01-01", "expiryDate": "2025-01-01" }));
    assert_eq!(bank.maker("CreateIdentityDocumentCommand", backwards).await.codes(), ["end_before_start"]);
    let masked = passport(&number).with(json!({ "idNumber": "A-0123 4567 89" }));
    let answer = bank.maker("CreateIdentityDocumentCommand", masked).await;
    assert_eq!(answer.codes(), ["number_mask"]);
    assert_eq!(answer.details()["masks"], json!(["${5,9}"]));
    assert!(!answer.body.to_string().contains("0123 4567"), "a rejected value is never repeated");
    assert_eq!(bank.history_of(&number).await.len(), 1, "nothing of it was written");
}

#[tokio::test]
async fn expired_document_is_shown_and_not_approved() {
    let bank = Bank::with(Setup { kyc_policy: demanding(), ..Setup::default() }).await;
    let number = bank.pending().await;
    let over = passport(&number).with(json!({ "expiryDate": "2026-01-04" }));
    let id = bank.submit(over).await;
    let answer = bank.approve_document(&id).await;
    assert_eq!((answer.status, answer.codes()), (409, vec!["document_expired".to_owned()]));
    let details =
        bank.query("GetCustomerIdentityDetailsQuery", json!({ "contactEncodedKey": number })).await.data();
    let shown = &details["documents"][0];
    assert_eq!((&shown["isExpired"], &shown["expiresInDays"]), (&json!(true), &json!(-1)));
    assert_eq!(kyc(&bank, &number).await["missing"][0]["standing"], "missing");
}

#[tokio::test]
async fn document_commands_support_versions_keys_and_dry_runs() {
    let bank = Bank::open().await;
    let number = bank.pending().await;
    let maker = Bank::everything("maker");
    let name = "CreateIdentityDocumentCommand";
    let body = json!({ "commandName": name, "data": passport(&number), "dryRun": true });
    let tried = bank.post("/api/bpm/cmd", &maker, &body, &[]).await.data();
    assert_eq!(
        (&tried["identityId"], &tried["dryRun"], &tried["version"]),
        (&Value::Null, &json!(true), &Value::Null)
    );
    assert_eq!(bank.stored().await, 0, "a file that is tried out is not kept");

    let stale = bank.command(&maker, name, passport(&number), &[("If-Match", "\"9\"")]).await;
    assert_eq!(stale.codes(), ["stale_version"]);
    let header = [("Idempotency-Key", "once"), ("If-Match", "\"1\"")];
    let first = bank.command(&maker, name, passport(&number), &header).await;
    assert_eq!(first.header("etag"), Some("\"2\""));
    let again = bank.command(&maker, name, passport(&number), &header).await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.data(), first.data());
    assert_eq!(bank.stored().await, 1, "a repeated command keeps no second file");
    let other = bank.command(&maker, name, bill(&number), &header).await;
    assert_eq!(other.codes(), ["idempotency_key_reused"]);
}

#[tokio::test]
async fn forbidden_submission_is_refused_and_stores_no_file() {
    let bank = Bank::open().await;
    let number = bank.approved().await;
    let id = bank.submit(passport(&number)).await;
    let barred = json!({ "contactEncodedKey": number, "reason": "Named on a list." });
    bank.checker("BlacklistCustomerCommand", barred).await.data();
    let answer = bank.maker("CreateIdentityDocumentCommand", bill(&number)).await;
    assert_eq!((answer.status, answer.codes()), (409, vec!["invalid_status".to_owned()]));
    assert_eq!(answer.details()["action"], "changeKyc");
    assert_eq!(bank.approve_document(&id).await.details()["action"], "reviewKyc");
    assert_eq!(bank.put(&id, document_inspection::samples::png()).send().await.unwrap().status(), 409);
    assert_eq!(bank.stored().await, 1);
}

#[tokio::test]
async fn document_operations_require_permissions() {
    use client_domain::{Permission, Permissions};
    let bank = Bank::open().await;
    let number = bank.pending().await;
    let id = bank.submit(passport(&number)).await;
    let all_but = |without: Permission| {
        let rest: Permissions = Permissions::all().iter().filter(|one| *one != without).collect();
        Bank::token("checker", rest)
    };
    let no_write = all_but(Permission::KycWrite);
    let answer = bank.command(&no_write, "CreateIdentityDocumentCommand", bill(&number), &[]).await;
    assert_eq!(answer.codes(), ["permission_missing"]);
    let put = bank.http().put(bank.content_url(&id)).bearer_auth(&no_write).body("x").send().await.unwrap();
    assert_eq!(put.status(), 403);
    let no_review = all_but(Permission::KycReview);
    let data = json!({ "identityId": id });
    let answer = bank.command(&no_review, "ApproveIdentityDocumentCommand", data, &[]).await;
    assert_eq!(answer.codes(), ["permission_missing"]);
    let no_read = all_but(Permission::KycRead);
    let get = bank.http().get(bank.content_url(&id)).bearer_auth(&no_read).send().await.unwrap();
    assert_eq!(get.status(), 403);
    assert_eq!(bank.http().get(bank.content_url(&id)).send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn absent_policy_requires_nothing() {
    let bank = Bank::with(Setup { kyc_policy: KycPolicy::default(), ..Setup::default() }).await;
    let number = bank.approved().await;
    let data = json!({ "contactEncodedKey": number });
    let actions = bank.query("RetrieveContactActionsQuery", data).await.data();
    let names: Vec<_> =
        actions["actions"].as_array().unwrap().iter().map(|one| one["action"].clone()).collect();
    assert!(names.contains(&json!("reviewKyc")) && names.contains(&json!("changeKyc")));
}
