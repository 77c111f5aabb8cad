//! The watch over the expiry of documents reads the due ones, and not every document.

use std::time::{Duration, Instant};

use client_app::ports::{ClientStore as _, DueDocuments};
use jiff::civil::date;

use super::TIMES;
use super::data_set::data_set;
use super::plan::Plan;

/// Due notices, and notices that were given too early, are found by an index that holds no settled document.
#[tokio::test(flavor = "multi_thread")]
async fn documents_with_a_due_notice_of_expiry() {
    let data_set = data_set().await;
    let store = data_set.explained("expiry").await;
    let due = DueDocuments { today: date(2026, 1, 5), notice_days: 30, after: None, limit: 200 };
    for _ in 0..TIMES {
        store.due_documents(&due).await.unwrap();
    }
    let deadline = Instant::now() + Duration::from_secs(3);
    let plan = loop {
        let mut plans = Plan::all(&data_set.log_of("expiry"));
        plans.retain(|plan| plan.statement.contains("notice = 2"));
        if plans.len() == TIMES {
            break plans.pop().unwrap();
        }
        assert!(Instant::now() < deadline, "{} plans", plans.len());
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    println!("| expiry | {} | {} pages | {:.1} ms |", plan.scans.join(", "), plan.pages, plan.milliseconds);
    assert!(!plan.read_through.contains("client_document"), "{:?}", plan.scans);
    assert!(plan.indexes.contains("client_document_noticed"), "{:?}", plan.scans);
}
