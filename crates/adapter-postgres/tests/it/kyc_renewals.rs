//! KYC statuses are renewed beside commits: no commit waits, and no mark is lost.

use std::time::Duration;

use adapter_postgres::PostgresStore;
use client_app::ports::{ClientStore as _, Committed, KycRenewal, KycRenewed, Page, Search, Totals};
use client_domain::Client;
use client_domain::kyc::{DocumentKind, Evidence, KycPolicy, KycStatus, KycStatusRule, Requirement};
use client_domain::search::{Order, field};
use client_domain::value::CustomerType;
use jiff::civil::{Date, date};
use sqlx::{AssertSqlSafe, Connection as _};
use store_conformance::fixtures::documents::{approved_document, submitted};
use store_conformance::fixtures::{applicant, creation, onboarded, renamed, replacement};
use tokio::time::timeout;

use crate::database::Database;

const TODAY: Date = date(2026, 11, 29);
const CLIENTS: i64 = 120;
const PHASES: usize = 20;
/// What migration 40 runs.
const FILLING: &str = include_str!("../../migrations/0040_kyc_statuses_of_before.sql");

fn policy() -> KycPolicy {
    let passport = Requirement::any_of([Evidence::Document(DocumentKind::InternationalPassport)]).unwrap();
    let required = [(CustomerType::Individual, vec![passport])].into_iter().collect();
    KycPolicy { required, ..KycPolicy::default() }
}

async fn renew(store: &PostgresStore) -> KycRenewed {
    let rule = KycStatusRule::of(&policy());
    let renewal = KycRenewal { rule, today: TODAY, limit: 500, other_rules: true };
    store.renew_kyc_statuses(&renewal).await.unwrap()
}

/// Clients with an approved passport each; a rename makes the approval outdated, and the old name makes it hold again.
async fn verified(store: &PostgresStore) -> Vec<Client> {
    let mut clients = Vec::new();
    for n in 1..=CLIENTS {
        let mut change = onboarded(n);
        assert_eq!(store.commit(creation(&change)).await.unwrap(), Committed::Done);
        for is_approved in [false, true] {
            let before = change.client;
            // Each client has document number `n`, which does not expire.
            change = if is_approved { approved_document(&before, n) } else { submitted(&before, n, None) };
            assert_eq!(store.commit(replacement(&before, &change)).await.unwrap(), Committed::Done);
        }
        clients.push(change.client);
    }
    clients
}

/// Searches by each status find what the domain computes.
async fn assert_statuses(store: &PostgresStore, clients: &[Client]) {
    for status in KycStatus::ALL {
        let filter = field::KYC_STATUS.equals(status.name());
        let predicate = filter.check().unwrap().with_kyc_policy(&policy());
        let wanted = clients.iter().filter(|client| predicate.evaluate(client, TODAY)).count();
        let (order, page) = (Order::default(), Page::Skip(0));
        let search = Search { predicate, order, page, limit: 1, totals: Totals::Exact, today: TODAY };
        assert_eq!(store.search(&search).await.unwrap().total, Totals::Exact.of(wanted as u64), "{status}");
    }
}

/// Renames each of these clients once.
async fn rename(store: PostgresStore, mut clients: Vec<Client>) -> Vec<Client> {
    for client in &mut clients {
        let own = applicant(client.id().get()).details.first_name;
        let has_own = client.snapshot().details.first_name == own;
        let change = renamed(client, if has_own { "Another" } else { own.as_str() });
        assert_eq!(store.commit(replacement(client, &change)).await.unwrap(), Committed::Done);
        *client = change.client;
    }
    clients
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_a_commit_holds_is_left_out() {
    let database = Database::fresh().await;
    let store = database.store().await;
    let clients = verified(&store).await;
    let due = u64::try_from(CLIENTS).unwrap();
    let mut other = database.connect().await;
    let mut commit = other.begin().await.unwrap();
    let key = clients[0].key().as_str();
    let lock = format!("SELECT 1 FROM client_kyc_status WHERE client_key = '{key}' FOR UPDATE");
    sqlx::query(AssertSqlSafe(lock)).execute(&mut *commit).await.unwrap();

    let done = timeout(Duration::from_secs(20), renew(&store)).await.expect("it does not wait");
    assert_eq!(done, KycRenewed { due, renewed: due - 1 });
    commit.rollback().await.unwrap();
    assert_eq!(renew(&store).await, KycRenewed { due: 1, renewed: 1 });
    assert_statuses(&store, &clients).await;
}

/// Each phase ends with the last commit of every client, so a mark that was lost in it stays lost.
#[tokio::test(flavor = "multi_thread")]
async fn commits_beside_renewals_and_the_migration_lose_no_mark() {
    let database = Database::fresh().await;
    let store = database.store().await;
    let mut clients = verified(&store).await;
    for phase in 0..PHASES {
        let is_migrated = phase % 4 == 3;
        if is_migrated {
            database.run_past_triggers("DELETE FROM client_kyc_status").await;
        }
        let shares = clients.chunks(clients.len() / 4);
        let writers = shares.map(|share| tokio::spawn(rename(store.clone(), share.to_vec())));
        let writers: Vec<_> = writers.collect();
        if is_migrated {
            sqlx::raw_sql(FILLING).execute(&mut database.connect().await).await.unwrap();
        }
        while !writers.iter().all(tokio::task::JoinHandle::is_finished) {
            renew(&store).await;
        }
        clients.clear();
        for writer in writers {
            clients.extend(writer.await.unwrap());
        }
        while renew(&store).await.due > 0 {}
        assert_statuses(&store, &clients).await;
    }
}
