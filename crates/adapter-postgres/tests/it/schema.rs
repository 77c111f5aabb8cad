//! The schema refuses by itself what the domain refuses, under names that the adapter knows.

use std::collections::BTreeSet;

use adapter_postgres::constraints;
use client_app::conformance::fixtures::{applicant, creation, moment, onboarded, outcome, request, way_with};
use client_app::conformance::paper_fixtures::papers_of;
use client_app::ports::{Changeset, ClientStore, DocumentContents as _, StoreError};
use client_domain::ClientState;
use client_domain::kyc::ContentKey;
use client_domain::lifecycle::edges_sql;
use futures_util::{StreamExt as _, stream};
use sqlx::Row as _;

use crate::database::Database;

/// A database with an active client, its papers (reviewed and not), its claims, history and events (one of them given up), and an outcome.
async fn inhabited() -> Database {
    let database = Database::fresh().await;
    let store = database.store().await;
    let way = way_with(1, ClientState::Active, applicant(1), |client| papers_of(8, client));
    let mut changesets = vec![creation(&way[0])];
    for step in way.windows(2) {
        changesets.push(client_app::conformance::fixtures::replacement(&step[0].client, &step[1]));
    }
    changesets.push(Changeset { outcome: Some(outcome(request(1), 1)), ..Changeset::default() });
    for changeset in changesets {
        assert_eq!(store.commit(changeset).await.unwrap(), client_app::ports::Committed::Done);
    }
    let key = ContentKey::from_bits(moment(1), 1);
    store.put(&key, stream::iter([Ok("a file".into())]).boxed()).await.unwrap();
    let given_up = "INSERT INTO client_outbox (client_key, version, event_id, event, at, data, discarded_at)
        SELECT client_key, 99, 'given up', event, at, data, now() FROM client_outbox WHERE version = 1";
    database.run(given_up).await.unwrap();
    database
}

/// One way to break each constraint, past the adapter.
const BROKEN: &[(&str, &str)] = &[
    ("client_pkey", "INSERT INTO client SELECT * FROM client"),
    ("client_number_pkey", "INSERT INTO client_number SELECT * FROM client_number"),
    (
        "client_claim_exclusive",
        "INSERT INTO client_claim SELECT kind, digest, 'another', true FROM client_claim",
    ),
    ("client_claim_pkey", "INSERT INTO client_claim SELECT kind, digest, client_key, false FROM client_claim"),
    ("client_idempotency_pkey", "INSERT INTO client_idempotency SELECT * FROM client_idempotency"),
    ("client_key_length", "UPDATE client SET client_key = ''"),
    ("client_id_positive", "UPDATE client SET id = 0"),
    ("client_version_positive", "UPDATE client SET version = 0"),
    (
        "client_state_known",
        "UPDATE client SET state = 2, activated_at = NULL, approval = 'Approved'",
    ),
    ("client_choices_known", "UPDATE client SET gender = 'male'"),
    ("client_choices_known", "UPDATE client SET customer_type = ''"),
    ("client_choices_known", "UPDATE client SET marital_status = 5"),
    ("client_choices_known", "UPDATE client SET country = 'NGA'"),
    ("client_approval_whole", "UPDATE client SET approval_by = NULL, approval_by_email = NULL"),
    ("client_approval_whole", "UPDATE client SET approval_at = NULL"),
    ("client_approval_fits_state", "UPDATE client SET approval = 'Pending'"),
    (
        "client_approval_fits_state",
        "UPDATE client SET approval = NULL, approval_by = NULL, approval_by_email = NULL, approval_at = NULL",
    ),
    ("client_approval_fits_state", "UPDATE client SET state = 3, activated_at = NULL"),
    ("client_approval_fits_state", "UPDATE client SET state = 5, activated_at = NULL"),
    ("client_activation_fits_state", "UPDATE client SET activated_at = NULL"),
    ("client_activation_fits_state", "UPDATE client SET state = 4"),
    (
        "client_approved_by_another",
        "DO $$ BEGIN
            UPDATE client SET state = 3, activated_at = NULL, approval = NULL, approval_by = NULL, approval_by_email = NULL,
                approval_at = NULL, makers = '[[\"maker\", 1]]', makers_version = version;
            UPDATE client SET state = 4, approval = 'Approved', approval_by = U&'M\\200Baker', approval_at = now();
        END $$",
    ),
    ("client_modified_after_creation", "UPDATE client SET modified_at = created_at - interval '1 second'"),
    ("client_lifecycle_edge_pkey", "INSERT INTO client_lifecycle_edge VALUES (3, 'approve', 4)"),
    ("client_claim_kind_known", "UPDATE client_claim SET kind = 'name'"),
    ("client_claim_digest_length", "UPDATE client_claim SET digest = 'plain'"),
    ("client_history_pkey", "INSERT INTO client_history SELECT * FROM client_history"),
    (
        "client_history_client_fkey",
        "INSERT INTO client_history (client_key, version, event, command, request_id, actor, at, from_state,
            action, to_state, changed) VALUES ('nobody', 1, '', '', '', '', now(), 0, 'create', 3, '')",
    ),
    // What the domain refuses: nobody goes from pending approval to active.
    (
        "client_history_edge_fkey",
        "INSERT INTO client_history (client_key, version, event, command, request_id, actor, at, from_state,
            action, to_state, changed) SELECT client_key, 99, '', '', '', '', now(), 3, 'activate', 1, '' FROM client",
    ),
    (
        "client_history_action_or_same",
        "INSERT INTO client_history (client_key, version, event, command, request_id, actor, at, from_state,
            to_state, changed) SELECT client_key, 99, '', '', '', '', now(), 3, 1, '' FROM client",
    ),
    (
        "client_history_state_known",
        "INSERT INTO client_history (client_key, version, event, command, request_id, actor, at, from_state,
            to_state, changed) SELECT client_key, 99, '', '', '', '', now(), 2, 2, '' FROM client",
    ),
    (
        "client_history_version_positive",
        "INSERT INTO client_history (client_key, version, event, command, request_id, actor, at, from_state,
            to_state, changed) SELECT client_key, 0, '', '', '', '', now(), 3, 3, '' FROM client",
    ),
    (
        "client_history_transaction_whole",
        "INSERT INTO client_history (client_key, version, event, command, request_id, actor, at, from_state,
            to_state, changed, transaction_date) SELECT client_key, 99, '', '', '', '', now(), 3, 3, '', now() FROM client",
    ),
    ("client_history_append_only", "UPDATE client_history SET notes = ''"),
    ("client_history_append_only", "DELETE FROM client_history"),
    ("client_history_append_only", "TRUNCATE client_history"),
    (
        "client_history_about_one_paper",
        "INSERT INTO client_history (client_key, version, event, command, request_id, actor, at, from_state,
            to_state, changed, document_id, address_id)
            SELECT client_key, 99, '', '', '', '', now(), 3, 3, '', '1', '2' FROM client",
    ),
    ("client_document_pkey", "INSERT INTO client_document SELECT * FROM client_document"),
    ("client_document_client_fkey", "UPDATE client_document SET client_key = 'nobody' WHERE status = 0"),
    ("client_document_choices_known", "UPDATE client_document SET kind = 9 WHERE status = 0"),
    ("client_document_choices_known", "UPDATE client_document SET extension = '.exe' WHERE status = 0"),
    ("client_document_content_whole", "UPDATE client_document SET size = 0 WHERE status = 0"),
    ("client_document_content_whole", "UPDATE client_document SET sha256 = 'plain' WHERE status = 0"),
    ("client_document_ends_after_it_begins", "UPDATE client_document SET issued_on = expires_on WHERE status = 0"),
    ("client_document_notice_of_an_end", "UPDATE client_document SET notice = 1, expires_on = NULL WHERE status = 0"),
    ("client_document_review_whole", "UPDATE client_document SET status = 1 WHERE status = 0"),
    (
        "client_document_review_whole",
        "UPDATE client_document SET status = 2, reviewed_by = 'x', reviewed_at = now() WHERE status = 0",
    ),
    ("client_document_review_whole", "UPDATE client_document SET comment = 'x' WHERE status = 0"),
    (
        "client_document_reviewed_by_another",
        "UPDATE client_document SET status = 1, reviewed_by = uploaded_by, reviewed_at = now() WHERE status = 0",
    ),
    (
        "client_document_reviewed_by_another_person",
        "UPDATE client_document SET status = 1, reviewed_by = upper(uploaded_by), reviewed_at = now() WHERE status = 0",
    ),
    ("client_document_reviewed_for_good", "UPDATE client_document SET number = 'B' WHERE status = 1"),
    ("client_document_reviewed_for_good", "UPDATE client_document SET status = 2, comment = 'x' WHERE status = 1"),
    ("client_document_kept", "DELETE FROM client_document"),
    ("client_document_kept", "TRUNCATE client_document"),
    ("client_address_pkey", "INSERT INTO client_address SELECT * FROM client_address"),
    ("client_address_client_fkey", "UPDATE client_address SET client_key = 'nobody' WHERE status = 0"),
    ("client_address_choices_known", "UPDATE client_address SET country = 'NGA' WHERE status = 0"),
    ("client_address_review_whole", "UPDATE client_address SET status = 1 WHERE status = 0"),
    (
        "client_address_reviewed_by_another",
        "UPDATE client_address SET status = 1, reviewed_by = submitted_by, reviewed_at = now() WHERE status = 0",
    ),
    (
        "client_address_reviewed_by_another_person",
        "UPDATE client_address SET status = 1, reviewed_by = upper(submitted_by), reviewed_at = now() WHERE status = 0",
    ),
    ("client_address_reviewed_for_good", "UPDATE client_address SET line1 = 'Elsewhere' WHERE status = 1"),
    ("client_address_kept", "DELETE FROM client_address"),
    ("client_address_kept", "TRUNCATE client_address"),
    ("client_content_pkey", "INSERT INTO client_content SELECT * FROM client_content"),
    ("client_content_size_possible", "INSERT INTO client_content VALUES (repeat('a', 32), -1)"),
    ("client_content_key_length", "INSERT INTO client_content VALUES ('short')"),
    ("client_content_whole_for_good", "UPDATE client_content SET size = 7"),
    ("client_content_piece_pkey", "INSERT INTO client_content_piece SELECT * FROM client_content_piece"),
    ("client_content_piece_content_fkey", "INSERT INTO client_content_piece VALUES (repeat('a', 32), 0, '')"),
    (
        "client_content_piece_place_possible",
        "INSERT INTO client_content_piece SELECT content_key, -1, '' FROM client_content",
    ),
    ("client_content_piece_unchanged", "UPDATE client_content_piece SET bytes = ''"),
    (
        "client_content_candidate_pkey",
        "INSERT INTO client_content_candidate SELECT repeat('a', 32), now() FROM generate_series(1, 2)",
    ),
    ("client_content_candidate_key_length", "INSERT INTO client_content_candidate VALUES ('short', now())"),
    (
        "client_installation_pkey",
        "INSERT INTO client_installation (installation_id) SELECT repeat('a', 32) FROM generate_series(1, 2)",
    ),
    ("client_installation_one_row", "INSERT INTO client_installation VALUES (false, repeat('a', 32))"),
    ("client_installation_id_length", "INSERT INTO client_installation (installation_id) VALUES ('short')"),
    ("client_installation_unchanged", "UPDATE client_installation SET installation_id = ''"),
    ("client_outbox_pkey", "INSERT INTO client_outbox SELECT * FROM client_outbox"),
    (
        "client_outbox_version_positive",
        "INSERT INTO client_outbox SELECT client_key, 0, event_id, event, at, data FROM client_outbox",
    ),
    (
        "client_outbox_one_end",
        "UPDATE client_outbox SET delivered_at = now(), buried_at = now(), failures = 1, cause = 'timedOut'",
    ),
    ("client_outbox_one_end", "UPDATE client_outbox SET delivered_at = now(), discarded_at = now()"),
    ("client_outbox_failures_counted", "UPDATE client_outbox SET failures = -1"),
    ("client_outbox_failures_counted", "UPDATE client_outbox SET buried_at = now(), cause = 'timedOut'"),
    ("client_outbox_cause_whole", "UPDATE client_outbox SET cause = 'refused'"),
    ("client_outbox_cause_whole", "UPDATE client_outbox SET status = 500"),
    ("client_outbox_cause_whole", "UPDATE client_outbox SET cause = 'timedOut', status = 500"),
    ("client_outbox_cause_whole", "UPDATE client_outbox SET cause = 'tired'"),
    ("client_outbox_cause_whole", "UPDATE client_outbox SET failures = 1, buried_at = now()"),
    (
        "client_outbox_discarded_for_good",
        "UPDATE client_outbox SET discarded_at = NULL WHERE discarded_at IS NOT NULL",
    ),
    ("client_outbox_unchanged", "UPDATE client_outbox SET event = ''"),
    ("client_outbox_unchanged", "UPDATE client_outbox SET data = '{}'"),
    ("client_outbox_kept", "DELETE FROM client_outbox"),
    ("client_outbox_not_truncated", "TRUNCATE client_outbox"),
    ("client_idempotency_fingerprint_length", "UPDATE client_idempotency SET fingerprint = ''"),
    ("client_idempotency_version_positive", "UPDATE client_idempotency SET version = 0"),
];

#[tokio::test(flavor = "multi_thread")]
async fn each_constraint_refuses_what_it_is_there_for() {
    let database = inhabited().await;
    for (constraint, sql) in BROKEN {
        let error = database.run(sql).await.expect_err(sql);
        let error = error.as_database_error().unwrap();
        assert_eq!(error.constraint(), Some(*constraint), "{sql}: {error}");
    }
    let provoked: BTreeSet<_> = BROKEN.iter().map(|(constraint, _)| *constraint).collect();
    let known: BTreeSet<_> = constraints().iter().map(|(constraint, _)| *constraint).collect();
    assert_eq!(provoked, known);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_adapter_knows_every_constraint_of_the_schema() {
    let database = Database::fresh().await;
    let rows = database
        .run(
            "SELECT conname::text FROM pg_constraint WHERE connamespace = 'public'::regnamespace
                AND contype <> 'n' AND conrelid::regclass::text LIKE 'client%'
            UNION SELECT indexrelid::regclass::text FROM pg_index
                WHERE indisunique AND indrelid::regclass::text LIKE 'client%'
            UNION SELECT tgname::text FROM pg_trigger WHERE NOT tgisinternal",
        )
        .await
        .unwrap();
    let there: BTreeSet<String> = rows.iter().map(|row| row.get(0)).collect();
    let known: BTreeSet<String> = constraints().iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(there, known);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_violation_is_told_in_words_without_values() {
    let database = inhabited().await;
    let store = database.store().await;
    let mut forged = creation(&onboarded(2));
    forged.history[0].event.from = Some(ClientState::Rejected);
    let error = store.commit(forged).await.unwrap_err();
    let StoreError::Corrupt { what } = &error else { panic!("{error:?}") };
    assert_eq!(what, "a line of history that the lifecycle does not know");
    assert_eq!(store.find(&client_app::ports::ClientRef::Id(applicant(2).id)).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_edges_are_those_of_the_domain() {
    let database = Database::fresh().await;
    let edges = "SELECT (from_state, action, to_state)::text FROM client_lifecycle_edge ORDER BY 1";
    let seeded: Vec<String> = database.run(edges).await.unwrap().iter().map(|row| row.get(0)).collect();

    let mut connection = database.connect().await;
    let copy =
        "CREATE TEMPORARY TABLE client_lifecycle_edge (LIKE public.client_lifecycle_edge INCLUDING ALL)";
    sqlx::raw_sql(copy).execute(&mut connection).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(edges_sql())).execute(&mut connection).await.unwrap();
    let domain: Vec<String> = sqlx::query_scalar(edges).fetch_all(&mut connection).await.unwrap();
    assert_eq!(seeded, domain);
    assert!(!domain.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_table_and_column_says_what_it_is_for() {
    let database = Database::fresh().await;
    let silent = database
        .run(
            "SELECT c.relname::text || coalesce('.' || a.attname, '') FROM pg_class c
            LEFT JOIN LATERAL (
                SELECT attnum, attname FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND c.relkind = 'r'
                UNION ALL SELECT 0, NULL
            ) a ON true
            WHERE c.relkind IN ('r', 'S') AND c.relname LIKE 'client%'
                AND (CASE WHEN a.attnum = 0 THEN obj_description(c.oid) ELSE col_description(c.oid, a.attnum) END) IS NULL",
        )
        .await
        .unwrap();
    let silent: Vec<String> = silent.iter().map(|row| row.get(0)).collect();
    assert_eq!(silent, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_is_no_client_is_corrupt_and_named_by_column() {
    let database = inhabited().await;
    let store = database.store().await;
    let name = client_app::ports::ClientRef::Id(applicant(1).id);
    for (sql, what) in [
        ("UPDATE client SET email = 'secret'", "the column email of a row of the table client"),
        ("UPDATE client SET country = 'ZZ'", "the column country of a row of the table client"),
        ("UPDATE client SET birth_date = '0100-01-01'", "the column birth_date of a row of the table client"),
    ] {
        let mut connection = database.connect().await;
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        match store.find(&name).await {
            Err(StoreError::Corrupt { what: told }) => assert_eq!(told, what),
            other => panic!("{other:?}"),
        }
        let back = "UPDATE client SET email = 'a@b.co', country = 'NG', birth_date = '1990-01-01'";
        sqlx::raw_sql(back).execute(&mut connection).await.unwrap();
    }
    assert!(store.find(&name).await.unwrap().is_some());
}
