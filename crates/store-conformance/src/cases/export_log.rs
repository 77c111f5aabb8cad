//! The log of exports: a line for each, which begins once and ends once.

use client_app::export::ExportRecord;
use client_app::ports::ExportPage;
use client_domain::{Actor, ActorId};

use super::given::given_pending;
use super::observed::all_clients;
use crate::fixtures::exports::{ended, export};
use crate::fixtures::{applicant, moment};
use crate::harness::{Fresh, Harness, race};

async fn begin(fresh: &Fresh, record: &ExportRecord) {
    fresh.export_log.begin_export(record).await.unwrap();
}

async fn page(
    fresh: &Fresh,
    by: Option<&str>,
    after: Option<&ExportRecord>,
    limit: usize,
) -> Vec<ExportRecord> {
    let by = by.map(|name| ActorId::parse(name).unwrap());
    let after = after.map(|record| (record.begun_at, record.id.clone()));
    fresh.export_log.exports(&ExportPage { by, after, limit }).await.unwrap()
}

/// Lines come back as they were written, newest first and of the same moment by falling id, of one person or of all.
pub async fn exports_come_back_newest_first(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    assert_eq!(page(&fresh, None, None, 9).await, []);
    let without_email = ExportRecord { by: Actor::parse("cyd").unwrap(), ..export(3, "cyd") };
    let same_moment = ExportRecord { begun_at: moment(2), ..export(4, "ben") };
    let all = [export(1, "ada"), export(2, "ben"), without_email, same_moment, export(5, "ada")];
    for record in &all {
        begin(&fresh, record).await;
    }
    let [one, two, three, four, five] = all;
    let newest_first = [five.clone(), three.clone(), four, two, one.clone()];
    assert_eq!(page(&fresh, None, None, 9).await, newest_first);
    let mut walked = page(&fresh, None, None, 2).await;
    while let [.., last] = walked.as_slice() {
        let next = page(&fresh, None, Some(last), 2).await;
        if next.is_empty() {
            break;
        }
        walked.extend(next);
    }
    assert_eq!(walked, newest_first);
    assert_eq!(page(&fresh, Some("ada"), None, 9).await, [five.clone(), one.clone()]);
    assert_eq!(page(&fresh, Some("ada"), Some(&five), 9).await, [one]);
    assert_eq!(page(&fresh, Some("Ada"), None, 9).await, []);
}

/// A line that is there already stays as it is.
pub async fn an_export_begins_once(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let (first, again) = (export(1, "ada"), ExportRecord { filters: "[]".to_owned(), ..export(1, "ben") });
    begin(&fresh, &first).await;
    begin(&fresh, &again).await;
    assert_eq!(page(&fresh, None, None, 9).await, [first]);
}

/// Of several ends of an export one is written; one that has not begun has no end.
pub async fn an_export_ends_once(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let record = export(1, "ada");
    assert!(!fresh.export_log.end_export(&ended(&record, true)).await.unwrap());
    assert_eq!(page(&fresh, None, None, 9).await, []);
    begin(&fresh, &record).await;
    begin(&fresh, &export(2, "ada")).await;
    let ends = (0..4).map(|n| {
        let (fresh, record) = (fresh.clone(), ended(&record, n == 0));
        async move { (fresh.export_log.end_export(&record).await.unwrap(), record) }
    });
    let mut written: Vec<_> =
        race(harness, ends).await.into_iter().filter(|(is_written, _)| *is_written).collect();
    assert_eq!(written.len(), 1);
    let (_, record) = written.remove(0);
    assert_eq!(page(&fresh, None, None, 9).await, [export(2, "ada"), record]);
}

/// A line changes no client.
pub async fn exports_write_no_client(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    given_pending(&*fresh.store, applicant(1)).await;
    let before = all_clients(&*fresh.store).await;
    begin(&fresh, &export(1, "ada")).await;
    assert!(fresh.export_log.end_export(&ended(&export(1, "ada"), false)).await.unwrap());
    assert_eq!(all_clients(&*fresh.store).await, before);
}
