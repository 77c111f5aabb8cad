//! No single person passes four eyes by any sequence of commands; over a real socket, in memory and on PostgreSQL.

use client_app::Policy;
use client_domain::kyc::KycPolicy;
use client_domain::{Permission, Permissions};
use document_inspection::samples;
use serde_json::{Value, json};

use crate::bank::{Answer, Bank, Setup, With as _};
use crate::kyc_documents::fixtures::{Postgres, bill, home, passport};

/// Both stores, each with a bank of its own.
async fn banks() -> (Postgres, [Bank; 2]) {
    let postgres = Postgres::start().await;
    let durable = postgres.bank(KycPolicy::default()).await;
    (postgres, [Bank::open().await, durable])
}

async fn sent(bank: &Bank, who: &str, name: &str, data: Value) -> Answer {
    bank.command(&Bank::everything(who), name, data, &[]).await
}

async fn approve(bank: &Bank, who: &str, number: &str) -> Answer {
    sent(bank, who, "ApproveCustomerCommand", json!({ "contactEncodedKey": number })).await
}

async fn sent_query(bank: &Bank, who: &str, number: &str) -> Value {
    let data = json!({ "contactEncodedKey": number });
    let body = json!({ "queryName": "GetCustomerIdentityDetailsQuery", "data": data });
    bank.post("/api/bpm/qry", &Bank::everything(who), &body, &[]).await.data()
}

#[track_caller]
fn refused_for(answer: &Answer, touched: &[&str]) {
    assert_eq!((answer.status, answer.codes()), (403, vec!["four_eyes".to_owned()]), "{}", answer.body);
    assert_eq!(answer.details()["unmet"][0]["touched"], json!(touched));
}

#[tokio::test(flavor = "multi_thread")]
async fn editor_does_not_approve_own_edit() {
    let (_server, banks) = banks().await;
    for bank in banks {
        let number = bank.pending().await;
        let edit =
            json!({ "contactEncodedKey": number, "firstName": "Ada", "emailAddress": "ada@example.com" });
        sent(&bank, "editor", "UpdateContactCommand", edit).await.data();
        refused_for(&approve(&bank, "editor", &number).await, &["updated"]);
        refused_for(&approve(&bank, "EDITOR", &number).await, &["updated"]);
        refused_for(&approve(&bank, "ｅｄｉｔｏｒ", &number).await, &["updated"]);
        approve(&bank, "checker", &number).await.data();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn caller_who_undoes_a_blacklisting_does_not_approve() {
    let (_server, banks) = banks().await;
    for bank in banks {
        let number = bank.approved().await;
        let reason = json!({ "contactEncodedKey": number, "reason": "Because." });
        sent(&bank, "checker", "BlacklistCustomerCommand", reason.clone()).await.data();
        sent(&bank, "checker", "UndoBlacklistCustomerCommand", reason).await.data();
        refused_for(&approve(&bank, "checker", &number).await, &["blacklisted", "blacklistLifted"]);
        approve(&bank, "other", &number).await.data();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn submitter_of_documents_or_addresses_does_not_approve() {
    let (_server, banks) = banks().await;
    for bank in banks {
        let number = bank.pending().await;
        let document =
            sent(&bank, "uploader", "CreateIdentityDocumentCommand", passport(&number)).await.data();
        sent(&bank, "mover", "CreateAddressInformationCommand", home(&number)).await.data();
        let id = document["identityId"].as_str().unwrap();
        let put = bank.http().put(bank.content_url(id)).bearer_auth(Bank::everything("replacer"));
        Answer::of(put.header("Content-Type", "image/png").body(samples::png())).await.data();
        refused_for(&approve(&bank, "uploader", &number).await, &["documents"]);
        refused_for(&approve(&bank, "replacer", &number).await, &["documents"]);
        refused_for(&approve(&bank, "mover", &number).await, &["addresses"]);
        for who in ["uploader", "REPLACER"] {
            let own = sent(&bank, who, "ApproveIdentityDocumentCommand", json!({ "identityId": id })).await;
            assert_eq!(own.codes(), ["four_eyes"], "{who}");
        }
        approve(&bank, "checker", &number).await.data();
    }
}

/// An uploader does not review its own bytes, even if another person has uploaded the same bytes since.
#[tokio::test(flavor = "multi_thread")]
async fn former_uploader_does_not_review_the_document() {
    let (_server, banks) = banks().await;
    for bank in banks {
        let number = bank.pending().await;
        let document = sent(&bank, "alice", "CreateIdentityDocumentCommand", bill(&number)).await.data();
        let id = document["identityId"].as_str().unwrap();
        let file = samples::pdf_of(4_096);
        for who in ["bob", "carol"] {
            let put = bank.http().put(bank.content_url(id)).bearer_auth(Bank::everything(who));
            let put = put.header("Content-Type", "application/pdf").body(file.clone());
            Answer::of(put).await.data();
        }
        let listed = sent_query(&bank, "checker", &number).await;
        let seen = listed["documents"][0]["contentSha256"].clone();
        for who in ["alice", "bob", "BOB", "carol"] {
            for name in ["ApproveIdentityDocumentCommand", "RejectIdentityDocumentCommand"] {
                let review = json!({ "identityId": id, "contentSha256": seen, "comment": "Seen." });
                let own = sent(&bank, who, name, review).await;
                assert_eq!((own.status, own.codes()), (403, vec!["four_eyes".to_owned()]), "{who} {name}");
                assert_eq!(own.details()["unmet"][0]["code"], "own_upload", "{who} {name}");
            }
        }
        let review = json!({ "identityId": id, "contentSha256": seen });
        sent(&bank, "checker", "ApproveIdentityDocumentCommand", review).await.data();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn change_withdraws_the_approval_request() {
    let (_server, banks) = banks().await;
    for bank in banks {
        let number = bank.pending().await;
        let key = json!({ "contactEncodedKey": number });
        let changes = [
            ("UpdateContactCommand", key.clone().with(json!({ "city": "Abuja" }))),
            ("CreateIdentityDocumentCommand", passport(&number)),
            ("CreateAddressInformationCommand", home(&number)),
        ];
        for (name, data) in changes {
            bank.maker("RequestCustomerApprovalCommand", key.clone()).await.data();
            let answer = bank.maker(name, data).await.data();
            assert_eq!(answer["approvalRequestWithdrawn"], true, "{name}");
            let shown = bank.query("RetrieveContactByIdQuery", json!({ "id": 1 })).await.data();
            assert_eq!(shown["approvalStatus"], Value::Null, "{name}");
            let pending =
                json!({ "propertyName": "approvalStatus", "operator": "Equals", "value": "Pending" });
            let listed = bank.query("RetrieveContactListQuery", json!({ "filters": [pending] })).await.data();
            assert_eq!(listed["totalCount"], 0, "{name}");
            let fields = bank.history_of(&number).await[0]["changedFields"].clone();
            assert!(fields.as_array().unwrap().contains(&json!("approvalStatus")), "{name}: {fields}");
        }
        let again = bank.maker("UpdateContactCommand", key.with(json!({ "city": "Jos" }))).await.data();
        assert_eq!(again.get("approvalRequestWithdrawn"), None, "there was nothing to withdraw");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn review_that_names_a_replaced_file_is_refused() {
    let (_server, banks) = banks().await;
    for bank in banks {
        let number = bank.pending().await;
        let seen = bank.maker("CreateIdentityDocumentCommand", bill(&number)).await.data();
        let id = seen["identityId"].as_str().unwrap().to_owned();
        let other = bank.put(&id, samples::pdf_of(4_096)).header("Content-Type", "application/pdf");
        Answer::of(other).await.data();
        for (name, extra) in [
            ("ApproveIdentityDocumentCommand", json!({})),
            ("RejectIdentityDocumentCommand", json!({ "comment": "Blurred." })),
        ] {
            let review = json!({ "identityId": id, "contentSha256": seen["contentSha256"] }).with(extra);
            let stale = bank.checker(name, review).await;
            assert_eq!((stale.status, stale.codes()), (409, vec!["content_changed".to_owned()]));
        }
        let now = bank.query("GetCustomerIdentityDetailsQuery", json!({ "contactEncodedKey": number })).await;
        let now = now.data()["documents"][0]["contentSha256"].clone();
        let capitals = now.as_str().unwrap().to_uppercase();
        let review = json!({ "identityId": id, "contentSha256": capitals });
        let reviewed = bank.checker("ApproveIdentityDocumentCommand", review).await.data();
        assert_eq!(reviewed["verificationStatusDesc"], "APPROVED");
    }
}

#[tokio::test]
async fn decisions_can_be_required_to_name_the_reviewed_content() {
    let policy = Policy { decisions_need_version: true, ..Policy::default() };
    let bank = Bank::with(Setup { policy, ..Setup::default() }).await;
    let number = bank.pending().await;
    let document = bank.maker("CreateIdentityDocumentCommand", passport(&number)).await.data();
    let address = bank.maker("CreateAddressInformationCommand", home(&number)).await.data();
    let checker = Bank::everything("checker");
    let key = json!({ "contactEncodedKey": number });
    let unseen = bank.checker("ApproveCustomerCommand", key.clone()).await;
    assert_eq!((unseen.status, unseen.codes()), (400, vec!["version_required".to_owned()]));
    assert_eq!(unseen.body["errors"][0]["field"], "If-Match");
    for (name, data) in [
        ("ApproveIdentityDocumentCommand", json!({ "identityId": document["identityId"] })),
        ("ApproveCustomerAddressInformationCommand", json!({ "addressId": address["addressId"] })),
    ] {
        assert_eq!(bank.checker(name, data).await.codes(), ["version_required"], "{name}");
    }
    let by_digest =
        json!({ "identityId": document["identityId"], "contentSha256": document["contentSha256"] });
    // The digest says nothing of the name that the document is approved for.
    let unseen = bank.checker("ApproveIdentityDocumentCommand", by_digest.clone()).await;
    assert_eq!(unseen.codes(), ["version_required"]);
    bank.maker("UpdateContactCommand", key.clone().with(json!({ "lastName": "Eze" }))).await.data();
    let approve = async |version: &str| {
        let headers = [("If-Match", version)];
        bank.command(&checker, "ApproveIdentityDocumentCommand", by_digest.clone(), &headers).await
    };
    assert_eq!(approve("\"3\"").await.codes(), ["stale_version"]);
    approve("\"4\"").await.data();
    // A rejection is about the file alone.
    let other = bank.maker("CreateIdentityDocumentCommand", passport(&number)).await.data();
    let by_digest = json!({
        "identityId": other["identityId"], "contentSha256": other["contentSha256"], "comment": "Blurred."
    });
    bank.checker("RejectIdentityDocumentCommand", by_digest).await.data();
    let by_version = json!({ "addressId": address["addressId"] });
    let name = "ApproveCustomerAddressInformationCommand";
    bank.command(&checker, name, by_version, &[("If-Match", "\"7\"")]).await.data();
    // An update need not name a version.
    bank.maker("UpdateContactCommand", key.clone().with(json!({ "city": "Abuja" }))).await.data();
    let stale = bank.command(&checker, "ApproveCustomerCommand", key.clone(), &[("If-Match", "\"8\"")]).await;
    assert_eq!(stale.codes(), ["stale_version"]);
    bank.command(&checker, "ApproveCustomerCommand", key, &[("If-Match", "\"9\"")]).await.data();
}

/// The allowed actions match the commands, and differ between callers.
#[tokio::test]
async fn allowed_actions_depend_on_the_caller() {
    let bank = Bank::open().await;
    let number = bank.pending().await;
    bank.maker("CreateIdentityDocumentCommand", passport(&number)).await.data();
    let shown = async |token: &str| {
        let body = json!({ "queryName": "RetrieveContactByIdQuery", "data": { "id": 1 } });
        bank.post("/api/bpm/qry", token, &body, &[]).await.data()["allowedActions"].clone()
    };
    let looks = [Permission::Read].into_iter().collect::<Permissions>();
    assert_eq!(shown(&Bank::token("clerk", looks)).await, json!(["view"]));
    let own = json!([
        "view",
        "update",
        "correct",
        "requestApproval",
        "changeKyc",
        "requestDocuments",
        "reject",
        "withdraw"
    ]);
    assert_eq!(shown(&Bank::everything("maker")).await, own);
    let others = json!([
        "view",
        "update",
        "correct",
        "requestApproval",
        "verifyContactPoint",
        "changeKyc",
        "reviewKyc",
        "requestDocuments",
        "approve",
        "reject",
        "withdraw"
    ]);
    assert_eq!(shown(&Bank::everything("checker")).await, others);
}
