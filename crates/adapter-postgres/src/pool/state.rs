//! What the pool holds.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use concurrency::idle_stack::IdleStack;
use concurrency::permits::PermitShares;
use tokio::sync::watch;

use super::abandoned::Abandoned;
use super::circuit::Circuit;
use super::connection::Connection;
use super::metrics::PoolGauges;
use super::share::permit_shares;
use crate::session::{Pooling, Servers};
use crate::settings::Settings;

/// How much longer than the server's own limit an answer may take before the connection counts as dead.
const ANSWER_MARGIN: Duration = Duration::from_millis(250);

/// What the pool holds.
pub(crate) struct State {
    /// For connections beside the pool.
    pub(super) settings: Settings,
    pub(super) servers: Servers,
    /// Whether the pool is closed, for the connections beside it.
    pub(super) closing: watch::Sender<bool>,
    pub(super) pooling: Pooling,
    pub(super) permits: PermitShares,
    pub(super) idle: IdleStack<Connection>,
    pub(super) gauges: PoolGauges,
    pub(super) abandoned: Abandoned,
    pub(super) circuit: Circuit,
    /// Whether the last statement that ended was one without an answer.
    pub(super) is_unanswered: AtomicBool,
    /// Whether the server is a replica.
    pub(super) is_replica: bool,
    /// How long a caller waits for a connection.
    pub(super) acquire_timeout: Duration,
    /// How long an answer may take.
    pub(super) answer_timeout: Duration,
    /// How long a connection may be idle and still be used unchecked.
    pub(super) trusted_idle: Duration,
}

impl State {
    pub(super) fn new(settings: &Settings, pooling: Pooling) -> Self {
        Self {
            settings: settings.clone(),
            closing: watch::Sender::new(false),
            servers: Servers::of(settings, Some(pooling)),
            pooling,
            idle: IdleStack::new(settings.max_lifetime, settings.idle_timeout),
            abandoned: Abandoned::default(),
            gauges: PoolGauges::new(settings.max_connections, settings.replica),
            circuit: Circuit::new(settings.shares().0),
            permits: permit_shares(settings),
            is_unanswered: AtomicBool::new(false),
            is_replica: settings.replica.is_some(),
            acquire_timeout: settings.acquire_timeout,
            answer_timeout: settings.statement_timeout.saturating_add(ANSWER_MARGIN),
            trusted_idle: settings.trusted_idle,
        }
    }
}
