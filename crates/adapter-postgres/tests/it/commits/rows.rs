//! A group commit writes the same rows as single commits.

use adapter_postgres::PostgresStore;
use client_app::ports::{Changeset, ClientStore, Committed};
use client_domain::client::{Change, DetailsPatch, Patch};
use client_domain::lifecycle::Action;
use client_domain::value::{AccountOfficerId, PersonName, PhoneNumber};
use client_domain::{Client, ClientState};
use sqlx::Row as _;
use store_conformance::fixtures::{
    activated, applicant, checker, creation, exclusive, keyed, maker, onboarded, outcome, path_to, performed,
    renamed, replacement, request, shared, updated, with_email,
};

use super::{MANY, commit, written_in_groups};
use crate::database::Database;

const TABLES: [&str; 6] =
    ["client", "client_number", "client_claim", "client_history", "client_outbox", "client_idempotency"];

/// Clients with every optional value, and clients with none.
fn people() -> Vec<Changeset> {
    let person = |n: i64| {
        let mut application = applicant(n);
        match n % 8 {
            0 => application.details.middle_name = Some(PersonName::parse("Chi,\"{}\\ 'ka").unwrap()),
            1 => application.details.account_officer = Some(AccountOfficerId::new(77).unwrap()),
            2 => application.branch = None,
            3 => application.details.marital_status = None,
            _ => {}
        }
        let created = Client::onboard(application.clone(), &if n % 2 == 0 { maker(n) } else { checker(n) });
        let changeset = match n % 8 {
            // A client that is created approved, and a client with documents, which needs a statement of its own.
            4 => creation(path_to(ClientState::Approved, application).last().unwrap()),
            5 => creation(path_to(ClientState::Active, application).last().unwrap()),
            6 => Changeset {
                take: created.client.claims().into_iter().map(shared).collect(),
                ..creation(&created)
            },
            7 => Changeset { take: Vec::new(), events: Vec::new(), ..creation(&created) },
            _ => creation(&created),
        };
        let number = usize::try_from(n).unwrap();
        if n % 3 == 0 { changeset } else { keyed(changeset, outcome(request(number), 1)) }
    };
    (1..=MANY).map(person).collect()
}

/// The same commits, single in one database and in groups in another.
struct Both {
    single: (Database, PostgresStore),
    together: (Database, PostgresStore),
}

impl Both {
    async fn fresh() -> Self {
        let (single, together) = (Database::fresh().await, Database::fresh().await);
        let stores = (single.store().await, together.store().await);
        Self { single: (single, stores.0), together: (together, stores.1) }
    }

    async fn commit(&self, changesets: &[Changeset]) {
        let (database, store) = &self.single;
        for changeset in changesets {
            assert_eq!(store.commit(changeset.clone()).await.unwrap(), Committed::Done);
        }
        assert_eq!(written_in_groups(database).await, 0);
        let (database, store) = &self.together;
        let answers = commit(database, store, changesets).await;
        assert!(answers.iter().all(|answer| matches!(answer, Ok(Committed::Done))), "{answers:?}");
        let several = written_in_groups(database).await;
        assert!(several > MANY / 2, "only {several} went together");
        for table in TABLES {
            let (one, all) = (rows(&self.single.0, table).await, rows(&self.together.0, table).await);
            assert!(!one.is_empty(), "{table}");
            assert_eq!(one, all, "{table}");
        }
    }
}

async fn rows(database: &Database, table: &str) -> Vec<String> {
    let rows = format!("SELECT to_jsonb(t)::text FROM {table} t ORDER BY 1");
    database.run(&rows).await.unwrap().iter().map(|row| row.get(0)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn inserts_write_the_same_rows_in_a_group_as_alone() {
    let both = Both::fresh().await;
    both.commit(&people()).await;
}

/// Each step that a client can take, all of them in every column that a change can touch.
#[tokio::test(flavor = "multi_thread")]
async fn updates_write_the_same_rows_in_a_group_as_alone() {
    let both = Both::fresh().await;
    let created: Vec<_> = (1..=MANY).map(|n| onboarded(n).client).collect();
    let creations =
        (1..=MANY).map(|n| keyed(creation(&onboarded(n)), outcome(request(usize::try_from(n).unwrap()), 1)));
    both.commit(&creations.collect::<Vec<_>>()).await;

    let mut before = created;
    for round in 0..3 {
        let mut changesets = Vec::new();
        for client in &mut before {
            let n = client.id().get();
            let change = step(client, n, round);
            let mut changeset = replacement(client, &change);
            if n % 4 == 0 {
                // Some take again what they have.
                changeset.take = change.client.claims().into_iter().map(exclusive).collect();
            }
            let key = request(usize::try_from(1000 * (round + 1) + n).unwrap());
            changesets.push(if n % 3 == 0 { changeset } else { keyed(changeset, outcome(key, 1)) });
            *client = change.client;
        }
        // A new client among them.
        changesets.push(creation(&onboarded(MANY + 1 + round)));
        both.commit(&changesets).await;
    }
}

/// What becomes of client `n` in this round.
fn step(client: &Client, n: i64, round: i64) -> Change {
    let stamp = checker(1000 * round + n);
    match (n % 5, round) {
        (0, _) => with_email(client, &format!("moved-{n}-{round}@example.com")),
        (1 | 2, 0) => performed(client, Action::Approve, &stamp),
        (1, 1) => activated(client, &format!("TX,\"{n}\"'{{}}"), &stamp),
        (1, _) | (2, 1) => performed(client, Action::Blacklist, &stamp),
        (2, _) => performed(client, Action::UndoBlacklist, &stamp),
        (3, 2) => performed(client, Action::Reject, &stamp),
        (3, _) => renamed(client, &format!("Ngozi{round}")),
        _ => updated(
            client,
            DetailsPatch {
                middle_name: Patch::Set(PersonName::parse(&format!("Chi{round}")).unwrap()),
                phone: Some(PhoneNumber::parse(&format!("+2349{n:05}{round}")).unwrap()),
                marital_status: Patch::Clear,
                ..DetailsPatch::default()
            },
        ),
    }
}
