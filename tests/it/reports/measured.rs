//! What each report costs with many clients. Run it by hand:
//! `cargo test --release -p clients-tests --test it reports::measured -- --ignored --nocapture`.

use std::time::Instant;

use serde_json::json;

use super::{done, live};
use crate::bank::{Setup, applicant};
use crate::kyc_documents::fixtures::Postgres;

const CLIENTS: i64 = 100_000;

/// Copies of all clients with their histories, past the triggers, which are not the subject here: of 200 branches, decided by 40
/// persons, over 300 days.
const COPIES: &str = "SET session_replication_role = replica;
    CREATE TABLE copy AS SELECT c.client_key AS old, md5(c.client_key || n) AS client_key, c.id + 1000 * n AS id, n,
            'branch-' || n % 200 AS branch, interval '1 day' * (n % 300) AS age
        FROM client c, generate_series(1, {copies}) n;
    INSERT INTO client SELECT new.* FROM client c JOIN copy m ON m.old = c.client_key,
        LATERAL jsonb_populate_record(c, jsonb_build_object('client_key', m.client_key, 'id', m.id, 'branch', m.branch,
            'created_at', c.created_at - m.age)) new;
    INSERT INTO client_history SELECT new.* FROM client_history h JOIN copy m ON m.old = h.client_key,
        LATERAL jsonb_populate_record(h, jsonb_build_object('client_key', m.client_key, 'at', h.at - m.age,
            'actor', h.actor || '-' || m.n % 40)) new;
    INSERT INTO client_work_item SELECT new.* FROM client_work_item w JOIN copy m ON m.old = w.client_key,
        LATERAL jsonb_populate_record(w, jsonb_build_object('client_key', m.client_key, 'branch', m.branch,
            'since', w.since - m.age)) new;
    INSERT INTO client_document SELECT new.* FROM client_document d JOIN copy m ON m.old = d.client_key,
        LATERAL jsonb_populate_record(d, jsonb_build_object('client_key', m.client_key,
            'document_id', md5(d.document_id || m.n))) new;
    INSERT INTO client_kyc_status SELECT new.* FROM client_kyc_status s JOIN copy m ON m.old = s.client_key,
        LATERAL jsonb_populate_record(s, jsonb_build_object('client_key', m.client_key)) new;
    DROP TABLE copy;
    SET session_replication_role = origin;
    VACUUM (ANALYZE) client, client_history, client_work_item, client_document, client_kyc_status";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "it takes minutes: run it by hand, with --nocapture"]
async fn each_report_of_many_clients() {
    let postgres = Postgres::start().await;
    let bank = postgres.bank_with(Setup::default()).await;
    live(&bank).await;
    for n in 5..=8 {
        let created = done(&bank, "maker", "CreateContactCommand", applicant(n)).await;
        let key = json!({ "contactEncodedKey": created["contactEncodedKey"] });
        done(&bank, "maker", "RequestCustomerApprovalCommand", key.clone()).await;
        if n < 8 {
            done(&bank, "checker", "ApproveCustomerCommand", key).await;
        }
    }
    let mut connection = postgres.connect().await;
    for statement in COPIES.replace("{copies}", &(CLIENTS / 8).to_string()).split(';') {
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement.to_owned())).execute(&mut connection).await.unwrap();
    }
    let lines = postgres.ask("SELECT count(*)::text FROM client_history").await;
    let items = postgres.ask("SELECT count(*)::text FROM client_work_item").await;
    println!("{CLIENTS} clients, {lines} lines of histories, {items} items of the queue");
    for name in client_app::Report::ALL.map(client_app::Report::name) {
        for (kind, data) in [("all", json!({})), ("a branch", json!({ "branchEncodedKey": "branch-7" }))] {
            let mut times = Vec::new();
            for _ in 0..5 {
                let begun = Instant::now();
                let answer = super::asked_all(&bank, name, data.clone()).await;
                times.push(begun.elapsed().as_secs_f64() * 1_000.0);
                if times.len() == 5 {
                    times.sort_by(f64::total_cmp);
                    let rows = answer["rows"].as_array().unwrap().len();
                    println!(
                        "| {name} | {kind} | {rows} | {} | {:.0} | {:.0} |",
                        answer["atLeast"], times[2], times[4]
                    );
                }
            }
        }
    }
}
