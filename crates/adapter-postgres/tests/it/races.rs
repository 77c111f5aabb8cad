//! Commits at the same moment, where the statement cannot see the other one and an index has to decide.

use std::collections::BTreeSet;

use adapter_postgres::PostgresStore;
use client_app::ports::{ClientStore, Committed};
use client_domain::{Claim, Client};
use sqlx::Row as _;
use store_conformance::fixtures::{
    applicant, creation, keyed, maker, onboarded, outcome, replacement, request, with_email,
};

use crate::database::Database;

const ROUNDS: i64 = 25;
const RACERS: i64 = 8;

async fn race(store: &PostgresStore, changesets: Vec<client_app::ports::Changeset>) -> Vec<Committed> {
    let racers: Vec<_> = changesets
        .into_iter()
        .map(|changeset| {
            let store = store.clone();
            tokio::spawn(async move { store.commit(changeset).await })
        })
        .collect();
    let mut answers = Vec::new();
    for racer in racers {
        answers.push(racer.await.unwrap().unwrap());
    }
    answers
}

fn count(answers: &[Committed], wanted: impl Fn(&Committed) -> bool) -> usize {
    answers.iter().filter(|answer| wanted(answer)).count()
}

async fn rows(database: &Database, table: &str) -> i64 {
    database.run(&format!("SELECT count(*) FROM {table}")).await.unwrap()[0].get(0)
}

/// One request key, many creations that differ in everything else: one is done, and every other caller gets its reply.
#[tokio::test(flavor = "multi_thread")]
async fn one_request_key_creates_one_client() {
    let database = Database::fresh().await;
    let store = database.store().await;
    for round in 0..ROUNDS {
        let key = outcome(request(usize::try_from(round).unwrap()), 1);
        let racers =
            (0..RACERS).map(|n| keyed(creation(&onboarded(1 + round * RACERS + n)), key.clone())).collect();
        let answers = race(&store, racers).await;
        assert_eq!(count(&answers, |answer| *answer == Committed::Done), 1, "{answers:?}");
        let replayed = |answer: &Committed| matches!(answer, Committed::Replayed(stored) if **stored == key);
        assert_eq!(count(&answers, replayed), answers.len() - 1, "{answers:?}");
    }
    for (table, each) in [
        ("client", 1),
        ("client_number", 1),
        ("client_claim", 3),
        ("client_history", 1),
        ("client_outbox", 1),
    ] {
        assert_eq!(rows(&database, table).await, each * ROUNDS, "{table}");
    }
}

/// Creations that claim each other's values: no deadlock, and no value is taken twice.
#[tokio::test(flavor = "multi_thread")]
async fn crossed_claims_are_taken_once() {
    let database = Database::fresh().await;
    let store = database.store().await;
    for round in 0..ROUNDS {
        let number = |n: i64| 1 + round * RACERS + n;
        let racers = (0..RACERS)
            .map(|n| {
                let mut application = applicant(number(n));
                // Neighbours in a ring share an e-mail address or a phone number.
                application.details.email = applicant(number(n / 2 * 2)).details.email;
                application.details.phone = applicant(number((n + 1) / 2 * 2 % RACERS)).details.phone;
                creation(&Client::onboard(application, &maker(number(n))))
            })
            .collect();
        let answers = race(&store, racers).await;
        assert!(count(&answers, |answer| *answer == Committed::Done) >= 1, "{answers:?}");
        let taken = |answer: &Committed| matches!(answer, Committed::ClaimTaken(kinds) if !kinds.is_empty());
        assert_eq!(count(&answers, |answer| *answer == Committed::Done || taken(answer)), answers.len());
    }
    let twice = "SELECT FROM client_claim GROUP BY kind, digest HAVING count(*) > 1";
    assert!(database.run(twice).await.unwrap().is_empty());
    assert_eq!(rows(&database, "client_claim").await, 3 * rows(&database, "client").await);
}

/// Clients that swap addresses at the same moment: whatever the answers, every claim has one client and the
/// claims are those of the clients.
#[tokio::test(flavor = "multi_thread")]
async fn swapped_claims_stay_with_their_clients() {
    let database = Database::fresh().await;
    let store = database.store().await;
    let mut clients = Vec::new();
    for n in 1..=4 {
        let created = onboarded(n);
        assert_eq!(store.commit(creation(&created)).await.unwrap(), Committed::Done);
        clients.push(created.client);
    }
    for round in 0..ROUNDS {
        // Each client wants one of two addresses that may be free, or the address of its neighbour.
        let wanted = |n: usize| match (n + usize::try_from(round).unwrap()) % 3 {
            0 => clients[(n + 1) % 4].snapshot().details.email.to_string(),
            1 => format!("free-{round}@example.com"),
            _ => format!("own-{n}-{round}@example.com"),
        };
        let changes: Vec<_> = (0..4).map(|n| with_email(&clients[n], &wanted(n))).collect();
        let changesets = (0..4).map(|n| replacement(&clients[n], &changes[n])).collect();
        let answers = race(&store, changesets).await;
        for (n, (answer, change)) in answers.iter().zip(changes).enumerate() {
            match answer {
                Committed::Done => clients[n] = change.client,
                Committed::ClaimTaken(_) => {}
                other => panic!("{other:?}"),
            }
        }
        let mut seen = BTreeSet::new();
        for client in &clients {
            assert!(store.claimed(&client.claims(), Some(client.key())).await.unwrap().is_empty());
            assert_eq!(store.claimed(&client.claims(), None).await.unwrap().len(), 3);
            assert!(seen.insert(Claim::email(&client.snapshot().details.email)));
        }
        assert_eq!(rows(&database, "client_claim").await, 12);
    }
}

/// One version, many changes: one replaces it, and the others are stale and write nothing.
#[tokio::test(flavor = "multi_thread")]
async fn one_version_is_replaced_once() {
    let database = Database::fresh().await;
    let store = database.store().await;
    let mut client = onboarded(1).client;
    assert_eq!(store.commit(creation(&onboarded(1))).await.unwrap(), Committed::Done);
    for round in 0..ROUNDS {
        let changes: Vec<_> =
            (0..RACERS).map(|n| with_email(&client, &format!("a-{round}-{n}@example.com"))).collect();
        let changesets = changes.iter().map(|change| replacement(&client, change)).collect();
        let answers = race(&store, changesets).await;
        assert_eq!(count(&answers, |answer| *answer == Committed::Stale), changes.len() - 1, "{answers:?}");
        let winner = answers.iter().position(|answer| *answer == Committed::Done).unwrap();
        client = changes.into_iter().nth(winner).unwrap().client;
    }
    assert_eq!(rows(&database, "client_history").await, 1 + ROUNDS);
    assert_eq!(rows(&database, "client_outbox").await, 1 + ROUNDS);
    assert_eq!(rows(&database, "client_claim").await, 3);
}
