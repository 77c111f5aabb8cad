//! Whether a key replays its first answer.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::caller::Caller;
use crate::findings::{Findings, Oracle};
use crate::history::{Outcome, Record};

/// How many callers replay.
const REPLAYERS: usize = 16;
/// After this many failed replays a replayer stops, so that a broken service is reported soon.
const MAX_FAILED_REPLAYS: usize = 20;

/// Sends every acknowledged order again, to any of the services: how many there were, and what was found.
///
/// The service must replay its answer, byte for byte, and mark it as a replay.
pub async fn replay(caller: &Caller, bases: &[String], records: &[Record]) -> (usize, Findings) {
    let done = records.iter().filter(|record| record.outcome == Outcome::Done).cloned();
    let done: Arc<Vec<Record>> = Arc::new(done.collect());
    let mut replayers = JoinSet::new();
    for (replayer, base) in bases.iter().cycle().take(REPLAYERS).enumerate() {
        let (caller, base, done) = (caller.clone(), base.clone(), Arc::clone(&done));
        replayers.spawn(async move {
            let mut findings = Findings::default();
            for record in done.iter().skip(replayer).step_by(REPLAYERS) {
                replay_one(&caller, &base, record, &mut findings).await;
                if findings.count(Oracle::Replay) >= MAX_FAILED_REPLAYS {
                    break;
                }
            }
            findings
        });
    }
    let mut findings = Findings::default();
    while let Some(found) = replayers.join_next().await {
        match found {
            Ok(found) => findings.append(found),
            Err(error) => findings.add(Oracle::Broken, error.to_string()),
        }
    }
    (done.len(), findings)
}

async fn replay_one(caller: &Caller, base: &str, record: &Record, findings: &mut Findings) {
    let mut last = String::new();
    for _ in 0..5 {
        match caller.send(base, &record.order).await {
            Ok(answer) if answer.body == record.body && answer.status == 200 && answer.replayed => return,
            Ok(answer) if answer.outcome() == Outcome::Unknown => last = answer.body,
            Ok(answer) => {
                last = format!("{} replayed {} {}", answer.status, answer.replayed, answer.body);
                break;
            }
            Err(error) => last = error.to_string(),
        }
        sleep(Duration::from_millis(200)).await;
    }
    findings.add(Oracle::Replay, format!("{}: first {}, then {last}", record.order.key, record.body));
}
