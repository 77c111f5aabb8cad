//! Batches over a real socket: from the file to the clients and back to files, for each way a batch can go.

pub mod ends;
mod hostile;
mod kills;
mod lists;
mod progress;
mod workbooks;

use client_app::batch::{Batch, BatchRules, BatchState};
use client_app::ports::Batches as _;
use client_domain::Permission;
use client_wire::BatchWorker;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::bank::{Answer, Bank, With as _, applicant};

/// The SHA-256 of a file, as a batch is created with it.
pub fn digest(file: impl AsRef<[u8]>) -> String {
    client_domain::kyc::Sha256(Sha256::digest(file).into()).to_string()
}

/// Sends the file of a batch.
pub async fn put(bank: &Bank, who: &str, batch: &Value, file: impl Into<reqwest::Body>) -> Answer {
    let path = format!("/api/bpm/batches/{}/content", batch["batchId"].as_str().unwrap());
    Answer::of(bank.http().put(bank.url(&path)).bearer_auth(Bank::everything(who)).body(file)).await
}

/// The id of a batch of another person, in a state in which this operation is possible.
pub async fn given(bank: &Bank, operation: &str) -> String {
    let state = match operation {
        "PauseBatchCommand" => BatchState::Running,
        "ResumeBatchCommand" => BatchState::Paused,
        _ => BatchState::Checked,
    };
    let there = Batch { state, ..store_conformance::fixtures::batches::batch(1, "officer") };
    bank.store.announce_batch(&there, 99).await.unwrap();
    there.id.as_str().to_owned()
}

/// Works until nothing is left.
pub async fn work(bank: &Bank) {
    let worker = BatchWorker::new(bank.clients.clone(), 8);
    while worker.round().await.unwrap() {}
}

/// A file with rows of a batch.
async fn file(bank: &Bank, batch: &Value, kind: &str) -> String {
    let path = format!("/api/bpm/batches/{}/{kind}", batch["batchId"].as_str().unwrap());
    let answer =
        bank.http().get(bank.url(&path)).bearer_auth(Bank::everything("maker")).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.headers()["content-disposition"].to_str().unwrap().starts_with("attachment"));
    answer.text().await.unwrap()
}

const COLUMNS: [&str; 12] = [
    "firstName",
    "lastName",
    "emailAddress",
    "phoneNumber",
    "dateOfBirth",
    "gender",
    "address",
    "city",
    "state",
    "country",
    "identificationType",
    "identificationNumber",
];

/// A CSV file of applicants, in which `change` makes mistakes.
pub fn csv(numbers: std::ops::Range<usize>, change: impl Fn(usize, Value) -> Value) -> String {
    let mut text = COLUMNS.join(";") + "\r\n";
    for n in numbers {
        let person = change(n, applicant(n));
        let cells = COLUMNS.map(|name| person.get(name).and_then(Value::as_str).unwrap_or("").to_owned());
        text += &(cells.join(";") + "\r\n");
    }
    text
}

fn announced(file: &str) -> Value {
    json!({
        "format": "csv", "commandName": "CreateContactCommand", "delimiter": "semicolon", "contentSha256": digest(file),
    })
}

/// A batch of this file whose rows are checked.
pub async fn checked(bank: &Bank, file: &str) -> Value {
    let created = bank.maker("CreateBatchCommand", announced(file)).await.data();
    let received = put(bank, "maker", &created, file.to_owned()).await.data();
    assert_eq!(received["state"], "received");
    work(bank).await;
    assert_eq!(standing(bank, &created).await["state"], "checked");
    json!({ "batchId": created["batchId"] })
}

pub async fn standing(bank: &Bank, batch: &Value) -> Value {
    bank.query("RetrieveBatchQuery", json!({ "batchId": batch["batchId"] })).await.data()
}

async fn clients(bank: &Bank) -> u64 {
    let list = bank.query("RetrieveContactListQuery", json!({ "pageSize": 1, "includeTotal": true })).await;
    list.data()["totalCount"].as_u64().unwrap()
}

#[tokio::test]
async fn batch_goes_from_a_file_to_clients_and_its_corrections_make_the_rest() {
    let bank = Bank::open().await;
    // Of 250 rows, three are refused for what they say, and one because row 7 has its number.
    let file_text = csv(1..251, |n, person| match n {
        10 => person.with(json!({ "city": "" })),
        20 => person.with(json!({ "dateOfBirth": "2099-01-01" })),
        30 => person
            .with(json!({ "firstName": "=HYPERLINK(\"x\")", "gender": "None" }))
            .with(json!({ "firstName": "=cmd" })),
        40 => person.with(json!({ "identificationNumber": "B0000007" })),
        _ => person,
    });
    let batch = checked(&bank, &file_text).await;
    let after_check = standing(&bank, &batch).await;
    assert_eq!(after_check["checked"], json!({ "done": 247, "alreadyDone": 0, "refused": 3, "notTried": 0 }));
    assert_eq!(clients(&bank).await, 0, "a check writes nothing");

    // The uploader does not confirm, and no one confirms what it may not read.
    let own = bank.maker("ConfirmBatchCommand", batch.clone()).await;
    assert_eq!((own.status, own.codes()), (403, vec!["four_eyes".to_owned()]));
    let without = Bank::token(
        "checker",
        [Permission::Batches, Permission::BatchesConfirm, Permission::Write].into_iter().collect(),
    );
    let refused = bank.command(&without, "ConfirmBatchCommand", batch.clone(), &[]).await;
    assert_eq!((refused.status, refused.details()["permission"].as_str()), (403, Some("customers.read")));
    // The rows run with the permissions of the uploader, so a checker needs none of them.
    let checker = Bank::token(
        "checker",
        [Permission::Batches, Permission::BatchesConfirm, Permission::Read].into_iter().collect(),
    );
    bank.command(&checker, "ConfirmBatchCommand", batch.clone(), &[]).await.data();
    work(&bank).await;
    let finished = standing(&bank, &batch).await;
    assert_eq!(finished["state"], "finished");
    assert_eq!(finished["executed"], json!({ "done": 246, "alreadyDone": 0, "refused": 4, "notTried": 0 }));
    assert_eq!(clients(&bank).await, 246);

    rows_are_read_by_pages(&bank, &batch).await;

    // The rows ran as the uploader, and the confirmer has touched the client as well.
    let found = bank
        .query("RetrieveContactListQuery", json!({ "searchTerm": "applicant1@example.com" }))
        .await
        .data();
    let key = found["contacts"][0]["contactEncodedKey"].clone();
    let line = bank.history_of(key.as_str().unwrap()).await[0].clone();
    assert_eq!(line["actorId"], "maker");
    assert!(line["requestId"].as_str().unwrap().starts_with("batch-"), "{line}");
    let approve = json!({ "contactEncodedKey": key });
    assert_eq!(bank.checker("ApproveCustomerCommand", approve.clone()).await.codes(), ["four_eyes"]);
    bank.command(&Bank::everything("third"), "ApproveCustomerCommand", approve, &[]).await.data();

    // The corrections are exactly the refused rows, and no cell of them is a formula.
    let results = file(&bank, &batch, "results").await;
    assert_eq!(results.lines().count(), 251);
    assert!(results.lines().nth(7).unwrap().contains(";7;done;"), "{results}");
    assert_eq!(file(&bank, &batch, "not-tried").await.lines().count(), 1);
    let corrections = file(&bank, &batch, "corrections").await;
    let rows: Vec<_> = corrections.lines().collect();
    assert_eq!(rows[0], format!("{};_row;_code;_field;_message", COLUMNS.join(";")));
    let numbers: Vec<_> = rows[1..].iter().map(|row| row.split(';').nth(12).unwrap()).collect();
    assert_eq!(numbers, ["10", "20", "30", "40"]);
    assert!(rows[3].starts_with("'=cmd;") && rows[1].contains(";required;city;"), "{corrections}");
    // Sent again with the mistakes mended, exactly the rest is made.
    let mended = corrections
        .replacen(";;", ";Ikeja;", 1)
        .replacen("2099-01-01", "1999-01-01", 1)
        .replacen(";None;", ";Male;", 1)
        .replacen("B0000007", "B0000040", 1);
    let second = checked(&bank, &mended).await;
    bank.checker("ConfirmBatchCommand", second.clone()).await.data();
    work(&bank).await;
    assert_eq!(standing(&bank, &second).await["executed"]["done"], 4, "{mended}");
    assert_eq!(clients(&bank).await, 250);
    let formula =
        bank.query("RetrieveContactListQuery", json!({ "searchTerm": "applicant30@example.com" })).await;
    assert_eq!(formula.data()["contacts"][0]["firstName"], "=cmd", "it reads back unchanged");

    // The same file is the same batch.
    let again = bank.maker("CreateBatchCommand", announced(&file_text)).await.data();
    assert_eq!((&again["batchId"], &again["state"]), (&batch["batchId"], &json!("finished")));
    let sent_again = put(&bank, "maker", &again, file_text.clone()).await;
    assert_eq!(sent_again.header("idempotency-replayed"), Some("true"));
    let meant = bank
        .command(
            &Bank::everything("maker"),
            "CreateBatchCommand",
            announced(&file_text),
            &[("Idempotency-Key", "k-1")],
        )
        .await;
    assert_ne!(meant.data()["batchId"], batch["batchId"]);
}

/// What became of the rows is read a page at a time, without the rejected values.
async fn rows_are_read_by_pages(bank: &Bank, batch: &Value) {
    let (mut cursor, mut numbers) = (Value::Null, Vec::new());
    loop {
        let asked = batch.clone().with(json!({ "outcome": "refused", "pageSize": 3, "cursor": cursor }));
        let page = bank.query("RetrieveBatchRowsQuery", asked).await.data();
        for row in page["rows"].as_array().unwrap() {
            assert!(row["outcome"] == "refused" && row["errors"][0]["code"].is_string(), "{row}");
            assert!(!row.to_string().contains("2099"), "{row}");
            numbers.push(row["row"].as_u64().unwrap());
        }
        cursor = page["nextCursor"].clone();
        if cursor.is_null() {
            break;
        }
        let other = batch.clone().with(json!({ "outcome": "done", "cursor": cursor }));
        let refused = bank.query("RetrieveBatchRowsQuery", other).await;
        assert_eq!(refused.codes(), ["cursor_invalid"]);
    }
    assert_eq!(numbers, [10, 20, 30, 40]);
    let done = batch.clone().with(json!({ "pageSize": 1 }));
    let first = bank.query("RetrieveBatchRowsQuery", done).await.data()["rows"][0].clone();
    assert!(
        first["row"] == 1 && first["outcome"] == "done" && first["contactEncodedKey"].is_string(),
        "{first}"
    );
}

#[tokio::test]
async fn stopped_batch_says_what_was_not_tried() {
    let bank = Bank::open().await;
    let batch = checked(&bank, &csv(1..301, |_, person| person)).await;
    bank.checker("ConfirmBatchCommand", batch.clone()).await.data();
    let worker = BatchWorker::new(bank.clients.clone(), 4);
    assert!(worker.round().await.unwrap());
    bank.maker("PauseBatchCommand", batch.clone()).await.data();
    assert!(!worker.round().await.unwrap(), "it is paused");
    assert_eq!(standing(&bank, &batch).await["left"], 200);
    bank.maker("ResumeBatchCommand", batch.clone()).await.data();
    assert!(worker.round().await.unwrap());
    bank.checker("StopBatchCommand", batch.clone()).await.data();
    work(&bank).await;
    let stopped = standing(&bank, &batch).await;
    assert_eq!((&stopped["state"], &stopped["executed"]["done"]), (&json!("stopped"), &json!(200)));
    let left = file(&bank, &batch, "not-tried").await;
    assert_eq!(left.lines().count(), 101);
    assert!(left.lines().nth(1).unwrap().ends_with(";201"));
    let rest = checked(&bank, &left).await;
    bank.checker("ConfirmBatchCommand", rest.clone()).await.data();
    work(&bank).await;
    assert_eq!(standing(&bank, &rest).await["executed"]["done"], 100);
    assert_eq!(clients(&bank).await, 300);
}

#[tokio::test]
async fn batches_are_seen_by_their_uploaders_and_by_those_who_confirm() {
    let bank = Bank::open().await;
    let file_text = csv(1..3, |_, person| person);
    let batch = checked(&bank, &file_text).await;
    let ordinary = Bank::token(
        "other",
        [Permission::Batches, Permission::Read, Permission::Write].into_iter().collect(),
    );
    let hidden = bank.command(&ordinary, "StopBatchCommand", batch.clone(), &[]).await;
    assert_eq!((hidden.status, hidden.codes()), (404, vec!["batch_not_found".to_owned()]));
    let list = json!({ "queryName": "RetrieveBatchesQuery", "data": {} });
    let of = async |token: &str| {
        bank.post("/api/bpm/qry", token, &list, &[]).await.data()["batches"].as_array().unwrap().len()
    };
    assert_eq!(of(&ordinary).await, 0);
    assert_eq!(of(&Bank::everything("maker")).await, 1);
    assert_eq!(of(&Bank::everything("checker")).await, 1);
    // The same file of another caller is another batch.
    let other = bank.checker("CreateBatchCommand", announced(&file_text)).await.data();
    assert_ne!(other["batchId"], batch["batchId"]);
    // A caller has one batch at a time that runs; the next one waits for its turn.
    let second = checked(&bank, &csv(5..7, |_, person| person)).await;
    for one in [&batch, &second] {
        bank.checker("ConfirmBatchCommand", one.clone()).await.data();
    }
    let worker = BatchWorker::new(bank.clients.clone(), 4);
    assert!(worker.round().await.unwrap());
    let mut seen = Vec::new();
    for one in [&batch, &second] {
        seen.push(standing(&bank, one).await["state"].as_str().unwrap().to_owned());
    }
    seen.sort();
    assert_eq!(seen, ["confirmed", "running"]);
    work(&bank).await;
    for one in [&batch, &second] {
        assert_eq!(standing(&bank, one).await["state"], "finished");
    }
}

#[tokio::test]
async fn lines_name_their_commands_and_versions() {
    let bank = Bank::open().await;
    let number = bank.pending().await;
    let update = |city: &str, version: u64| {
        json!({
            "commandName": "UpdateContactCommand", "ifMatch": version, "_note": "ignored",
            "data": { "contactEncodedKey": number, "city": city },
        })
    };
    let lines = [
        update("Abuja", 1).to_string(),
        String::new(),
        update("Kano", 9).to_string(),
        json!({ "commandName": "SaveViewCommand", "data": { "name": "x", "search": {} } }).to_string(),
        json!({ "commandName": "CreateContactCommand", "data": applicant(2), "dryRun": true }).to_string(),
        "{\"commandName\":".to_owned(),
        json!({ "commandName": "CreateContactCommand", "data": applicant(3) }).to_string(),
    ];
    let text = format!("\u{feff}{}", lines.join("\r\n"));
    let announced = json!({ "format": "ndjson", "contentSha256": digest(&text) });
    let created = bank.maker("CreateBatchCommand", announced).await.data();
    assert_eq!(put(&bank, "maker", &created, text).await.data()["rows"], 6);
    work(&bank).await;
    bank.checker("ConfirmBatchCommand", json!({ "batchId": created["batchId"] })).await.data();
    work(&bank).await;
    let corrections = file(&bank, &created, "corrections").await;
    let refused: Vec<Value> = corrections.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let codes: Vec<_> =
        refused.iter().map(|row| (row["_row"].as_u64().unwrap(), row["_code"].as_str().unwrap())).collect();
    assert_eq!(
        codes,
        [(2, "stale_version"), (3, "unknown_operation"), (4, "unknown_member"), (5, "malformed_json")]
    );
    assert_eq!(refused[0]["data"]["city"], "Kano");
    assert!(refused[0].get("_note").is_none());
    let mixed = standing(&bank, &created).await;
    assert_eq!((&mixed["executed"]["done"], &mixed["commandName"]), (&json!(2), &Value::Null));
}

#[tokio::test]
async fn lines_of_one_command_name_it_for_the_batch() {
    let bank = Bank::open().await;
    let create = |n| json!({ "commandName": "CreateContactCommand", "data": applicant(n) }).to_string();
    let none = "{\"commandName\":".to_owned();
    for (lines, name) in
        [(vec![create(2), create(3)], json!("CreateContactCommand")), (vec![create(2), none], Value::Null)]
    {
        let text = lines.join("\n");
        let announced = json!({ "format": "ndjson", "contentSha256": digest(&text) });
        let created = bank.maker("CreateBatchCommand", announced).await.data();
        assert_eq!(standing(&bank, &created).await["commandName"], Value::Null, "its file is not there");
        put(&bank, "maker", &created, text).await.data();
        assert_eq!(standing(&bank, &created).await["commandName"], name);
    }
}

/// A batch of updates from a spreadsheet, each with the version that was seen.
#[tokio::test]
async fn cells_hold_the_versions_that_were_seen() {
    let bank = Bank::open().await;
    let mut numbers = Vec::new();
    for n in 1..=4 {
        let created = bank.maker("CreateContactCommand", applicant(n)).await.data();
        numbers.push(created["contactEncodedKey"].as_str().unwrap().to_owned());
    }
    let text = format!(
        "contactEncodedKey,city,version\n{},Abuja,1\n{},Kano,9\n{},Jos,\n{},Aba,one\n",
        numbers[0], numbers[1], numbers[2], numbers[3]
    );
    let announced = |text: &str, command: &str, mapping: Value| {
        json!({
            "format": "csv", "commandName": command, "contentSha256": digest(text), "mapping": mapping,
        })
    };
    let mapping = json!([{ "column": "version", "member": "ifMatch" }]);
    let form = announced(&text, "UpdateContactCommand", mapping.clone());
    let created = bank.maker("CreateBatchCommand", form).await.data();
    assert_eq!(put(&bank, "maker", &created, text).await.data()["rows"], 4);
    work(&bank).await;
    bank.checker("ConfirmBatchCommand", json!({ "batchId": created["batchId"] })).await.data();
    work(&bank).await;
    let corrections = file(&bank, &created, "corrections").await;
    let rows: Vec<_> = corrections.lines().collect();
    assert_eq!(rows[0], "contactEncodedKey,city,version,_row,_code,_field,_message");
    assert!(rows[1].starts_with(&format!("{},Kano,9,2,stale_version,", numbers[1])), "{corrections}");
    assert!(rows[2].starts_with(&format!("{},Aba,one,4,wrong_type,ifMatch,", numbers[3])), "{corrections}");
    assert_eq!(standing(&bank, &created).await["executed"]["done"], 2);

    // The version of now: the clients were not changed.
    let mended = corrections.replace(",9,2,", ",1,2,").replace(",one,4,", ",1,4,");
    let form = announced(&mended, "UpdateContactCommand", mapping.clone());
    let second = bank.maker("CreateBatchCommand", form).await.data();
    put(&bank, "maker", &second, mended).await.data();
    work(&bank).await;
    bank.checker("ConfirmBatchCommand", json!({ "batchId": second["batchId"] })).await.data();
    work(&bank).await;
    assert_eq!(standing(&bank, &second).await["executed"]["done"], 2);

    // Two columns with a version, and a command without one, are refused by the name of the column.
    let twice = "contactEncodedKey,version,ifMatch\n1,1,1\n";
    let create = "firstName,ifMatch\nAda,1\n";
    for (text, command, mapping) in
        [(twice, "UpdateContactCommand", mapping), (create, "CreateContactCommand", json!([]))]
    {
        let form = announced(text, command, mapping);
        let batch = bank.maker("CreateBatchCommand", form).await.data();
        let refused = put(&bank, "maker", &batch, text.to_owned()).await;
        assert_eq!((refused.status, refused.codes()), (400, vec!["batch_content".to_owned()]));
        assert_eq!(refused.body["errors"][0]["field"], "ifMatch");
    }
}

#[test]
fn default_rules_want_two_persons() {
    assert_eq!(BatchRules::default().confirmation, client_app::batch::Confirmation::SecondPerson);
}
