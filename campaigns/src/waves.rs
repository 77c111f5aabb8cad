//! Concurrent callers, each with a client of its own.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use crate::bench::Bench;
use crate::caller::{Retry, RetryPolicy};
use crate::history::Record;
use crate::{Actor, Order};

/// Concurrent creations, each sent once. They are attempts and not yet records of the history.
pub async fn creations(bench: &Bench, callers: usize, name: &str) -> Vec<Record> {
    let mut waiting = JoinSet::new();
    for number in 0..callers {
        let order = Order::create(format!("{name}-{number}"), Actor::Maker);
        let (caller, base, history) = (bench.caller.clone(), bench.base(0), Arc::clone(&bench.history));
        waiting.spawn(async move { caller.try_once(&base, order, &history).await });
    }
    waiting.join_all().await
}

/// Sends each of these again under its key, until it is done or the timeout is over.
pub async fn retry_until_done(bench: &Bench, orders: Vec<Record>, timeout: Duration) {
    let mut waiting = JoinSet::new();
    for (record, seed) in orders.into_iter().zip(0..) {
        let (caller, base, history) = (bench.caller.clone(), bench.base(0), Arc::clone(&bench.history));
        waiting.spawn(async move {
            let policy = RetryPolicy { retry: Retry::SameKey, timeout, seed };
            caller.retry_until_done(&base, record.order, &policy, &history).await
        });
    }
    drop(waiting.join_all().await);
}
