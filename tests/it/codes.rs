//! Every code of the catalogue is provoked once, over a real socket.

mod failures;
mod limits;

use std::collections::BTreeSet;
use std::time::Duration;

use client_app::ports::DocumentContents as _;
use client_app::{OnDuplicate, OnLookAlike, Policy};
use client_domain::Permissions;
use client_domain::lifecycle::OpenAccounts;
use client_domain::value::ClientKey;
use client_wire::Code;
use serde_json::{Value, json};

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
    amendments(&mut seen).await;
    returns(&mut seen).await;
    reasons(&mut seen).await;
    unseen(&mut seen).await;
    views(&mut seen).await;
    work(&mut seen).await;
    batches(&mut seen).await;
    limits::limits(&mut seen).await;
    failures::failures(&mut seen).await;
    let all: BTreeSet<_> = Code::ALL.iter().map(|code| code.name().to_owned()).collect();
    assert_eq!(all.difference(&seen.0).collect::<Vec<_>>(), [] as [&String; 0]);
}

async fn amendments(seen: &mut Seen) {
    let bank = Bank::open().await;
    let number = bank.approved().await;
    let correct =
        |gender: &str| json!({ "contactEncodedKey": number, "gender": gender, "reason": "Because." });
    let id = bank.maker("CorrectContactCommand", correct("Other")).await.data()["amendmentId"].clone();
    seen.expect(Code::AmendmentOpen, &bank.checker("CorrectContactCommand", correct("Male")).await);
    let decide = json!({ "amendmentId": id });
    bank.checker("RejectAmendmentCommand", decide.clone()).await.data();
    seen.expect(Code::AmendmentNotOpen, &bank.checker("ApproveAmendmentCommand", decide).await);

    // The proposal was made under a policy that is no longer in force.
    let policy = json!({ "version": "two", "twoPersons": { "Approved": ["city"] } });
    let kyc_policy = client_wire::read_kyc_policy(policy.as_object().unwrap()).unwrap();
    let two = bank.clients.clone().with_kyc_policy(kyc_policy);
    let maker = || {
        let actor = client_domain::Actor::parse("maker").unwrap();
        let caller = client_app::Caller::new(actor, Permissions::all());
        client_app::RequestContext::new(caller, client_app::RequestId::parse("r-1").unwrap())
    };
    let update = |city: &str| json!({ "contactEncodedKey": number, "city": city });
    let data = update("Abuja").as_object().unwrap().clone();
    let proposed = client_wire::Operations::command_by_name(&two, "UpdateContactCommand", data, maker());
    let id = proposed.await.unwrap().data["amendmentId"].clone();
    bank.maker("UpdateContactCommand", update("Kano")).await.data();
    let approve = json!({ "amendmentId": id });
    seen.expect(Code::AmendmentConflict, &bank.checker("ApproveAmendmentCommand", approve).await);
}

async fn returns(seen: &mut Seen) {
    let bank = Bank::open().await;
    let reason = json!({ "contactEncodedKey": bank.approved().await, "reason": "Because." });
    bank.checker("ExitCustomerCommand", reason.clone()).await.data();
    bank.maker("ReturnCustomerCommand", reason.clone()).await.data();
    seen.expect(Code::AlreadyReturned, &bank.maker("ReturnCustomerCommand", reason).await);
}

async fn work(seen: &mut Seen) {
    let bank = Bank::open().await;
    let item = json!({ "contactEncodedKey": bank.pending().await });
    seen.expect(Code::NotWaiting, &bank.maker("ClaimWorkItemCommand", item.clone()).await);
    bank.maker("RequestCustomerApprovalCommand", item.clone()).await.data();
    bank.maker("ClaimWorkItemCommand", item.clone()).await.data();
    seen.expect(Code::ClaimedByAnother, &bank.checker("ClaimWorkItemCommand", item).await);
}

async fn batches(seen: &mut Seen) {
    let bank = Bank::open().await;
    let unknown = json!({ "batchId": "0123456789abcdef0123456789abcdef" });
    seen.expect(Code::BatchNotFound, &bank.maker("StopBatchCommand", unknown).await);
    let announced = json!({ "format": "ndjson", "contentSha256": crate::batches::digest("{}") });
    let created = bank.maker("CreateBatchCommand", announced).await.data();
    let batch = json!({ "batchId": created["batchId"] });
    seen.expect(Code::BatchState, &bank.checker("ConfirmBatchCommand", batch).await);
    let other_file = crate::batches::put(&bank, "maker", &created, "{} ".to_owned()).await;
    seen.expect(Code::BatchContent, &other_file);
    for n in 1..10 {
        let announced = json!({ "format": "ndjson", "contentSha256": crate::batches::digest(n.to_string()) });
        bank.maker("CreateBatchCommand", announced).await.data();
    }
    let one_more = json!({ "format": "ndjson", "contentSha256": crate::batches::digest("more") });
    seen.expect(Code::TooManyBatches, &bank.maker("CreateBatchCommand", one_more).await);
    let bank = Bank::open().await;
    let form = crate::batches::ends::deleted(&bank).await;
    seen.expect(Code::BatchDeleted, &bank.maker("CreateBatchCommand", form).await);
}

async fn views(seen: &mut Seen) {
    let bank = Bank::open().await;
    for n in 0..50 {
        bank.maker("SaveViewCommand", json!({ "name": format!("View {n}"), "search": {} })).await.data();
    }
    let one_more = json!({ "name": "One more", "search": {} });
    seen.expect(Code::TooManyViews, &bank.maker("SaveViewCommand", one_more).await);
}

async fn reasons(seen: &mut Seen) {
    let code = json!({ "code": "forged", "text": "The document is forged", "final": true });
    let policy = json!({ "version": "coded", "reasons": { "rejectDocument": [code] } });
    let kyc_policy = client_wire::read_kyc_policy(policy.as_object().unwrap()).unwrap();
    let bank = Bank::with(Setup { kyc_policy, ..Setup::default() }).await;
    let number = bank.pending().await;
    let passport = crate::kyc_documents::fixtures::passport(&number);
    let id = bank.submit(passport.clone()).await;
    let reject = |code: &str| json!({ "identityId": id, "comment": "Because.", "reasonCode": code });
    let name = "RejectIdentityDocumentCommand";
    seen.expect(Code::UnknownReasonCode, &bank.checker(name, reject("other")).await);
    bank.checker(name, reject("forged")).await.data();
    seen.expect(Code::RejectedFinally, &bank.maker("CreateIdentityDocumentCommand", passport).await);
}

async fn bad_values(seen: &mut Seen) {
    let bank = Bank::open().await;
    for (code, field, value) in [
        (Code::Required, "firstName", Value::Null),
        (Code::WrongType, "firstName", json!(7)),
        (Code::TooShort, "address", json!("x")),
        (Code::TooLong, "city", json!("x".repeat(61))),
        (Code::ControlCharacter, "lastName", json!("a\u{0}b")),
        (Code::Invisible, "lastName", json!("\u{200B}")),
        (Code::InvisibleCharacter, "identificationNumber", json!("A0123\u{200B}4567")),
        (Code::Placeholder, "identificationNumber", json!("N/A")),
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
        (Code::NothingToCompare, json!({ "field": "documentNumber", "operator": "Contains", "value": "%" })),
    ] {
        seen.expect(code, &bank.query("RetrieveContactListQuery", json!({ "filters": [filter] })).await);
    }
    let filters = vec![json!({ "searchTerm": "x" }); 51];
    let answer = bank.query("RetrieveContactListQuery", json!({ "filters": filters })).await;
    seen.expect(Code::FilterTooLarge, &answer);
    let dear = json!({ "propertyName": "documentNumber", "operator": "Contains", "value": "x" });
    let answer = bank.query("RetrieveContactListQuery", json!({ "filters": vec![dear; 50] })).await;
    seen.expect(Code::FilterTooCostly, &answer);
    seen.expect(Code::SearchTooBroad, &refused_broad_search().await);
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
    let found = bank.query("RetrieveContactByIdQuery", json!({ "id": 1 })).await.data();
    let encoded = ClientKey::parse(found["encodedKey"].as_str().unwrap()).unwrap();
    bank.accounts.set(encoded, OpenAccounts::Unanswered);
    seen.expect(Code::AccountsUnavailable, &bank.checker("ExitCustomerCommand", reason.clone()).await);
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

    let policy = Policy { look_alikes: OnLookAlike::Review, ..Policy::default() };
    let bank = Bank::with(Setup { policy, ..Setup::default() }).await;
    bank.pending().await;
    let phone = adaeze()["phoneNumber"].clone();
    bank.maker("CreateContactCommand", applicant(1).with(json!({ "phoneNumber": phone }))).await.data();
    let key = json!({ "contactEncodedKey": "CUST1000002" });
    seen.expect(Code::LookAlikes, &bank.checker("ApproveCustomerCommand", key).await);
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
    let moved = json!({
        "contactEncodedKey": number, "contactPoint": "email", "value": "other@example.com", "means": "A link.",
    });
    seen.expect(Code::ContactPointChanged, &bank.checker("VerifyContactPointCommand", moved).await);
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

/// A search that no index serves, in a bank that has a client more than such a search may read.
async fn refused_broad_search() -> Answer {
    let policy = Policy { broad_search_limit: 1, ..Policy::default() };
    let bank = Bank::with(Setup { policy, ..Setup::default() }).await;
    let data = json!({ "filters": [{ "propertyName": "city", "operator": "Equals", "value": "Ikeja" }] });
    for number in 0..2 {
        let answer = bank.query("RetrieveContactListQuery", data.clone()).await;
        assert_eq!(answer.data()["totalCount"], number);
        bank.maker("CreateContactCommand", applicant(number).with(json!({ "city": "Ikeja" }))).await.data();
    }
    bank.query("RetrieveContactListQuery", json!({ "searchTerm": "ada" })).await.data();
    let answer = bank.query("RetrieveContactListQuery", data).await;
    assert_eq!(answer.body["errors"][0]["details"]["max"], 1);
    assert!(!answer.body.to_string().contains("Ikeja"));
    answer
}
