//! Workbooks over a real socket: in as a batch, back as files that can be sent again, and out as an export.

use std::io::Read as _;

use serde_json::{Value, json};
use workbook::{Limits, TableWriter};

use super::{COLUMNS, digest, put, standing, work};
use crate::bank::{Bank, applicant};

fn read(file: Vec<u8>) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    workbook::read(file, &Limits::default(), |row| rows.push(row)).unwrap();
    rows
}

pub(super) fn book(rows: &[Vec<String>]) -> Vec<u8> {
    let mut table = TableWriter::new().unwrap();
    for row in rows {
        table.add(row).unwrap();
    }
    let mut file = Vec::new();
    table.finish().unwrap().read_to_end(&mut file).unwrap();
    file
}

/// The head and these applicants.
fn applicants(numbers: std::ops::Range<usize>) -> Vec<Vec<String>> {
    let head = COLUMNS.map(str::to_owned).to_vec();
    let cells = |n| {
        let person = applicant(n);
        COLUMNS.map(|name| person[name].as_str().unwrap_or_default().to_owned()).to_vec()
    };
    std::iter::once(head).chain(numbers.map(cells)).collect()
}

fn form(file: &[u8]) -> Value {
    json!({ "format": "xlsx", "commandName": "CreateContactCommand", "contentSha256": digest(file) })
}

/// Sends a workbook, works on it to the end, and returns its batch.
async fn done(bank: &Bank, file: Vec<u8>) -> Value {
    let batch = bank.maker("CreateBatchCommand", form(&file)).await.data();
    put(bank, "maker", &batch, file).await.data();
    work(bank).await;
    bank.checker("ConfirmBatchCommand", json!({ "batchId": batch["batchId"] })).await.data();
    work(bank).await;
    standing(bank, &batch).await
}

async fn rows_of(bank: &Bank, batch: &Value, kind: &str) -> Vec<Vec<String>> {
    let path = format!("/api/bpm/batches/{}/{kind}", batch["batchId"].as_str().unwrap());
    let request = bank.http().get(bank.url(&path)).bearer_auth(Bank::everything("maker"));
    let answer = request.send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], client_wire::WORKBOOK);
    assert!(answer.headers()["content-disposition"].to_str().unwrap().ends_with(".xlsx\""));
    read(answer.bytes().await.unwrap().to_vec())
}

#[tokio::test]
async fn a_workbook_becomes_clients_and_its_corrections_the_rest() {
    let bank = Bank::open().await;
    let mut rows = applicants(1..5);
    rows[2][4] = "yesterday".to_owned();
    rows[3][0] = "=1+1".to_owned();
    let batch = done(&bank, book(&rows)).await;
    assert_eq!((&batch["state"], &batch["rows"]), (&json!("finished"), &json!(4)), "{batch}");

    let mut corrections = rows_of(&bank, &batch, "corrections").await;
    assert_eq!(corrections[0][12..], ["_row", "_code", "_field", "_message"]);
    assert_eq!(corrections.len(), 2);
    assert_eq!(corrections[1][..12], rows[2]);
    assert_eq!((&*corrections[1][12], &*corrections[1][14]), ("2", "dateOfBirth"));
    let results = rows_of(&bank, &batch, "results").await;
    let sent: Vec<_> = results.iter().map(|row| row[..12].to_vec()).collect();
    assert_eq!(sent, rows);

    corrections[1][4] = "1990-05-01".to_owned();
    let again = done(&bank, book(&corrections)).await;
    assert_eq!((&again["state"], &again["rows"]), (&json!("finished"), &json!(1)), "{again}");
    assert_eq!(rows_of(&bank, &again, "corrections").await.len(), 1);

    let export = json!({ "format": "xlsx", "fields": ["firstName", "phoneNumber"], "sort": [{ "propertyName": "customerNumber" }] });
    let request = bank.http().post(bank.url("/api/bpm/export")).bearer_auth(Bank::everything("exporter"));
    let file = request.json(&export).send().await.unwrap();
    assert_eq!(file.headers()["content-type"], client_wire::WORKBOOK);
    let exported = read(file.bytes().await.unwrap().to_vec());
    let expected = [["firstName", "phoneNumber"], [&rows[1][0], &rows[1][3]], ["=1+1", &rows[3][3]]];
    assert_eq!(exported[..3], expected);
    assert_eq!(exported.len(), 5);
}

#[tokio::test]
async fn a_workbook_that_cannot_be_read_is_refused_in_words() {
    let bank = Bank::open().await;
    let mut nameless = applicants(1..3);
    nameless[2].push("more".to_owned());
    let mut unknown = applicants(1..2);
    unknown[0][1] = "surname".to_owned();
    for (file, expected) in [
        (b"firstName;lastName\r\n".to_vec(), "no XLSX workbook"),
        (b"PK\x03\x04 and nothing else".to_vec(), "no XLSX workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(), "no XLSX workbook"),
        (vec![b'P'; 21 * 1024 * 1024], "more than 20971520 bytes"),
        (book(&[]), "The workbook is empty"),
        (book(&applicants(1..1)), "no row"),
        (book(&nameless), "Row 2: The row has a cell in a column that has no name"),
        (book(&unknown), "no such member"),
    ] {
        let batch = bank.maker("CreateBatchCommand", form(&file)).await.data();
        let answer = put(&bank, "maker", &batch, file).await;
        assert_eq!((answer.status, answer.codes()), (400, vec!["batch_content".to_owned()]), "{expected}");
        let message = answer.body["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains(expected), "{message}");
    }
    let with_delimiter = json!({
        "format": "xlsx", "commandName": "CreateContactCommand", "contentSha256": digest("x"), "delimiter": "comma",
    });
    let refused = bank.maker("CreateBatchCommand", with_delimiter).await;
    assert_eq!(refused.codes(), ["unknown_member"]);
}
