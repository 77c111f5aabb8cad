//! The schema refuses by itself what the domain refuses, under names that the adapter knows.

mod broken;

use std::collections::BTreeSet;

use adapter_postgres::constraints;
use client_app::ports::{
    Batches as _, Changeset, ClientStore, DocumentContents as _, EventFilter, ExportLog as _, Outbox as _,
    ReceiverName, SavedViews as _, Sessions as _, StoreError, ViewSaving, WorkClaim, WorkItemId,
    WorkItems as _,
};
use client_domain::client::{Change, WorkSubject};
use client_domain::kyc::{ContentKey, ReviewAction};
use client_domain::lifecycle::edges_sql;
use client_domain::value::Notes;
use client_domain::{Actor, Client, ClientState};
use futures_util::{StreamExt as _, stream};
use sqlx::Row as _;
use store_conformance::fixtures::batches::{batch, piece};
use store_conformance::fixtures::documents::{
    address_submitted, documents_of, rejected_document, reviewer, submitted,
};
use store_conformance::fixtures::exports::export;
use store_conformance::fixtures::saved_views::{VIEW_BOUNDS, saved_view};
use store_conformance::fixtures::sessions::session_of_provider;
use store_conformance::fixtures::{applicant, creation, moment, onboarded, outcome, path_with, request};

use self::broken::BROKEN;
use crate::database::Database;

/// A database with an active client, its documents (reviewed and not), its claims, history and events (one discarded), and
/// an outcome.
async fn with_a_client() -> Database {
    let database = Database::fresh().await;
    let store = database.store().await;
    let way = path_with(1, ClientState::Active, applicant(1), reviewed);
    let crm = ReceiverName::parse("crm").unwrap();
    store.register(&crm, &EventFilter::All, moment(0)).await.unwrap();
    let mut changesets = vec![creation(&way[0])];
    for step in way.windows(2) {
        changesets.push(store_conformance::fixtures::replacement(&step[0].client, &step[1]));
    }
    changesets.push(Changeset { outcome: Some(outcome(request(1), 1)), ..Changeset::default() });
    for changeset in changesets {
        assert_eq!(store.commit(changeset).await.unwrap(), client_app::ports::Committed::Done);
    }
    let key = ContentKey::from_bits(moment(1), 1);
    store.put(&key, stream::iter([Ok("a file".into())]).boxed()).await.unwrap();
    store.open_session(&session_of_provider(1, "a", "ada", Some("s-1"))).await.unwrap();
    let item = WorkItemId { client: applicant(1).key, subject: WorkSubject::Approval };
    let claim = WorkClaim { item, by: Actor::parse("ada").unwrap(), until: moment(9) };
    assert_eq!(store.claim_work(&claim, moment(0)).await.unwrap(), None);
    let announced = batch(1, "ada");
    store.announce_batch(&announced, 99).await.unwrap();
    assert!(store.add_piece(&announced.id, "u-1", &piece(0)).await.unwrap());
    store.begin_export(&export(1, "ada")).await.unwrap();
    let view = saved_view(1, "ada");
    assert_eq!(store.save_view(&view, VIEW_BOUNDS).await.unwrap(), ViewSaving::Done);
    let given_up = "INSERT INTO client_outbox (client_key, version, event_id, event, at, data, discarded_at)
        SELECT client_key, 99, 'given up', event, at, data, now() FROM client_outbox WHERE version = 1";
    database.run(given_up).await.unwrap();
    let attempt = "INSERT INTO client_sign_in VALUES (decode(repeat('00', 32), 'hex'), '', now())";
    database.run(attempt).await.unwrap();
    database.run("INSERT INTO client_deleted_batch VALUES ('gone', now())").await.unwrap();
    database
}

/// Documents and addresses in every state of their review.
fn reviewed(client: &Client) -> Vec<Change> {
    let mut way = documents_of(8, client);
    let steps: [&dyn Fn(&Client) -> Change; 4] = [
        &|client| submitted(client, 7, None),
        &|client| rejected_document(client, 7),
        &|client| address_submitted(client, 7),
        &|client| {
            let id = client.kyc().addresses.last().unwrap().id.clone();
            let comment = Some(Notes::parse("unknown").unwrap());
            client.review_address(&id, ReviewAction::Reject, comment, &reviewer(7)).unwrap()
        },
    ];
    for step in steps {
        let next = step(&way[way.len() - 1].client);
        way.push(next);
    }
    way
}

#[tokio::test(flavor = "multi_thread")]
async fn each_constraint_refuses_its_violation() {
    let database = with_a_client().await;
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
            UNION SELECT tgname::text FROM pg_trigger WHERE NOT tgisinternal
                -- They refuse nothing.
                AND tgfoid <> ALL (ARRAY['client_keep_former_uploader'::regproc, 'client_bind_document_review',
                    'client_bind_address_review', 'client_recall_former_names', 'client_claim_former', 'client_renew_work',
                    'client_mark_kyc_status', 'client_fan_out'])",
        )
        .await
        .unwrap();
    let there: BTreeSet<String> = rows.iter().map(|row| row.get(0)).collect();
    let known: BTreeSet<String> = constraints().iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(there, known);
}

#[tokio::test(flavor = "multi_thread")]
async fn functions_with_the_rights_of_their_owner_are_called_by_triggers_only() {
    let database = Database::fresh().await;
    let of_owner = "FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef AND p.proname LIKE 'client%'";
    let all = database.run(&format!("SELECT p.proname::text {of_owner}")).await.unwrap();
    assert!(!all.is_empty());
    let open = format!(
        "SELECT p.proname::text {of_owner} AND (p.proacl IS NULL OR EXISTS (
            SELECT 1 FROM aclexplode(p.proacl) a WHERE a.grantee = 0 AND a.privilege_type = 'EXECUTE'))"
    );
    let open = database.run(&open).await.unwrap();
    let open: Vec<String> = open.iter().map(|row| row.get(0)).collect();
    assert_eq!(open, [""; 0], "any role could make a trigger of them");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_violation_is_reported_without_values() {
    let database = with_a_client().await;
    let store = database.store().await;
    let mut forged = creation(&onboarded(2));
    forged.history[0].event.from = Some(ClientState::Rejected);
    let error = store.commit(forged).await.unwrap_err();
    let StoreError::Corrupt { what } = &error else { panic!("{error:?}") };
    assert_eq!(what, "a line of history that is no edge of the lifecycle");
    assert_eq!(store.find(&client_app::ports::ClientRef::Id(applicant(2).id)).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lifecycle_edges_are_those_of_the_domain() {
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
async fn every_table_and_column_has_a_comment() {
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
async fn a_corrupt_row_is_reported_by_its_column() {
    let database = with_a_client().await;
    let store = database.store().await;
    let name = client_app::ports::ClientRef::Id(applicant(1).id);
    for (sql, what) in [
        ("UPDATE client SET email = 'secret'", "the column email of a row of the table client"),
        ("UPDATE client SET country = 'ZZ'", "the column country of a row of the table client"),
        ("UPDATE client SET birth_date = '0100-01-01'", "the column birth_date of a row of the table client"),
    ] {
        database.run_past_triggers(sql).await;
        match store.find(&name).await {
            Err(StoreError::Corrupt { what: reported }) => assert_eq!(reported, what),
            other => panic!("{other:?}"),
        }
        let back = "UPDATE client SET email = 'a@b.co', country = 'NG', birth_date = '1990-01-01'";
        database.run_past_triggers(back).await;
    }
    assert!(store.find(&name).await.unwrap().is_some());
}
