//! Lists in the cells of a table: a bar is between their items.

use serde_json::{Value, json};

use super::workbooks::book;
use super::{digest, put, standing, work};
use crate::bank::{Bank, With as _, applicant};

const REQUEST: &str = "RequestIdentityDocumentsCommand";
/// A list with a name of a document in it, as people write it, one with a wrong item, and none.
const CELLS: [&str; 3] = ["5 | internationalPassport", "2|nonsense", " "];

/// Three clients, and a table that asks them for documents.
async fn table(bank: &Bank) -> Vec<Vec<String>> {
    let mut rows = vec![["contactEncodedKey", "identityTypes"].map(str::to_owned).to_vec()];
    for (n, cell) in (1..).zip(CELLS) {
        let client = bank.maker("CreateContactCommand", applicant(n)).await.data();
        let key = client["contactEncodedKey"].as_str().unwrap().to_owned();
        rows.push(vec![key, cell.to_owned()]);
    }
    rows
}

/// Executes a file; the first row is done, and the others are refused by the place of what is wrong.
async fn execute(bank: &Bank, form: Value, file: Vec<u8>) {
    let form = form.with(json!({ "commandName": REQUEST, "contentSha256": digest(&file) }));
    let batch = bank.maker("CreateBatchCommand", form).await.data();
    put(bank, "maker", &batch, file).await.data();
    work(bank).await;
    let batch = json!({ "batchId": batch["batchId"] });
    bank.checker("ConfirmBatchCommand", batch.clone()).await.data();
    work(bank).await;
    assert_eq!(standing(bank, &batch).await["state"], "finished");
    let lines = bank.history_of("CUST1000001").await;
    assert_eq!(
        (&lines[0]["event"], &lines[0]["identityTypes"]),
        (&json!("KycDocumentsRequested"), &json!([2, 5]))
    );
    let refused =
        bank.query("RetrieveBatchRowsQuery", batch.with(json!({ "outcome": "refused" }))).await.data();
    let refused: Vec<_> = refused["rows"].as_array().unwrap().iter().map(|row| &row["errors"][0]).collect();
    let fields: Vec<_> = refused.iter().map(|error| error["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["identityTypes[1]", "identityTypes"]);
    let message = refused[0]["message"].as_str().unwrap();
    assert!(message.contains("5 Utility Bill") && !message.contains("nonsense"), "{message}");
}

#[tokio::test]
async fn a_cell_of_csv_holds_a_list() {
    for (name, delimiter) in [("comma", ','), ("pipe", '|')] {
        let bank = Bank::open().await;
        let quoted = |row: &Vec<String>| row.iter().map(|cell| format!("\"{cell}\"")).collect::<Vec<_>>();
        let lines = table(&bank)
            .await
            .iter()
            .map(|row| quoted(row).join(&delimiter.to_string()) + "\n")
            .collect::<String>();
        execute(&bank, json!({ "format": "csv", "delimiter": name }), lines.into_bytes()).await;
    }
}

#[tokio::test]
async fn a_cell_of_a_workbook_holds_a_list() {
    let bank = Bank::open().await;
    let file = book(&table(&bank).await);
    execute(&bank, json!({ "format": "xlsx" }), file).await;
}
