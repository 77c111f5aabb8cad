//! Codes of reasons, on the wire: every command with a reason, on both stores.

mod final_rejection;
mod listed;

use client_app::ports::{Outbox as _, ReceiverName};
use client_app::{Caller, IdempotencyKey, RequestContext, RequestId};
use client_domain::kyc::KycPolicy;
use client_domain::reason::ReasonedOperation;
use client_domain::{Actor, Permissions};
use client_wire::{Operations as _, read_kyc_policy};
use serde_json::{Value, json};

use final_rejection::reject_document;

use crate::bank::{Bank, NOW, Setup, With as _, adaeze};
use crate::kyc_documents::fixtures::{Postgres, home, passport};
use crate::replies::check;

/// Two codes that are accepted and a retired one, for every operation; for documents the second one is final.
fn coded() -> KycPolicy {
    let list = |operation: ReasonedOperation| {
        json!([
            { "code": "first", "text": format!("First of {}", operation.name()) },
            { "code": "last", "text": "Last", "final": operation.can_be_final() },
            { "code": "former", "text": "Former", "retired": true },
        ])
    };
    let lists: serde_json::Map<_, _> =
        ReasonedOperation::ALL.map(|one| (one.name().to_owned(), list(one))).into_iter().collect();
    policy(&json!({ "version": "coded", "reasons": lists }))
}

fn policy(file: &Value) -> KycPolicy {
    read_kyc_policy(file.as_object().unwrap()).unwrap()
}

/// A command with a reason, ready to be sent by the checker.
struct Sending {
    command: &'static str,
    data: Value,
    /// The entry of the explanation that offers its codes.
    action: &'static str,
    number: String,
}

/// A client in a state that allows the operation, and the command without a code. The bank must list no codes.
async fn prepared(bank: &Bank, operation: ReasonedOperation) -> Sending {
    let number = bank.pending().await;
    let key = json!({ "contactEncodedKey": number });
    let reason = key.clone().with(json!({ "reason": "As the letter says." }));
    let sending = |command, action, data: &Value| {
        let (data, number) = (data.clone(), number.clone());
        Sending { command, data, action, number }
    };
    let approve = async || {
        bank.checker("ApproveCustomerCommand", key.clone()).await.data();
    };
    match operation.name() {
        "reject" => {
            let data = key.with(json!({ "rejectionReason": "As the letter says." }));
            sending("RejectCustomerCommand", "reject", &data)
        }
        "undoReject" => {
            bank.checker("RejectCustomerCommand", key.with(json!({ "rejectionReason": "Forged." })))
                .await
                .data();
            sending("UndoRejectCustomerCommand", "undoReject", &reason)
        }
        "withdraw" => sending("WithdrawCustomerCommand", "withdraw", &reason),
        "blacklist" => {
            approve().await;
            sending("BlacklistCustomerCommand", "blacklist", &reason)
        }
        "undoBlacklist" => {
            approve().await;
            bank.maker("BlacklistCustomerCommand", reason.clone()).await.data();
            sending("UndoBlacklistCustomerCommand", "undoBlacklist", &reason)
        }
        "exit" => {
            approve().await;
            sending("ExitCustomerCommand", "exit", &reason)
        }
        "return" => {
            approve().await;
            bank.checker("ExitCustomerCommand", reason.clone()).await.data();
            sending("ReturnCustomerCommand", "return", &reason)
        }
        "correct" => {
            approve().await;
            sending("CorrectContactCommand", "correct", &reason.with(json!({ "gender": "Other" })))
        }
        "rejectDocument" => {
            let id = bank.submit(passport(&number)).await;
            let data = json!({ "identityId": id, "comment": "It is blurred." });
            sending("RejectIdentityDocumentCommand", "reviewKyc", &data)
        }
        "rejectAddress" => {
            let submitted = bank.maker("CreateAddressInformationCommand", home(&number)).await.data();
            let data = json!({ "addressId": submitted["addressId"], "comment": "There is no such house." });
            sending("RejectCustomerAddressInformationCommand", "reviewKyc", &data)
        }
        "rejectAmendment" => {
            approve().await;
            let correction = reason.with(json!({ "gender": "Other" }));
            let id = bank.maker("CorrectContactCommand", correction).await.data()["amendmentId"].clone();
            sending("RejectAmendmentCommand", "decideAmendment", &json!({ "amendmentId": id }))
        }
        other => panic!("no command is known for {other}"),
    }
}

/// The command under another policy, without a socket in between.
async fn send_under(bank: &Bank, kyc: &KycPolicy, sending: &Sending, more: Value) -> Result<Value, Value> {
    let clients = bank.clients.clone().with_kyc_policy(kyc.clone());
    let mut data = sending.data.clone().with(more);
    let dry_run = data.as_object_mut().unwrap().remove("dryRun").is_some();
    let key = data.as_object_mut().unwrap().remove("key");
    let key = key.map(|key| IdempotencyKey::parse(key.as_str().unwrap()).unwrap());
    let caller = Caller::new(Actor::parse("checker").unwrap(), Permissions::all());
    let context = RequestContext {
        dry_run,
        idempotency_key: key,
        ..RequestContext::new(caller, RequestId::parse("r-1").unwrap())
    };
    let sent = clients.command_by_name(sending.command, data.as_object().unwrap().clone(), context).await;
    sent.map(|reply| reply.data.into_value()).map_err(|failure| {
        assert_eq!(failure.status.http(), 400);
        let items = failure.items.iter();
        items.map(|item| json!([item.field, item.code.name(), item.details.get("choices")])).collect()
    })
}

async fn explained(bank: &Bank, kyc: &KycPolicy, sending: &Sending) -> Value {
    let clients = bank.clients.clone().with_kyc_policy(kyc.clone());
    let caller = Caller::new(Actor::parse("checker").unwrap(), Permissions::all());
    let key = json!({ "contactEncodedKey": sending.number }).as_object().unwrap().clone();
    let actions = clients.query_by_name("RetrieveContactActionsQuery", key, caller).await.unwrap().data;
    let entries = actions["actions"].as_array().unwrap();
    entries.iter().find(|entry| entry["action"] == sending.action).unwrap().clone()
}

/// Explanation, dry run and command agree about the codes of an operation.
async fn walk(bank: &Bank, operation: ReasonedOperation) {
    let sending = prepared(bank, operation).await;
    let (none, kyc) = (KycPolicy::default(), coded());
    let refused = |field: &str, code: &str, choices: Value| Err(json!([[field, code, choices]]));
    let name = operation.name();
    let accepted = json!(["first", "last"]);

    let free = explained(bank, &none, &sending).await;
    assert_eq!((free.get("reasonCodes"), &free["allowed"]), (None, &json!(true)), "{name}");
    let offered = explained(bank, &kyc, &sending).await["reasonCodes"].clone();
    let offered = offered.as_array().unwrap().iter().filter(|choice| choice["operation"] == name);
    let offered: Value = offered.map(|choice| choice["code"].clone()).collect();
    assert_eq!(offered, accepted, "{name}");

    for dry in [json!({ "dryRun": true }), json!({})] {
        let with = |code: Value| dry.clone().with(json!({ "reasonCode": code }));
        let answer = send_under(bank, &none, &sending, with(json!("first"))).await;
        assert_eq!(answer, refused("reasonCode", "unknown_reason_code", json!([])), "{name}");
        let answer = send_under(bank, &kyc, &sending, dry.clone()).await;
        assert_eq!(answer, refused("reasonCode", "required", accepted.clone()), "{name}");
        for wrong in ["former", "FIRST", "other"] {
            let answer = send_under(bank, &kyc, &sending, with(json!(wrong))).await;
            assert_eq!(
                answer,
                refused("reasonCode", "unknown_reason_code", accepted.clone()),
                "{name} {wrong}"
            );
        }
        let answer = send_under(bank, &kyc, &sending, with(json!("two words"))).await;
        assert_eq!(answer, refused("reasonCode", "format", Value::Null), "{name}");
        // All wrong members are named together.
        let both = with(json!("other")).with(json!({ "nickname": "x" }));
        let fields = send_under(bank, &kyc, &sending, both).await.unwrap_err();
        let fields: Vec<_> = fields.as_array().unwrap().iter().map(|item| item[0].clone()).collect();
        assert_eq!(fields, ["nickname", "reasonCode"], "{name}");
    }

    let good = json!({ "reasonCode": "first", "key": format!("key-{name}") });
    send_under(bank, &kyc, &sending, json!({ "reasonCode": "last", "dryRun": true })).await.unwrap();
    let done = send_under(bank, &kyc, &sending, good.clone()).await.unwrap();
    // What was done is replayed, though the catalogue has changed since.
    assert_eq!(send_under(bank, &none, &sending, good).await.unwrap(), done, "{name}");
    // A return is a line of the new client.
    let number = done["customerNumber"].as_str().unwrap_or(&sending.number);
    let lines = bank.history_of(number).await;
    assert_eq!(lines[0]["reasonCode"], "first", "{name}");
    assert_eq!(lines[0]["reasonText"], format!("First of {name}"), "{name}");
    assert!(lines.iter().skip(1).all(|line| line.get("reasonCode").is_none()), "{name}");
    let history = json!({ "contactEncodedKey": number });
    check("RetrieveContactHistoryQuery", &bank.query("RetrieveContactHistoryQuery", history).await);
    // The next client has the same e-mail address and identification.
    end(bank, number).await;
}

/// Ends a client, whatever its state is.
async fn end(bank: &Bank, number: &str) {
    let key = json!({ "contactEncodedKey": number });
    for (name, more) in [
        ("RejectCustomerCommand", json!({ "rejectionReason": "Over." })),
        ("ExitCustomerCommand", json!({ "reason": "Over." })),
    ] {
        if bank.checker(name, key.clone().with(more)).await.status == 200 {
            return;
        }
    }
}

#[tokio::test]
async fn every_command_with_a_reason_takes_a_code_of_the_catalogue_in_memory() {
    let bank = Bank::open().await;
    for operation in ReasonedOperation::ALL {
        walk(&bank, operation).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_with_a_reason_takes_a_code_of_the_catalogue_in_postgresql() {
    let postgres = Postgres::start().await;
    let bank = postgres.bank(KycPolicy::default()).await;
    for operation in ReasonedOperation::ALL {
        walk(&bank, operation).await;
    }
}

#[tokio::test]
async fn history_keeps_the_text_of_its_day_and_events_carry_the_code_alone() {
    let list = |text: &str| {
        let codes = json!([{ "code": "sanctions", "text": text }, { "code": "fraud", "text": "Fraud" }]);
        policy(&json!({ "version": "v", "reasons": { "blacklist": codes } }))
    };
    let bank = Bank::with(Setup { kyc_policy: list("Named on a list"), ..Setup::default() }).await;
    let number = bank.approved().await;
    let data =
        json!({ "contactEncodedKey": number, "reason": "A secret letter.", "reasonCode": "sanctions" });
    bank.checker("BlacklistCustomerCommand", data).await.data();

    let renamed = bank.clients.clone().with_kyc_policy(list("Under sanctions"));
    let caller = Caller::new(Actor::parse("reader").unwrap(), Permissions::all());
    let key = json!({ "contactEncodedKey": number }).as_object().unwrap().clone();
    let history = renamed.query_by_name("RetrieveContactHistoryQuery", key, caller).await.unwrap().data;
    let line = &history["entries"][0];
    assert_eq!((&line["reason"], &line["reasonCode"]), (&json!("A secret letter."), &json!("sanctions")));
    assert_eq!(line["reasonText"], "Named on a list");

    let (now, later) = (NOW.parse().unwrap(), "2026-01-05T10:00:00Z".parse().unwrap());
    let taken = bank.store.take(&ReceiverName::DEFAULT, 100, now, later).await.unwrap();
    let events: Vec<_> = taken.iter().map(|taken| taken.event.to_cloud_event()["data"].clone()).collect();
    assert_eq!(events.last().unwrap()["reasonCode"], "sanctions");
    assert!(events.iter().rev().skip(1).all(|event| event.get("reasonCode").is_none()));
    let all = json!(events).to_string();
    assert!(!all.contains("secret") && !all.contains("Named"));
}

#[tokio::test]
async fn code_of_a_correction_is_shown_with_its_amendment_and_codes_of_reviews_need_the_permission() {
    let bank = Bank::with(Setup { kyc_policy: coded(), ..Setup::default() }).await;
    let number = bank.approved().await;
    let key = json!({ "contactEncodedKey": number });
    let reason = json!({ "gender": "Other", "reason": "Typed wrongly.", "reasonCode": "first" });
    bank.maker("CorrectContactCommand", key.clone().with(reason)).await.data();
    let open = bank.query("GetCustomerAmendmentsQuery", key.clone()).await;
    check("GetCustomerAmendmentsQuery", &open);
    assert_eq!(open.data()["amendments"][0]["reasonText"], "First of correct");

    let id = bank.submit(passport(&number)).await;
    reject_document(&bank, &id, "last").await.data();
    let all_but = |lacking| Permissions::all().iter().filter(|one| *one != lacking).collect::<Permissions>();
    let token = Bank::token("auditor", all_but(client_domain::Permission::KycRead));
    let body = json!({ "queryName": "RetrieveContactHistoryQuery", "data": key });
    let shown = bank.post("/api/bpm/qry", &token, &body, &[]).await.data();
    let lines = shown["entries"].as_array().unwrap();
    assert_eq!((lines[0]["event"].as_str(), lines[0].get("reasonCode")), (Some("KycDocumentRejected"), None));
    assert!(lines.iter().any(|line| line["reasonCode"] == "first"));
    for (query, data) in [("RetrieveContactActionsQuery", key), ("RetrieveKycPolicyQuery", json!({}))] {
        check(query, &bank.query(query, data).await);
    }
}

#[tokio::test]
async fn bank_without_a_catalogue_answers_as_before() {
    let bank = Bank::open().await;
    bank.maker("CreateContactCommand", adaeze()).await.data();
    let data = json!({ "contactEncodedKey": "CUST1000001", "rejectionReason": "Not genuine." });
    bank.checker("RejectCustomerCommand", data).await.data();
    let policy = bank.query("RetrieveKycPolicyQuery", json!({})).await.data();
    assert_eq!(policy["reasons"], json!({}));
}
