//! The bound of the rows that a count reads.

use client_app::ports::{ClientStore as _, Committed, CountBounds, Counted, Counting, Grouping};
use client_domain::search::{Filter, field};
use jiff::civil::date;
use store_conformance::fixtures::{creation, onboarded};

use crate::database::Database;

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_only_an_index_finds_count_against_the_bound() {
    let database = Database::fresh().await;
    let store = database.store().await;
    for n in 1..=5 {
        assert_eq!(store.commit(creation(&onboarded(n))).await.unwrap(), Committed::Done);
    }
    let bounds = CountBounds { entries: 100, rows: 2, branches: 100 };
    let count = async |filter: Filter| -> Counted {
        let (predicate, by) = (filter.check().unwrap(), Grouping::State);
        store.count(&Counting { predicate, today: date(2026, 2, 1), by, bounds }).await.unwrap()
    };
    let created = || field::DATE_CREATED.after(date(1990, 1, 1));
    let nowhere = || field::CITY.equals("Nowhere");
    // No client matches, and the first two do not tell so.
    for filter in [created().and(nowhere()), nowhere().and(created())] {
        assert!(!count(filter).await.is_complete);
    }
    let nobody = field::EMAIL_ADDRESS.equals("nobody@example.com").and(nowhere());
    assert!(count(nobody).await.is_complete, "the index has none");
}
