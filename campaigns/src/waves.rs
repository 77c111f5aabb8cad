//! Callers that come at once, each with a client of its own.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use crate::bench::Bench;
use crate::caller::{Insistence, Retry};
use crate::history::Record;
use crate::{Actor, Order};

/// So many creations at once, each sent once. They are attempts and not yet records of the history.
pub async fn creations(bench: &Bench, callers: usize, name: &str) -> Vec<Record> {
    let mut waiting = JoinSet::new();
    for number in 0..callers {
        let order = Order::create(format!("{name}-{number}"), Actor::Maker);
        let (caller, base, history) = (bench.caller.clone(), bench.base(0), Arc::clone(&bench.history));
        waiting.spawn(async move { caller.try_once(&base, order, &history).await });
    }
    waiting.join_all().await
}

/// Sends each of these again under its key, until it is done or patience ends.
pub async fn insist(bench: &Bench, orders: Vec<Record>, patience: Duration) {
    let mut waiting = JoinSet::new();
    for (record, seed) in orders.into_iter().zip(0..) {
        let (caller, base, history) = (bench.caller.clone(), bench.base(0), Arc::clone(&bench.history));
        waiting.spawn(async move {
            let insistence = Insistence { retry: Retry::SameKey, patience, seed };
            caller.insist(&base, record.order, &insistence, &history).await
        });
    }
    drop(waiting.join_all().await);
}
