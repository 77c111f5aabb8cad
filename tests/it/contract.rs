//! Every published request of the contract, with values of our own, gets its documented answer.

use serde_json::{Value, json};

use crate::bank::{Bank, NOW, adaeze};

fn success(message: &str, data: impl Into<Value>) -> Value {
    json!({ "isSuccessful": true, "statusCode": "00", "message": message, "data": data.into() })
}

#[tokio::test]
async fn create_returns_the_new_client() {
    let bank = Bank::open().await;
    let answer = bank.maker("CreateContactCommand", adaeze()).await;
    let key = answer.data()["contactEncodedKey"].as_str().unwrap().to_owned();
    assert_eq!(key.len(), 32);
    assert!(key.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')));
    let expected = json!({
        "contactEncodedKey": key, "id": 1, "customerNumber": "CUST1000001", "clientState": 3,
        "clientStateDescription": "Pending Approval", "dateCreated": NOW, "version": 1,
    });
    assert_eq!(answer.body, success("Contact created successfully.", expected));
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("etag"), Some("\"1\""));
}

#[tokio::test]
async fn by_id_returns_every_member_and_null_for_absent_values() {
    let bank = Bank::open().await;
    let created = bank.maker("CreateContactCommand", adaeze()).await.data();
    let expected = json!({
        "id": 1, "encodedKey": created["contactEncodedKey"], "customerNumber": "CUST1000001",
        "firstName": "Adaeze", "lastName": "Okafor", "middleName": null,
        "emailAddress": "adaeze.okafor@example.com", "phoneNumber": "+2348031234567",
        "phoneNumberAsEntered": "+234 803 123 4567",
        "dateOfBirth": "1991-04-23T00:00:00Z", "gender": "Female",
        "maritalStatus": null, "maritalStatusDescription": null,
        "address": "12 Allen Avenue", "city": "Ikeja", "state": "Lagos", "country": "Nigeria",
        "identificationType": "International Passport", "identificationNumber": "A01234567",
        "customerType": "Individual", "clientState": 3, "clientStateDescription": "Pending Approval",
        "isBlacklisted": false, "formerContactEncodedKey": null, "returnedAsContactEncodedKey": null,
        "branchId": null, "branchEncodedKey": "ikeja-01", "branchName": null,
        "accountOfficerId": null, "accountOfficerName": null, "dateCreated": NOW, "lastModified": NOW,
        "version": 1, "approvalStatus": null, "kycStatus": "None",
        "allowedActions": ["view", "update", "correct", "requestApproval", "verifyContactPoint", "changeKyc", "requestDocuments", "approve", "reject", "withdraw"],
    });
    for way in [
        json!({ "id": 1 }),
        json!({ "contactEncodedKey": created["contactEncodedKey"] }),
        json!({ "contactEncodedKey": "CUST1000001" }),
        json!({ "customerNumber": "CUST1000001" }),
    ] {
        let answer = bank.query("RetrieveContactByIdQuery", way).await;
        assert_eq!(answer.body, success("Client with ID 1 found.", expected.clone()));
        assert_eq!(answer.header("etag"), Some("\"1\""));
    }
}

#[tokio::test]
async fn by_id_returns_the_names_of_branch_and_officer() {
    use client_app::ports::Branch;
    use client_domain::value::{AccountOfficerId, BranchKey};

    let bank = Bank::open().await;
    let branch = Branch { id: Some(7), name: "Ikeja".to_owned() };
    bank.branches.set_branch(BranchKey::parse("ikeja-01").unwrap(), branch);
    bank.branches.set_officer(AccountOfficerId::new(3).unwrap(), "T. Bello");
    let mut data = adaeze();
    data["accountOfficerId"] = json!(3);
    data["maritalStatus"] = json!(2);
    data["middleName"] = json!("Ngozi");
    data["customerType"] = json!("Corporate");
    bank.maker("CreateContactCommand", data).await.data();
    let found = bank.query("RetrieveContactByIdQuery", json!({ "id": 1 })).await.data();
    assert_eq!(found["branchId"], 7);
    assert_eq!(found["branchName"], "Ikeja");
    assert_eq!((&found["accountOfficerId"], &found["accountOfficerName"]), (&json!(3), &json!("T. Bello")));
    assert_eq!((&found["maritalStatus"], &found["maritalStatusDescription"]), (&json!(2), &json!("Married")));
    assert_eq!((&found["middleName"], &found["customerType"]), (&json!("Ngozi"), &json!("Corporate")));
}

#[tokio::test]
async fn update_returns_the_changed_fields() {
    let bank = Bank::open().await;
    let number = bank.pending().await;
    let data = json!({ "contactEncodedKey": number, "city": "Abuja", "state": "FCT", "firstName": "Adaeze" });
    bank.clock.set("2026-01-05T09:30:00Z".parse().unwrap());
    let answer = bank.maker("UpdateContactCommand", data).await;
    let key = &bank.query("RetrieveContactByIdQuery", json!({ "id": 1 })).await.data()["encodedKey"];
    let expected = json!({
        "contactEncodedKey": key, "lastModified": "2026-01-05T09:30:00Z", "version": 2,
        "changedFields": ["city", "state"],
    });
    assert_eq!(answer.body, success("Contact updated successfully.", expected));
}

#[tokio::test]
async fn approve_blacklist_and_undo_return_each_state() {
    let bank = Bank::open().await;
    let number = bank.pending().await;
    let key = bank.query("RetrieveContactByIdQuery", json!({ "id": 1 })).await.data()["encodedKey"].clone();

    let data = json!({ "contactEncodedKey": number, "notes": "Documents seen." });
    let answer = bank.maker("RequestCustomerApprovalCommand", data.clone()).await;
    let expected = json!({ "contactEncodedKey": key, "approvalStatus": "Pending", "requestDate": NOW });
    assert_eq!(answer.body, success("Customer approval requested successfully.", expected));
    let again = bank.maker("RequestCustomerApprovalCommand", data).await;
    assert_eq!((again.status, &again.body["message"]), (409, &json!("Already in approval")));

    let data = json!({ "contactEncodedKey": number, "approvalNotes": "In order." });
    let answer = bank.checker("ApproveCustomerCommand", data.clone()).await;
    let expected = json!({
        "contactEncodedKey": key, "approvalStatus": "Approved", "approvedBy": "checker@example.com",
        "approvalDate": NOW,
    });
    assert_eq!(answer.body, success("Customer approved successfully.", expected));
    let again = bank.checker("ApproveCustomerCommand", data).await;
    assert_eq!((again.status, &again.body["message"]), (409, &json!("Invalid status")));
    assert_eq!(again.details()["currentState"], "Approved");
    assert_eq!(again.details()["action"], "approve");
    assert_eq!(again.details()["unmet"], json!([{ "code": "state", "neededStates": ["PendingApproval"] }]));
    let allowed = [
        "view",
        "update",
        "correct",
        "verifyContactPoint",
        "changeKyc",
        "requestDocuments",
        "createAccounts",
        "transact",
        "blacklist",
        "exit",
    ];
    assert_eq!(again.details()["allowedActions"], json!(allowed));

    let data = json!({ "contactEncodedKey": number, "reason": "Named on a list.", "notes": "By mail." });
    let not_yet = bank.checker("UndoBlacklistCustomerCommand", data.clone()).await;
    assert_eq!((not_yet.status, &not_yet.body["message"]), (409, &json!("Not blacklisted")));
    let answer = bank.checker("BlacklistCustomerCommand", data.clone()).await;
    let expected = json!({ "contactEncodedKey": key, "isBlacklisted": true, "blacklistDate": NOW });
    assert_eq!(answer.body, success("Customer blacklisted successfully.", expected));
    let again = bank.checker("BlacklistCustomerCommand", data.clone()).await;
    assert_eq!((again.status, &again.body["message"]), (409, &json!("Already blacklisted")));

    let answer = bank.checker("UndoBlacklistCustomerCommand", data).await;
    let expected = json!({ "contactEncodedKey": key, "isBlacklisted": false, "unblacklistDate": NOW });
    assert_eq!(answer.body, success("Customer blacklist removed successfully.", expected));
    let now = bank.query("RetrieveContactByIdQuery", json!({ "id": 1 })).await.data();
    assert_eq!((&now["clientState"], &now["approvalStatus"]), (&json!(3), &Value::Null));
}

#[tokio::test]
async fn reject_returns_actor_and_reason() {
    let bank = Bank::open().await;
    let number = bank.pending().await;
    let key = bank.query("RetrieveContactByIdQuery", json!({ "id": 1 })).await.data()["encodedKey"].clone();
    let data = json!({ "contactEncodedKey": number, "rejectionReason": "Not genuine.", "rejectionNotes": "See file." });
    let answer = bank.checker("RejectCustomerCommand", data.clone()).await;
    let expected = json!({
        "contactEncodedKey": key, "approvalStatus": "Rejected", "rejectedBy": "checker@example.com",
        "rejectionReason": "Not genuine.", "rejectionDate": NOW,
    });
    assert_eq!(answer.body, success("Customer rejected successfully.", expected));
    let again = bank.checker("RejectCustomerCommand", data).await;
    assert_eq!((again.status, &again.body["message"]), (409, &json!("Invalid status")));
}

#[tokio::test]
async fn first_transaction_activates_and_its_repetition_changes_nothing() {
    let bank = Bank::open().await;
    let number = bank.approved().await;
    let key = bank.query("RetrieveContactByIdQuery", json!({ "id": 1 })).await.data()["encodedKey"].clone();
    let first = json!({ "contactEncodedKey": number, "transactionReference": "TX-1", "transactionDate": "2026-01-05" });
    let answer = bank.maker("RecordCustomerTransactionCommand", first.clone()).await;
    let reply = |activated| {
        json!({
            "contactEncodedKey": key, "clientState": 1, "clientStateDescription": "Active", "activated": activated,
        })
    };
    assert_eq!(answer.body, success("Customer transaction recorded successfully.", reply(true)));
    let lines = bank.history_of(&number).await;
    assert_eq!((lines.len(), &lines[0]["transactionDate"]), (3, &json!("2026-01-05")));
    for repeated in [first.clone(), json!({ "contactEncodedKey": number, "transactionReference": "TX-2" })] {
        let answer = bank.maker("RecordCustomerTransactionCommand", repeated).await;
        assert_eq!(answer.data(), reply(false));
    }
    assert_eq!(bank.history_of(&number).await.len(), 3, "nothing changed, so nothing was written");

    let barred = json!({ "contactEncodedKey": number, "reason": "Named on a list." });
    bank.checker("BlacklistCustomerCommand", barred).await.data();
    assert_eq!(bank.maker("RecordCustomerTransactionCommand", first).await.codes(), ["invalid_status"]);
}

#[tokio::test]
async fn exit_returns_the_final_state() {
    let bank = Bank::open().await;
    let number = bank.approved().await;
    let key = bank.query("RetrieveContactByIdQuery", json!({ "id": 1 })).await.data()["encodedKey"].clone();
    let data = json!({ "contactEncodedKey": number, "reason": "Moved abroad." });
    let answer = bank.maker("ExitCustomerCommand", data).await;
    let expected = json!({
        "contactEncodedKey": key, "clientState": 7, "clientStateDescription": "Exited", "exitDate": NOW,
    });
    assert_eq!(answer.body, success("Customer exited successfully.", expected));
}

#[tokio::test]
async fn list_returns_a_page() {
    let bank = Bank::open().await;
    let created = bank.maker("CreateContactCommand", adaeze()).await.data();
    let data =
        json!({ "pageNumber": 1, "pageSize": 10, "searchTerm": "okafor", "branchEncodedKey": "ikeja-01" });
    let answer = bank.query("RetrieveContactListQuery", data).await;
    let expected = json!({
        "totalCount": 1, "pageNumber": 1, "pageSize": 10, "nextCursor": null,
        "contacts": [{
            "contactEncodedKey": created["contactEncodedKey"], "customerNumber": "CUST1000001",
            "firstName": "Adaeze", "lastName": "Okafor", "emailAddress": "adaeze.okafor@example.com",
            "phoneNumber": "+2348031234567", "isBlacklisted": false, "id": 1, "clientState": 3,
            "clientStateDescription": "Pending Approval", "branchEncodedKey": "ikeja-01",
            "dateCreated": NOW, "lastModified": NOW, "version": 1, "foundByFormerName": false,
        }],
    });
    assert_eq!(answer.body, success("Contact list retrieved successfully.", expected));
    let defaults = bank.query("RetrieveContactListQuery", json!({})).await.data();
    assert_eq!((&defaults["pageNumber"], &defaults["pageSize"]), (&json!(1), &json!(50)));
}

#[tokio::test]
async fn history_lists_actor_action_time_and_reason() {
    let bank = Bank::open().await;
    let number = bank.approved().await;
    let data = json!({ "contactEncodedKey": number, "reason": "Named on a list.", "notes": "By mail." });
    let barred = bank.checker("BlacklistCustomerCommand", data).await;
    let lines = bank.history_of(&number).await;
    let expected = json!({
        "version": 3, "event": "ClientBlacklisted", "command": "BlacklistCustomerCommand", "at": NOW,
        "actorId": "checker", "actorEmail": "checker@example.com", "fromState": "Approved",
        "toState": "BlackListed", "changedFields": ["clientState"], "reason": "Named on a list.",
        "notes": "By mail.", "transactionReference": null, "transactionDate": null, "identityId": null, "addressId": null,
        "identityTypes": null, "amendmentId": null, "values": [], "requestId": barred.header("x-request-id").unwrap(),
    });
    assert_eq!(lines[0], expected);
    let events: Vec<_> = lines.iter().map(|line| line["event"].as_str().unwrap()).collect();
    assert_eq!(events, ["ClientBlacklisted", "ClientApproved", "ClientCreated"]);

    let page = json!({ "contactEncodedKey": number, "pageSize": 2 });
    let first = bank.query("RetrieveContactHistoryQuery", page.clone()).await.data();
    assert_eq!(first["entries"].as_array().unwrap().len(), 2);
    let mut next = page;
    next["cursor"] = first["nextCursor"].clone();
    let last = bank.query("RetrieveContactHistoryQuery", next).await.data();
    assert_eq!((&last["entries"][0]["event"], &last["nextCursor"]), (&json!("ClientCreated"), &Value::Null));
}

#[tokio::test]
async fn actions_list_their_blockers() {
    let bank = Bank::open().await;
    let number = bank.pending().await;
    let body = json!({ "queryName": "RetrieveContactActionsQuery", "data": { "contactEncodedKey": number } });
    let answer = bank.post("/api/bpm/qry", &Bank::everything("maker"), &body, &[]).await.data();
    let entry = |name: &str| {
        answer["actions"].as_array().unwrap().iter().find(|entry| entry["action"] == name).unwrap().clone()
    };
    let approve = json!({
        "action": "approve", "allowed": false, "toState": "Approved", "permission": "customers.approve",
        "reasonNeeded": false, "versionNeeded": false, "initiator": "person",
        "unmet": [{
            "code": "four_eyes", "created": true, "requested": false, "touched": ["created"],
            "tooManyMakers": false,
            "message": "You created the client since its last approval, so another person must approve it.",
        }],
    });
    assert_eq!(entry("approve"), approve);
    assert_eq!(entry("reject")["allowed"], true);
    let needed = json!(["Approved", "Active", "BlackListed"]);
    assert_eq!(entry("exit")["unmet"], json!([{ "code": "state", "neededStates": needed }]));
}

#[tokio::test]
async fn lifecycle_query_returns_the_tables() {
    let bank = Bank::open().await;
    let data = bank.query("RetrieveLifecycleQuery", json!({})).await.data();
    assert_eq!(data["states"].as_array().unwrap().len(), 6);
    let ends = data["states"].as_array().unwrap().iter().filter(|state| state["final"] == true);
    assert_eq!(ends.map(|state| state["name"].clone()).collect::<Vec<_>>(), [json!("Exited")]);
    let undo =
        data["transitions"].as_array().unwrap().iter().find(|row| row["action"] == "undoBlacklist").unwrap();
    assert_eq!((&undo["from"], &undo["to"]), (&json!("BlackListed"), &json!("PendingApproval")));
}
