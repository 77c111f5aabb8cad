//! Exports over a real socket: what is in the file, how it ends, and what is in the log of it.

mod table;

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use client_app::export::ExportRules;
use client_app::ports::{ClientStore as _, Committed};
use client_domain::Permission;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::bank::{Answer, Bank, With as _, applicant};
use crate::batches::digest;

const PATH: &str = "/api/bpm/export";

/// A file that has arrived, with its headers.
struct File {
    headers: reqwest::header::HeaderMap,
    bytes: Vec<u8>,
}

impl File {
    fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap()
    }

    fn lines(&self) -> Vec<Value> {
        self.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

async fn export(bank: &Bank, body: Value) -> File {
    export_with(bank, Bank::everything("exporter"), body).await
}

async fn export_with(bank: &Bank, token: String, body: Value) -> File {
    let request = bank.http().post(bank.url(PATH)).bearer_auth(token).json(&body);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let headers = answer.headers().clone();
    File { headers, bytes: answer.bytes().await.unwrap().to_vec() }
}

async fn refused(bank: &Bank, permissions: &[Permission], body: &Value) -> Answer {
    let token = Bank::token("exporter", permissions.iter().copied().collect());
    bank.post(PATH, &token, body, &[]).await
}

async fn log(bank: &Bank) -> Vec<Value> {
    let data = bank.query("RetrieveExportsQuery", json!({})).await.data();
    data["exports"].as_array().unwrap().clone()
}

async fn applicants(bank: &Bank, numbers: std::ops::Range<usize>) {
    for n in numbers {
        bank.maker("CreateContactCommand", applicant(n)).await.data();
    }
}

#[tokio::test]
async fn a_file_has_what_the_list_has_and_the_log_its_digest() {
    let bank = Bank::open().await;
    applicants(&bank, 1..121).await;
    bank.maker("CreateContactCommand", applicant(121).with(json!({ "firstName": "=HYPERLINK(\"x\")" })))
        .await;
    bank.maker("CreateContactCommand", applicant(122).with(json!({ "city": "Lekki; \"East\"" })))
        .await
        .data();
    let filters =
        json!([{ "propertyName": "city", "operator": "In", "value": ["Ikeja", "Lekki; \"East\""] }]);
    let sort = json!([{ "propertyName": "firstName", "direction": "desc" }]);
    let fields = ["contactEncodedKey", "firstName", "city", "kycStatus", "phoneNumber", "middleName"];
    let file =
        export(&bank, json!({ "format": "ndjson", "fields": fields, "filters": filters, "sort": sort }))
            .await;
    assert_eq!(file.header("content-type"), "application/x-ndjson");
    let id = file.header("export-id").to_owned();
    assert_eq!(file.header("content-disposition"), format!("attachment; filename=\"clients-{id}.ndjson\""));
    let mut lines = file.lines();
    let end = lines.pop().unwrap();
    let since = file.header("export-changed-since");
    assert_eq!(end, json!({ "_end": { "exportId": id, "rows": 122, "changedSince": since } }));
    assert_eq!(since, "2026-01-05T07:50:00Z");
    let further = json!(["kycStatus", "city", "middleName"]);
    let mut listed = Vec::new();
    for page in [1, 2] {
        let page = json!({ "pageSize": 100, "pageNumber": page, "filters": filters, "sort": sort, "fields": further });
        let page = bank.query("RetrieveContactListQuery", page).await.data();
        listed.extend(page["contacts"].as_array().unwrap().clone());
    }
    for contact in &mut listed {
        contact.as_object_mut().unwrap().retain(|name, _| fields.contains(&name.as_str()));
    }
    assert_eq!(lines, listed);

    let csv = export(
        &bank,
        json!({ "format": "csv", "delimiter": "semicolon", "fields": fields, "filters": filters, "sort": sort }),
    )
    .await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    let head = "contactEncodedKey;firstName;city;kycStatus;phoneNumber;middleName\r\n";
    assert!(csv.text().starts_with(head), "{}", csv.text());
    let first = csv.text().lines().nth(1).unwrap();
    let key = listed[0]["contactEncodedKey"].as_str().unwrap();
    assert_eq!(first, format!("{key};Applicant99;Ikeja;None;'+2348030000099;"));
    assert!(csv.text().contains("\"Lekki; \"\"East\"\"\""), "{}", csv.text());
    assert_eq!(csv.text().matches("\r\n").count(), 123);
    let mut log = log(&bank).await;
    // Both began at the same moment of the clock.
    log.sort_by_key(|line| line["exportId"] == json!(id));
    let outcomes: Vec<_> =
        log.iter().map(|line| (&line["outcome"], &line["rows"], &line["sha256"])).collect();
    let (complete, rows) = (json!("complete"), json!(122));
    let digests = [json!(digest(&csv.bytes)), json!(digest(&file.bytes))];
    assert_eq!(outcomes, [(&complete, &rows, &digests[0]), (&complete, &rows, &digests[1])]);
    assert_eq!(log[1]["exportId"], json!(id));
    assert_eq!(log[1]["bytes"], json!(file.bytes.len()));
    assert_eq!((&log[1]["fields"], &log[1]["actorId"]), (&json!(fields), &json!("exporter")));
    assert_eq!(log[1]["search"]["filters"][0]["filters"], filters);
}

#[tokio::test]
async fn by_default_the_columns_are_those_of_a_list() {
    let bank = Bank::open().await;
    applicants(&bank, 1..3).await;
    let file = export(&bank, json!({ "format": "ndjson", "searchTerm": "applicant2" })).await;
    let listed = bank.query("RetrieveContactListQuery", json!({ "searchTerm": "applicant2" })).await.data();
    assert_eq!(file.lines()[0], listed["contacts"][0]);
    assert_eq!(file.lines().len(), 2);
    let empty = export(&bank, json!({ "format": "csv", "searchTerm": "nobody" })).await;
    assert_eq!(empty.text().lines().count(), 1);
}

#[tokio::test]
async fn incremental_load_has_what_has_changed_since() {
    let bank = Bank::open().await;
    applicants(&bank, 1..4).await;
    let whole = export(&bank, json!({ "format": "ndjson" })).await;
    let since = whole.header("export-changed-since").to_owned();
    // What was changed shortly before the load comes again, and nothing else does after some hours.
    let again = export(&bank, json!({ "format": "ndjson", "changedSince": since })).await;
    assert_eq!(again.lines().len(), 4);
    let now = "2026-01-05T13:00:00Z".parse().unwrap();
    bank.clock.set(now);
    let token =
        || clients_testkit::Bank::token_at(now, "exporter", client_domain::Permissions::all()).unwrap();
    let later = export_with(&bank, token(), json!({ "format": "ndjson", "changedSince": since })).await;
    let since = later.header("export-changed-since").to_owned();
    assert_eq!(since, "2026-01-05T11:50:00Z");
    let key = whole.lines()[0]["contactEncodedKey"].clone();
    let update = json!({ "contactEncodedKey": key, "city": "Lekki" });
    bank.command(&token(), "UpdateContactCommand", update, &[]).await.data();
    let changed = export_with(&bank, token(), json!({ "format": "ndjson", "changedSince": since })).await;
    let lines = changed.lines();
    assert_eq!((lines.len(), &lines[0]["contactEncodedKey"]), (2, &key));
    assert_eq!(lines[0]["version"], json!(2));
}

#[tokio::test]
async fn what_the_caller_may_not_see_is_refused_by_name() {
    let bank = Bank::open().await;
    let (read, export, kyc) = (Permission::Read, Permission::Export, Permission::KycRead);
    let body = json!({ "format": "csv", "fields": ["id", "kycStatus"] });
    for (permissions, named) in [(vec![export], "customers.read"), (vec![read], "customers.export")] {
        let answer = refused(&bank, &permissions, &body).await;
        assert_eq!((answer.status, answer.codes()), (403, vec!["permission_missing".to_owned()]));
        assert_eq!(answer.details()["permission"], named);
    }
    let answer = refused(&bank, &[read, export], &body).await;
    assert_eq!(answer.status, 403);
    assert_eq!(answer.body["errors"][0]["field"], "fields[1]");
    assert_eq!(answer.details()["permission"], "customers.kyc.read");
    let property = json!({ "format": "csv", "sort": [{ "propertyName": "id" }], "filters": [
        { "propertyName": "documentStatus", "operator": "Equals", "value": "APPROVED" }] });
    let answer = refused(&bank, &[read, export], &property).await;
    assert_eq!((answer.status, answer.codes()), (403, vec!["permission_missing".to_owned()]));
    assert_eq!(answer.body["errors"][0]["field"], "filters[0].propertyName");
    for (wrong, field, code) in [
        (json!({}), "format", "required"),
        (json!({ "format": "pdf" }), "format", "choice"),
        (json!({ "format": "csv", "fields": ["lastname"] }), "fields[0]", "choice"),
        (json!({ "format": "csv", "fields": ["id", "id"] }), "fields[1]", "choice"),
        (json!({ "format": "ndjson", "delimiter": "comma" }), "delimiter", "choice"),
        (json!({ "format": "csv", "changedSince": "yesterday" }), "changedSince", "format"),
        (
            json!({ "format": "csv", "changedSince": "2026-01-05T08:00:00.0000001Z" }),
            "changedSince",
            "format",
        ),
        (json!({ "format": "csv", "changedSince": "-000001-01-05T08:00:00Z" }), "changedSince", "format"),
        (json!({ "format": "csv", "pageSize": 5 }), "pageSize", "unknown_member"),
    ] {
        let answer = refused(&bank, &[read, export, kyc], &wrong).await;
        assert_eq!((answer.status, answer.codes()), (400, vec![code.to_owned()]), "{wrong}");
        assert_eq!(answer.body["errors"][0]["field"], field);
    }
    assert!(log(&bank).await.is_empty(), "nothing was exported");

    // The search may name people.
    let file = json!({ "format": "csv", "searchTerm": "okafor" });
    let token = Bank::token("exporter", [read, export].into_iter().collect());
    bank.http()
        .post(bank.url(PATH))
        .bearer_auth(token)
        .json(&file)
        .send()
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap();
    let query = json!({ "queryName": "RetrieveExportsQuery", "data": {} });
    let token = Bank::token("auditor", std::iter::once(Permission::History).collect());
    let seen = bank.post("/api/bpm/qry", &token, &query, &[]).await.data();
    assert_eq!(seen["exports"][0]["search"], Value::Null);
    assert!(!seen.to_string().contains("okafor"));
    assert_eq!(log(&bank).await[0]["search"]["filters"], json!([{ "searchTerm": "okafor" }]));
}

/// Sends a request as text, and reads up to this many bytes of the answer, or to its end.
async fn raw(bank: &Bank, body: &Value, read: usize) -> (TcpStream, Vec<u8>) {
    let body = body.to_string();
    let token = Bank::everything("exporter");
    let request = format!(
        "POST {PATH} HTTP/1.1\r\nHost: bank\r\nTE: trailers\r\nAuthorization: Bearer {token}\r\nContent-Type: \
         application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(bank.address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let mut piece = vec![0; 4096];
    while answer.len() < read && !answer.windows(5).any(|end| end == b"\r\n0\r\n") {
        let length = stream.read(&mut piece).await.unwrap();
        if length == 0 {
            break;
        }
        answer.extend_from_slice(&piece[..length]);
    }
    (stream, answer)
}

#[tokio::test]
async fn digest_follows_the_last_chunk() {
    let bank = Bank::open().await;
    applicants(&bank, 1..3).await;
    let (_stream, answer) = raw(&bank, &json!({ "format": "csv" }), usize::MAX).await;
    let text = String::from_utf8(answer).unwrap();
    let of_file = log(&bank).await[0]["sha256"].as_str().unwrap().to_owned();
    let file = export(&bank, json!({ "format": "csv" })).await;
    assert_eq!(of_file, digest(&file.bytes));
    let value = format!("content-digest: sha-256=:{}:", STANDARD.encode(Sha256::digest(&file.bytes)));
    assert!(text.contains(&value), "{text}");
}

/// Waits until the newest export has ended.
async fn ended(bank: &Bank) -> Value {
    loop {
        let line = log(bank).await.remove(0);
        if line["outcome"] != "running" {
            return line;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_reader_that_leaves_is_in_the_log_and_frees_its_place() {
    let bank = Bank::open().await;
    for n in 1..=MANY {
        let creation = store_conformance::fixtures::creation(&store_conformance::fixtures::onboarded(n));
        assert_eq!(bank.store.commit(creation).await.unwrap(), Committed::Done);
    }
    let whole = export(&bank, json!({ "format": "ndjson" })).await;
    for _ in 0..4 {
        let (stream, answer) = raw(&bank, &json!({ "format": "ndjson" }), 20_000).await;
        assert!(answer.starts_with(b"HTTP/1.1 200 OK"));
        drop(stream);
        let line = ended(&bank).await;
        assert_eq!(line["outcome"], "brokenOff");
        let rows = line["rows"].as_i64().unwrap();
        assert!((1..MANY).contains(&rows), "nothing is read ahead of a reader but a little: {rows}");
        assert!(line["bytes"].as_u64().unwrap() < whole.bytes.len() as u64);
    }
}

/// So many that they do not fit into the buffers of a connection.
const MANY: i64 = 20_000;

#[tokio::test]
async fn an_export_that_takes_too_long_never_looks_complete() {
    let bank = Bank::open().await;
    applicants(&bank, 1..121).await;
    let rules = ExportRules { time_limit: Duration::ZERO, ..ExportRules::default() };
    let clients = bank.clients.clone().with_exports(Arc::new(bank.store.clone()), rules);
    let exports: &dyn client_wire::ClientExports = &clients;
    let caller = client_app::Caller::new(
        client_domain::Actor::parse("exporter").unwrap(),
        client_domain::Permissions::all(),
    );
    let mut download = exports.begin(br#"{"format":"ndjson"}"#, caller.clone()).await.unwrap();
    assert!(matches!(download.next().await, Some(Err(client_app::Error::TimedOut { .. }))));
    assert!(download.next().await.is_none());
    download.break_off().await;
    assert_eq!(log(&bank).await[0]["outcome"], "brokenOff");

    // One more than may run at a time is refused.
    let rules = ExportRules { max_at_once: 1, ..ExportRules::default() };
    let clients = bank.clients.clone().with_exports(Arc::new(bank.store.clone()), rules);
    let exports: &dyn client_wire::ClientExports = &clients;
    let first = exports.begin(br#"{"format":"csv"}"#, caller.clone()).await.unwrap();
    let another = exporter("another");
    let failure = exports.begin(br#"{"format":"csv"}"#, another).await.unwrap_err();
    assert_eq!(failure.items[0].code.name(), "too_many_in_progress");
    assert!(failure.items[0].message.starts_with("1 exports run already"), "{}", failure.items[0].message);
    drop(first);
    assert!(exports.begin(br#"{"format":"csv"}"#, caller).await.is_ok());
}

fn exporter(name: &str) -> client_app::Caller {
    client_app::Caller::new(client_domain::Actor::parse(name).unwrap(), client_domain::Permissions::all())
}

#[tokio::test]
async fn one_caller_leaves_places_to_others() {
    let bank = Bank::open().await;
    let exports: &dyn client_wire::ClientExports = &bank.clients;
    let mut first = exports.begin(br#"{"format":"csv"}"#, exporter("ada")).await.unwrap();
    let failure = exports.begin(br#"{"format":"csv"}"#, exporter("ada")).await.unwrap_err();
    assert_eq!(failure.items[0].code.name(), "too_many_in_progress");
    assert!(failure.items[0].message.starts_with("An export of yours runs already"));
    assert_eq!(log(&bank).await.len(), 1, "what is refused has no line");
    assert!(exports.begin(br#"{"format":"csv"}"#, exporter("ben")).await.is_ok());
    first.complete().await.unwrap();
    assert!(exports.begin(br#"{"format":"csv"}"#, exporter("ada")).await.is_ok());
}

#[tokio::test]
async fn an_end_that_the_log_does_not_take_is_no_complete_file() {
    let bank = Bank::open().await;
    let exports: &dyn client_wire::ClientExports = &bank.clients;
    let mut download = exports.begin(br#"{"format":"csv"}"#, exporter("ada")).await.unwrap();
    while download.next().await.is_some() {}
    bank.store.faults().next_export(adapter_inmem::Fault::Unavailable);
    assert!(download.complete().await.is_err());
    assert_eq!(log(&bank).await[0]["outcome"], "brokenOff");
}

/// Without chunks, the end of the connection would be the end of the file.
#[tokio::test]
async fn a_request_without_chunks_is_refused_before_it_is_logged() {
    let bank = Bank::open().await;
    let body = json!({ "format": "csv" }).to_string();
    let request = format!(
        "POST {PATH} HTTP/1.0\r\nHost: bank\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        Bank::everything("exporter"),
        body.len()
    );
    let mut stream = TcpStream::connect(bank.address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.contains(" 400 Bad Request") && answer.contains("header_invalid"), "{answer}");
    assert!(log(&bank).await.is_empty());
}
