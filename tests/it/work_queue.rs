//! The work queue on the wire: what waits, whether this caller may decide, and who is at it.

use std::time::Duration;

use client_app::Policy;
use client_domain::{Permission, Permissions};
use serde_json::{Value, json};

use crate::bank::{Answer, Bank, Setup, With as _, applicant};
use crate::kyc_documents::fixtures::passport;

async fn queue(bank: &Bank, token: &str, data: Value) -> Answer {
    let body = json!({ "queryName": "RetrieveWorkQueueQuery", "data": data });
    bank.post("/api/bpm/qry", token, &body, &[]).await
}

/// The items of a kind, as this person sees them.
async fn items(bank: &Bank, person: &str, data: Value) -> Vec<Value> {
    let answer = queue(bank, &Bank::everything(person), data).await.data();
    answer["items"].as_array().unwrap().clone()
}

async fn requested(bank: &Bank, n: usize) -> String {
    let created = bank.maker("CreateContactCommand", applicant(n)).await.data();
    let number = created["customerNumber"].as_str().unwrap().to_owned();
    bank.maker("RequestCustomerApprovalCommand", json!({ "contactEncodedKey": number })).await.data();
    number
}

fn numbers(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["contact"]["customerNumber"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn requested_approval_waits_until_it_is_decided() {
    let bank = Bank::open().await;
    bank.pending().await;
    let first = requested(&bank, 2).await;
    bank.clock.advance(Duration::from_hours(1));
    let second = requested(&bank, 3).await;

    let seen = items(&bank, "checker", json!({ "kind": "Approval" })).await;
    assert_eq!(numbers(&seen), [&*first, &*second], "oldest first, and only what was requested");
    assert_eq!(seen[0]["since"], "2026-01-05T09:00:00Z");
    assert_eq!(seen[0]["requestedBy"], "maker@example.com");
    assert_eq!((&seen[0]["decidable"], &seen[0]["blockedBy"]), (&json!(true), &json!([])));
    assert_eq!((&seen[0]["identityId"], &seen[0]["expiryDate"]), (&Value::Null, &Value::Null));

    // The maker sees why not, as the command says, and may hide it.
    let own = items(&bank, "maker", json!({ "kind": "Approval" })).await;
    let approve = json!({ "contactEncodedKey": first });
    let refused = bank.maker("ApproveCustomerCommand", approve.clone()).await;
    assert_eq!(own[0]["blockedBy"], refused.details()["unmet"]);
    assert_eq!(own[0]["decidable"], true, "a maker may reject");
    assert_eq!(items(&bank, "maker", json!({ "kind": "Approval", "mine": "hide" })).await, [] as [Value; 0]);
    assert_eq!(items(&bank, "checker", json!({ "kind": "Approval", "mine": "hide" })).await.len(), 2);

    bank.checker("ApproveCustomerCommand", approve).await.data();
    // Three days after the second request, by a token of that day.
    bank.clock.advance(Duration::from_hours(72));
    let later = "2026-01-08T10:00:00Z".parse().unwrap();
    let token = clients_testkit::Bank::token_at(later, "checker", Permissions::all()).unwrap();
    let left = queue(&bank, &token, json!({ "kind": "Approval" })).await.data()["items"].clone();
    let left = left.as_array().unwrap();
    assert_eq!((numbers(left), &left[0]["ageDays"]), (vec![&*second], &json!(3)));
}

#[tokio::test]
async fn item_is_decidable_exactly_if_the_commands_would_do_it() {
    let policy = Policy { four_eyes: true, ..Policy::default() };
    let bank = Bank::with(Setup { policy, ..Setup::default() }).await;
    // A submission would withdraw the request.
    let number = bank.pending().await;
    let document = bank.submit(passport(&number)).await;
    bank.maker("RequestCustomerApprovalCommand", json!({ "contactEncodedKey": number })).await.data();
    let approval = json!({ "contactEncodedKey": number });
    let review = json!({ "identityId": document });
    let comment = json!({ "comment": "Because.", "rejectionReason": "Because." });
    let (mut decidable, mut blocked) = (0, 0);
    for person in ["maker", "checker", "other"] {
        for withheld in [None, Some(Permission::Approve), Some(Permission::KycReview)] {
            let all = Permissions::all();
            let permissions: Permissions = all.iter().filter(|one| Some(*one) != withheld).collect();
            let token = Bank::token(person, permissions);
            for (kind, approve, reject, data) in [
                ("Approval", "ApproveCustomerCommand", "RejectCustomerCommand", &approval),
                ("Document", "ApproveIdentityDocumentCommand", "RejectIdentityDocumentCommand", &review),
            ] {
                let item = queue(&bank, &token, json!({ "kind": kind })).await.data()["items"][0].clone();
                let tried = async |name: &str, more: Value| {
                    let data = data.clone().with(more);
                    let body = json!({ "commandName": name, "data": data, "dryRun": true });
                    bank.post("/api/bpm/cmd", &token, &body, &[]).await
                };
                let approved = tried(approve, json!({})).await;
                let known: Vec<&str> =
                    if kind == "Approval" { vec!["rejectionReason"] } else { vec!["comment"] };
                let mut reason = comment.clone();
                reason.as_object_mut().unwrap().retain(|name, _| known.contains(&&**name));
                let rejected = tried(reject, reason).await;
                let may = |answer: &Answer| answer.status == 200;
                let context = format!("{person} without {withheld:?}, {kind}");
                assert_eq!(item["decidable"], may(&approved) || may(&rejected), "{context}");
                assert_eq!(item["blockedBy"].as_array().unwrap().is_empty(), may(&approved), "{context}");
                decidable += usize::from(item["decidable"] == true);
                blocked += usize::from(!may(&approved));
            }
        }
    }
    assert!(decidable >= 6 && blocked >= 6, "{decidable} decidable, {blocked} blocked");
}

#[tokio::test]
async fn values_that_others_have_by_now_block_an_approval() {
    let bank = Bank::open().await;
    let number = bank.approved().await;
    let corrected =
        json!({ "contactEncodedKey": number, "identificationNumber": "B7654321", "reason": "Because." });
    let amendment = bank.maker("CorrectContactCommand", corrected).await.data()["amendmentId"].clone();
    let document = bank.submit(passport(&number).with(json!({ "idNumber": "C7654321" }))).await;
    let approvals = [
        ("Amendment", "ApproveAmendmentCommand", json!({ "amendmentId": amendment })),
        ("Document", "ApproveIdentityDocumentCommand", json!({ "identityId": document })),
    ];
    for (kind, ..) in &approvals {
        assert_eq!(items(&bank, "checker", json!({ "kind": kind })).await[0]["blockedBy"], json!([]));
    }
    for (n, taken) in [(5, "B7654321"), (6, "C7654321")] {
        let kind = json!({ "identificationType": "International Passport", "identificationNumber": taken });
        bank.maker("CreateContactCommand", applicant(n).with(kind)).await.data();
    }
    for (kind, name, data) in approvals {
        let item = items(&bank, "checker", json!({ "kind": kind })).await[0].clone();
        assert_eq!(item["decidable"], true, "{kind}: it may be rejected");
        let refused = bank.checker(name, data).await;
        assert_eq!(refused.codes(), ["duplicate_identification"], "{kind}");
        assert_eq!(item["blockedBy"][0]["code"], "duplicate_identification", "{kind}");
    }
}

#[tokio::test]
async fn reviews_and_expiring_documents_wait_with_their_ids() {
    let bank = Bank::open().await;
    let number = bank.approved().await;
    let document = bank.submit(passport(&number).with(json!({ "expiryDate": "2026-01-20" }))).await;
    let lines =
        json!({ "addressLine1": "1 Broad Street", "city": "Lagos", "state": "Lagos", "country": "NG" });
    let home = json!({ "contactEncodedKey": number }).with(lines);
    let address = bank.maker("CreateAddressInformationCommand", home).await.data()["addressId"].clone();
    let correct = json!({ "contactEncodedKey": number, "gender": "Other", "reason": "Because." });
    let amendment = bank.maker("CorrectContactCommand", correct).await.data()["amendmentId"].clone();
    for (kind, member, id) in [
        ("Document", "identityId", &json!(document)),
        ("Address", "addressId", &address),
        ("Amendment", "amendmentId", &amendment),
    ] {
        let seen = items(&bank, "checker", json!({ "kind": kind })).await;
        assert_eq!((seen.len(), &seen[0][member], &seen[0]["decidable"]), (1, id, &json!(true)), "{kind}");
        let own = items(&bank, "maker", json!({ "kind": kind, "mine": "hide" })).await;
        assert_eq!(own, [] as [Value; 0], "{kind}");
    }
    assert_eq!(items(&bank, "checker", json!({ "kind": "Expiring" })).await, [] as [Value; 0]);

    bank.checker("ApproveIdentityDocumentCommand", json!({ "identityId": document })).await.data();
    bank.clients.watch_expiry().await.unwrap();
    let seen = items(&bank, "maker", json!({ "kind": "Expiring", "mine": "hide" })).await;
    assert_eq!((&seen[0]["identityId"], &seen[0]["expiryDate"]), (&json!(document), &json!("2026-01-20")));
    assert_eq!((&seen[0]["since"], &seen[0]["ageDays"]), (&Value::Null, &Value::Null));
    assert_eq!(seen[0]["decidable"], true, "the maker submits another one");
    assert_eq!(items(&bank, "checker", json!({ "kind": "Document" })).await, [] as [Value; 0]);
}

#[tokio::test]
async fn documents_are_shown_to_readers_of_kyc_information_only() {
    let bank = Bank::open().await;
    let number = bank.pending().await;
    bank.submit(passport(&number)).await;
    bank.maker("RequestCustomerApprovalCommand", json!({ "contactEncodedKey": number })).await.data();
    let reader = Bank::token("reader", [Permission::Read].into_iter().collect());
    for kind in ["Document", "Address", "Expiring"] {
        let answer = queue(&bank, &reader, json!({ "kind": kind })).await;
        assert_eq!((answer.status, answer.codes()), (403, vec!["permission_missing".to_owned()]), "{kind}");
    }
    let shown = queue(&bank, &reader, json!({ "kind": "Approval" })).await.data();
    assert_eq!(shown["items"][0]["decidable"], false);
    let blockers = shown["items"][0]["blockedBy"].as_array().unwrap().clone();
    assert!(blockers.iter().any(|blocker| blocker["permission"] == "customers.approve"), "{blockers:?}");
    let kyc = Bank::token("kyc", [Permission::KycRead].into_iter().collect());
    assert_eq!(
        queue(&bank, &kyc, json!({ "kind": "Document" })).await.status,
        403,
        "the client is shown too"
    );
}

#[tokio::test]
async fn pages_return_every_item_once() {
    let bank = Bank::open().await;
    let mut expected = Vec::new();
    for n in 2..9 {
        expected.push(requested(&bank, n).await);
    }
    let token = Bank::everything("checker");
    let (mut walked, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let data = json!({ "kind": "Approval", "pageSize": 2, "cursor": cursor });
        let page = queue(&bank, &token, data).await.data();
        walked.extend(numbers(page["items"].as_array().unwrap()).into_iter().map(str::to_owned));
        cursor = page["nextCursor"].clone();
        if cursor.is_null() {
            break;
        }
        for other in [json!({ "kind": "Document" }), json!({ "kind": "Approval", "branchEncodedKey": "x" })] {
            let misused = queue(&bank, &token, other.with(json!({ "cursor": cursor }))).await;
            assert_eq!(misused.codes(), ["cursor_invalid"]);
        }
    }
    assert_eq!(walked, expected);
}

#[tokio::test]
async fn claim_names_its_holder_and_refuses_no_decision() {
    let bank = Bank::open().await;
    let number = requested(&bank, 2).await;
    let item = json!({ "contactEncodedKey": number });
    let before = bank.query("RetrieveContactByIdQuery", json!({ "customerNumber": number })).await.data();
    let claimed = bank.checker("ClaimWorkItemCommand", item.clone()).await.data();
    assert_eq!(claimed["claimedUntil"], "2026-01-05T09:10:00Z");

    let other = Bank::everything("other");
    let refused = bank.command(&other, "ClaimWorkItemCommand", item.clone(), &[]).await;
    assert_eq!((refused.status, refused.codes()), (409, vec!["claimed_by_another".to_owned()]));
    assert_eq!(refused.details()["claimedBy"], "checker@example.com");
    assert_eq!(refused.details()["claimedUntil"], "2026-01-05T09:10:00Z");
    let shown = items(&bank, "other", json!({ "kind": "Approval" })).await;
    assert_eq!(
        (&shown[0]["claimedBy"], &shown[0]["claimedByMe"]),
        (&json!("checker@example.com"), &json!(false))
    );
    assert_eq!(items(&bank, "checker", json!({ "kind": "Approval" })).await[0]["claimedByMe"], true);
    let released = bank.command(&other, "ReleaseWorkItemCommand", item.clone(), &[]).await.data();
    assert_eq!(released["released"], false, "it is another person's");

    // Renewed, and ended by the clock.
    bank.clock.advance(Duration::from_mins(5));
    let renewed = bank.checker("ClaimWorkItemCommand", item.clone()).await.data();
    assert_eq!(renewed["claimedUntil"], "2026-01-05T09:15:00Z");
    bank.clock.advance(Duration::from_mins(10));
    assert_eq!(items(&bank, "other", json!({ "kind": "Approval" })).await[0]["claimedBy"], Value::Null);
    bank.command(&other, "ClaimWorkItemCommand", item.clone(), &[]).await.data();
    let released = bank.command(&other, "ReleaseWorkItemCommand", item.clone(), &[]).await.data();
    assert_eq!(released["released"], true);
    bank.command(&other, "ClaimWorkItemCommand", item.clone(), &[]).await.data();

    let after = bank.query("RetrieveContactByIdQuery", json!({ "customerNumber": number })).await.data();
    assert_eq!(after["version"], before["version"]);
    bank.checker("ApproveCustomerCommand", item.clone()).await.data();
    let ended = bank.command(&other, "ClaimWorkItemCommand", item.clone(), &[]).await;
    assert_eq!(ended.codes(), ["not_waiting"]);
    assert_eq!(bank.command(&other, "ReleaseWorkItemCommand", item, &[]).await.data()["released"], true);
}

/// Two instances whose clocks differ by a minute agree on when a claim ends.
#[tokio::test]
async fn claim_ends_by_the_clock_of_the_storage() {
    let bank = Bank::open().await;
    let item = json!({ "contactEncodedKey": requested(&bank, 2).await });
    let storage_is_at = async |time: &str| {
        bank.store.faults().server_time(time.parse().unwrap());
        bank.clients.compare_clocks().await.unwrap();
    };
    // An instance whose clock is 50 seconds ahead claims; one whose clock is right takes over.
    storage_is_at("2026-01-05T08:59:10Z").await;
    let claimed = bank.checker("ClaimWorkItemCommand", item.clone()).await.data();
    assert_eq!(claimed["claimedUntil"], "2026-01-05T09:09:10Z");
    let other = Bank::everything("other");
    for (seconds, status) in [(549, 409), (1, 200)] {
        bank.clock.advance(Duration::from_secs(seconds));
        storage_is_at(&client_app::ports::Clock::now(&bank.clock).to_string()).await;
        assert_eq!(bank.command(&other, "ClaimWorkItemCommand", item.clone(), &[]).await.status, status);
    }
    // An instance whose clock is behind shows the claim and releases it.
    storage_is_at("2026-01-05T09:10:00Z").await;
    assert_eq!(items(&bank, "other", json!({ "kind": "Approval" })).await[0]["claimedByMe"], true);
    assert_eq!(bank.command(&other, "ReleaseWorkItemCommand", item, &[]).await.data()["released"], true);
}

#[tokio::test]
async fn claims_are_repeated_and_tried_as_other_commands_are() {
    let bank = Bank::open().await;
    let item = json!({ "contactEncodedKey": requested(&bank, 2).await });
    let checker = Bank::everything("checker");
    let key = [("Idempotency-Key", "k-1")];
    let first = bank.command(&checker, "ClaimWorkItemCommand", item.clone(), &key).await.data();
    bank.clock.advance(Duration::from_mins(1));
    let again = bank.command(&checker, "ClaimWorkItemCommand", item.clone(), &key).await;
    assert_eq!((again.data(), again.header("idempotency-replayed")), (first, Some("true")));
    let another = json!({ "contactEncodedKey": requested(&bank, 3).await });
    let reused = bank.command(&checker, "ClaimWorkItemCommand", another.clone(), &key).await;
    assert_eq!(reused.codes(), ["idempotency_key_reused"]);
    let versioned =
        bank.command(&checker, "ClaimWorkItemCommand", another.clone(), &[("If-Match", "\"2\"")]).await;
    assert_eq!(versioned.codes(), ["header_not_applicable"]);

    let body = json!({ "commandName": "ClaimWorkItemCommand", "data": another, "dryRun": true });
    let dry = bank.post("/api/bpm/cmd", &checker, &body, &[]).await.data();
    assert_eq!(dry["dryRun"], true);
    let shown = items(&bank, "checker", json!({ "kind": "Approval" })).await;
    assert_eq!((&shown[0]["claimedByMe"], &shown[1]["claimedByMe"]), (&json!(true), &json!(false)));
}
