//! Hostile files, through every way of uploading: none is accepted, and nothing of them is stored.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use client_app::ports::DocumentContents;
use document_inspection::samples::{self, Sample};
use serde_json::{Value, json};

use super::fixtures::{Postgres, passport};
use crate::bank::{Answer, Bank, With as _};

/// Sends a file as base64 in a command, and as a replacement by streaming.
async fn attack(bank: &Bank, contents: &dyn DocumentContents) {
    let number = bank.pending().await;
    let whole = [
        ("jpg", samples::jpeg()),
        ("jpeg", samples::jpeg()),
        ("png", samples::png()),
        ("pdf", samples::pdf()),
    ];
    let mut targets = Vec::new();
    for (extension, bytes) in whole {
        let document = passport(&number)
            .with(json!({ "docExtension": format!(".{extension}"), "base64Doc": STANDARD.encode(bytes) }));
        targets.push((extension, bank.submit(document).await));
    }
    let kept = contents.keys(None, 100).await.unwrap();
    assert_eq!(kept.len(), 4);
    let lines = bank.history_of(&number).await;
    let samples = samples::rejected();
    assert!(samples.len() >= 40);
    for Sample { name, extension, bytes, rejection } in samples {
        let verdict = rejection.map(|code| code.replace("content_too_large", "body_too_large")).unwrap();
        let document = passport(&number)
            .with(json!({ "docExtension": format!(".{extension}"), "base64Doc": STANDARD.encode(&bytes) }));
        let answer = bank.maker("CreateIdentityDocumentCommand", document).await;
        let status = if verdict == "body_too_large" { 413 } else { 400 };
        // One byte more than the maximum still fits into a request.
        let status = if answer.status == 400 { 400 } else { status };
        assert_eq!((answer.status, answer.codes()), (status, vec![verdict.clone()]), "{name}");
        if verdict != "body_too_large" {
            assert_eq!(answer.body["errors"][0]["field"], "base64Doc", "{name}");
        }

        // A caller who sends too much is answered while sending; another test covers that.
        if verdict == "body_too_large" {
            continue;
        }
        let (_, target) = targets.iter().find(|(known, _)| *known == extension).unwrap();
        let answer = Answer::of(bank.put(target, bytes)).await;
        assert_eq!((answer.status, answer.codes()), (400, vec![verdict.clone()]), "{name}, by itself");
    }
    assert_eq!(bank.history_of(&number).await, lines, "nothing happened");
    assert_eq!(contents.keys(None, 100).await.unwrap(), kept, "nothing of them is kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_files_are_refused_in_memory() {
    let bank = Bank::open().await;
    let contents = bank.contents.clone();
    attack(&bank, &contents).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_files_are_refused_on_postgresql() {
    let postgres = Postgres::start().await;
    let bank = postgres.bank(client_domain::kyc::KycPolicy::default()).await;
    attack(&bank, &postgres.store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn accepted_files_are_served_as_inert_attachments() {
    let postgres = Postgres::start().await;
    let bank = postgres.bank(client_domain::kyc::KycPolicy::default()).await;
    let number = bank.pending().await;
    for Sample { name, extension, bytes, .. } in samples::accepted() {
        let document = passport(&number)
            .with(json!({ "docExtension": format!(".{extension}"), "base64Doc": STANDARD.encode(&bytes) }));
        let id = bank.submit(document).await;
        let response = bank.get(&id).await;
        assert_eq!(response.status(), 200, "{name}");
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        let media_type = match extension {
            "png" => "image/png",
            "pdf" => "application/pdf",
            _ => "image/jpeg",
        };
        assert_eq!(header("content-type"), media_type);
        assert_eq!(header("content-length"), bytes.len().to_string());
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(header("content-security-policy"), "default-src 'none'; sandbox");
        let attachment = format!("attachment; filename=\"international-passport-{id}.{extension}\"");
        assert_eq!(header("content-disposition"), attachment);
        assert!(header("repr-digest").starts_with("sha-256=:"));
        assert_eq!(response.bytes().await.unwrap(), bytes, "{name}");

        let answer = Answer::of(bank.put(&id, bytes)).await;
        assert_eq!(answer.status, 200, "{name}, by itself: {}", answer.body);
    }
}

#[tokio::test]
async fn path_traversal_is_rejected() {
    let bank = Bank::open().await;
    let number = bank.pending().await;
    for extension in [
        "../../x.pdf",
        ".pdf/..",
        ".pdf\u{0}.png",
        ".PDF ",
        "pdf",
        "",
        ".p\u{202E}df",
        ".svg",
        "CON",
        ".jpg;.exe",
        "/etc/passwd",
    ] {
        let document = passport(&number).with(json!({ "docExtension": extension }));
        let answer = bank.maker("CreateIdentityDocumentCommand", document).await;
        assert_eq!(answer.status, 400, "{extension:?}");
        let fields: Vec<_> =
            answer.body["errors"].as_array().unwrap().iter().map(|item| &item["field"]).collect();
        let mismatch = extension == ".PDF " && answer.codes() == ["content_mismatch"];
        assert!(mismatch || fields == [&json!("docExtension")], "{extension:?}: {}", answer.body);
    }
    for id in [
        "..",
        "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "0123",
        "a%00b",
        "0123456789ABCDEF0123456789ABCDEF",
        "%F0%9F",
    ] {
        let response = bank.get(id).await;
        assert!(matches!(response.status().as_u16(), 400 | 404), "{id}: {}", response.status());
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["isSuccessful"], false);
    }
    assert_eq!(bank.stored().await, 0);
}

#[tokio::test]
async fn concurrent_large_bodies_wait_for_a_permit() {
    let bank = std::sync::Arc::new(Bank::open().await);
    let number = bank.pending().await;
    let large = STANDARD.encode(samples::pdf_of(3_000_000));
    let mut senders = tokio::task::JoinSet::new();
    for _ in 0..10 {
        let document = passport(&number).with(json!({ "docExtension": ".pdf", "base64Doc": large }));
        let bank = bank.clone();
        senders.spawn(async move { bank.maker("CreateIdentityDocumentCommand", document).await.status });
    }
    let statuses = senders.join_all().await;
    assert_eq!(statuses, [200; 10]);
}
