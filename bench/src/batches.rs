//! A batch, and the same creations sent one by one to the same database in the same run.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use clients_campaigns::caller::{Answer, Caller};
use clients_campaigns::{Actor, Binary, RunError};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::time::sleep;

use crate::callers::{Directly, OverHttp};
use crate::load::{self, Length};
use crate::person::Person;
use crate::processor::{Reading, resident};
use crate::request::{Requests, Source};
use crate::test_bed::TestBed;

/// The rows that the service executes at a time by default, and the callers beside it.
const AT_ONCE: usize = 32;
/// One row in so many is refused for its gender.
const PLANTED: u64 = 100;
const WRONG: &str = "Unheard of";
/// How often the service is asked how far it is.
const PAUSE: Duration = Duration::from_millis(20);
/// A batch that has not ended by then never will.
const TIMEOUT: Duration = Duration::from_mins(20);

/// What a batch was.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct BatchMeasured {
    pub(crate) rows: u64,
    /// Rows executed in a second.
    pub(crate) rate: f64,
    /// Creations in a second by the application called without HTTP, before and after.
    pub(crate) direct_rate: f64,
    /// The same over HTTP.
    pub(crate) http_rate: f64,
    pub(crate) upload_seconds: f64,
    pub(crate) check_seconds: f64,
    pub(crate) run_seconds: f64,
    /// How much more memory the service had at most than before the batch.
    pub(crate) grown_mebibytes: f64,
    /// The rows of the corrected file, each of which was made.
    pub(crate) corrected: u64,
    /// How much of the machine others had while it was measured.
    pub(crate) foreign_percent: f64,
}

/// Measures a batch with so many rows, of which one in a hundred is refused.
pub(crate) async fn run(bed: &mut TestBed, binary: &Binary, rows: u64) -> Result<BatchMeasured, RunError> {
    let reading = Reading::now();
    // As many as take a while, and no more than the batch has.
    let each = (rows / 5).max(1).div_ceil(AT_ONCE as u64);
    let (http_before, direct_before) = (over_http(bed, each).await?, directly(bed, each).await?);
    let made = bed.made().await?;
    let first = bed.fresh_people();
    let driver = Driver { base: bed.service.base(), caller: Caller::new(binary, TIMEOUT)? };
    let process = bed.service.process();
    let before = resident(process).unwrap_or_default();
    let watching = Watching::begin(process);
    let ended = driver.drive(csv(first, rows).into_bytes()).await?;
    let most = watching.end().await.max(before);
    let refused = rows / PLANTED;
    ended.expect(rows - refused, refused)?;
    let (status, corrections) = driver.caller.batch_file(&driver.base, &ended.id, "corrections").await?;
    let corrections = String::from_utf8_lossy(&corrections).replace(WRONG, "Female");
    if refused > 0 {
        let corrected = driver.drive(corrections.into_bytes()).await?;
        corrected.expect(refused, 0).map_err(RunError::during(format!("corrections ({status})")))?;
    }
    let now = bed.made().await?;
    if now != made + rows {
        return Err(RunError::new(format!("{} of {rows} clients were made", now - made)));
    }
    let (direct_after, http_after) = (directly(bed, each).await?, over_http(bed, each).await?);
    let spent = Reading::now().since(&reading, &[process], bed.cluster.postmaster(), None);
    #[expect(clippy::cast_precision_loss, reason = "a rate needs no more digits")]
    let rate = rows as f64 / ended.run.as_secs_f64();
    Ok(BatchMeasured {
        rows,
        rate,
        direct_rate: f64::midpoint(direct_before, direct_after),
        http_rate: f64::midpoint(http_before, http_after),
        upload_seconds: ended.upload.as_secs_f64(),
        check_seconds: ended.check.as_secs_f64(),
        run_seconds: ended.run.as_secs_f64(),
        grown_mebibytes: most - before,
        corrected: refused,
        foreign_percent: spent.foreign * 100.0,
    })
}

async fn directly(bed: &mut TestBed, each: u64) -> Result<f64, RunError> {
    let requests = requests(bed);
    let (maker, checker) = TestBed::direct_callers()?;
    let callers = Directly::several(AT_ONCE, &bed.clients, (&maker, &checker), &requests);
    rate(callers, each).await
}

async fn over_http(bed: &mut TestBed, each: u64) -> Result<f64, RunError> {
    let requests = requests(bed);
    let callers = OverHttp::several(AT_ONCE, bed.service.address(), &bed.tokens, &requests).await?;
    rate(callers, each).await
}

async fn rate<C: load::Calls>(callers: Vec<C>, each: u64) -> Result<f64, RunError> {
    let (callers, _) = load::warmed(callers).await?;
    let done = load::run(callers, Length::Requests(each)).await?;
    #[expect(clippy::cast_precision_loss, reason = "a rate needs no more digits")]
    let requests = done.requests as f64;
    Ok(requests / done.seconds)
}

fn requests(bed: &mut TestBed) -> Arc<Requests> {
    let first = bed.fresh_people();
    Arc::new(Requests::new(Source::Create { first, most: u64::MAX }, format!("beside-{first}")))
}

/// The file: the people from this number on, as the other cases create them.
fn csv(first: u64, rows: u64) -> String {
    let columns: Vec<String> = Person(first).data().keys().cloned().collect();
    let mut text = columns.join(",") + "\r\n";
    for row in 1..=rows {
        let mut data = Person(first + row).data();
        if row % PLANTED == 0 {
            data.insert("gender".to_owned(), WRONG.into());
        }
        let cells: Vec<String> = data
            .values()
            .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
            .collect();
        // Writing to memory does not fail.
        let _ = write!(text, "{}\r\n", cells.join(","));
    }
    text
}

/// Takes a file through the life of a batch.
struct Driver {
    base: String,
    caller: Caller,
}

/// A batch that has ended.
struct Ended {
    id: String,
    upload: Duration,
    check: Duration,
    run: Duration,
    counts: Value,
}

impl Ended {
    fn expect(&self, done: u64, refused: u64) -> Result<(), RunError> {
        let expected = json!({ "done": done, "alreadyDone": 0, "refused": refused, "notTried": 0 });
        if self.counts == expected {
            return Ok(());
        }
        Err(RunError::new(format!("a batch has made {}, not {expected}", self.counts)))
    }
}

impl Driver {
    async fn drive(&self, file: Vec<u8>) -> Result<Ended, RunError> {
        let digest = Sha256::digest(&file).iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        let form = json!({ "format": "csv", "commandName": "CreateContactCommand", "contentSha256": digest });
        let created = self.command("CreateBatchCommand", &form).await?;
        let id = created.pointer("/data/batchId").and_then(Value::as_str).unwrap_or_default().to_owned();
        let begun = Instant::now();
        let sent = self.caller.put_batch(&self.base, &id, file).await?;
        expect_success(&sent)?;
        let upload = begun.elapsed();
        self.wait(&id, "checked").await?;
        let check = begun.elapsed().saturating_sub(upload);
        self.command("ConfirmBatchCommand", &json!({ "batchId": id })).await?;
        self.wait(&id, "running").await?;
        let begun = Instant::now();
        let ended = self.wait(&id, "finished").await?;
        let counts = ended.pointer("/data/executed").cloned().unwrap_or_default();
        Ok(Ended { id, upload, check, run: begun.elapsed(), counts })
    }

    async fn command(&self, name: &str, data: &Value) -> Result<Value, RunError> {
        let body = json!({ "commandName": name, "data": data });
        let answer = self.caller.command(&self.base, &body, None).await?;
        expect_success(&answer)?;
        Ok(answer.json())
    }

    /// Waits for this state, or for the end where that comes first.
    async fn wait(&self, id: &str, state: &str) -> Result<Value, RunError> {
        let begun = Instant::now();
        let batch = json!({ "batchId": id });
        while begun.elapsed() < TIMEOUT {
            let answer = self.caller.ask(&self.base, Actor::Maker, "RetrieveBatchQuery", &batch).await?;
            expect_success(&answer)?;
            let answer = answer.json();
            let now = answer.pointer("/data/state").and_then(Value::as_str).unwrap_or_default();
            if now == state || now == "finished" {
                return Ok(answer);
            }
            sleep(PAUSE).await;
        }
        Err(RunError::new(format!("a batch is not {state} after {TIMEOUT:?}")))
    }
}

fn expect_success(answer: &Answer) -> Result<(), RunError> {
    if answer.status == 200 { Ok(()) } else { Err(RunError::new(answer.body.clone())) }
}

/// Looks how much memory a process has, until it is ended.
struct Watching {
    stop: Arc<AtomicBool>,
    task: tokio::task::JoinHandle<f64>,
}

impl Watching {
    fn begin(process: u32) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let task = tokio::spawn(async move {
            let mut most = 0.0_f64;
            while !stopped.load(Ordering::Relaxed) {
                most = most.max(resident(process).unwrap_or_default());
                sleep(PAUSE).await;
            }
            most
        });
        Self { stop, task }
    }

    /// The most, in MiB.
    async fn end(self) -> f64 {
        self.stop.store(true, Ordering::Relaxed);
        self.task.await.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_row_in_a_hundred_is_wrong_and_all_have_the_same_columns() {
        let text = csv(5, 200);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 201);
        let columns = lines[0].split(',').count();
        assert!(lines.iter().all(|line| line.split(',').count() == columns));
        assert_eq!(lines.iter().filter(|line| line.contains(WRONG)).count(), 2);
    }
}
