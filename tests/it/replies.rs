//! The answers are made of exactly the members that the specification names.

use client_wire::find_operation;
use client_wire::spec::{FieldSpec, Need, Shape};
use serde_json::{Value, json};

use crate::bank::{Answer, Bank, With as _, adaeze};

/// Compares an object with its specification, and everything inside it.
fn compare(path: &str, members: &Value, specified: &[FieldSpec]) {
    let members = members.as_object().unwrap_or_else(|| panic!("{path} is no object"));
    for name in members.keys() {
        assert!(specified.iter().any(|field| field.name == name), "{path}.{name} is not specified");
    }
    for field in specified {
        let path = format!("{path}.{}", field.name);
        match (members.get(field.name), field.need) {
            (None, Need::Sometimes | Need::Optional)
            | (Some(Value::Null), Need::Nullable | Need::Optional) => {}
            (None, _) => panic!("{path} is specified and not there"),
            (Some(Value::Null), _) => panic!("{path} is null"),
            (Some(value), _) => compare_shape(&path, value, &field.shape),
        }
    }
}

fn compare_shape(path: &str, value: &Value, shape: &Shape) {
    let fits = match shape {
        Shape::Text { min, max } | Shape::Pattern { min, max, .. } => {
            value.as_str().is_some_and(|text| (*min..=*max).contains(&text.chars().count()))
        }
        Shape::Email => value.as_str().is_some_and(|text| text.contains('@')),
        Shape::Date => value.as_str().is_some_and(|text| text.len() == 10),
        Shape::DateTime => value.as_str().is_some_and(|text| text.ends_with('Z') && text.contains('T')),
        Shape::Integer { min, max } => value.as_i64().is_some_and(|number| (*min..=*max).contains(&number)),
        Shape::Numbers(choices) => value.as_i64().is_some_and(|number| choices.contains(&number)),
        Shape::Flag => value.is_boolean(),
        Shape::Choice(choices) => value.as_str().is_some_and(|text| choices.contains(&text)),
        Shape::Details => value.is_object(),
        // Only requests contain filters, sort orders and files.
        Shape::Filters | Shape::SortProperty | Shape::Base64 { .. } => false,
        Shape::Either(_) => true,
        Shape::Object(members) => {
            compare(path, value, members);
            true
        }
        Shape::Map { names, of } => {
            let members = value.as_object().unwrap_or_else(|| panic!("{path} is no object"));
            for (name, member) in members {
                assert!(names.contains(&name.as_str()), "{path}.{name} is not specified");
                compare_shape(&format!("{path}.{name}"), member, of);
            }
            true
        }
        Shape::List { of, max } | Shape::SomeOf { of, max } => {
            let items = value.as_array().unwrap_or_else(|| panic!("{path} is no list"));
            for item in items {
                compare_shape(path, item, of);
            }
            items.len() <= *max
        }
    };
    assert!(fits, "{path} is {value} and should be {shape:?}");
}

pub fn check(name: &str, answer: &Answer) {
    compare(name, &answer.data(), find_operation(name).unwrap().reply);
}

#[tokio::test]
async fn every_response_matches_its_specification() {
    let bank = Bank::open().await;
    let key = json!({ "contactEncodedKey": "CUST1000001" });
    let reason = key.clone().with(json!({ "reason": "Because." }));
    let mut seen = Vec::new();
    for (who, name, data) in [
        ("maker", "CreateContactCommand", adaeze()),
        (
            "maker",
            "UpdateContactCommand",
            key.clone().with(json!({ "city": "Abuja", "middleName": "Ngozi" })),
        ),
        ("maker", "CorrectContactCommand", reason.clone().with(json!({ "gender": "Other" }))),
        ("maker", "RequestCustomerApprovalCommand", key.clone()),
        ("checker", "ApproveCustomerCommand", key.clone()),
        (
            "maker",
            "RecordCustomerTransactionCommand",
            key.clone().with(json!({ "transactionReference": "T" })),
        ),
        (
            "checker",
            "VerifyContactPointCommand",
            key.clone().with(json!({
                "contactPoint": "email", "value": adaeze()["emailAddress"], "means": "A link was opened.",
            })),
        ),
        ("officer", "BlacklistCustomerCommand", reason.clone()),
        ("officer", "UndoBlacklistCustomerCommand", reason.clone()),
        ("checker", "ApproveCustomerCommand", key.clone()),
        ("maker", "ExitCustomerCommand", reason.clone()),
        ("maker", "ReturnCustomerCommand", reason.clone()),
        (
            "checker",
            "RejectCustomerCommand",
            json!({ "contactEncodedKey": "CUST1000002", "rejectionReason": "Because." }),
        ),
        (
            "checker",
            "UndoRejectCustomerCommand",
            reason.clone().with(json!({ "contactEncodedKey": "CUST1000002" })),
        ),
        ("maker", "WithdrawCustomerCommand", reason.with(json!({ "contactEncodedKey": "CUST1000002" }))),
    ] {
        let token = Bank::everything(who);
        let body = json!({ "commandName": name, "data": data, "dryRun": true });
        check(name, &bank.post("/api/bpm/cmd", &token, &body, &[]).await);
        check(name, &bank.command(&token, name, data, &[]).await);
        seen.push(name);
    }
    seen.extend(documents(&bank).await);
    seen.extend(amendments(&bank).await);
    seen.extend(work(&bank).await);
    seen.extend(batches(&bank).await);
    seen.extend(exports(&bank).await);
    for (name, data) in [
        ("RetrieveContactByIdQuery", json!({ "id": 1 })),
        ("RetrieveContactListQuery", json!({ "pageSize": 1 })),
        ("RetrieveCountsQuery", json!({ "groupBy": "branch" })),
        ("RetrieveReportQuery", json!({ "report": "clientsByBranch" })),
        ("RetrieveContactActionsQuery", key.clone()),
        ("RetrieveLookAlikesQuery", key.clone()),
        ("RetrieveActivityQuery", json!({})),
        ("RetrieveClientViewQuery", key.clone()),
        ("RetrieveContactHistoryQuery", key),
        ("RetrieveMyselfQuery", json!({})),
        ("RetrieveReasonsQuery", json!({})),
        ("RetrieveSearchFieldsQuery", json!({})),
        ("RetrieveLifecycleQuery", json!({})),
        ("RetrieveWorkQueueQuery", json!({ "kind": "Approval" })),
        ("RetrieveViewsQuery", json!({})),
        ("RetrieveOperationsQuery", json!({})),
    ] {
        check(name, &bank.query(name, data).await);
        seen.push(name);
    }
    for spec in client_wire::OPERATIONS {
        assert!(seen.contains(&spec.name), "{} was not asked", spec.name);
    }
}

/// A client that waits for approval, claimed and released, and an event that is no dead letter, as dry runs and as commands.
async fn work(bank: &Bank) -> Vec<&'static str> {
    let data = bank.maker("CreateContactCommand", crate::bank::applicant(6)).await.data();
    let item = json!({ "contactEncodedKey": data["contactEncodedKey"] });
    bank.maker("RequestCustomerApprovalCommand", item.clone()).await.data();
    let event = json!({ "eventId": "00000000000000000000000000000001" });
    let mut seen = Vec::new();
    for (name, data) in [
        ("ClaimWorkItemCommand", item.clone()),
        ("ReleaseWorkItemCommand", item),
        ("SaveViewCommand", json!({ "name": "Mine", "search": {} })),
        ("DeleteViewCommand", json!({ "name": "Mine" })),
        ("ResendDeadLetterCommand", event.clone()),
        ("DiscardDeadLetterCommand", event),
    ] {
        let body = json!({ "commandName": name, "data": data, "dryRun": true });
        check(name, &bank.post("/api/bpm/cmd", &Bank::everything("checker"), &body, &[]).await);
        check(name, &bank.checker(name, data).await);
        seen.push(name);
    }
    seen
}

/// A batch on its way, as dry runs and as commands.
async fn batches(bank: &Bank) -> Vec<&'static str> {
    let file =
        json!({ "commandName": "CreateContactCommand", "data": crate::bank::applicant(7) }).to_string();
    let announced = json!({ "format": "ndjson", "contentSha256": crate::batches::digest(&file) });
    let (maker, checker) = (Bank::everything("maker"), Bank::everything("checker"));
    let both = async |token: &str, name: &'static str, data: Value| {
        let body = json!({ "commandName": name, "data": data, "dryRun": true });
        check(name, &bank.post("/api/bpm/cmd", token, &body, &[]).await);
        let answer = bank.command(token, name, data, &[]).await;
        check(name, &answer);
        answer.data()
    };
    let created = both(&maker, "CreateBatchCommand", announced).await;
    let batch = json!({ "batchId": created["batchId"] });
    crate::batches::put(bank, "maker", &created, file).await.data();
    crate::batches::work(bank).await;
    let query = async |name: &'static str, data: Value| check(name, &bank.query(name, data).await);
    query("RetrieveBatchQuery", batch.clone()).await;
    both(&checker, "ConfirmBatchCommand", batch.clone()).await;
    both(&checker, "PauseBatchCommand", batch.clone()).await;
    both(&maker, "ResumeBatchCommand", batch.clone()).await;
    crate::batches::work(bank).await;
    query("RetrieveBatchQuery", batch.clone()).await;
    query("RetrieveBatchesQuery", json!({})).await;
    query("RetrieveBatchRowsQuery", batch.clone()).await;
    let file =
        json!({ "commandName": "CreateContactCommand", "data": crate::bank::applicant(8) }).to_string();
    let other = json!({ "format": "ndjson", "contentSha256": crate::batches::digest(&file) });
    let other = bank.command(&maker, "CreateBatchCommand", other, &[]).await.data();
    both(&maker, "StopBatchCommand", json!({ "batchId": other["batchId"] })).await;
    vec![
        "CreateBatchCommand",
        "ConfirmBatchCommand",
        "PauseBatchCommand",
        "ResumeBatchCommand",
        "StopBatchCommand",
        "RetrieveBatchQuery",
        "RetrieveBatchesQuery",
        "RetrieveBatchRowsQuery",
    ]
}

/// The log of an export.
async fn exports(bank: &Bank) -> Vec<&'static str> {
    let token = Bank::everything("maker");
    let export = bank.http().post(bank.url("/api/bpm/export")).bearer_auth(token);
    export.json(&json!({ "format": "csv" })).send().await.unwrap().bytes().await.unwrap();
    check("RetrieveExportsQuery", &bank.query("RetrieveExportsQuery", json!({})).await);
    vec!["RetrieveExportsQuery"]
}

/// Corrections of the fourth client, which wait and are decided about, as dry runs and as commands.
async fn amendments(bank: &Bank) -> Vec<&'static str> {
    let data = bank.maker("CreateContactCommand", crate::bank::applicant(4)).await.data();
    let key = json!({ "contactEncodedKey": data["contactEncodedKey"] });
    bank.checker("ApproveCustomerCommand", key.clone()).await.data();
    let mut seen = Vec::new();
    for (gender, decision) in [("Other", "RejectAmendmentCommand"), ("Male", "ApproveAmendmentCommand")] {
        let mut id = Value::Null;
        let correction = key.clone().with(json!({ "gender": gender, "reason": "Because." }));
        for (who, name) in [("maker", "CorrectContactCommand"), ("checker", decision)] {
            let data = if who == "maker" { correction.clone() } else { json!({ "amendmentId": id }) };
            let token = Bank::everything(who);
            let body = json!({ "commandName": name, "data": data, "dryRun": true });
            check(name, &bank.post("/api/bpm/cmd", &token, &body, &[]).await);
            let answer = bank.command(&token, name, data, &[]).await;
            check(name, &answer);
            id = answer.data()["amendmentId"].clone();
            check("GetCustomerAmendmentsQuery", &bank.query("GetCustomerAmendmentsQuery", key.clone()).await);
            check(
                "RetrieveContactHistoryQuery",
                &bank.query("RetrieveContactHistoryQuery", key.clone()).await,
            );
        }
        seen.push(decision);
    }
    seen.extend(["CorrectContactCommand", "GetCustomerAmendmentsQuery"]);
    seen
}

/// Documents and addresses of another client, submitted and reviewed, as dry runs and as commands.
async fn documents(bank: &Bank) -> Vec<&'static str> {
    use crate::kyc_documents::fixtures::{bill, home, passport};
    let data = bank.maker("CreateContactCommand", crate::bank::applicant(3)).await.data();
    let number = data["customerNumber"].as_str().unwrap();
    let both = async |who: &str, name: &'static str, data: Value| {
        let token = Bank::everything(who);
        let body = json!({ "commandName": name, "data": data, "dryRun": true });
        check(name, &bank.post("/api/bpm/cmd", &token, &body, &[]).await);
        let answer = bank.command(&token, name, data, &[]).await;
        check(name, &answer);
        answer.data()
    };
    let mut seen = Vec::new();
    for (review, comment) in [("Approve", Value::Null), ("Reject", json!("It is blurred."))] {
        let evidence = if review == "Approve" { passport(number) } else { bill(number) };
        let document = both("maker", "CreateIdentityDocumentCommand", evidence).await;
        let address = both("maker", "CreateAddressInformationCommand", home(number)).await;
        let of = |name: &str| {
            let names = client_wire::OPERATIONS.iter().map(|spec| spec.name);
            names.clone().find(|known| *known == format!("{review}{name}")).unwrap()
        };
        let (one, other) = (of("IdentityDocumentCommand"), of("CustomerAddressInformationCommand"));
        both("checker", one, json!({ "identityId": document["identityId"], "comment": comment })).await;
        both("checker", other, json!({ "addressId": address["addressId"], "comment": comment })).await;
        seen.extend([one, other]);
    }
    let request = "RequestIdentityDocumentsCommand";
    both("checker", request, json!({ "contactEncodedKey": number, "identityTypes": [5, 2] })).await;
    seen.extend(["CreateIdentityDocumentCommand", "CreateAddressInformationCommand", request]);
    let key = json!({ "contactEncodedKey": number });
    let policy =
        json!({ "policy": { "version": "x", "required": { "Individual": ["Address", "Voter's Card"] } } });
    for (name, data) in [
        ("GetCustomerKycInformationQuery", key.clone()),
        ("GetCustomerIdentityDetailsQuery", key.clone()),
        ("GetCustomerAddressDetailsQuery", key),
        ("RetrieveKycPolicyQuery", json!({})),
        ("PreviewKycPolicyQuery", policy),
    ] {
        check(name, &bank.query(name, data).await);
        seen.push(name);
    }
    seen
}

#[tokio::test]
async fn every_openapi_example_is_accepted() {
    for spec in client_wire::OPERATIONS {
        let bank = Bank::open().await;
        let number = bank.approved().await;
        let barred = json!({ "contactEncodedKey": number, "reason": "Because." });
        let mut data: Value = serde_json::from_str(spec.example).unwrap();
        // Ids are made by the service, so an example cannot know them.
        if data.get("identityId").is_some() {
            data["identityId"] = json!(bank.submit(crate::kyc_documents::fixtures::passport(&number)).await);
        }
        if data.get("addressId").is_some() {
            let home = crate::kyc_documents::fixtures::home(&number);
            data["addressId"] =
                bank.maker("CreateAddressInformationCommand", home).await.data()["addressId"].clone();
        }
        if data.get("amendmentId").is_some() {
            let correction = barred.clone().with(json!({ "gender": "Other" }));
            data["amendmentId"] =
                bank.maker("CorrectContactCommand", correction).await.data()["amendmentId"].clone();
        }
        if data.get("batchId").is_some() {
            data["batchId"] = json!(crate::batches::given(&bank, spec.name).await);
        }
        match spec.name {
            "CreateContactCommand" | "ReturnCustomerCommand" => {
                bank.maker("ExitCustomerCommand", barred).await.data();
            }
            "UndoBlacklistCustomerCommand" => {
                bank.checker("BlacklistCustomerCommand", barred).await.data();
            }
            "UndoRejectCustomerCommand" => {
                bank.maker("BlacklistCustomerCommand", barred.clone()).await.data();
                bank.maker("UndoBlacklistCustomerCommand", barred).await.data();
                let rejection = json!({ "contactEncodedKey": number, "rejectionReason": "Because." });
                bank.checker("RejectCustomerCommand", rejection).await.data();
            }
            "ApproveCustomerCommand"
            | "RejectCustomerCommand"
            | "RequestCustomerApprovalCommand"
            | "WithdrawCustomerCommand" => {
                bank.maker("BlacklistCustomerCommand", barred.clone()).await.data();
                bank.maker("UndoBlacklistCustomerCommand", barred).await.data();
            }
            _ => {}
        }
        match spec.kind {
            client_wire::spec::OperationKind::Command => bank.checker(spec.name, data).await.data(),
            client_wire::spec::OperationKind::Query => bank.query(spec.name, data).await.data(),
        };
    }
}

#[tokio::test]
async fn no_described_member_is_ignored() {
    let bank = Bank::open().await;
    let maker = Bank::everything("maker");
    for spec in client_wire::OPERATIONS {
        for field in spec.fields {
            // Few members accept an object, and those do not accept a number.
            let wrong = match field.shape {
                Shape::Object(_) => json!(7),
                _ => json!({ "surprise": true }),
            };
            let data = json!({ field.name: wrong });
            let (path, name) = match spec.kind {
                client_wire::spec::OperationKind::Command => ("/api/bpm/cmd", "commandName"),
                client_wire::spec::OperationKind::Query => ("/api/bpm/qry", "queryName"),
            };
            let answer = bank.post(path, &maker, &json!({ name: spec.name, "data": data }), &[]).await;
            let items = answer.body["errors"].as_array().unwrap();
            let named = items.iter().any(|item| item["field"] == field.name && item["code"] == "wrong_type");
            assert!(named, "{} {}: {}", spec.name, field.name, answer.body);
        }
    }
}
