use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::time::sleep;

use super::list::List;
use crate::bench::Bench;
use crate::caller::{Answer, Caller};
use crate::{Actor, RunError, Seeded};

/// A batch that does not end within this time is stuck.
const TIMEOUT: Duration = Duration::from_mins(5);
/// How long the driver waits before it looks again.
const PAUSE: Duration = Duration::from_millis(50);

/// A person who takes one batch through its life, and repeats whatever is not answered.
pub(super) struct Driver {
    caller: Caller,
    bases: Vec<String>,
    turn: usize,
    random: Seeded,
    file: Vec<u8>,
    stops: bool,
}

/// A batch that has ended.
pub(super) struct Driven {
    pub(super) id: String,
    pub(super) state: String,
    /// The files that were sent back, by their names.
    pub(super) files: BTreeMap<&'static str, Vec<u8>>,
    pub(super) took: Duration,
}

impl Driven {
    pub(super) fn is_stopped(&self) -> bool {
        self.state == "stopped"
    }
}

impl Driver {
    pub(super) fn new(bench: &Bench, list: &List, stops: bool) -> Self {
        let bases = (0..bench.services.len()).map(|number| bench.base(number)).collect();
        let random = bench.random.part(list.number());
        Self { caller: bench.caller.clone(), bases, turn: 0, random, file: list.file(), stops }
    }

    /// Announces, uploads, confirms and waits, until the batch has ended and its files are there.
    pub(super) async fn drive(mut self) -> Result<Driven, RunError> {
        let begun = Instant::now();
        let announced = json!({ "format": "ndjson", "contentSha256": super::list::digest(&self.file) });
        let created = self.command("CreateBatchCommand", &announced, begun).await?;
        let id = created.pointer("/data/batchId").and_then(Value::as_str).unwrap_or_default().to_owned();
        let batch = json!({ "batchId": id });
        let state = loop {
            let base = self.base();
            let state = match self.caller.ask(&base, Actor::Maker, "RetrieveBatchQuery", &batch).await {
                Ok(answer) if answer.status == 200 => state_of(&answer),
                _ => String::new(),
            };
            match state.as_str() {
                // An answer that is lost or refused is asked for by the state that follows.
                "announced" => drop(self.caller.put_batch(&base, &id, self.file.clone()).await),
                "checked" => self.send("ConfirmBatchCommand", &batch).await,
                "running" if self.stops => {
                    sleep(self.random.millis(300, 3_000)).await;
                    self.send("StopBatchCommand", &batch).await;
                }
                "finished" | "stopped" => break state,
                _ => {}
            }
            if begun.elapsed() > TIMEOUT {
                return Err(RunError::new(format!("the batch {id} is {state:?} after {TIMEOUT:?}")));
            }
            sleep(PAUSE).await;
        };
        let took = begun.elapsed();
        let mut files = BTreeMap::new();
        for name in ["results", "corrections", "not-tried"] {
            files.insert(name, self.download(&id, name, begun).await?);
        }
        Ok(Driven { id, state, files, took })
    }

    async fn send(&mut self, command: &str, data: &Value) {
        let base = self.base();
        drop(self.caller.command(&base, &json!({ "commandName": command, "data": data }), None).await);
    }

    async fn command(&mut self, command: &str, data: &Value, begun: Instant) -> Result<Value, RunError> {
        loop {
            let base = self.base();
            let body = json!({ "commandName": command, "data": data });
            match self.caller.command(&base, &body, None).await {
                Ok(answer) if answer.status == 200 => return Ok(answer.json()),
                Ok(answer) if answer.status < 500 && answer.status != 429 => {
                    return Err(RunError::new(format!("{command}: {}", answer.body)));
                }
                _ if begun.elapsed() > TIMEOUT => {
                    return Err(RunError::new(format!("{command} is not answered")));
                }
                _ => sleep(PAUSE).await,
            }
        }
    }

    async fn download(&mut self, id: &str, name: &str, begun: Instant) -> Result<Vec<u8>, RunError> {
        loop {
            let base = self.base();
            match self.caller.batch_file(&base, id, name).await {
                Ok((200, bytes)) => return Ok(bytes),
                _ if begun.elapsed() > TIMEOUT => {
                    return Err(RunError::new(format!("{name} is not answered")));
                }
                _ => sleep(PAUSE).await,
            }
        }
    }

    /// The services in turn.
    fn base(&mut self) -> String {
        self.turn += 1;
        self.bases.iter().cycle().nth(self.turn % self.bases.len().max(1)).cloned().unwrap_or_default()
    }
}

fn state_of(answer: &Answer) -> String {
    answer.json().pointer("/data/state").and_then(Value::as_str).unwrap_or_default().to_owned()
}
