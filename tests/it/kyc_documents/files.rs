//! The file of a document as a stream: uploaded as a replacement, and downloaded.

use std::convert::Infallible;
use std::time::Duration;

use adapter_inmem::Fault;
use bytes::Bytes;
use client_app::ports::DocumentContents as _;
use document_inspection::samples;
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;

use super::fixtures::passport;
use crate::bank::{Answer, Bank, With as _};

async fn with_passport() -> (Bank, String, String) {
    let bank = Bank::open().await;
    let number = bank.pending().await;
    let pdf = passport(&number).with(json!({
        "docExtension": ".pdf", "base64Doc": base64::Engine::encode(&base64::engine::general_purpose::STANDARD, samples::pdf()),
    }));
    let id = bank.submit(pdf).await;
    (bank, number, id)
}

#[tokio::test]
async fn ten_mebibyte_file_is_uploaded_and_downloaded_without_base64() {
    let (bank, number, id) = with_passport().await;
    let whole = samples::pdf_of(10 * 1024 * 1024);
    let answer = Answer::of(bank.put(&id, whole.clone()).header("If-Match", "\"2\"")).await;
    assert_eq!(answer.body["message"], "Identity document content replaced successfully.");
    assert_eq!(answer.data()["contentSize"], 10 * 1024 * 1024);
    assert_eq!(answer.header("etag"), Some("\"3\""));
    assert_eq!(bank.get(&id).await.bytes().await.unwrap(), whole);
    let line = bank.history_of(&number).await.remove(0);
    assert_eq!((&line["event"], &line["identityId"]), (&json!("KycDocumentReplaced"), &json!(id)));
    assert_eq!(line["command"], "ReplaceIdentityDocumentContent");
    // Chunked, in pieces of odd sizes, without a content length.
    let pieces: Vec<_> =
        whole.chunks(65_537).map(|piece| Ok::<_, Infallible>(Bytes::copy_from_slice(piece))).collect();
    Answer::of(bank.put(&id, reqwest::Body::wrap_stream(stream::iter(pieces)))).await.data();
}

#[tokio::test]
async fn head_request_describes_the_download() {
    let (bank, _, id) = with_passport().await;
    let request = bank.http().head(bank.content_url(&id)).bearer_auth(Bank::everything("reader"));
    let response = request.send().await.unwrap();
    assert_eq!(response.headers()["content-length"], samples::pdf().len().to_string().as_str());
    assert!(response.bytes().await.unwrap().is_empty());
}

#[tokio::test]
async fn upload_is_idempotent_versioned_and_typed() {
    let (bank, _, id) = with_passport().await;
    let put = |bytes: Vec<u8>| bank.put(&id, bytes).header("Idempotency-Key", "k-1");
    let first = Answer::of(put(samples::pdf_of(1000))).await;
    let again = Answer::of(put(samples::pdf_of(1000))).await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.data(), first.data());
    assert_eq!(Answer::of(put(samples::pdf_of(1001))).await.codes(), ["idempotency_key_reused"]);
    let stale = Answer::of(bank.put(&id, samples::pdf()).header("If-Match", "\"2\"")).await;
    assert_eq!(stale.codes(), ["stale_version"]);
    assert_eq!(
        bank.stored().await,
        5,
        "no request deletes a file, its own neither: orphans are collected later"
    );
    assert_eq!(Answer::of(bank.put(&id, samples::png())).await.codes(), ["content_mismatch"]);
    for (name, value) in
        [("Content-Type", "text/html"), ("Content-Encoding", "gzip"), ("Content-Type", "application/json")]
    {
        let answer = Answer::of(bank.put(&id, samples::pdf()).header(name, value)).await;
        assert_eq!(answer.codes(), ["unsupported_media_type"], "{value}");
    }
    for good in ["application/pdf", "application/octet-stream", "image/png"] {
        Answer::of(bank.put(&id, samples::pdf()).header("Content-Type", good)).await.data();
    }
}

#[tokio::test]
async fn reviewed_document_keeps_its_file() {
    let (bank, _, id) = with_passport().await;
    bank.approve_document(&id).await.data();
    let answer = Answer::of(bank.put(&id, samples::pdf_of(1000))).await;
    assert_eq!((answer.status, answer.codes()), (409, vec!["already_reviewed".to_owned()]));
    assert_eq!(bank.get(&id).await.bytes().await.unwrap(), samples::pdf());
    assert_eq!(bank.stored().await, 1);
}

#[tokio::test]
async fn too_large_content_length_is_refused_immediately() {
    let (bank, _, id) = with_passport().await;
    let mut stream = tokio::net::TcpStream::connect(bank.address).await.unwrap();
    let head = format!(
        "PUT /api/bpm/documents/{id}/content HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Length: 10485761\r\n\r\n",
        Bank::everything("maker")
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    tokio::io::AsyncReadExt::read_exact(&mut stream, &mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 413");
}

#[tokio::test]
async fn interrupted_upload_changes_nothing() {
    let (bank, number, id) = with_passport().await;
    let lines = bank.history_of(&number).await;
    let mut stream = tokio::net::TcpStream::connect(bank.address).await.unwrap();
    let head = format!(
        "PUT /api/bpm/documents/{id}/content HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Length: 1000\r\n\r\n%PDF-1.4\n",
        Bank::everything("maker")
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.flush().await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    drop(stream);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(bank.history_of(&number).await, lines);
    assert_eq!(bank.get(&id).await.bytes().await.unwrap(), samples::pdf());
    assert_eq!(bank.stored().await, 1);
}

#[tokio::test]
async fn failed_content_storage_fails_the_command() {
    let (bank, number, id) = with_passport().await;
    let lines = bank.history_of(&number).await;
    bank.contents.faults().contents(Fault::Unavailable);
    let answer = bank.maker("CreateIdentityDocumentCommand", passport(&number)).await;
    assert_eq!((answer.status, answer.codes()), (503, vec!["store_unavailable".to_owned()]));
    assert_eq!(Answer::of(bank.put(&id, samples::pdf())).await.codes(), ["store_unavailable"]);
    assert_eq!(bank.get(&id).await.status(), 503);
    bank.contents.faults().clear();
    assert_eq!(bank.history_of(&number).await, lines);
}

#[tokio::test]
async fn altered_file_is_not_served_completely() {
    let (bank, _, id) = with_passport().await;
    let key = bank.contents.keys(None, 1).await.unwrap().remove(0);
    bank.contents.delete(&key).await.unwrap();
    let missing =
        Answer::of(bank.http().get(bank.content_url(&id)).bearer_auth(Bank::everything("reader"))).await;
    assert_eq!((missing.status, missing.codes()), (500, vec!["content_missing".to_owned()]));
    assert_eq!(missing.body["errors"][0]["field"], "identityId");
    assert!(!missing.body.to_string().contains(key.as_str()), "{}", missing.body);
    let metrics = bank.http().get(bank.url("/metrics")).send().await.unwrap().text().await.unwrap();
    let counted = metrics.lines().find_map(|line| line.strip_prefix("kyc_contents_missing_total "));
    assert!(counted.unwrap().parse::<u64>().unwrap() > 0);
    let other = samples::pdf().iter().map(|byte| byte ^ 1).collect::<Vec<_>>();
    bank.contents.put(&key, stream::iter([Ok(Bytes::from(other))]).boxed()).await.unwrap();
    let request = bank.http().get(bank.content_url(&id)).bearer_auth(Bank::everything("reader"));
    // The head may have been sent before the last byte is known; the rest never comes.
    let whole = match request.send().await {
        Ok(response) => response.bytes().await.is_ok(),
        Err(_) => false,
    };
    assert!(!whole);
}

#[tokio::test]
async fn unknown_document_has_no_file() {
    let (bank, _, _) = with_passport().await;
    let unknown = "f".repeat(32);
    let response = bank.get(&unknown).await;
    assert_eq!(response.status(), 404);
    let body: Value = response.json().await.unwrap();
    assert_eq!(
        (&body["message"], &body["errors"][0]["code"]),
        (&json!("Document not found"), &json!("document_not_found"))
    );
    assert_eq!(Answer::of(bank.put(&unknown, samples::pdf())).await.codes(), ["document_not_found"]);
    let post = bank.http().post(bank.content_url(&unknown)).bearer_auth(Bank::everything("maker"));
    let answer = Answer::of(post).await;
    assert_eq!((answer.status, answer.header("allow")), (405, Some("GET,HEAD,PUT")));
}
