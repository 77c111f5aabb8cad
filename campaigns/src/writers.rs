//! Callers at work.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::caller::{Caller, Retry, RetryPolicy};
use crate::history::{History, Outcome, Record};
use crate::{Actor, Order, Seeded};

/// Callers at work, each taking clients of its own through their lives, one command after another.
#[derive(Debug)]
pub struct Writers {
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

/// Who writes, and where to.
#[derive(Clone, Debug)]
pub struct Writing {
    /// Sends the orders.
    pub caller: Caller,
    /// Where to.
    pub base: String,
    /// Where they are recorded.
    pub history: Arc<History>,
    /// What is sent again when the outcome is unknown.
    pub retry: Retry,
    /// A prefix that distinguishes the tags of these writers.
    pub crew: &'static str,
    /// What they do, and when.
    pub seed: u64,
    /// How long each of them rests after an answer.
    pub rest: Duration,
}

/// How long a writer goes on asking what became of one order: longer than several faults in a row.
const TIMEOUT: Duration = Duration::from_mins(2);

impl Writers {
    /// Starts this many writers.
    pub fn start(number: u64, writing: &Writing) -> Self {
        let (stop, _) = watch::channel(false);
        let mut tasks = JoinSet::new();
        for writer in 0..number {
            let stopped = stop.subscribe();
            let random = Seeded::new(writing.seed).part(writer);
            let writer = Writer { writing: writing.clone(), stopped, random, number: writer, orders: 0 };
            tasks.spawn(writer.work());
        }
        Self { stop, tasks }
    }

    /// Lets every writer finish its current order, until it is answered, and waits for them.
    ///
    /// What it answers is how many of them broke on the way.
    #[must_use = "a writer that broke was not there to see anything"]
    pub async fn finish(mut self) -> usize {
        self.stop.send_replace(true);
        let mut broken = 0;
        while let Some(ended) = self.tasks.join_next().await {
            broken += usize::from(ended.is_err());
        }
        broken
    }
}

struct Writer {
    writing: Writing,
    stopped: watch::Receiver<bool>,
    random: Seeded,
    number: u64,
    orders: u64,
}

impl Writer {
    async fn work(mut self) {
        while !*self.stopped.borrow() {
            self.one_life().await;
        }
    }

    /// A client from onboarding to a last state, or as far as it comes before the writers are stopped.
    async fn one_life(&mut self) -> Option<()> {
        let create = Order::create(self.tag(), Actor::Maker);
        let client = self.done(create).await?.client()?;
        for city in ["Abuja", "Jos", "Enugu"].iter().take(usize::try_from(self.random.below(4)).ok()?) {
            self.about(&client, Actor::Maker, "UpdateContactCommand", json!({ "city": city })).await?;
        }
        if self.random.chance(30) {
            self.about(&client, Actor::Maker, "RequestCustomerApprovalCommand", json!({})).await?;
        }
        if self.random.chance(20) {
            let reason = json!({ "rejectionReason": "Made up." });
            return self.about(&client, Actor::Checker, "RejectCustomerCommand", reason).await;
        }
        self.about(&client, Actor::Checker, "ApproveCustomerCommand", json!({})).await?;
        if self.random.chance(50) {
            let reference = json!({ "transactionReference": format!("T-{client}") });
            self.about(&client, Actor::Other, "RecordCustomerTransactionCommand", reference).await?;
        }
        let reason = json!({ "reason": "Made up." });
        if self.random.chance(30) {
            self.about(&client, Actor::Other, "BlacklistCustomerCommand", reason.clone()).await?;
            return self.about(&client, Actor::Other, "UndoBlacklistCustomerCommand", reason).await;
        }
        self.about(&client, Actor::Other, "ExitCustomerCommand", reason).await
    }

    async fn about(
        &mut self,
        client: &str,
        by: Actor,
        command: &'static str,
        more: serde_json::Value,
    ) -> Option<()> {
        let order = Order::about(self.tag(), by, command, client, more);
        self.done(order).await.map(|_| ())
    }

    /// Repeats an order until it is done; none if it was not done, or if the writers are stopping.
    async fn done(&mut self, order: Order) -> Option<Record> {
        let writing = &self.writing;
        let policy = RetryPolicy { retry: writing.retry, timeout: TIMEOUT, seed: self.random.number() };
        let record = writing.caller.retry_until_done(&writing.base, order, &policy, &writing.history).await;
        if !writing.rest.is_zero() {
            sleep(writing.rest).await;
        }
        let go_on = record.outcome == Outcome::Done && !*self.stopped.borrow();
        go_on.then_some(record)
    }

    fn tag(&mut self) -> String {
        self.orders += 1;
        format!("{}-{}-{}", self.writing.crew, self.number, self.orders)
    }
}
