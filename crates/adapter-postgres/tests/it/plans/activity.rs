//! A page of the lines of all histories is read by the index of what is asked for.

use std::time::{Duration, Instant};

use client_app::ports::{ActivityFilter, ActivityPage, ActivityPosition, ClientStore, HistoryEntry};
use client_domain::value::BranchKey;
use client_domain::{ActorId, EventKind};
use sqlx::Row as _;

use super::data_set::{DataSet, data_set};
use super::plan::Plan;
use crate::database::connect;

const LIMIT: usize = 50;

/// The plan of the last page of lines that this role has read.
async fn plan_of(data_set: &DataSet, name: &str, many: usize) -> Plan {
    let deadline = Instant::now() + Duration::from_secs(3);
    loop {
        let mut plans = Plan::all(&data_set.log_of(name));
        plans.retain(|plan| plan.statement.contains("client_history"));
        if plans.len() == many {
            return plans.pop().unwrap();
        }
        assert!(plans.len() < many && Instant::now() < deadline, "{name}: {} plans", plans.len());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Reads the page as often as a server needs to make a plan for all values, and judges the last plan.
async fn page(name: &str, page: &ActivityPage, indexes: &[&str], max_removed: f64) -> Vec<HistoryEntry> {
    const TIMES: usize = 7;
    let data_set = data_set().await;
    let store = data_set.explained(name).await;
    for _ in 1..TIMES {
        store.activity(page).await.unwrap();
    }
    let found = store.activity(page).await.unwrap();
    assert!(!found.is_empty(), "{name}: no line");
    let plan = plan_of(data_set, name, TIMES).await;
    let (scans, removed, pages) = (plan.scans.join(", "), plan.removed, plan.pages);
    println!("| {name} | {} | {scans} | {removed} | {pages} | {:.1} |", found.len(), plan.milliseconds);
    assert!(!plan.read_through.contains("client_history"), "{name}: {scans}");
    // Both indexes by branch serve a branch alike.
    let used: Vec<_> = plan.indexes.iter().map(|index| index.trim_end_matches("_and_state")).collect();
    assert_eq!(used, indexes, "{name}: {scans}");
    assert!(removed <= max_removed, "{name}: {removed} rows removed, {scans}");
    assert!(!plan.is_for_all_values, "{name}: planned without its values in view");
    found
}

/// The first page, and one in the middle of the lines.
async fn pages(name: &str, filter: ActivityFilter, index: &str) {
    let first = ActivityPage { filter, before: None, limit: LIMIT };
    let found = page(name, &first, &[index], 0.0).await;
    let before = found.last().map(ActivityPosition::of);
    // Lines of the same moment as the position are read again.
    page(&format!("{name}-next"), &ActivityPage { before, ..first }, &[index], 5.0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn newest_lines() {
    pages("activity", ActivityFilter::default(), "client_history_by_time").await;
    let clients = data_set().await.clients;
    let begun: jiff::Timestamp = "2019-01-01T00:00:00Z".parse().unwrap();
    let middle = begun + jiff::SignedDuration::from_secs(clients * 100);
    let until = ActivityFilter { until: Some(middle), ..ActivityFilter::default() };
    pages("activity-until", until, "client_history_by_time").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_of_an_actor() {
    let frequent =
        ActivityFilter { actor: Some(ActorId::parse("maker-7").unwrap()), ..ActivityFilter::default() };
    pages("activity-actor", frequent, "client_history_by_actor").await;
    let rare = ActivityFilter { actor: Some(ActorId::parse("rare-1").unwrap()), ..ActivityFilter::default() };
    let rare = ActivityPage { filter: rare, before: None, limit: LIMIT };
    page("activity-rare-actor", &rare, &["client_history_by_actor"], 0.0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_of_an_event() {
    let rare = ActivityFilter { event: Some(EventKind::Blacklisted), ..ActivityFilter::default() };
    let rare = ActivityPage { filter: rare, before: None, limit: LIMIT };
    page("activity-event", &rare, &["client_history_by_event"], 0.0).await;
}

/// A branch with few clients is read client by client; a large one among the lines of all.
#[tokio::test(flavor = "multi_thread")]
async fn lines_of_a_branch() {
    let mut connection = connect(&data_set().await.server.url("postgres")).await;
    for (name, order) in [("activity-large-branch", "DESC"), ("activity-small-branch", "ASC")] {
        let question = format!(
            "SELECT branch, count(*) FROM client WHERE branch IS NOT NULL GROUP BY 1 ORDER BY 2 {order}, 1 LIMIT 1"
        );
        let row = sqlx::query(sqlx::AssertSqlSafe(question)).fetch_one(&mut connection).await.unwrap();
        let (branch, clients): (String, i64) = (row.get(0), row.get(1));
        let branch = Some(BranchKey::parse(&branch).unwrap());
        let filter = ActivityFilter { branch, ..ActivityFilter::default() };
        let wanted = ActivityPage { filter, before: None, limit: LIMIT };
        let few = ["client_by_branch", "client_history_pkey"];
        let many = ["client_history_by_time", "client_pkey"];
        page(name, &wanted, if clients < 5_000 { &few } else { &many }, 20_000.0).await;
    }
}
