//! What waits already when the work queue comes.

use adapter_postgres::migrate;
use client_app::ports::{ClientStore, Committed, WorkItems, WorkPage};
use client_domain::Client;
use client_domain::client::WorkKind;
use store_conformance::fixtures::documents::documents_of;
use store_conformance::fixtures::{creation, maker, onboarded, replacement};

use crate::database::Database;

/// More clients than one transaction of the migration fills in.
const CLIENTS: i64 = 620;

/// A client whose approval was requested; every fifth has pending documents too.
async fn waiting_client(store: &impl ClientStore, n: i64) -> Client {
    let onboarded = onboarded(n);
    let mut path = if n % 5 == 0 { documents_of(4 * n, &onboarded.client) } else { Vec::new() };
    path.insert(0, onboarded);
    let requested = path.last().unwrap().client.request_approval(None, &maker(1_000 + n)).unwrap();
    path.push(requested);
    let mut before: Option<&Client> = None;
    for step in &path {
        let changeset = before.map_or_else(|| creation(step), |before| replacement(before, step));
        assert_eq!(store.commit(changeset).await.unwrap(), Committed::Done);
        before = Some(&step.client);
    }
    path.pop().unwrap().client
}

/// The items that other releases wrote before the triggers were there; a few of them were taken up by a migration that was
/// broken off.
#[tokio::test(flavor = "multi_thread")]
async fn the_migration_queues_what_waits_already() {
    let database = Database::fresh().await;
    let store = database.store().await;
    let mut clients = Vec::new();
    for n in 1..=CLIENTS {
        clients.push(waiting_client(&store, n).await);
    }
    for kept in ["false", "client_key IN (SELECT client_key FROM client WHERE id % 7 = 0)"] {
        database
            .run_past_triggers(&format!(
                "DELETE FROM client_work_item WHERE NOT ({kept}); DELETE FROM _sqlx_migrations WHERE version = 37"
            ))
            .await;
        migrate(&database.settings()).await.unwrap();
        for kind in WorkKind::ALL {
            let page = WorkPage { kind, branch: None, after: None, limit: 10_000 };
            assert_eq!(store.waiting(&page).await.unwrap(), page.of(&clients), "{} {kept}", kind.name());
        }
    }
}
