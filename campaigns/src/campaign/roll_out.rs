//! A release is rolled out over the one before while writers work: migrate, start the new service, stop the old one.

use std::time::Duration;

use tokio::time::sleep;

use crate::bench::Bench;
use crate::caller::Retry;
use crate::documents::pdf;
use crate::findings::Oracle;
use crate::options::{Options, Setup};
use crate::report::Report;
use crate::{Binary, Cluster, RunError, Storage, schema};

/// Writers that each send an order, wait for its answer and rest: some 200 orders a second together.
const WRITERS: u64 = 20;
const REST: Duration = Duration::from_millis(90);
/// How long the database blocks the callers of the control: as an index that is built without `CONCURRENTLY` on many
/// clients.
pub(super) const BLOCK: &str = "BEGIN; LOCK TABLE client IN SHARE MODE; SELECT pg_sleep(25); COMMIT";

/// Every order is done when it is first sent, whichever release serves it; no client keeps an old normal form, a former
/// name that is unknown, or an approved document without a claim; and the work queue holds what waits.
///
/// The control blocks the table of clients as a migration would that takes a lock.
pub async fn run(options: &Options) -> Result<Report, RunError> {
    let of_before = options.of_release_before()?;
    let present = Binary::find(options.service.as_deref())?;
    let mut bench = Bench::open("roll-out", &of_before, Setup::default()).await?;
    bench.report.control = options.control.then_some(Oracle::WrongAnswer);
    let url = Cluster::url_through(bench.cluster()?.port());

    let filling = bench.write(32, Retry::SameKey, "fill");
    sleep(Duration::from_secs(options.rounds(10, 120))).await;
    bench.finish(filling).await;
    submit_documents(&mut bench, options.rounds(30, 300)).await;
    let clients = count(&mut bench, schema::COUNT_CLIENTS).await?;
    bench.report.measure("clients before", clients);
    let unclaimed = count(&mut bench, schema::COUNT_UNCLAIMED_DOCUMENTS).await?;
    bench.report.measure("of which with an unclaimed document", unclaimed);

    let old = bench.write_slowly(0, WRITERS, REST, "old");
    sleep(Duration::from_secs(2)).await;
    let (from, orders) = (bench.history.now(), bench.history.attempts().len());
    let migrate = ["migrate", "--database-url", &url];
    if options.control {
        bench.cluster()?.sql(BLOCK).await?;
    }
    present.run(&migrate).await?;
    let took = bench.history.now().saturating_sub(from);
    bench.report.measure("migrated in, s", took.as_secs_f64());
    bench.report.measure("orders a second meanwhile", rate(&bench, orders, took));

    bench.add_service_of(&present, Storage::Url(&url), &[]).await?;
    let new = bench.write_slowly(1, WRITERS, REST, "new");
    sleep(Duration::from_secs(options.rounds(5, 30))).await;
    bench.finish(old).await;
    bench.retire_first_service();
    // Clients that the old release wrote since the migration are stale; a second run finds them, as the service does
    // in time.
    let stale = count(&mut bench, schema::COUNT_STALE).await?;
    bench.report.measure("stale after both releases wrote", stale);
    present.run(&migrate).await?;
    let stale = count(&mut bench, schema::COUNT_STALE).await?;
    bench
        .report
        .findings
        .expect(stale == 0, Oracle::Claims, || format!("{stale} clients keep an old normal form"));
    for (query, what) in [
        (schema::COUNT_UNKNOWN_FORMER_NAMES, "clients have former names that are not recalled"),
        (schema::COUNT_UNCLAIMED_DOCUMENTS, "clients have an approved document without a claim"),
        (schema::COUNT_WRONG_WORK_ITEMS, "items of the work queue are missing or do not wait"),
    ] {
        let left = count(&mut bench, query).await?;
        bench.report.findings.expect(left == 0, Oracle::Claims, || format!("{left} {what}"));
    }
    bench.finish(new).await;
    expect_no_retries(&mut bench);
    bench.expect_all_done();
    bench.check().await
}

/// Creates this many clients, each with a passport that was submitted; of two in three it is approved.
async fn submit_documents(bench: &mut Bench, number: u64) {
    let documents = bench.documents(0);
    for n in 1..=number {
        let tag = |step: u64| format!("document-{n}-{step}");
        let Some(client) = documents.client(tag(1)).await else { continue };
        let (passport, file) = (format!("P-{n:07}"), pdf(&tag(2), 0));
        let Some(document) = documents.submit(tag(2), &client, &passport, &file).await else { continue };
        // Every third one waits for its review.
        if n % 3 != 0 {
            documents.approve(tag(3), &document).await;
        }
    }
}

/// Elsewhere 503 with `Retry-After` is a right answer. Nothing is broken here, so it is none.
pub(super) fn expect_no_retries(bench: &mut Bench) {
    for attempt in bench.history.attempts() {
        let example = || format!("status {} sent at {:?}", attempt.status, attempt.start);
        bench.report.findings.expect(attempt.status == 200, Oracle::WrongAnswer, example);
    }
}

async fn count(bench: &mut Bench, query: &str) -> Result<u64, RunError> {
    bench.cluster()?.sql(query).await?.concat().concat().parse().map_err(RunError::during("a count"))
}

/// Orders a second since there were `orders`.
fn rate(bench: &Bench, orders: usize, took: Duration) -> u64 {
    let since = bench.history.attempts().len().saturating_sub(orders) as u64;
    since * 1_000 / u64::try_from(took.as_millis()).unwrap_or(u64::MAX).max(1)
}
