//! Whether a key answers again what it answered before.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::caller::Caller;
use crate::findings::{Findings, Oracle};
use crate::history::{Outcome, Record};

/// How many callers replay.
const REPLAYERS: usize = 16;
/// After so many replays that went wrong a replayer leaves it at that, so that a broken service is soon told of.
const ENOUGH: usize = 20;

/// Sends every acknowledged order again, to any of the services: how many there were, and what was found.
///
/// It must answer what it answered before, byte for byte, and say that it did so before.
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
                if findings.count(Oracle::Replay) >= ENOUGH {
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
    let mut told = String::new();
    for _ in 0..5 {
        match caller.send(base, &record.order).await {
            Ok(answer) if answer.body == record.body && answer.status == 200 && answer.replayed => return,
            Ok(answer) if answer.outcome() == Outcome::Unknown => told = answer.body,
            Ok(answer) => {
                told = format!("{} replayed {} {}", answer.status, answer.replayed, answer.body);
                break;
            }
            Err(trouble) => told = trouble.to_string(),
        }
        sleep(Duration::from_millis(200)).await;
    }
    findings.add(Oracle::Replay, format!("{}: first {}, then {told}", record.order.key, record.body));
}
