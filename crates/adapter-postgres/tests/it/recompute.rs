//! Normal forms that the release before has written are recomputed, in batches, while others write.

mod documents;

use std::time::Duration;

use adapter_postgres::{PostgresStore, Recomputed};
use client_app::ports::{Changeset, ClientRef, ClientStore, Committed, HistoryPage, Page, Search, Totals};
use client_domain::client::Change;
use client_domain::search::{Filter, Order, Predicate, Word, field};
use client_domain::value::{ClientKey, PersonName};
use client_domain::{Claim, ClaimKind, Client};
use sqlx::{Connection as _, Row as _};
use store_conformance::fixtures::documents::documents_of;
use store_conformance::fixtures::{
    applicant, creation, exclusive, identification, maker, renamed, replacement,
};

use crate::database::Database;

/// A new client with this last name and number.
fn client(n: i64, last_name: &str, number: &str) -> Change {
    let mut application = applicant(n);
    application.details.last_name = PersonName::parse(last_name).unwrap();
    application.identification = identification("International Passport", number);
    Client::onboard(application, &maker(n))
}

/// A creation as the release before wrote it: claims in their former form only.
fn as_before(change: &Change) -> Changeset {
    let added = change.client.added_claims();
    let is_added = |claim: &Claim| added.iter().any(|pair| pair.added == *claim);
    let take = change.client.claims().into_iter().filter(|claim| !is_added(claim)).map(exclusive).collect();
    Changeset { take, ..creation(change) }
}

async fn given(store: &PostgresStore, changeset: Changeset) {
    assert_eq!(store.commit(changeset).await.unwrap(), Committed::Done);
}

/// What the release before had in the columns that it knew.
const FORMER: &str = "
    UPDATE client SET normal_form = DEFAULT, normal_form_version = DEFAULT, last_name_passport = NULL,
        last_name_folded = lower(last_name), full_name_folded = lower(first_name || ' ' || last_name),
        identification_number_folded = lower(identification_number),
        search_text = lower(concat_ws(E'\\n', first_name, last_name, email, phone, identification_number));
    UPDATE client_document SET number_folded = lower(number)";

async fn all(store: &PostgresStore, limit: usize) -> Recomputed {
    let mut sum = Recomputed::default();
    loop {
        let batch = store.recompute(sum.last.as_ref(), limit).await.unwrap();
        if batch.last.is_some() && !batch.has_turn {
            tokio::time::sleep(Duration::from_millis(1)).await;
            continue;
        }
        sum.clients += batch.clients;
        sum.left_out += batch.left_out;
        sum.shared_claims += batch.shared_claims;
        match batch.last {
            Some(last) => sum.last = Some(last),
            None => return sum,
        }
    }
}

async fn found(store: &PostgresStore, predicate: Predicate) -> Vec<i64> {
    let search = Search {
        predicate,
        order: Order::default(),
        page: Page::Skip(0),
        limit: 50,
        totals: Totals::Exact,
        today: jiff::civil::date(2026, 1, 5),
    };
    let mut ids: Vec<_> =
        store.search(&search).await.unwrap().clients.iter().map(|client| client.id.get()).collect();
    ids.sort_unstable();
    ids
}

async fn matching(store: &PostgresStore, filter: Filter) -> Vec<i64> {
    found(store, filter.check().unwrap()).await
}

async fn mentioning(store: &PostgresStore, term: &str) -> Vec<i64> {
    found(store, Predicate::All(Word::read(term).unwrap().into_iter().map(Predicate::Mentions).collect()))
        .await
}

const ROWS: &str =
    "SELECT to_jsonb(c)::text, (SELECT jsonb_agg(d ORDER BY place)::text FROM client_document d
        WHERE d.client_key = c.client_key) FROM client c ORDER BY id";

async fn rows(database: &Database) -> Vec<(String, Option<String>)> {
    database.run(ROWS).await.unwrap().iter().map(|row| (row.get(0), row.get(1))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn stale_clients_become_what_this_release_writes() {
    let database = Database::fresh().await;
    let store = database.store().await;
    for (n, last_name, number) in [
        (1, "O’Brien", "F.111-2223"),
        (2, "Müller", "A 765-4321"),
        (3, "Okafor", "A0000003"),
        (4, "Ås", "Ａ４４/4"),
    ] {
        let mut change = client(n, last_name, number);
        given(&store, creation(&change)).await;
        for step in documents_of(2, &change.client) {
            given(&store, replacement(&change.client, &step)).await;
            change = step;
        }
    }
    let written = rows(&database).await;
    let claims = "SELECT kind, digest, client_key, exclusive FROM client_claim ORDER BY 1, 2, 3";
    let claims = || async {
        let rows = database.run(claims).await.unwrap();
        rows.iter().map(|row| (row.get(0), row.get(1), row.get(2), row.get(3))).collect::<Vec<(
            String,
            Vec<u8>,
            String,
            bool,
        )>>()
    };
    let claimed = claims().await;
    database.run_past_triggers(FORMER).await;
    for n in 1..=4 {
        let client = store.find(&ClientRef::Key(applicant(n).key)).await.unwrap().unwrap();
        for pair in client.added_claims() {
            let digest = sha256(pair.added.value());
            let delete = format!("DELETE FROM client_claim WHERE digest = '\\x{digest}'");
            database.run_past_triggers(&delete).await;
        }
    }
    assert_ne!(rows(&database).await, written);
    let log = "SELECT (SELECT count(*) FROM client_history), (SELECT count(*) FROM client_outbox)";
    let log = || async {
        let row = &database.run(log).await.unwrap()[0];
        (row.get::<i64, _>(0), row.get::<i64, _>(1))
    };
    let before = log().await;

    let done = all(&store, 3).await;
    assert_eq!((done.clients, done.left_out, done.shared_claims), (4, 0, 0));
    assert_eq!(rows(&database).await, written);
    assert_eq!(claims().await, claimed);
    assert_eq!(log().await, before, "no history, no event");
    assert_eq!(matching(&store, field::LAST_NAME.equals("O'Brien")).await, [1]);
    assert_eq!(matching(&store, field::LAST_NAME.equals("Aas")).await, [4]);
    assert_eq!(mentioning(&store, "Mueller A7654321").await, [2]);
    assert_eq!(all(&store, 3).await, Recomputed::default(), "nothing is stale");
}

fn sha256(text: &str) -> String {
    use sha2::{Digest as _, Sha256};
    Sha256::digest(text.as_bytes()).iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

/// Two clients of the release before with one passport in two spellings: in one batch, and in two in either order.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_clients_with_one_value_the_older_keeps_the_claim() {
    for (older, younger, batch) in [(1, 2, 9), (1, 2, 1), (2, 9, 1), (3, 4, 1)] {
        let database = Database::fresh().await;
        let store = database.store().await;
        let (ada, bola) = (client(older, "Ada", "F.111-2223"), client(younger, "Bola", "F/1112223"));
        given(&store, as_before(&ada)).await;
        given(&store, as_before(&bola)).await;
        database.run_past_triggers("UPDATE client SET normal_form = 1").await;
        let done = all(&store, batch).await;
        assert_eq!((done.clients, done.left_out, done.shared_claims), (2, 0, 1), "{older} {younger} {batch}");
        let claim = Claim::identification(&ada.client.snapshot().identification);
        let holders = format!(
            "SELECT client_key, exclusive FROM client_claim WHERE digest = '\\x{}' ORDER BY exclusive DESC",
            sha256(claim.value())
        );
        let holders: Vec<(String, bool)> =
            database.run(&holders).await.unwrap().iter().map(|row| (row.get(0), row.get(1))).collect();
        let key = |change: &Change| change.client.key().as_str().to_owned();
        assert_eq!(holders, [(key(&ada), true), (key(&bola), false)]);
        // Both work on, and a third is refused.
        for change in [&ada, &bola] {
            given(&store, replacement(&change.client, &renamed(&change.client, "Ngozi"))).await;
        }
        let answer = store.commit(creation(&client(20, "Chi", "F1112223"))).await.unwrap();
        assert_eq!(answer, Committed::ClaimTaken([ClaimKind::Identification].into()));
    }
}

/// Until it is recomputed, a value of the release before is claimed in its spelling, against this release too.
#[tokio::test(flavor = "multi_thread")]
async fn a_stale_claim_refuses_its_own_spelling() {
    let database = Database::fresh().await;
    let store = database.store().await;
    given(&store, as_before(&client(1, "Ada", "F.111-2223"))).await;
    for spelling in ["F.1112223", "f.111 2223"] {
        let answer = store.commit(creation(&client(2, "Bola", spelling))).await.unwrap();
        assert_eq!(answer, Committed::ClaimTaken([ClaimKind::Identification].into()), "{spelling}");
    }
}

/// The release before leaves the version of the normal form behind when it writes.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_the_release_before_has_written_is_stale() {
    let database = Database::fresh().await;
    let store = database.store().await;
    given(&store, creation(&client(1, "Ada", "A1112223"))).await;
    given(&store, creation(&client(2, "Bola", "A1112224"))).await;
    assert_eq!(all(&store, 9).await, Recomputed::default());
    database
        .run(
            "WITH written AS (
                UPDATE client SET version = 2, last_name = 'O’Neil', last_name_folded = 'o’neil' WHERE id = 1
                RETURNING client_key
            ) INSERT INTO client_history
                (client_key, version, event, command, request_id, actor, at, from_state, to_state, changed)
            SELECT client_key, 2, 'ClientUpdated', 'Command', 'r', 'maker', now(), 3, 3, 'lastName' FROM written",
        )
        .await
        .unwrap();
    assert_eq!(matching(&store, field::LAST_NAME.equals("ONeil")).await, [0; 0]);
    // A later write of this release does not hide that claims may be missing.
    let ada = store.find(&ClientRef::Key(applicant(1).key)).await.unwrap().unwrap();
    given(&store, replacement(&ada, &renamed(&ada, "Ngozi"))).await;
    assert_eq!(all(&store, 9).await.clients, 1);
    assert_eq!(matching(&store, field::LAST_NAME.equals("ONeil")).await, [1]);
    let page = HistoryPage { before: None, after: None, events: &[], limit: 9, with_values: false };
    assert_eq!(store.history(ada.key(), page).await.unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_is_being_written_is_left_out_and_recomputed_later() {
    let database = Database::fresh().await;
    let store = database.store().await;
    for n in 1..=3 {
        given(&store, creation(&client(n, "O’Brien", &format!("A111222{n}")))).await;
    }
    database.run_past_triggers(FORMER).await;
    let mut other = database.connect().await;
    let mut open = other.begin().await.unwrap();
    sqlx::query("SELECT 1 FROM client WHERE id = 2 FOR UPDATE").execute(&mut *open).await.unwrap();
    let done = all(&store, 9).await;
    assert_eq!((done.clients, done.left_out), (2, 1));
    open.rollback().await.unwrap();
    let done = all(&store, 9).await;
    assert_eq!((done.clients, done.left_out), (1, 0));
    assert_eq!(matching(&store, field::LAST_NAME.equals("OBrien")).await, [1, 2, 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_waits_for_its_turn() {
    let database = Database::fresh().await;
    let store = database.store().await;
    given(&store, creation(&client(1, "O’Brien", "A1112221"))).await;
    database.run_past_triggers(FORMER).await;
    let mut other = database.connect().await;
    let mut open = other.begin().await.unwrap();
    let turn = sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(0x636c_2e66_6f72_6d73_i64);
    turn.execute(&mut *open).await.unwrap();
    let refused = store.recompute(None, 9).await.unwrap();
    let key = applicant(1).key;
    assert_eq!(refused, Recomputed { last: Some(key.clone()), ..Recomputed::default() });
    assert_eq!(matching(&store, field::LAST_NAME.equals("OBrien")).await, [0; 0]);
    open.rollback().await.unwrap();
    let done = store.recompute(None, 9).await.unwrap();
    assert_eq!(done, Recomputed { last: Some(key), clients: 1, has_turn: true, ..Recomputed::default() });
    assert_eq!(matching(&store, field::LAST_NAME.equals("OBrien")).await, [1]);
}

/// Commands and recomputes write the same clients at the same time: no command fails, and none is undone.
#[tokio::test(flavor = "multi_thread")]
async fn commands_go_on_while_clients_are_recomputed() {
    const CLIENTS: i64 = 40;
    let database = Database::fresh().await;
    let store = database.store().await;
    for n in 1..=CLIENTS {
        given(&store, creation(&client(n, "O’Brien", &format!("A.{n:07}")))).await;
    }
    database.run_past_triggers(FORMER).await;
    let writers: Vec<_> = (1..=CLIENTS)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut client = store.find(&ClientRef::Key(applicant(n).key)).await.unwrap().unwrap();
                for round in 0..5 {
                    let change = renamed(&client, if round % 2 == 0 { "Ngozi" } else { "Adaeze" });
                    given(&store, replacement(&client, &change)).await;
                    client = change.client;
                }
            })
        })
        .collect();
    let mut recomputed = 0;
    for _ in 0..50 {
        let (one, other) = tokio::join!(all(&store, 7), all(&store, 5));
        recomputed += one.clients + other.clients;
        if one.left_out + other.left_out == 0 && writers.iter().all(tokio::task::JoinHandle::is_finished) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for writer in writers {
        writer.await.unwrap();
    }
    recomputed += all(&store, 9).await.clients;
    assert_eq!(recomputed, u64::try_from(CLIENTS).unwrap(), "each once");
    for n in 1..=CLIENTS {
        let key: ClientKey = applicant(n).key;
        assert_eq!(store.find(&ClientRef::Key(key)).await.unwrap().unwrap().version().get(), 6);
    }
    assert_eq!(mentioning(&store, "OBrien Ngozi").await.len(), usize::try_from(CLIENTS).unwrap());
}
