//! A page of the work queue is a range of an index, whichever page it is, and reads no client.

use std::time::{Duration, Instant};

use client_app::ports::{WorkItems as _, WorkPage};
use client_domain::client::WorkKind;
use client_domain::value::BranchKey;

use super::data_set::{DataSet, data_set};
use super::plan::Plan;

const LIMIT: usize = 50;

async fn page(data_set: &DataSet, name: &str, page: &WorkPage, index: &str) -> WorkPage {
    let store = data_set.explained(name).await;
    // The second time is the one without the costs of a new connection.
    store.waiting(page).await.unwrap();
    let found = store.waiting(page).await.unwrap();
    assert_eq!(found.len(), LIMIT, "{name}");
    let deadline = Instant::now() + Duration::from_secs(3);
    let plan = loop {
        let mut plans = Plan::all(&data_set.log_of(name));
        plans.retain(|plan| plan.statement.contains("FROM client_work_item"));
        if plans.len() == 2 {
            break plans.pop().unwrap();
        }
        assert!(Instant::now() < deadline, "{} plans", plans.len());
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    println!("| {name} | {} | {} pages | {:.1} ms |", plan.scans.join(", "), plan.pages, plan.milliseconds);
    assert!(plan.indexes.contains(index), "{name}: {:?}", plan.scans);
    assert!(plan.removed < f64::EPSILON, "{name}: {} rows were read in vain", plan.removed);
    assert!(plan.pages < 60.0, "{name}: {} pages", plan.pages);
    WorkPage { after: found.last().cloned(), ..page.clone() }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_the_work_queue() {
    let data_set = data_set().await;
    let branch = Some(BranchKey::parse("branch-0").unwrap());
    for kind in [WorkKind::Document, WorkKind::Address] {
        let first = WorkPage { kind, branch: None, after: None, limit: LIMIT };
        let name = kind.name().to_lowercase();
        let second = page(data_set, &format!("work-{name}"), &first, "client_work_item_by_age").await;
        page(data_set, &format!("work-{name}-2"), &second, "client_work_item_by_age").await;
        let of_branch = WorkPage { branch: branch.clone(), ..first };
        let second =
            page(data_set, &format!("work-{name}-branch"), &of_branch, "client_work_item_by_branch").await;
        assert!(second.after.is_some());
    }
}
