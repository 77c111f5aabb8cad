//! Every code of the catalogue is provoked once, over a real socket.

use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use adapter_http::Limits;
use adapter_inmem::Fault;
use client_app::ports::{Branch, DocumentContents as _};
use client_app::{Check, CheckName, CheckState, DuplicateQuota, OnDuplicate, Policy, StandingCheck};
use client_domain::Permissions;
use client_domain::value::{AccountOfficerId, BranchKey};
use client_wire::Code;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::bank::{Answer, Bank, Setup, With as _, adaeze, applicant};

/// The codes that were seen.
#[derive(Default)]
struct Seen(BTreeSet<String>);

impl Seen {
    #[track_caller]
    fn expect(&mut self, code: Code, answer: &Answer) {
        let codes = answer.codes();
        assert!(codes.iter().any(|seen| seen == code.name()), "{} not in {codes:?}", code.name());
        if codes.len() == 1 {
            assert_eq!(answer.status, code.status().http(), "{}", code.name());
        }
        self.0.extend(codes);
    }
}

#[tokio::test]
async fn every_code_is_provoked() {
    let mut seen = Seen::default();
    bad_values(&mut seen).await;
    bad_requests(&mut seen).await;
    strangers(&mut seen).await;
    refusals(&mut seen).await;
    documents(&mut seen).await;
    unseen(&mut seen).await;
    limits(&mut seen).await;
    failures(&mut seen).await;
    let all: BTreeSet<_> = Code::ALL.iter().map(|code| code.name().to_owned()).collect();
    assert_eq!(all.difference(&seen.0).collect::<Vec<_>>(), [] as [&String; 0]);
}

async fn bad_values(seen: &mut Seen) {
    let bank = Bank::open().await;
    for (code, field, value) in [
        (Code::Required, "firstName", Value::Null),
        (Code::WrongType, "firstName", json!(7)),
        (Code::TooShort, "city", json!("x")),
        (Code::TooLong, "city", json!("x".repeat(61))),
        (Code::ControlCharacter, "lastName", json!("a\u{0}b")),
        (Code::Invisible, "lastName", json!("\u{200B}")),
        (Code::InvisibleCharacter, "identificationNumber", json!("A0123\u{200B}4567")),
        (Code::Characters, "phoneNumber", json!("0803 call me")),
        (Code::Format, "emailAddress", json!("ada at example")),
        (Code::DigitCount, "phoneNumber", json!("123")),
        (Code::Choice, "gender", json!("F")),
        (Code::UnknownCountry, "country", json!("Atlantis")),
        (Code::OutOfRange, "maritalStatus", json!(5)),
        (Code::InFuture, "dateOfBirth", json!("2026-01-06")),
        (Code::TooEarly, "dateOfBirth", json!("1899-12-31")),
        (Code::UnknownMember, "nickname", json!("Ada")),
    ] {
        let answer = bank.maker("CreateContactCommand", adaeze().with(json!({ field: value }))).await;
        assert_eq!(answer.body["errors"][0]["field"], field);
        assert_eq!(answer.body["message"], "Validation error");
        seen.expect(code, &answer);
    }
}

async fn bad_requests(seen: &mut Seen) {
    let bank = Bank::open().await;
    let maker = Bank::everything("maker");
    let number = bank.pending().await;
    let text = |text: &'static str| {
        let request = bank.http().post(bank.url("/api/bpm/cmd")).bearer_auth(&maker);
        Answer::of(request.header("content-type", "application/json").body(text))
    };
    seen.expect(Code::MalformedJson, &text("{").await);
    let many: Value =
        (0..2_000).map(|n| (format!("member{n}"), json!(n))).collect::<serde_json::Map<_, _>>().into();
    let answer = bank.maker("CreateContactCommand", many).await;
    assert_eq!(answer.codes().len(), 101);
    seen.expect(Code::MoreErrors, &answer);
    seen.expect(Code::MalformedJson, &text(r#"{"commandName":"X","commandName":"X"}"#).await);
    seen.expect(Code::UnknownOperation, &bank.maker("FlyCommand", json!({})).await);
    seen.expect(Code::WrongEndpoint, &bank.maker("RetrieveContactByIdQuery", json!({ "id": 1 })).await);
    seen.expect(Code::WrongEndpoint, &bank.query("CreateContactCommand", adaeze()).await);
    let period = json!({ "startDate": "2026-01-06", "endDate": "2026-01-05" });
    seen.expect(Code::EndBeforeStart, &bank.query("RetrieveContactListQuery", period).await);
    for (code, filter) in [
        (Code::UnknownProperty, json!({ "field": "shoeSize", "operator": "Equals", "value": 42 })),
        (Code::UnknownOperator, json!({ "field": "age", "operator": "Like", "value": 42 })),
        (Code::OperatorNotApplicable, json!({ "field": "age", "operator": "StartsWith", "value": 42 })),
        (Code::ValueNotTaken, json!({ "field": "age", "operator": "IsEmpty", "value": 42 })),
    ] {
        seen.expect(code, &bank.query("RetrieveContactListQuery", json!({ "filters": [filter] })).await);
    }
    let filters = vec![json!({ "searchTerm": "x" }); 51];
    let answer = bank.query("RetrieveContactListQuery", json!({ "filters": filters })).await;
    seen.expect(Code::FilterTooLarge, &answer);
    let dear = json!({ "propertyName": "documentNumber", "operator": "Contains", "value": "x" });
    let answer = bank.query("RetrieveContactListQuery", json!({ "filters": vec![dear; 50] })).await;
    seen.expect(Code::FilterTooCostly, &answer);
    seen.expect(Code::CursorInvalid, &bank.query("RetrieveContactListQuery", json!({ "cursor": "x" })).await);
    seen.expect(Code::ExactlyOne, &bank.query("RetrieveContactByIdQuery", json!({})).await);
    let cleared = json!({ "contactEncodedKey": number, "city": null });
    seen.expect(Code::CannotBeCleared, &bank.maker("UpdateContactCommand", cleared).await);
    let nothing = json!({ "contactEncodedKey": number });
    seen.expect(Code::NothingToUpdate, &bank.maker("UpdateContactCommand", nothing.clone()).await);
    let header = [("If-Match", "1")];
    seen.expect(Code::HeaderInvalid, &bank.command(&maker, "UpdateContactCommand", nothing, &header).await);
    let header = [("If-Match", "\"1\"")];
    seen.expect(
        Code::HeaderNotApplicable,
        &bank.command(&maker, "CreateContactCommand", adaeze(), &header).await,
    );
    let request = bank.http().post(bank.url("/api/bpm/cmd")).bearer_auth(&maker).body("{}");
    seen.expect(Code::UnsupportedMediaType, &Answer::of(request).await);
    let request = bank.http().get(bank.url("/api/bpm/cmd")).bearer_auth(&maker);
    seen.expect(Code::MethodNotAllowed, &Answer::of(request).await);
    seen.expect(Code::PathNotFound, &Answer::of(bank.http().get(bank.url("/api/bpm/fly"))).await);
}

async fn strangers(seen: &mut Seen) {
    let bank = Bank::open().await;
    let body = json!({ "queryName": "RetrieveLifecycleQuery" });
    let bare = bank.http().post(bank.url("/api/bpm/qry")).json(&body);
    seen.expect(Code::TokenMissing, &Answer::of(bare).await);
    seen.expect(Code::TokenInvalid, &bank.post("/api/bpm/qry", "not.a.token", &body, &[]).await);
    let token = Bank::everything("maker");
    let unprivileged = Bank::token("nobody", Permissions::default());
    seen.expect(Code::PermissionMissing, &bank.post("/api/bpm/qry", &unprivileged, &body, &[]).await);
    bank.clock.advance(Duration::from_hours(2));
    seen.expect(Code::TokenExpired, &bank.post("/api/bpm/qry", &token, &body, &[]).await);
}

async fn refusals(seen: &mut Seen) {
    let policy = Policy { same_phone: OnDuplicate::Refuse, ..Policy::default() };
    let bank = Bank::with(Setup { policy, ..Setup::default() }).await;
    let number = bank.pending().await;
    let key = json!({ "contactEncodedKey": number });
    let reason = key.clone().with(json!({ "reason": "Because." }));
    seen.expect(Code::ClientNotFound, &bank.query("RetrieveContactByIdQuery", json!({ "id": 9 })).await);
    seen.expect(Code::FourEyes, &bank.maker("ApproveCustomerCommand", key.clone()).await);
    seen.expect(Code::NotBlacklisted, &bank.checker("UndoBlacklistCustomerCommand", reason.clone()).await);
    seen.expect(Code::InvalidStatus, &bank.checker("BlacklistCustomerCommand", reason.clone()).await);
    bank.maker("RequestCustomerApprovalCommand", key.clone()).await.data();
    seen.expect(Code::AlreadyInApproval, &bank.maker("RequestCustomerApprovalCommand", key.clone()).await);
    bank.checker("ApproveCustomerCommand", key.clone()).await.data();
    bank.checker("BlacklistCustomerCommand", reason.clone()).await.data();
    seen.expect(Code::AlreadyBlacklisted, &bank.checker("BlacklistCustomerCommand", reason).await);
    for (code, field) in [
        (Code::DuplicateIdentification, "identificationNumber"),
        (Code::DuplicateEmail, "emailAddress"),
        (Code::DuplicatePhone, "phoneNumber"),
    ] {
        let twin = applicant(1).with(json!({ field: adaeze()[field] }));
        let answer = bank.maker("CreateContactCommand", twin).await;
        assert_eq!(answer.body["errors"][0]["field"], field);
        seen.expect(code, &answer);
    }
    let maker = Bank::everything("maker");
    let header = [("Idempotency-Key", "k")];
    bank.command(&maker, "CreateContactCommand", applicant(2), &header).await.data();
    seen.expect(
        Code::IdempotencyKeyReused,
        &bank.command(&maker, "CreateContactCommand", applicant(3), &header).await,
    );
    let stale = [("If-Match", "\"7\"")];
    let update = key.with(json!({ "city": "Abuja" }));
    seen.expect(Code::StaleVersion, &bank.command(&maker, "UpdateContactCommand", update, &stale).await);
}

async fn unseen(seen: &mut Seen) {
    let policy = Policy { decisions_need_version: true, ..Policy::default() };
    let bank = Bank::with(Setup { policy, ..Setup::default() }).await;
    let key = json!({ "contactEncodedKey": bank.pending().await });
    seen.expect(Code::VersionRequired, &bank.checker("ApproveCustomerCommand", key).await);
}

async fn documents(seen: &mut Seen) {
    use crate::kyc_documents::fixtures::{demanding, passport};
    let bank = Bank::with(Setup { kyc_policy: demanding(), ..Setup::default() }).await;
    let number = bank.pending().await;
    let key = json!({ "contactEncodedKey": number });
    seen.expect(Code::KycIncomplete, &bank.checker("ApproveCustomerCommand", key).await);
    for sample in document_inspection::samples::rejected() {
        let Some(code) = Code::ALL.iter().find(|code| Some(code.name()) == sample.rejection) else {
            assert_eq!(sample.rejection, Some("content_too_large"), "its code on the wire is body_too_large");
            continue;
        };
        if !seen.0.contains(code.name()) {
            let file = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, sample.bytes);
            let document = json!({ "docExtension": format!(".{}", sample.extension), "base64Doc": file });
            let answer = bank.maker("CreateIdentityDocumentCommand", passport(&number).with(document)).await;
            seen.expect(*code, &answer);
        }
    }
    let masked = passport(&number).with(json!({ "idNumber": "A-0123 4567 89" }));
    seen.expect(Code::NumberMask, &bank.maker("CreateIdentityDocumentCommand", masked).await);
    let unknown = json!({ "identityId": "0".repeat(32) });
    seen.expect(Code::DocumentNotFound, &bank.checker("ApproveIdentityDocumentCommand", unknown).await);
    let unknown = json!({ "addressId": "0".repeat(32) });
    let approve = "ApproveCustomerAddressInformationCommand";
    seen.expect(Code::AddressNotFound, &bank.checker(approve, unknown).await);
    let over = bank.submit(passport(&number).with(json!({ "expiryDate": "2025-01-01" }))).await;
    seen.expect(Code::DocumentExpired, &bank.approve_document(&over).await);
    let good = bank.submit(passport(&number)).await;
    for key in bank.contents.keys(None, 100).await.unwrap() {
        bank.contents.delete(&key).await.unwrap();
    }
    let path = bank.url(&format!("/api/bpm/documents/{over}/content"));
    let lost = Answer::of(bank.http().get(path).bearer_auth(Bank::everything("reader"))).await;
    seen.expect(Code::ContentMissing, &lost);
    let seen_before = json!({ "identityId": good, "contentSha256": "0".repeat(64) });
    seen.expect(Code::ContentChanged, &bank.checker("ApproveIdentityDocumentCommand", seen_before).await);
    bank.approve_document(&good).await.data();
    seen.expect(Code::AlreadyReviewed, &bank.approve_document(&good).await);
    for _ in 0..98 {
        bank.submit(passport(&number)).await;
    }
    seen.expect(Code::TooMany, &bank.maker("CreateIdentityDocumentCommand", passport(&number)).await);
}

async fn limits(seen: &mut Seen) {
    let limits = Limits {
        body_bytes: 10_000,
        large_body_bytes: 10_000,
        request_timeout: Duration::from_millis(200),
        max_in_flight: 1,
        max_in_flight_per_caller: 1,
        drain_notice: Duration::ZERO,
        ..Limits::default()
    };
    let bank = Bank::with(Setup { limits, ..Setup::default() }).await;
    let large = adaeze().with(json!({ "address": "x".repeat(20_000) }));
    seen.expect(Code::BodyTooLarge, &bank.maker("CreateContactCommand", large).await);
    bank.store.faults().next_read(Fault::Slow(Duration::from_secs(2)));
    let slow = bank.query("RetrieveContactByIdQuery", json!({ "id": 1 }));
    let second = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let same = bank.query("RetrieveContactByIdQuery", json!({ "id": 1 })).await;
        let id = json!({ "cmd": "RetrieveContactByIdQuery", "data": { "id": 1 } });
        (same, bank.post("/api/bpm/qry", &Bank::everything("another-reader"), &id, &[]).await)
    };
    let (slow, (same, other)) = tokio::join!(slow, second);
    seen.expect(Code::RequestTimeout, &slow);
    seen.expect(Code::TooManyInProgress, &same);
    seen.expect(Code::Overloaded, &other);
    let many = json!({ "a": vec![0; 20_001] });
    let bank = Bank::open().await;
    seen.expect(Code::TooComplex, &bank.maker("CreateContactCommand", many).await);
    seen.0.insert(broken_body(&bank).await);

    let limits = Limits { requests_per_second_per_caller: NonZeroU32::new(1), ..Limits::default() };
    let bank = Bank::with(Setup { limits, ..Setup::default() }).await;
    bank.query("RetrieveLifecycleQuery", json!({})).await.data();
    let hasty = bank.query("RetrieveLifecycleQuery", json!({})).await;
    assert!(hasty.header("retry-after").is_some());
    seen.expect(Code::RateLimited, &hasty);

    let duplicate_quota = DuplicateQuota::new(NonZeroU32::new(1), [7; 32]);
    let bank = Bank::with(Setup { duplicate_quota, ..Setup::default() }).await;
    bank.maker("CreateContactCommand", adaeze()).await.data();
    bank.maker("CreateContactCommand", adaeze()).await.codes();
    bank.branches
        .set_branch(BranchKey::parse("lekki-02").unwrap(), Branch { id: None, name: "Lekki".to_owned() });
    bank.branches.set_officer(AccountOfficerId::new(3).unwrap(), "T. Bello");
    bank.branches.set_complete();
    let nowhere = applicant(2).with(json!({ "branchEncodedKey": "no-such", "accountOfficerId": 99 }));
    let nowhere = bank.maker("CreateContactCommand", nowhere).await;
    seen.expect(Code::UnknownBranch, &nowhere);
    seen.expect(Code::UnknownOfficer, &nowhere);
    let known = json!({ "branchEncodedKey": "lekki-02" });
    seen.expect(Code::DuplicateQuota, &bank.maker("CreateContactCommand", applicant(1).with(known)).await);
}

/// The code of the answer to a body whose second chunk is malformed, which no client library would send.
async fn broken_body(bank: &Bank) -> String {
    let url = bank.url("/api/bpm/cmd");
    let address = url.trim_start_matches("http://").split('/').next().unwrap();
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = format!(
        "POST /api/bpm/cmd HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
         Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{{\r\nzz\r\n",
        Bank::everything("maker")
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let body: Value = serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    body["errors"][0]["code"].as_str().unwrap().to_owned()
}

async fn failures(seen: &mut Seen) {
    struct SameKey;
    impl client_app::ports::KeyGenerator for SameKey {
        fn client_key(&self) -> client_domain::value::ClientKey {
            client_domain::value::ClientKey::from_bits(1)
        }
        fn event_id(&self) -> client_app::ports::EventId {
            client_app::ports::EventId::from_bits(1)
        }
        fn installation_id(&self) -> client_app::ports::InstallationId {
            client_app::ports::InstallationId::from_bits(1)
        }
        fn document_id(&self) -> client_domain::kyc::DocumentId {
            client_domain::kyc::DocumentId::from_bits(1)
        }
        fn address_id(&self) -> client_domain::kyc::AddressId {
            client_domain::kyc::AddressId::from_bits(1)
        }
        fn content_key(&self, now: jiff::Timestamp) -> client_domain::kyc::ContentKey {
            client_domain::kyc::ContentKey::from_bits(now, 1)
        }
    }
    let bank = Bank::with(Setup { keys: std::sync::Arc::new(SameKey), ..Setup::default() }).await;
    bank.store.faults().next_commit(Fault::Unavailable);
    seen.expect(Code::StoreUnavailable, &bank.maker("CreateContactCommand", adaeze()).await);
    bank.store.faults().next_commit(Fault::TimedOutBefore);
    seen.expect(Code::OutcomeUnknown, &bank.maker("CreateContactCommand", adaeze()).await);
    bank.pending().await;
    seen.expect(Code::Internal, &bank.maker("CreateContactCommand", applicant(1)).await);

    let bank = Bank::with(Setup { checks: vec![Arc::new(StoppedJobs)], ..Setup::default() }).await;
    seen.expect(Code::NotReady, &Answer::of(bank.http().get(bank.url("/readyz"))).await);
}

/// A check that always fails.
#[derive(Debug)]
struct StoppedJobs;

impl StandingCheck for StoppedJobs {
    fn check(&self) -> Check {
        Check::new(CheckName::Jobs, CheckState::Failed("The background jobs have stopped.".into()))
    }
}
