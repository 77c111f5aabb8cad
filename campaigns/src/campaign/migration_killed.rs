//! Migrators of a release are killed while the release before serves: two of them at a time, at every part of the way.

use std::time::{Duration, Instant};

use tokio::process::Child;
use tokio::time::sleep;

use super::roll_out::{BLOCK, expect_no_retries};
use crate::bench::Bench;
use crate::caller::Retry;
use crate::findings::Oracle;
use crate::options::{Options, Setup};
use crate::report::Report;
use crate::{Binary, Cluster, RunError, Storage, clones, schema};

/// Writers that each send an order, wait for its answer and rest.
const WRITERS: u64 = 20;
const REST: Duration = Duration::from_millis(90);
/// How long a migrator may take to reach the next part of its way.
const TIMEOUT: Duration = Duration::from_mins(15);

/// However often migrators are killed, the release before serves every order when it is first sent, the next migrators go
/// on, two of them do no more than one, and every client is as it was.
///
/// The control blocks the table of clients as a migration would that takes a lock.
pub async fn run(options: &Options) -> Result<Report, RunError> {
    let of_before = options.of_release_before()?;
    let present = Binary::find(options.service.as_deref())?;
    let mut bench = Bench::open("migration-killed", &of_before, Setup::default()).await?;
    bench.report.control = options.control.then_some(Oracle::WrongAnswer);
    let url = Cluster::url_through(bench.cluster()?.port());
    let migrate = ["migrate", "--database-url", &url];

    let filling = bench.write(16, Retry::SameKey, "fill");
    sleep(Duration::from_secs(5)).await;
    bench.finish(filling).await;
    let made = clones::make(bench.cluster()?, options.clients(2_000, 100_000)).await?;
    bench.report.measure("clients beside those of the writers", made);
    let digests = clones::digests(bench.cluster()?).await?;
    let from = version(&mut bench).await?;
    let to = needed(&present, &url).await?;
    bench.report.measure("from migration", from);
    bench.report.measure("to migration", to);
    if to <= from {
        return Err(RunError::new("the releases have the same schema, so there is nothing to kill"));
    }

    let old = bench.write_slowly(0, WRITERS, REST, "old");
    sleep(Duration::from_secs(2)).await;
    if options.control {
        bench.cluster()?.sql(BLOCK).await?;
    }
    let kills = options.rounds(2, 5);
    let begun = Instant::now();
    let mut at = Vec::new();
    for kill in 1..=kills {
        let reach =
            from + (to - from) * i64::try_from(kill).unwrap_or(1) / (i64::try_from(kills).unwrap_or(1) + 1);
        let migrators = [present.begin(&migrate)?, present.begin(&migrate)?];
        reached(&mut bench, reach, migrators).await?;
        at.push(version(&mut bench).await?);
        bench.progress(kill, kills + 1);
    }
    bench.report.measure("killed after migration", serde_json::json!(at));
    let (first, second) = tokio::join!(present.run(&migrate), present.run(&migrate));
    bench.report.measure("migrated in, kills included, s", begun.elapsed().as_secs_f64());
    for migrated in [first, second] {
        if let Err(error) = migrated {
            bench.find(Oracle::Broken, format!("a migrator that was not killed failed: {error}"));
        }
    }
    let reached = version(&mut bench).await?;
    bench.report.findings.expect(reached == to, Oracle::Broken, || format!("the schema is at {reached}"));
    both_releases(&mut bench, &present, &url, old, options.rounds(3, 20)).await?;
    present.run(&migrate).await?;

    let changed = clones::differences(&digests, &clones::digests(bench.cluster()?).await?);
    bench.report.measure("columns compared", digests.len());
    bench
        .report
        .findings
        .expect(changed.is_empty(), Oracle::Lost, || format!("{changed:?} hold something else"));
    for (query, what) in [
        (schema::COUNT_STALE, "clients keep an old normal form"),
        (schema::COUNT_UNKNOWN_FORMER_NAMES, "clients have former names that are not recalled"),
        (schema::COUNT_WRONG_WORK_ITEMS, "items of the work queue are missing or do not wait"),
    ] {
        let left = bench.cluster()?.sql(query).await?.concat().concat();
        bench.report.findings.expect(left == "0", Oracle::Claims, || format!("{left} {what}"));
    }
    clones::remove(bench.cluster()?).await?;
    let longest = bench.history.attempts().iter().map(|one| one.end.saturating_sub(one.start)).max();
    bench.report.measure("longest answer, s", longest.unwrap_or_default().as_secs_f64());
    expect_no_retries(&mut bench);
    bench.expect_all_done();
    bench.check().await
}

/// The new release serves beside the old one, then without it.
async fn both_releases(
    bench: &mut Bench,
    present: &Binary,
    url: &str,
    old: crate::writers::Writers,
    seconds: u64,
) -> Result<(), RunError> {
    bench.add_service_of(present, Storage::Url(url), &[]).await?;
    let new = bench.write_slowly(1, WRITERS, REST, "new");
    sleep(Duration::from_secs(seconds)).await;
    bench.finish(old).await;
    bench.retire_first_service();
    bench.finish(new).await;
    Ok(())
}

/// Waits until the schema has this version, or a migrator has ended, and a moment longer; then kills both as `kill -9`
/// does.
async fn reached(
    bench: &mut Bench,
    version_to_reach: i64,
    mut migrators: [Child; 2],
) -> Result<(), RunError> {
    let begun = Instant::now();
    while version(bench).await? < version_to_reach {
        let mut ended = false;
        for migrator in &mut migrators {
            ended |= migrator.try_wait()?.is_some();
        }
        if ended {
            bench.find(Oracle::Broken, "a migrator ended before it was killed");
            break;
        }
        if begun.elapsed() > TIMEOUT {
            return Err(RunError::new("the migrators do not get on"));
        }
        sleep(Duration::from_millis(10)).await;
    }
    sleep(bench.random.millis(0, 400)).await;
    for migrator in &mut migrators {
        migrator.kill().await?;
    }
    Ok(())
}

async fn version(bench: &mut Bench) -> Result<i64, RunError> {
    let found = bench.cluster()?.sql(schema::SCHEMA_VERSION).await?.concat().concat();
    found.parse().map_err(RunError::during("the version of the schema"))
}

/// The version that the release needs, by its own words: the last number that it says.
async fn needed(present: &Binary, url: &str) -> Result<i64, RunError> {
    let said = present.run(&["migrate", "--dry-run", "--database-url", url]).await?;
    let mut numbers = said.split(|c: char| !c.is_ascii_digit()).filter_map(|word| word.parse().ok());
    numbers.next_back().ok_or_else(|| RunError::new(format!("migrate --dry-run names no version: {said}")))
}
