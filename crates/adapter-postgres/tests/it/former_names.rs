//! Names that a release without former names has ended are taken from the values of the history, and find the client again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use adapter_postgres::{PostgresStore, migrate};
use client_app::ports::{ClientRef, ClientStore, Committed, Page, Search, Totals};
use client_domain::Client;
use client_domain::client::{DetailsPatch, FullName};
use client_domain::search::{Order, Predicate, Word, field};
use client_domain::value::{ClientId, PlaceName};
use sqlx::Row as _;
use store_conformance::fixtures::{applicant, creation, onboarded, renamed, replacement, updated};

use crate::database::Database;

async fn find(store: &PostgresStore, n: i64) -> Client {
    store.find(&ClientRef::Id(ClientId::new(n).unwrap())).await.unwrap().unwrap()
}

fn former(client: &Client) -> Vec<String> {
    client.snapshot().former_names.iter().map(FullName::to_string).collect()
}

async fn ids(store: &PostgresStore, predicate: Predicate) -> Vec<i64> {
    let today = jiff::civil::date(2026, 1, 5);
    let (order, page) = (Order::default(), Page::Skip(0));
    let search = Search { predicate, order, page, limit: 50, totals: Totals::Exact, today };
    let found = store.search(&search).await.unwrap();
    let mut ids: Vec<_> = found.clients.iter().map(|one| one.id.get()).collect();
    ids.sort_unstable();
    ids
}

async fn mentioning(store: &PostgresStore, term: &str) -> Vec<i64> {
    ids(store, Predicate::of_words(Word::read(term).unwrap())).await
}

async fn recompute(store: &PostgresStore, limit: usize) -> u64 {
    let (mut last, mut clients) = (None, 0);
    loop {
        let batch = store.recompute(last.as_ref(), limit).await.unwrap();
        clients += batch.clients;
        match batch.last {
            Some(key) => last = Some(key),
            None => return clients,
        }
    }
}

async fn unknown(database: &Database) -> i64 {
    database.run("SELECT count(*) FROM client WHERE former_names IS NULL").await.unwrap()[0].get(0)
}

/// Client `n`, who is renamed to these first names, one after the other.
async fn given(store: &PostgresStore, n: i64, names: &[&str]) -> Client {
    let created = onboarded(n);
    assert_eq!(store.commit(creation(&created)).await.unwrap(), Committed::Done);
    let mut client = created.client;
    for name in names {
        let change = renamed(&client, name);
        assert_eq!(store.commit(replacement(&client, &change)).await.unwrap(), Committed::Done);
        client = change.client;
    }
    client
}

/// What the release before writes: another version of client `n` with these columns, without those that it does not know.
async fn written_by_release_before(database: &Database, n: i64, columns: &str, values: &str) {
    let statement = format!(
        "WITH written AS (
            UPDATE client SET version = version + 1, modified_at = modified_at + INTERVAL '1 second',
                makers_version = version + 1, normal_form_version = version + 1, {columns},
                search_text = lower(concat_ws(E'\n', first_name || last_name, email, phone))
            WHERE id = {n} RETURNING client_key, version, state
        ), line AS (
            INSERT INTO client_history (client_key, version, event, command, request_id, actor, at, from_state, to_state, changed)
            SELECT client_key, version, 'ClientUpdated', 'UpdateContactCommand', 'r', 'other', now(), state, state, ''
            FROM written
        )
        INSERT INTO client_history_value (client_key, version, data) SELECT client_key, version, '{values}' FROM written"
    );
    database.run(&statement).await.unwrap();
}

/// The release before changes a name while this one runs, and then another value, whose search text has no former names.
#[tokio::test(flavor = "multi_thread")]
async fn the_release_before_ends_a_name_that_is_found_again() {
    let database = Database::fresh().await;
    let store = database.store().await;
    given(&store, 1, &["Ada-Maria"]).await;
    let original = applicant(1).details.first_name;
    assert_eq!(mentioning(&store, original.as_str()).await, [1]);
    let values =
        r#"{"changed":[["firstName","Ada-Maria","Eve"]],"proposed":[["lastName","Okafor","Proposed"]]}"#;
    written_by_release_before(&database, 1, "first_name = 'Eve', first_name_folded = 'eve'", values).await;
    let names = [format!("{original} Okafor"), "Ada-Maria Okafor".to_owned()];
    assert_eq!((unknown(&database).await, former(&find(&store, 1).await)), (1, names.to_vec()));
    assert_eq!(recompute(&store, 10).await, 1);
    assert_eq!((unknown(&database).await, former(&find(&store, 1).await)), (0, names.to_vec()));
    assert_eq!(mentioning(&store, "ada-maria eve").await, [1]);
    let filter = field::FORMER_NAME.equals("Okafor, Ada Maria").check().unwrap();
    assert_eq!(ids(&store, filter).await, [1]);

    let values = r#"{"changed":[["city","Ikeja","Kano"]],"proposed":[]}"#;
    written_by_release_before(&database, 1, "city = 'Kano', city_folded = 'kano'", values).await;
    assert_eq!((unknown(&database).await, former(&find(&store, 1).await)), (1, names.to_vec()));
    // The next commit of this release stores them again; there is nothing left to recompute.
    let client = find(&store, 1).await;
    let city = PlaceName::parse("Abuja").ok();
    let moved = updated(&client, DetailsPatch { city, ..DetailsPatch::default() });
    assert_eq!(store.commit(replacement(&client, &moved)).await.unwrap(), Committed::Done);
    assert_eq!((unknown(&database).await, recompute(&store, 10).await), (0, 0));
    assert_eq!(mentioning(&store, "ada-maria abuja").await, [0; 0], "no city is searched");
    assert_eq!(mentioning(&store, "ada-maria").await, [1]);
}

/// A client that took its first name again: that name is in every search text, and the one between is not.
#[tokio::test(flavor = "multi_thread")]
async fn every_former_name_is_looked_for_in_a_search_text_of_the_release_before() {
    let database = Database::fresh().await;
    let store = database.store().await;
    let first = applicant(1).details.first_name;
    given(&store, 1, &["Eve", first.as_str()]).await;
    let values = r#"{"changed":[["city","Ikeja","Kano"]],"proposed":[]}"#;
    written_by_release_before(&database, 1, "city = 'Kano', city_folded = 'kano'", values).await;
    assert_eq!(unknown(&database).await, 1);
    assert_eq!(recompute(&store, 10).await, 1);
    assert_eq!(mentioning(&store, "eve").await, [1]);
}

/// Writers that go on until they are told to end.
struct Writers {
    ended: Arc<AtomicBool>,
    task: tokio::task::JoinHandle<i64>,
}

fn until_ended<F: Future<Output = ()> + Send>(write: impl Fn(i64) -> F + Send + 'static) -> Writers {
    let ended = Arc::new(AtomicBool::new(false));
    let stop = ended.clone();
    let task = tokio::spawn(async move {
        let mut commits = 0;
        while !stop.load(Ordering::Relaxed) {
            write(commits).await;
            commits += 1;
        }
        commits
    });
    Writers { ended, task }
}

impl Writers {
    /// Ends them; none of their writes has failed, and there were some.
    async fn end(self) {
        self.ended.store(true, Ordering::Relaxed);
        assert!(self.task.await.unwrap() > 0);
    }
}

/// A database of the release before, brought up to date while that release writes, and then this one: no command fails, and
/// every name that the history knows finds its client.
#[tokio::test(flavor = "multi_thread")]
async fn the_migration_recalls_former_names_under_traffic() {
    const BEFORE: &str = "
        DROP VIEW client_waiting;
        DROP FUNCTION client_renew_work CASCADE;
        DROP FUNCTION client_mark_kyc_status CASCADE;
        DROP FUNCTION client_fan_out, client_register_receiver CASCADE;
        DROP TABLE client_delivery, client_receiver;
        DROP INDEX client_by_address, client_without_branch, client_by_last_name_with_creation, client_pages_by_creation;
        CREATE INDEX client_by_last_name ON client (last_name_folded, id);
        DROP TABLE client_session, client_sign_in, client_work_item, client_work_claim,
            client_saved_view, client_kyc_status, client_batch, client_batch_piece, client_export,
            client_deleted_batch;
        ALTER TABLE client_history DROP COLUMN requested_documents;
        DROP FUNCTION client_recall_former_names, client_has_lines CASCADE;
        DROP FUNCTION client_claim_former CASCADE;
        DROP TRIGGER client_onboarded_for_good ON client;
        ALTER TABLE client DROP COLUMN former_names, DROP COLUMN former_names_folded, DROP COLUMN contact_entries,
            DROP COLUMN former_client;
        CREATE TRIGGER client_onboarded_for_good AFTER UPDATE ON client
            FOR EACH ROW WHEN (false) EXECUTE FUNCTION client_refuse_change();
        DROP INDEX client_by_birth_date;
        UPDATE client SET search_text = lower(concat_ws(E'\\n', first_name || last_name, email, phone));
        DELETE FROM _sqlx_migrations WHERE version >= 21";
    let database = Database::fresh().await;
    let store = database.store().await;
    for n in 1..=30 {
        let names = [format!("Formerly{n}x"), format!("Later{n}x")];
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        given(&store, n, if n % 3 == 0 { &[] } else { &names }).await;
    }
    sqlx::raw_sql(BEFORE).execute(&mut database.connect().await).await.unwrap();
    let database = Arc::new(database);
    let others = until_ended({
        let database = database.clone();
        move |commits| {
            let database = database.clone();
            async move {
                let values = r#"{"changed":[["city","Ikeja","Kano"]],"proposed":[]}"#;
                written_by_release_before(&database, 1 + commits % 30, "city = 'Kano'", values).await;
            }
        }
    });
    migrate(&database.settings()).await.unwrap();
    others.end().await;
    assert_eq!(unknown(&database).await, 20);
    let own = until_ended({
        let store = store.clone();
        move |commits| {
            let store = store.clone();
            async move {
                let client = find(&store, 1 + commits % 30).await;
                let city = PlaceName::parse(&format!("City {commits}")).ok();
                let change = updated(&client, DetailsPatch { city, ..DetailsPatch::default() });
                assert_eq!(store.commit(replacement(&client, &change)).await.unwrap(), Committed::Done);
            }
        }
    });
    recompute(&store, 7).await;
    own.end().await;
    recompute(&store, 7).await;
    assert_eq!(unknown(&database).await, 0);
    for n in 1..=30 {
        let found = mentioning(&store, &format!("formerly{n}x")).await;
        assert_eq!(found, if n % 3 == 0 { vec![] } else { vec![n] });
        let names = former(&find(&store, n).await);
        assert_eq!(names.len(), if n % 3 == 0 { 0 } else { 2 }, "{names:?}");
    }
    // It can be repeated, and finds nothing to do.
    database.run("DELETE FROM _sqlx_migrations WHERE version = 24").await.unwrap();
    migrate(&database.settings()).await.unwrap();
    assert_eq!((unknown(&database).await, recompute(&store, 7).await), (0, 0));
}
