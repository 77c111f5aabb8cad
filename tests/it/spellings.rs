//! One person in many spellings, over HTTP and on both stores: found by each of them, and refused as a duplicate of each.

use serde_json::{Value, json};

use crate::bank::{Answer, Bank, With as _, applicant};
use crate::kyc_documents::fixtures::{Postgres, passport};
use client_domain::kyc::KycPolicy;

#[tokio::test]
async fn spellings_are_one_in_memory() {
    every_case(&Bank::open().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn spellings_are_one_in_postgres() {
    let postgres = Postgres::start().await;
    every_case(&postgres.bank(KycPolicy::default()).await).await;
}

/// The cases use different people, so that they share a bank.
async fn every_case(bank: &Bank) {
    invisible_characters_do_not_count(bank).await;
    punctuation_and_blanks_of_names_do_not_count(bank).await;
    names_of_other_scripts_are_found(bank).await;
    names_are_found_as_passports_write_them(bank).await;
    one_document_is_refused_in_every_spelling(bank).await;
    kinds_of_documents_have_aliases(bank).await;
    what_is_no_number_is_refused(bank).await;
    number_that_only_looks_latin_is_refused(bank).await;
    address_with_several_spellings_is_refused(bank).await;
    one_mailbox_is_refused_in_every_spelling(bank).await;
    who_is_told_of_a_duplicate_finds_it(bank).await;
    documents_are_found_by_their_number(bank).await;
    long_names_and_short_places_are_taken(bank).await;
    filters_without_anything_to_compare_are_refused(bank).await;
}

async fn create(bank: &Bank, n: usize, other: Value) -> Answer {
    bank.maker("CreateContactCommand", applicant(n).with(other)).await
}

/// Creates a client and returns its customer number.
async fn created(bank: &Bank, n: usize, other: Value) -> String {
    create(bank, n, other).await.data()["customerNumber"].as_str().unwrap().to_owned()
}

/// The customer numbers that a search finds.
async fn search(bank: &Bank, asked: Value) -> Vec<String> {
    let found = bank.query("RetrieveContactListQuery", asked).await.data();
    let number = |contact: &Value| contact["customerNumber"].as_str().unwrap().to_owned();
    let mut numbers: Vec<_> = found["contacts"].as_array().unwrap().iter().map(number).collect();
    numbers.sort();
    numbers
}

async fn term(bank: &Bank, term: &str) -> Vec<String> {
    search(bank, json!({ "searchTerm": term })).await
}

async fn filter(bank: &Bank, property: &str, operator: &str, value: &str) -> Vec<String> {
    let filter = json!({ "propertyName": property, "operator": operator, "value": value });
    search(bank, json!({ "filters": [filter] })).await
}

/// The rows of a table whose texts each find the same client, and no other.
async fn finds(bank: &Bank, number: &str, property: &str, spellings: &[&str]) {
    for spelling in spellings {
        assert_eq!(filter(bank, property, "Equals", spelling).await, [number], "{property} {spelling}");
        assert_eq!(term(bank, spelling).await, [number], "{spelling}");
    }
}

async fn invisible_characters_do_not_count(bank: &Bank) {
    let number =
        created(bank, 1, json!({ "firstName": "\u{202A}Zita\u{202C}", "lastName": "\u{FEFF}Zingara" })).await;
    let stored = bank.query("RetrieveContactByIdQuery", json!({ "customerNumber": number })).await.data();
    assert_eq!((&stored["firstName"], &stored["lastName"]), (&json!("Zita"), &json!("Zingara")));
    finds(bank, &number, "lastName", &["Zingara", "Zin\u{200B}gara", "\u{200E}zingara", "Zingara\u{AD}"])
        .await;
    assert_eq!(term(bank, "\u{202A}applicant1@example.com\u{202C}").await, [&*number]);
    assert_eq!(term(bank, "applicant1@example.com\u{200B}").await, [&*number]);
    let inside = created(bank, 2, json!({ "lastName": "Kin\u{200B}gara" })).await;
    finds(bank, &inside, "lastName", &["Kingara"]).await;
    let sorted = json!({ "searchTerm": "ngara", "sort": [{ "propertyName": "lastName" }] });
    let found = bank.query("RetrieveContactListQuery", sorted).await.data();
    assert_eq!(found["contacts"][0]["customerNumber"], json!(inside));
}

async fn punctuation_and_blanks_of_names_do_not_count(bank: &Bank) {
    let brien = created(bank, 10, json!({ "firstName": "Síle", "lastName": "O'Brien" })).await;
    let spellings =
        ["O'Brien", "O’Brien", "OʼBrien", "O`Brien", "O´Brien", "OBrien", "O Brien", "o-brien", "O′BRIEN"];
    finds(bank, &brien, "lastName", &spellings).await;
    let dijk = created(bank, 11, json!({ "firstName": "Daan", "lastName": "Van  Dijk" })).await;
    let stored = bank.query("RetrieveContactByIdQuery", json!({ "customerNumber": dijk })).await.data();
    assert_eq!(stored["lastName"], "Van Dijk");
    finds(bank, &dijk, "lastName", &["Van Dijk", "van  dijk", "Van\u{A0}Dijk", "VanDijk"]).await;
    let adaeze =
        created(bank, 12, json!({ "firstName": "Adaeze", "middleName": "Ngozi", "lastName": "Okechukwu" }))
            .await;
    finds(bank, &adaeze, "fullName", &["Adaeze Okechukwu", "Adaeze Ngozi Okechukwu", "Okechukwu, Adaeze"])
        .await;
    assert_eq!(term(bank, "Okechukwu,Adaeze").await, [&*adaeze]);
}

async fn names_of_other_scripts_are_found(bank: &Bank) {
    let wang = created(bank, 20, json!({ "firstName": "小明", "lastName": "王" })).await;
    finds(bank, &wang, "fullName", &["王小明", "小明王", "王 小明", "小明 王"]).await;
    let muhammad = created(bank, 21, json!({ "firstName": "محـمد", "lastName": "مصطفى" })).await;
    finds(bank, &muhammad, "firstName", &["محمد", "مُحَمَّد"]).await;
    finds(bank, &muhammad, "lastName", &["مصطفي", "مصطفی"]).await;
    let fatima = created(bank, 22, json!({ "firstName": "فاطمة", "lastName": "أحمد" })).await;
    finds(bank, &fatima, "firstName", &["فاطمه"]).await;
    finds(bank, &fatima, "lastName", &["احمد"]).await;
    let zhang = created(bank, 23, json!({ "firstName": "偉", "lastName": "張" })).await;
    finds(bank, &zhang, "fullName", &["张伟"]).await;
}

async fn names_are_found_as_passports_write_them(bank: &Bank) {
    let muller = created(bank, 30, json!({ "firstName": "Jürgen", "lastName": "Müller" })).await;
    finds(bank, &muller, "lastName", &["Müller", "Mueller", "MUELLER", "Muller"]).await;
    finds(bank, &muller, "firstName", &["Juergen", "Jurgen"]).await;
    let sorensen = created(bank, 31, json!({ "firstName": "Soeren", "lastName": "Åberg" })).await;
    finds(bank, &sorensen, "firstName", &["Søren"]).await;
    finds(bank, &sorensen, "lastName", &["Aaberg", "Aberg"]).await;
    let weiss = created(bank, 32, json!({ "firstName": "Łucja", "lastName": "Weiß" })).await;
    finds(bank, &weiss, "lastName", &["WEISS", "weiss"]).await;
    finds(bank, &weiss, "firstName", &["Lucja"]).await;
    let ivanov = created(bank, 33, json!({ "firstName": "Юлия", "lastName": "Щукина" })).await;
    assert_eq!(term(bank, "Shchukina Iuliia").await, [&*ivanov]);
}

/// A blacklisted client does not come back under another spelling of the document.
async fn one_document_is_refused_in_every_spelling(bank: &Bank) {
    let paper =
        |kind: &str, number: &str| json!({ "identificationType": kind, "identificationNumber": number });
    let number = created(bank, 40, paper("International Passport", "F1112223")).await;
    bank.checker("ApproveCustomerCommand", json!({ "contactEncodedKey": number })).await.data();
    bank.maker("BlacklistCustomerCommand", json!({ "contactEncodedKey": number, "reason": "fraud" }))
        .await
        .data();
    for (kind, spelling) in [
        ("International Passport", "F 111-2223"),
        ("International Passport", "F.1112223"),
        ("International Passport", "F/1112223"),
        ("International Passport", "Ｆ１１１２２２３"),
        ("Passport", "f1112223"),
        ("Intl. Passport", "F#111_2223"),
    ] {
        let answer = create(bank, 41, paper(kind, spelling)).await;
        assert_eq!(answer.codes(), ["duplicate_identification"], "{kind} {spelling}");
    }
    created(bank, 42, paper("CPF", "529.982.247-25")).await;
    assert_eq!(create(bank, 43, paper("CPF", "52998224725")).await.codes(), ["duplicate_identification"]);
}

async fn kinds_of_documents_have_aliases(bank: &Bank) {
    for (n, kind, alias) in [
        (50, "National ID", "National Identity Card"),
        (52, "Driver's License", "Drivers Licence"),
        (54, "Voter's Card", "PVC"),
        (56, "BVN", "Bank Verification Number"),
        (58, "NIN", "National Identification Number"),
        (60, "Library Card", "library  card"),
    ] {
        let paper =
            |kind: &str| json!({ "identificationType": kind, "identificationNumber": format!("KIND-{n}") });
        let number = created(bank, n, paper(kind)).await;
        assert_eq!(create(bank, n + 1, paper(alias)).await.codes(), ["duplicate_identification"], "{alias}");
        assert_eq!(filter(bank, "identificationType", "Equals", alias).await, [&*number], "{alias}");
        let stored = bank.query("RetrieveContactByIdQuery", json!({ "customerNumber": number })).await.data();
        assert_eq!(stored["identificationType"], kind, "it is answered as it was written");
    }
}

async fn what_is_no_number_is_refused(bank: &Bank) {
    for placeholder in ["...", "---", "000", "N/A", "n.a.", "None", "UNKNOWN", "not available", "xxx"] {
        let answer = create(bank, 70, json!({ "identificationNumber": placeholder })).await;
        assert_eq!(answer.codes(), ["placeholder"], "{placeholder}");
        assert_eq!(answer.body["errors"][0]["field"], "identificationNumber");
        assert!(!answer.body["errors"][0]["message"].as_str().unwrap().is_empty());
    }
}

/// A letter of another alphabet in the place of a Latin one makes no other document.
async fn number_that_only_looks_latin_is_refused(bank: &Bank) {
    let client = created(bank, 72, json!({ "identificationNumber": "A7200001" })).await;
    for disguised in ["\u{410}7200001", "\u{391}7200001", "A72\u{41E}0001", "\u{410}\u{412} 72001"] {
        let answer = create(bank, 73, json!({ "identificationNumber": disguised })).await;
        assert_eq!(answer.codes(), ["format"], "{disguised}");
        let item = &answer.body["errors"][0];
        assert_eq!(item["field"], "identificationNumber");
        assert!(item["message"].as_str().unwrap().contains("letters A to Z"), "{item}");
        let document = passport(&client).with(json!({ "idNumber": disguised }));
        let answer = bank.maker("CreateIdentityDocumentCommand", document).await;
        assert_eq!(
            (answer.codes(), &answer.body["errors"][0]["field"]),
            (vec!["format".to_owned()], &json!("idNumber"))
        );
    }
    created(bank, 74, json!({ "identificationNumber": "\u{410}\u{411} 720001" })).await;
}

async fn address_with_several_spellings_is_refused(bank: &Bank) {
    created(bank, 76, json!({ "emailAddress": "ada.obi@mailbox.example" })).await;
    for (address, code) in [
        (r#""ada.obi"@mailbox.example"#, "format"),
        (r#""ada\.obi"@mailbox.example"#, "format"),
        ("ada.obi\u{3164}@mailbox.example", "invisible_character"),
        ("ada.obi@mail\u{1160}box.example", "invisible_character"),
    ] {
        let answer = create(bank, 77, json!({ "emailAddress": address })).await;
        assert_eq!(answer.codes(), [code], "{address}");
        assert_eq!(answer.body["errors"][0]["field"], "emailAddress");
    }
}

async fn one_mailbox_is_refused_in_every_spelling(bank: &Bank) {
    let spellings =
        ["info@münchen-bank.example", "INFO@xn--mnchen-bank-thb.example", "info@MÜNCHEN-BANK.example"];
    let number = created(bank, 80, json!({ "emailAddress": spellings[0] })).await;
    for spelling in spellings {
        let answer = create(bank, 81, json!({ "emailAddress": spelling })).await;
        assert_eq!(answer.codes(), ["duplicate_email"], "{spelling}");
    }
    finds(bank, &number, "emailAddress", &spellings).await;
}

async fn who_is_told_of_a_duplicate_finds_it(bank: &Bank) {
    let number = created(bank, 90, json!({ "identificationNumber": "A 765-4321" })).await;
    let again = create(bank, 91, json!({ "identificationNumber": "A7654321" })).await;
    assert_eq!(again.codes(), ["duplicate_identification"]);
    finds(bank, &number, "identificationNumber", &["A7654321", "a 765 4321", "A-765-4321"]).await;
    assert_eq!(filter(bank, "identificationNumber", "Contains", "A7654321").await, [&*number]);
}

async fn documents_are_found_by_their_number(bank: &Bank) {
    let number = created(bank, 100, json!({})).await;
    bank.submit(passport(&number).with(json!({ "idNumber": "X7654321" }))).await;
    for spelling in ["X 765 4321", "x-7654321", "X.765.4321"] {
        assert_eq!(filter(bank, "documentNumber", "Equals", spelling).await, [&*number], "{spelling}");
    }
}

async fn long_names_and_short_places_are_taken(bank: &Bank) {
    let long = format!("Maria {}", "da Conceição ".repeat(6).trim());
    assert!(long.chars().count() > 50);
    let number = created(bank, 110, json!({ "firstName": long, "city": "Å", "state": "Y" })).await;
    assert_eq!(filter(bank, "firstName", "Equals", &long.replace(' ', "  ")).await, [&*number]);
    assert_eq!(filter(bank, "city", "Equals", "Å").await, [&*number]);
    let longer = create(bank, 111, json!({ "firstName": "x".repeat(101) })).await;
    assert_eq!(longer.codes(), ["too_long"]);
}

async fn filters_without_anything_to_compare_are_refused(bank: &Bank) {
    for (property, value, code) in [
        ("lastName", "'", "nothing_to_compare"),
        ("documentNumber", "%", "nothing_to_compare"),
        ("identificationNumber", "--", "nothing_to_compare"),
        ("lastName", "\u{200B}", "invisible"),
    ] {
        for operator in ["Contains", "StartsWith", "EndsWith"] {
            let filter = json!({ "propertyName": property, "operator": operator, "value": value });
            let answer = bank.query("RetrieveContactListQuery", json!({ "filters": [filter] })).await;
            assert_eq!(answer.codes(), [code], "{property} {operator}");
        }
    }
    assert_eq!(
        bank.query("RetrieveContactListQuery", json!({ "searchTerm": "\u{200B}" })).await.codes(),
        ["invisible"]
    );
}
