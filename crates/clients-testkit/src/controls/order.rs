use std::time::Duration;

use adapter_inmem::{Fault, Faults};
use client_wire::Code;
use jiff::Timestamp;
use serde_json::Value;

use super::TestControls;
use super::members::Members;

/// The longest step of the clock, some ten years.
const MAX_ADVANCE_SECONDS: u64 = 366 * 24 * 60 * 60 * 10;
/// The longest delay of a slow operation.
const MAX_DELAY_MILLISECONDS: u64 = 60_000;
/// The largest number of times that a fault happens, unless it happens every time.
const MAX_TIMES: u64 = 10_000;
/// The largest number of clients in one order.
const MAX_CLIENTS: u64 = 10_000;

/// What the clock is to do, in this order: be set, advance, stop or resume.
#[derive(Debug)]
pub(super) struct ClockOrder {
    pub(super) now: Option<Timestamp>,
    pub(super) advance: Option<Duration>,
    pub(super) stopped: Option<bool>,
}

impl ClockOrder {
    pub(super) fn read(members: &mut Members<'_>) -> Self {
        let moment = "a moment such as 2026-02-01T00:00:00Z";
        let now = members.optional("now", moment, |value| value.as_str()?.parse().ok());
        let seconds = format!("a number of seconds from 0 to {MAX_ADVANCE_SECONDS}");
        let advance = members.optional("advanceSeconds", &seconds, |value| {
            value.as_u64().filter(|seconds| *seconds <= MAX_ADVANCE_SECONDS).map(Duration::from_secs)
        });
        let stopped = members.optional("stopped", "true or false", Value::as_bool);
        Self { now, advance, stopped }
    }
}

/// Which operation fails, how, and how often; or none any more.
#[derive(Debug)]
pub(super) enum FaultOrder {
    Clear,
    Add { operation: Operation, fault: Fault, times: Option<u64> },
}

/// The kinds of operations that fail separately.
#[derive(Clone, Copy, Debug)]
pub(super) enum Operation {
    Commit,
    Read,
    ReserveId,
    Ready,
    Outbox,
    Contents,
}

impl Operation {
    const NAMES: &'static str = "commit, read, reserveId, ready, outbox or contents";

    fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "commit" => Self::Commit,
            "read" => Self::Read,
            "reserveId" => Self::ReserveId,
            "ready" => Self::Ready,
            "outbox" => Self::Outbox,
            "contents" => Self::Contents,
            _ => return None,
        })
    }

    fn happens_once(self, faults: &Faults, fault: Fault) {
        match self {
            Self::Commit => faults.next_commit(fault),
            Self::Read => faults.next_read(fault),
            Self::ReserveId => faults.next_reserve_id(fault),
            Self::Ready => faults.next_ready(fault),
            Self::Outbox => faults.next_outbox(fault),
            Self::Contents => faults.next_contents(fault),
        }
    }

    fn happens_always(self, faults: &Faults, fault: Fault) {
        match self {
            Self::Commit => faults.commits(fault),
            Self::Read => faults.reads(fault),
            Self::ReserveId => faults.reserve_ids(fault),
            Self::Ready => faults.readiness(fault),
            Self::Outbox => faults.outbox(fault),
            Self::Contents => faults.contents(fault),
        }
    }
}

impl FaultOrder {
    const FAULTS: &'static str = "stale (commit only), unavailable, timedOutBefore, timedOutAfter or slow";

    pub(super) fn read(members: &mut Members<'_>) -> Option<Self> {
        if members.has("clear") {
            return members
                .optional("clear", "true, without other members", |value| {
                    value.as_bool().filter(|clear| *clear)
                })
                .map(|_| Self::Clear);
        }
        let operation =
            members.required("operation", Operation::NAMES, |value| Operation::parse(value.as_str()?));
        let delay = format!("a number of milliseconds from 1 to {MAX_DELAY_MILLISECONDS}, for slow only");
        let milliseconds = members.optional("milliseconds", &delay, |value| {
            value.as_u64().filter(|wait| (1..=MAX_DELAY_MILLISECONDS).contains(wait))
        });
        let fault = members.required("fault", Self::FAULTS, |value| {
            Some(match value.as_str()? {
                "stale" if matches!(operation, Some(Operation::Commit) | None) => Fault::Stale,
                "unavailable" => Fault::Unavailable,
                "timedOutBefore" => Fault::TimedOutBefore,
                "timedOutAfter" => Fault::TimedOutAfter,
                "slow" => Fault::Slow(Duration::from_millis(milliseconds.unwrap_or_default())),
                _ => return None,
            })
        });
        let is_slow = matches!(fault, Some(Fault::Slow(_)));
        if is_slow && !members.has("milliseconds") {
            members.fail("milliseconds", Code::Required, format!("is mandatory and must be {delay}"));
        } else if !is_slow && fault.is_some() && members.has("milliseconds") {
            members.fail("milliseconds", Code::Format, format!("must be {delay}"));
        }
        let often = format!(
            "a number from 1 to {MAX_TIMES}; without it the fault happens every time until it is cleared"
        );
        let times = members.optional("times", &often, |value| {
            value.as_u64().filter(|times| (1..=MAX_TIMES).contains(times))
        });
        Some(Self::Add { operation: operation?, fault: fault?, times })
    }

    pub(super) fn carry_out(&self, controls: &TestControls) {
        match self {
            Self::Clear => {
                controls.store.faults().clear();
                controls.contents.faults().clear();
            }
            Self::Add { operation, fault, times } => {
                let faults = match operation {
                    Operation::Contents => controls.contents.faults(),
                    _ => controls.store.faults(),
                };
                match times {
                    Some(times) => (0..*times).for_each(|_| operation.happens_once(&faults, *fault)),
                    None => operation.happens_always(&faults, *fault),
                }
            }
        }
    }
}

/// How many clients are made, of which people.
#[derive(Debug)]
pub(super) struct SeedOrder {
    pub(super) clients: usize,
    pub(super) seed: u64,
}

impl SeedOrder {
    pub(super) fn read(members: &mut Members<'_>) -> Option<Self> {
        let count = format!("a number from 1 to {MAX_CLIENTS}");
        let clients = members.required("clients", &count, |value| {
            let clients = value.as_u64().filter(|clients| (1..=MAX_CLIENTS).contains(clients))?;
            usize::try_from(clients).ok()
        });
        let seed = members.optional("seed", "a whole number that is not negative", Value::as_u64);
        Some(Self { clients: clients?, seed: seed.unwrap_or_default() })
    }
}
