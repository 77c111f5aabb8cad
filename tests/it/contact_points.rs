//! The phone number and the e-mail address of a client are verified for a value, by another person than the one who
//! entered it.

use std::sync::Arc;

use client_domain::Permission;
use client_domain::client::TwoPersons;
use client_domain::kyc::KycPolicy;
use phone_numbering::{NationalNumbers, WorldNumbering};
use serde_json::{Value, json};

use crate::bank::{Bank, Setup, applicant};
use crate::kyc_documents::fixtures::Postgres;

async fn kyc(bank: &Bank, number: &str) -> Value {
    bank.query("GetCustomerKycInformationQuery", json!({ "contactEncodedKey": number })).await.data()
}

/// The phone number is verified by another person than the maker, and outdated once it is another one; the e-mail address
/// does not follow it.
async fn verify(bank: &Bank) {
    let number = &bank.pending().await;
    assert_eq!(kyc(bank, number).await["email"]["verificationStatusDesc"], "PENDING");
    let client = bank.query("RetrieveContactByIdQuery", json!({ "contactEncodedKey": number })).await.data();
    let verification = |point: &str, value: &Value| {
        json!({
            "contactEncodedKey": number, "contactPoint": point, "value": value, "means": "One-time code by SMS.",
            "reference": "OTP-7",
        })
    };
    let (phone, email) = (&client["phoneNumber"], &client["emailAddress"]);
    let own = bank.maker("VerifyContactPointCommand", verification("mobile", phone)).await;
    assert_eq!((own.status, own.codes()), (403, vec!["four_eyes".to_owned()]));
    let other = json!("+234 803 765 4321");
    let moved = bank.checker("VerifyContactPointCommand", verification("mobile", &other)).await;
    assert_eq!((moved.status, moved.codes()), (409, vec!["contact_point_changed".to_owned()]));
    let mixed = bank.checker("VerifyContactPointCommand", verification("mobile", email)).await;
    assert_eq!((mixed.status, &mixed.body["errors"][0]["field"]), (400, &json!("value")));

    for (point, value) in [("mobile", phone), ("email", email)] {
        let answer = bank.checker("VerifyContactPointCommand", verification(point, value)).await.data();
        assert_eq!(
            (&answer["contactPoint"], &answer["verifiedBy"]),
            (&json!(point), &json!("checker@example.com"))
        );
    }
    let line = &bank.history_of(number).await[0];
    assert_eq!(
        (&line["event"], &line["reason"]),
        (&json!("ContactPointVerified"), &json!("One-time code by SMS."))
    );
    assert_eq!(line["changedFields"], json!(["emailVerification"]));
    let before = kyc(bank, number).await;
    for part in ["mobile", "email"] {
        let part = &before[part];
        assert_eq!(
            (&part["verificationStatus"], &part["verificationStatusDesc"], &part["comment"]),
            (&json!(1), &json!("APPROVED"), &json!("One-time code by SMS."))
        );
        assert_eq!(
            (&part["verifiedBy"], &part["reference"]),
            (&json!("checker@example.com"), &json!("OTP-7"))
        );
        assert!(part["verifiedAt"].is_string());
    }

    let data = json!({ "contactEncodedKey": number, "phoneNumber": other });
    let changed = bank.maker("UpdateContactCommand", data).await.data()["changedFields"].clone();
    assert_eq!(changed, json!(["phoneNumber"]), "what is verified is KYC information");
    assert_eq!(
        bank.history_of(number).await[0]["changedFields"],
        json!(["phoneNumber", "mobileVerification"])
    );
    let after = kyc(bank, number).await;
    assert_eq!(
        (&after["mobile"]["verificationStatusDesc"], &after["email"]),
        (&json!("OUTDATED"), &before["email"])
    );
    bank.checker("VerifyContactPointCommand", verification("mobile", &other)).await.data();
    assert_eq!(kyc(bank, number).await["mobile"]["verificationStatus"], 1);
}

/// While an amendment waits, the value in force stays verified; once it is approved, the verification is outdated.
async fn amend(bank: &Bank) {
    let key = bank.maker("CreateContactCommand", applicant(1)).await.data()["contactEncodedKey"].clone();
    let number = key.as_str().unwrap();
    bank.checker("ApproveCustomerCommand", json!({ "contactEncodedKey": number })).await.data();
    // Another spelling of the address.
    let email = applicant(1)["emailAddress"].as_str().unwrap().to_uppercase();
    let verified = json!({
        "contactEncodedKey": number, "contactPoint": "email", "value": email, "means": "A link was opened.",
    });
    bank.checker("VerifyContactPointCommand", verified).await.data();
    let change = json!({ "contactEncodedKey": number, "emailAddress": "ada@example.com" });
    let proposed = bank.maker("UpdateContactCommand", change).await.data();
    assert_eq!(proposed["pendingFields"], json!(["emailAddress"]));
    assert_eq!(kyc(bank, number).await["email"]["verificationStatusDesc"], "APPROVED");
    let amendment = json!({ "amendmentId": proposed["amendmentId"] });
    bank.checker("ApproveAmendmentCommand", amendment).await.data();
    assert_eq!(kyc(bank, number).await["email"]["verificationStatusDesc"], "OUTDATED");

    // The proposer may not verify the value, and the explanation says so beforehand.
    let asked =
        json!({ "queryName": "RetrieveContactActionsQuery", "data": { "contactEncodedKey": number } });
    let actions = bank.post("/api/bpm/qry", &Bank::everything("maker"), &asked, &[]).await.data();
    let actions = actions["actions"].as_array().unwrap();
    let verify = actions.iter().find(|one| one["action"] == "verifyContactPoint").unwrap();
    assert_eq!((&verify["allowed"], &verify["unmet"][0]["code"]), (&json!(false), &json!("own_details")));
}

/// Who proposed a value does not verify it after an approval by other people either, when they are no maker any more; the
/// explanation says so beforehand, and others verify it.
async fn entered(bank: &Bank) {
    let key = bank.maker("CreateContactCommand", applicant(2)).await.data()["contactEncodedKey"].clone();
    let named = json!({ "contactEncodedKey": key });
    let justified = json!({ "contactEncodedKey": key, "reason": "Because." });
    bank.checker("ApproveCustomerCommand", named.clone()).await.data();
    let sent = async |who: &str, name: &str, data: Value| {
        bank.command(&Bank::everything(who), name, data, &[]).await
    };
    let change = json!({
        "contactEncodedKey": key, "emailAddress": "entered@example.com", "phoneNumber": "+2348037654399",
    });
    let proposed = sent("proposer", "UpdateContactCommand", change).await.data();
    let amendment = json!({ "amendmentId": proposed["amendmentId"] });
    bank.checker("ApproveAmendmentCommand", amendment).await.data();
    for (who, name, data) in [
        ("checker", "BlacklistCustomerCommand", &justified),
        ("checker", "UndoBlacklistCustomerCommand", &justified),
        ("approver", "ApproveCustomerCommand", &named),
    ] {
        sent(who, name, data.clone()).await.data();
    }
    let verified = |email: &str| json!({ "contactEncodedKey": key, "contactPoint": "email", "value": email, "means": "A link was opened." });
    for who in ["proposer", "PROPOSER"] {
        let own = sent(who, "VerifyContactPointCommand", verified("Entered@Example.com")).await;
        assert_eq!((own.status, own.codes()), (403, vec!["four_eyes".to_owned()]));
        let unmet = &own.details()["unmet"][0];
        assert_eq!((&unmet["code"], &unmet["points"]), (&json!("own_contact_point"), &json!(["email"])));
    }
    let asked = json!({ "queryName": "RetrieveContactActionsQuery", "data": { "contactEncodedKey": key } });
    let explained = async |who: &str| {
        let actions = bank.post("/api/bpm/qry", &Bank::everything(who), &asked, &[]).await.data();
        let actions = actions["actions"].as_array().unwrap();
        actions.iter().find(|one| one["action"] == "verifyContactPoint").unwrap().clone()
    };
    let own = explained("proposer").await;
    assert_eq!(
        (&own["unmet"][0]["code"], &own["unmet"][0]["points"]),
        (&json!("own_contact_point"), &json!(["mobile", "email"]))
    );
    let parts = |explained: &Value| {
        let parts = explained["parts"].as_array().unwrap().clone();
        let shown = |one: &Value| (one["part"].clone(), one["allowed"].clone(), one["unmet"].clone());
        parts.iter().map(shown).collect::<Vec<_>>()
    };
    for (name, allowed, unmet) in parts(&own) {
        assert_eq!((&allowed, &unmet[0]["points"]), (&json!(false), &json!([name])));
    }
    let other = explained("checker").await;
    assert_eq!(other["allowed"], json!(true));
    assert!(parts(&other).iter().all(|(_, allowed, _)| *allowed == json!(true)), "{other}");
    // A person who has entered one of the two verifies the other one.
    let phone = json!({ "contactEncodedKey": key, "phoneNumber": "+2348037654398" });
    let proposed = sent("caller", "UpdateContactCommand", phone).await.data();
    sent("approver", "ApproveAmendmentCommand", json!({ "amendmentId": proposed["amendmentId"] }))
        .await
        .data();
    bank.checker("BlacklistCustomerCommand", justified.clone()).await.data();
    bank.checker("UndoBlacklistCustomerCommand", justified.clone()).await.data();
    sent("approver", "ApproveCustomerCommand", named.clone()).await.data();
    let one = explained("caller").await;
    assert_eq!(one["allowed"], json!(true));
    let allowed: Vec<_> = parts(&one).into_iter().map(|(name, allowed, _)| (name, allowed)).collect();
    assert_eq!(allowed, [(json!("mobile"), json!(false)), (json!("email"), json!(true))]);

    // A second person's capital letter makes two people of it, and neither verifies it.
    let respelled = json!({ "contactEncodedKey": key, "emailAddress": "ENTERED@example.com" });
    let proposed = sent("speller", "UpdateContactCommand", respelled).await.data();
    sent("approver", "ApproveAmendmentCommand", json!({ "amendmentId": proposed["amendmentId"] }))
        .await
        .data();
    for who in ["proposer", "speller"] {
        assert_eq!(sent(who, "VerifyContactPointCommand", verified("entered@example.com")).await.status, 403);
    }
    sent("third", "VerifyContactPointCommand", verified("entered@example.com")).await.data();
}

fn waiting() -> KycPolicy {
    KycPolicy { two_persons: TwoPersons::everywhere(), ..KycPolicy::default() }
}

#[tokio::test]
async fn contact_points_are_verified_by_value_in_memory() {
    let bank = Bank::with(Setup { kyc_policy: waiting(), ..Setup::default() }).await;
    verify(&bank).await;
    amend(&bank).await;
    entered(&bank).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn contact_points_are_verified_by_value_on_postgresql() {
    let postgres = Postgres::start().await;
    let bank = postgres.bank(waiting()).await;
    verify(&bank).await;
    amend(&bank).await;
    entered(&bank).await;
}

/// A national number is one of the client's country, so it names the stored international one.
#[tokio::test]
async fn national_spelling_names_the_same_number() {
    let numbering = Arc::new(WorldNumbering::new(NationalNumbers::OfClient));
    let bank = Bank::with(Setup { numbering, ..Setup::default() }).await;
    let number = bank.pending().await;
    let verified = json!({
        "contactEncodedKey": number, "contactPoint": "mobile", "value": "0803 123 4567", "means": "A call back.",
    });
    bank.checker("VerifyContactPointCommand", verified).await.data();
    assert_eq!(kyc(&bank, &number).await["mobile"]["verificationStatusDesc"], "APPROVED");
}

/// A national number without a country is stored as its digits. A code service names it as it has called it.
#[tokio::test]
async fn international_spelling_names_the_national_number() {
    let bank = Bank::with(Setup { numbering: Arc::new(WorldNumbering::default()), ..Setup::default() }).await;
    let applicant = {
        let mut one = applicant(3);
        one["phoneNumber"] = json!("0803 123 4001");
        one
    };
    let key = &bank.maker("CreateContactCommand", applicant).await.data()["contactEncodedKey"];
    let verified = |value: &str| json!({ "contactEncodedKey": key, "contactPoint": "mobile", "value": value, "means": "A code." });
    for other in ["+2348031234002", "+448031234001"] {
        let refused = bank.checker("VerifyContactPointCommand", verified(other)).await;
        assert_eq!(refused.codes(), ["contact_point_changed"], "{other}");
    }
    for same in ["+2348031234001", "8031234001", "0803 123-4001"] {
        bank.checker("VerifyContactPointCommand", verified(same)).await.data();
        assert_eq!(kyc(&bank, key.as_str().unwrap()).await["mobile"]["verificationStatusDesc"], "APPROVED");
    }
    // With its country it is the same number in another spelling, and the person who entered it does not verify it.
    let entered = json!({ "contactEncodedKey": key, "phoneNumber": "+2348031234001" });
    bank.command(&Bank::everything("speller"), "UpdateContactCommand", entered, &[]).await.data();
    bank.checker("ApproveCustomerCommand", json!({ "contactEncodedKey": key })).await.data();
    for own in ["maker", "speller"] {
        let own = Bank::everything(own);
        let named = verified("+2348031234001");
        assert_eq!(bank.command(&own, "VerifyContactPointCommand", named, &[]).await.status, 403);
    }
}

/// A verification counts only while another person has entered the value.
#[tokio::test]
async fn verifier_who_enters_the_value_again_has_not_verified_it() {
    let bank = Bank::open().await;
    let key = &bank.maker("CreateContactCommand", applicant(3)).await.data()["contactEncodedKey"];
    let client = bank.query("RetrieveContactByIdQuery", json!({ "contactEncodedKey": key })).await.data();
    let third_person = &Bank::everything("verifier");
    for (part, member, other) in
        [("mobile", "phoneNumber", "+2348030009999"), ("email", "emailAddress", "other@example.com")]
    {
        let verified = json!({
            "contactEncodedKey": key, "contactPoint": part, "value": client[member], "means": "A code.",
        });
        bank.command(&Bank::everything(part), "VerifyContactPointCommand", verified, &[]).await.data();
        assert_eq!(kyc(&bank, key.as_str().unwrap()).await[part]["verificationStatusDesc"], "APPROVED");
        let enter = async |who: &str, value: &Value| {
            let change = json!({ "contactEncodedKey": key, member: value });
            bank.command(&Bank::everything(who), "UpdateContactCommand", change, &[]).await.data();
            kyc(&bank, key.as_str().unwrap()).await[part]["verificationStatusDesc"].clone()
        };
        assert_eq!(enter(part, &json!(other)).await, "OUTDATED");
        assert_eq!(enter(part, &client[member]).await, "OUTDATED", "{part}: the verifier has entered it");
        assert_eq!(enter("third", &json!(other)).await, "OUTDATED");
        assert_eq!(
            enter("third", &client[member]).await,
            "APPROVED",
            "{part}: another person has entered it"
        );
    }
    let own = json!({ "contactEncodedKey": key, "contactPoint": "mobile", "value": client["phoneNumber"], "means": "A code." });
    bank.command(third_person, "VerifyContactPointCommand", own, &[]).await.data();
}

/// How a contact point was verified is KYC information.
#[tokio::test]
async fn means_of_a_verification_are_for_readers_of_documents() {
    let bank = Bank::open().await;
    let key = &bank.maker("CreateContactCommand", applicant(3)).await.data()["contactEncodedKey"];
    let client = bank.query("RetrieveContactByIdQuery", json!({ "contactEncodedKey": key })).await.data();
    let verified = json!({
        "contactEncodedKey": key, "contactPoint": "mobile", "value": client["phoneNumber"], "means": "By a neighbour.",
    });
    bank.checker("VerifyContactPointCommand", verified).await.data();
    let reader = |more: &[Permission]| {
        let all: Vec<_> = [Permission::Read, Permission::History].iter().chain(more).copied().collect();
        Bank::token("reader", all.into_iter().collect())
    };
    for (name, data, lines) in [
        ("RetrieveContactHistoryQuery", json!({ "contactEncodedKey": key }), "entries"),
        ("RetrieveActivityQuery", json!({}), "entries"),
        ("RetrieveClientViewQuery", json!({ "contactEncodedKey": key }), "history"),
    ] {
        let asked = json!({ "queryName": name, "data": data });
        for (more, shown) in [(&[][..], Value::Null), (&[Permission::KycRead][..], json!("By a neighbour."))]
        {
            let answer = bank.post("/api/bpm/qry", &reader(more), &asked, &[]).await.data();
            let lines = if lines == "history" { &answer["history"]["entries"] } else { &answer[lines] };
            let line = lines
                .as_array()
                .unwrap()
                .iter()
                .find(|line| line["event"] == "ContactPointVerified")
                .unwrap();
            assert_eq!(line["reason"], shown, "{name}");
        }
    }
}
