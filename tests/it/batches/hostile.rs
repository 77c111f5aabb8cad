//! Files that are not what they should be: each is refused in words, at the row or the column where that is known, and
//! nothing of it becomes a client.

use client_app::batch::BatchRules;
use serde_json::{Value, json};

use super::{csv, digest, put, standing, work};
use crate::bank::Bank;

/// A file, and a part of the answer to it: of the message, or for a file that is received `rows N`, of which M are refused.
struct Hostile {
    name: &'static str,
    file: Vec<u8>,
    delimiter: &'static str,
    expected: &'static str,
}

fn of(name: &'static str, file: impl Into<Vec<u8>>, expected: &'static str) -> Hostile {
    Hostile { name, file: file.into(), delimiter: "semicolon", expected }
}

fn utf_16(text: &str, little: bool, mark: bool) -> Vec<u8> {
    let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
    units.flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
}

/// The head, and one row of an applicant.
fn one() -> (String, String) {
    let text = csv(1..2, |_, person| person);
    let (head, row) = text.split_once("\r\n").unwrap();
    (head.to_owned(), row.trim_end().to_owned())
}

fn files() -> Vec<Hostile> {
    let (head, row) = one();
    let whole = format!("{head}\n{row}\n");
    let zip_bomb = [b"PK\x03\x04".as_slice(), &[0; 4096]].concat();
    let with_cell = |cell: &str| format!("{head}\n{}\n", row.replacen("Applicant1", cell, 1));
    let long = "x".repeat(70_000);
    vec![
        of("empty", "", "no head"),
        of("only a mark", "\u{feff}", "no head"),
        of("only blank lines", "\n\r\n\n", "no head"),
        of("only a head", head.clone(), "no row"),
        of("a head twice", format!("{head}\n{head}\n"), "rows 1, 1 refused"),
        of("zip", zip_bomb, "archive or a workbook"),
        of("gzip", b"\x1f\x8b\x08\x00aaaaaaaa".to_vec(), "archive or a workbook"),
        of("old workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(), "archive or a workbook"),
        of("7z", b"7z\xbc\xaf\x27\x1c".to_vec(), "archive or a workbook"),
        of("UTF-16 little", utf_16(&whole, true, true), "UTF-16"),
        of("UTF-16 big", utf_16(&whole, false, true), "UTF-16"),
        of("UTF-16 without a mark", utf_16(&whole, true, false), "null character"),
        of("Latin-1", [whole.as_bytes(), b"caf\xe9"].concat(), "not UTF-8"),
        of("Latin-1 in the head", [b"caf\xe9;".as_slice(), whole.as_bytes()].concat(), "not UTF-8"),
        of("truncated UTF-8", [whole.as_bytes(), b"\xc3"].concat(), "not UTF-8"),
        of("null character", with_cell("a\0b"), "null character"),
        of("a million columns", format!("{}\n", "a;".repeat(1_000_000)), "more than 200 cells"),
        of(
            "a million cells in a row",
            format!("{head}\n{}\n", "a;".repeat(1_000_000)),
            "more than 200 cells",
        ),
        of("endless cell", with_cell(&long), "more than 65536 bytes"),
        of("endless head", format!("{long}\n"), "more than 65536 bytes"),
        of("endless line without an end", long.clone().repeat(20), "more than 65536 bytes"),
        of("open quote", with_cell("\"Applicant1"), "not closed"),
        of("open quote in the last cell", format!("{head}\n{row}\n\"abc"), "not closed"),
        of(
            "too few cells",
            format!("{head}\n{row}\nAda;Obi\n"),
            "Row 2: The row has 2 cells and the head 12",
        ),
        of("too many cells", format!("{head}\n{row};more\n"), "Row 1: The row has 13 cells"),
        of("another delimiter", whole.replace(';', ","), "no such member"),
        of("unknown column", format!("{head};nickname\n{row};x\n"), "no such member"),
        of("misspelt column", whole.replace("firstName", "firstname"), "Did you mean firstName?"),
        of("column twice", format!("{head};city\n{row};x\n"), "two columns"),
        of("mandatory column missing", whole.replace(";city", ";_city"), "mandatory"),
        of("only left out columns", "_a;_b\n1;2\n", "mandatory"),
        of("column with markup", format!("{head};<script>\n{row};x\n"), "no such member"),
        of("blank column", format!("{head};\n{row};x\n"), "no such member"),
        of("formula", with_cell("=1+1"), "rows 1, 0 refused"),
        of("guarded formula", with_cell("'=1+1"), "rows 1, 0 refused"),
        of("command in a cell", with_cell("@SUM(1)|cmd"), "rows 1, 0 refused"),
        of("carriage returns", format!("{head}\r{row}\r"), "rows 1, 0 refused"),
        of("mixed line ends", format!("{head}\r\n{row}\r\r\n\n"), "rows 1, 0 refused"),
        of("no last line end", format!("{head}\n{row}"), "rows 1, 0 refused"),
        of("line break in a cell", with_cell("\"a\nb\""), "rows 1, 1 refused"),
        of("quoted quotes", with_cell("\"Ada \"\"Obi\"\"\""), "rows 1, 0 refused"),
        of("bidirectional text", with_cell("A\u{202e}da"), "rows 1, 1 refused"),
        of("text for a date", whole.replacen("1991-04-23", "=TODAY()", 1), "rows 1, 1 refused"),
        of("too many rows", format!("{head}\n{}", format!("{row}\n").repeat(51)), "more than 50 rows"),
        of(
            "too many bytes",
            format!("{head}\n{}", format!("{}\n", row.replace("Ikeja", &"x".repeat(60_000))).repeat(20)),
            "more than 1000000 bytes",
        ),
        Hostile {
            name: "delimiter in a cell",
            file: with_cell("a,b").replace(';', ",").into(),
            delimiter: "comma",
            expected: "Row 1: The row has 13 cells",
        },
    ]
}

#[tokio::test]
async fn hostile_files_are_refused_in_words() {
    let files = files();
    assert!(files.len() >= 40, "{}", files.len());
    for Hostile { name, file, delimiter, expected } in files {
        let bank = Bank::open().await;
        let rules = BatchRules { max_rows: 50, max_bytes: 1_000_000, ..BatchRules::default() };
        let clients = bank.clients.clone().with_batches(std::sync::Arc::new(bank.store.clone()), rules);
        let announced = json!({
            "format": "csv", "commandName": "CreateContactCommand", "delimiter": delimiter, "contentSha256": digest(&file),
        });
        let created = bank.maker("CreateBatchCommand", announced).await.data();
        let limited = matches!(name, "too many rows" | "too many bytes");
        let message = if limited {
            limited_put(&clients, &created, file).await
        } else {
            let answer = put(&bank, "maker", &created, file).await;
            if answer.status == 200 {
                work(&bank).await;
                let standing = standing(&bank, &created).await;
                format!("rows {}, {} refused", standing["rows"], standing["checked"]["refused"])
            } else {
                assert_eq!(answer.codes(), ["batch_content"], "{name}");
                answer.body["errors"][0]["message"].as_str().unwrap().to_owned()
            }
        };
        assert!(message.contains(expected), "{name}: {message}");
        let list = bank.query("RetrieveContactListQuery", json!({})).await.data();
        assert_eq!(list["contacts"], json!([]), "{name}");
    }
}

/// Sends a file beside the socket, to a service with smaller limits.
async fn limited_put(clients: &client_app::Clients, created: &Value, file: Vec<u8>) -> String {
    use client_wire::BatchFiles as _;
    use futures_util::StreamExt as _;
    let caller = client_app::Caller::new(
        client_domain::Actor::parse("maker").unwrap(),
        client_domain::Permissions::all(),
    );
    let context = client_app::RequestContext::new(caller, client_app::RequestId::parse("r-1").unwrap());
    let pieces: Vec<_> = file.chunks(10_000).map(|piece| Ok(bytes::Bytes::copy_from_slice(piece))).collect();
    let bytes = futures_util::stream::iter(pieces).boxed();
    let refused =
        clients.receive_batch(created["batchId"].as_str().unwrap(), bytes, context).await.unwrap_err();
    assert_eq!(refused.status.http(), 413);
    refused.items[0].message.clone()
}
