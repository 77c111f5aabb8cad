//! Limits of requests and connections.

use std::num::NonZeroU32;
use std::time::Duration;

use adapter_http::Limits;
use clap::Args;

use super::error::SettingsError;
use super::value::Switch;

#[derive(Args, Clone, Debug)]
pub(crate) struct LimitArgs {
    /// Requests per second of one caller, then CBS_429; 0 means no limit
    #[arg(long, env = "CLIENTS_RATE_LIMIT", value_name = "NUMBER", default_value_t = 0)]
    pub(crate) rate_limit: u32,

    /// Open connections; one more replaces the connection that has been idle longest, or waits
    #[arg(long, env = "CLIENTS_MAX_CONNECTIONS", value_name = "NUMBER", default_value_t = 1024)]
    pub(crate) max_connections: usize,

    /// Open connections of one peer address; half of --max-connections by default
    #[arg(long, env = "CLIENTS_MAX_CONNECTIONS_PER_ADDRESS", value_name = "NUMBER")]
    pub(crate) max_connections_per_address: Option<usize>,

    /// Whether a proxy in front adds the caller's address to X-Forwarded-For; the log
    /// then names that address, and sign-ins are limited by it
    #[arg(long, env = "CLIENTS_TRUST_FORWARDED_FOR", value_enum, default_value_t = Switch::Off)]
    pub(crate) trust_forwarded_for: Switch,

    /// Requests in progress, then CBS_503
    #[arg(long, env = "CLIENTS_MAX_IN_FLIGHT", value_name = "NUMBER", default_value_t = 512)]
    pub(crate) max_in_flight: usize,

    /// Requests in progress of one caller, then CBS_429; half of --max-in-flight by default
    #[arg(long, env = "CLIENTS_MAX_IN_FLIGHT_PER_CALLER", value_name = "NUMBER")]
    pub(crate) max_in_flight_per_caller: Option<usize>,

    /// Files that are being sent or received; one caller may use a quarter of them
    #[arg(long, env = "CLIENTS_MAX_TRANSFERS", value_name = "NUMBER", default_value_t = 64)]
    pub(crate) max_transfers: usize,

    /// Streams of the progress of batches that are open; one caller may use a sixteenth of them
    #[arg(long, env = "CLIENTS_MAX_BATCH_STREAMS", value_name = "NUMBER", default_value_t = 64)]
    pub(crate) max_batch_streams: usize,

    /// Searches of one caller that run at once; further ones wait, then CBS_429
    #[arg(long, env = "CLIENTS_MAX_SEARCHES_PER_CALLER", value_name = "NUMBER", default_value_t = 2)]
    pub(crate) max_searches_per_caller: usize,

    /// Seconds that a request may take, then CBS_408
    #[arg(long, env = "CLIENTS_REQUEST_TIMEOUT", value_name = "SECONDS", default_value_t = 30)]
    pub(crate) request_timeout: u64,

    /// Seconds that requests and deliveries in progress may take to finish at the stop
    #[arg(long, env = "CLIENTS_DRAIN_DEADLINE", value_name = "SECONDS", default_value_t = 10)]
    pub(crate) drain_deadline: u64,

    /// Seconds between the failing /readyz of a stop and the end of the listener, for balancers that have to notice, 0 to 300
    #[arg(long, env = "CLIENTS_DRAIN_NOTICE", value_name = "SECONDS", default_value_t = 1,
        value_parser = clap::value_parser!(u16).range(0..=300))]
    pub(crate) drain_notice: u16,
}

/// The limits of the HTTP server.
pub(crate) fn limits(limits: &LimitArgs) -> Result<Limits, SettingsError> {
    drain_deadline(limits.drain_deadline)?;
    let half = |all: usize| all.div_ceil(2);
    let per_address = limits.max_connections_per_address.unwrap_or(half(limits.max_connections));
    let per_caller = limits.max_in_flight_per_caller.unwrap_or(half(limits.max_in_flight));
    for (name, number) in [
        ("--max-connections", limits.max_connections as u64),
        ("--max-connections-per-address", per_address as u64),
        ("--max-in-flight", limits.max_in_flight as u64),
        ("--max-in-flight-per-caller", per_caller as u64),
        ("--max-transfers", limits.max_transfers as u64),
        ("--max-batch-streams", limits.max_batch_streams as u64),
        ("--max-searches-per-caller", limits.max_searches_per_caller as u64),
        ("--request-timeout", limits.request_timeout),
    ] {
        if !(1..=100_000).contains(&number) {
            return Err(SettingsError(format!("{name} must be a number from 1 to 100000")));
        }
    }
    Ok(Limits {
        requests_per_second_per_caller: NonZeroU32::new(limits.rate_limit),
        max_connections: limits.max_connections,
        max_connections_per_address: per_address,
        trust_forwarded_for: limits.trust_forwarded_for == Switch::On,
        max_in_flight: limits.max_in_flight,
        max_in_flight_per_caller: per_caller,
        max_transfers: limits.max_transfers,
        max_transfers_per_caller: limits.max_transfers.div_ceil(4),
        max_event_streams: limits.max_batch_streams,
        max_event_streams_per_caller: limits.max_batch_streams.div_ceil(16),
        max_searches_per_caller: limits.max_searches_per_caller,
        request_timeout: Duration::from_secs(limits.request_timeout),
        drain_deadline: Duration::from_secs(limits.drain_deadline),
        drain_notice: Duration::from_secs(limits.drain_notice.into()),
        ..Limits::default()
    })
}

/// How long work in progress may take to finish after the signal to stop.
pub(crate) fn drain_deadline(seconds: u64) -> Result<Duration, SettingsError> {
    if !(1..=100_000).contains(&seconds) {
        return Err(SettingsError("--drain-deadline must be a number from 1 to 100000".to_owned()));
    }
    Ok(Duration::from_secs(seconds))
}
