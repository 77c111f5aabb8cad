//! The limits of a search: a connection caches few statements, a search ends in time, and every text fits an index.

use std::time::{Duration, Instant};

use adapter_postgres::PostgresStore;
use client_app::ports::{ClientStore as _, Committed, StoreError, Totals};
use client_domain::Client;
use client_domain::search::{Predicate, field};
use client_domain::value::PersonName;
use store_conformance::fixtures::{applicant, creation, email, identification, maker};

use super::data_set::data_set;
use super::{matching, newest};
use crate::database::Database;

/// The server logs the name of a prepared statement. A search that is planned with its values has none, so the connection
/// caches nothing of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_search_whose_values_matter_is_not_prepared() {
    let data_set = data_set().await;
    let store =
        PostgresStore::open(&data_set.settings("keeps", &[("log_statement", "all")]).await).await.unwrap();
    for n in 1..=200 {
        let filters = (0..=n % 20).fold(field::ID.equals(n), |all, other| all.or(field::ID.equals(other)));
        store.search(&matching(&filters)).await.unwrap();
    }
    let log = data_set.log_of("keeps");
    let executed = |how: &str| log.lines().filter(|line| line.contains(how)).count();
    assert_eq!(executed("execute <unnamed>: SELECT (SELECT count(*) FROM client c"), 200);
    assert!(!log.lines().any(|line| line.contains("execute sqlx_s_") && line.contains("count(*)")), "{log}");
}

/// One statement for all values: the cache does not grow with the searches.
#[tokio::test(flavor = "multi_thread")]
async fn a_search_with_a_stable_plan_is_prepared_once() {
    let data_set = data_set().await;
    let store = PostgresStore::open(&data_set.settings("keeps-one", &[("log_statement", "all")]).await).await;
    let store = store.unwrap();
    for n in 1..=50 {
        store.search(&matching(&field::ID.equals(n))).await.unwrap();
    }
    let log = data_set.log_of("keeps-one");
    let searches = log.lines().filter(|line| line.contains("count(*) FROM client c"));
    let names = searches.filter_map(|line| line.split_once("execute sqlx_s_")?.1.split_once(':'));
    let names: Vec<_> = names.map(|(name, _)| name).collect();
    assert_eq!(names.len(), 50, "{log}");
    assert!(names.iter().all(|name| *name == names[0]), "{names:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_of_all_clients_ends_at_the_time_limit() {
    let data_set = data_set().await;
    // Enough conditions to take about a second, however many clients there are.
    let many = usize::try_from((8_000_000 / data_set.clients).clamp(8, 400)).unwrap();
    let letters = || "abcdefghijklmnopqrstuvwxyz".chars();
    let pairs = letters().flat_map(|one| letters().map(move |other| String::from_iter([one, other])));
    let nowhere = pairs.filter(|pair| !"1 broad street".contains(pair)).take(many);
    let conditions = nowhere.map(|pair| field::ADDRESS.contains(pair).check().unwrap());
    let slow = newest(Predicate::Any(conditions.collect()));
    let patient = PostgresStore::open(&data_set.settings("patient", &[]).await).await.unwrap();
    assert_eq!(patient.search(&slow).await.unwrap().total, Totals::Exact.of(0));

    let mut settings = data_set.settings("hasty", &[]).await;
    settings.statement_timeout = Duration::from_millis(200);
    let hasty = PostgresStore::open(&settings).await.unwrap();
    let begun = Instant::now();
    let answer = hasty.search(&slow).await;
    assert!(matches!(answer, Err(StoreError::TimedOut(Some(_)))), "{answer:?}");
    // The server has ended the statement, and the only connection is free again.
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    let log = data_set.log_of("hasty");
    assert!(log.contains("canceling statement due to statement timeout"), "{log}");
    hasty.ready().await.whole().unwrap();
}

/// An entry of an index has room for 2,704 bytes. U+FDFA folds into 33 bytes, more than any other character.
#[tokio::test(flavor = "multi_thread")]
async fn the_longest_texts_fit_into_the_indexes() {
    let store = Database::fresh().await.store().await;
    let longest = |times: usize| "\u{FDFA}".repeat(times);
    let mut application = applicant(1);
    application.details.last_name = PersonName::parse(&longest(50)).unwrap();
    let domain = [longest(20), longest(20), longest(20), longest(18)].join(".");
    application.details.email = email(&format!("{}@{domain}.com", longest(21)));
    application.identification = identification("International Passport", &longest(40));
    let committed = store.commit(creation(&Client::onboard(application, &maker(0)))).await;
    assert!(matches!(committed, Ok(Committed::Done)), "{committed:?}");
}
