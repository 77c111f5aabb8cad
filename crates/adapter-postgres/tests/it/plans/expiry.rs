//! The watch over the end of documents reads what it has to tell, and not every document.

use std::time::{Duration, Instant};

use client_app::ports::{ClientStore as _, DueDocuments};
use jiff::civil::date;

use super::TIMES;
use super::crowd::crowd;
use super::plan::Plan;

/// What is due, and what was told too early, is found by an index where nearly everything is settled.
#[tokio::test(flavor = "multi_thread")]
async fn documents_of_whose_end_something_is_to_be_told() {
    let crowd = crowd().await;
    let store = crowd.explained("expiry").await;
    let due = DueDocuments { today: date(2026, 1, 5), notice_days: 30, after: None, limit: 200 };
    for _ in 0..TIMES {
        store.due_documents(&due).await.unwrap();
    }
    let deadline = Instant::now() + Duration::from_secs(3);
    let plan = loop {
        let mut plans = Plan::all(&crowd.log_of("expiry"));
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
