//! An export equals the table by digest, with memory that does not grow with it.
//!
//! A few hundred clients, and by hand a million.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Instant;

use client_app::export::ExportRules;
use client_app::ports::{ClientStore as _, Committed};
use futures_util::{StreamExt as _, TryStreamExt as _};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use sqlx::Row as _;
use store_conformance::fixtures::{creation, onboarded};

use super::PATH;
use crate::bank::Bank;
use crate::kyc_documents::fixtures::Postgres;

/// The resident memory of this process in KiB.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().split(' ').next()?.parse().ok()).unwrap_or_default()
}

/// Copies of one client under other keys and numbers, past the triggers, which are not the subject here.
const COPIES: &str = "SET session_replication_role = replica;
    INSERT INTO client SELECT copy.* FROM client c, generate_series(2, {count}) n,
        LATERAL jsonb_populate_record(c, jsonb_build_object('client_key', md5(n::text), 'id', n)) copy WHERE c.id = 1;
    SET session_replication_role = origin; ANALYZE client";

#[tokio::test(flavor = "multi_thread")]
async fn an_export_equals_the_table_by_digest() {
    compare(500).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "it takes minutes: run it by hand, with --nocapture"]
async fn an_export_of_a_million_clients_equals_the_table_by_digest() {
    compare(1_000_000).await;
}

/// Exports this many clients, and reads them from the table.
#[expect(clippy::print_stdout, reason = "a measurement by hand")]
async fn compare(count: i64) {
    let postgres = Postgres::start().await;
    let store = Arc::new(postgres.store.clone());
    assert_eq!(store.commit(creation(&onboarded(1))).await.unwrap(), Committed::Done);
    let mut connection = postgres.connect().await;
    let copies = COPIES.replace("{count}", &count.to_string());
    sqlx::raw_sql(sqlx::AssertSqlSafe(copies)).execute(&mut connection).await.unwrap();
    let log = store.clone();
    let bank = clients_testkit::Bank::builder()
        .storage(store.clone(), store.clone(), store)
        .configure(move |clients| clients.with_exports(log, ExportRules::default()))
        .start()
        .await
        .unwrap();

    let body = json!({
        "format": "ndjson", "fields": ["contactEncodedKey", "id", "version"], "sort": [{ "propertyName": "id" }],
    });
    let url = format!("http://{}{PATH}", bank.address());
    let (begun, before) = (Instant::now(), resident());
    let request = reqwest::Client::new().post(url).bearer_auth(Bank::everything("exporter")).json(&body);
    let answer = request.send().await.unwrap();
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    let (id, since) = (header("export-id"), header("export-changed-since"));
    let (mut exported, mut bytes, mut most) = (Sha256::new(), 0, before);
    let mut pieces = answer.bytes_stream();
    while let Some(piece) = pieces.next().await {
        let piece = piece.unwrap();
        bytes += piece.len();
        exported.update(&piece);
        most = most.max(resident());
    }
    let (seconds, grown) = (begun.elapsed().as_secs_f64(), most.saturating_sub(before));

    let mut table = Sha256::new();
    let mut rows =
        sqlx::query("SELECT id, client_key, version FROM client ORDER BY id").fetch(&mut connection);
    let mut line = String::new();
    while let Some(row) = rows.try_next().await.unwrap() {
        let (id, key, version) = (row.get::<i64, _>(0), row.get::<String, _>(1), row.get::<i64, _>(2));
        line.clear();
        writeln!(line, r#"{{"contactEncodedKey":"{key}","id":{id},"version":{version}}}"#).unwrap();
        table.update(&line);
    }
    let end = json!({ "_end": { "exportId": id, "rows": count, "changedSince": since } });
    table.update(format!("{end}\n"));
    println!("{count} clients, {bytes} bytes in {seconds:.1} s; the process grew by {grown} KiB");
    assert_eq!(exported.finalize(), table.finalize());
    assert!(grown < 64 * 1024, "{grown} KiB");
}
