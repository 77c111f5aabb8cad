//! Limits of requests and connections.

use clap::Args;

use super::Switch;

#[derive(Args, Debug)]
pub(crate) struct LimitArgs {
    /// Requests per second of one caller, then CBS_429; 0 is no limit
    #[arg(long, env = "CLIENTS_RATE_LIMIT", value_name = "NUMBER", default_value_t = 0)]
    pub(crate) rate_limit: u32,

    /// Open connections; one more takes the place of the longest idle one, or waits
    #[arg(long, env = "CLIENTS_MAX_CONNECTIONS", value_name = "NUMBER", default_value_t = 1024)]
    pub(crate) max_connections: usize,

    /// Of these, those of one peer address; half of them if nothing is said
    #[arg(long, env = "CLIENTS_MAX_CONNECTIONS_PER_ADDRESS", value_name = "NUMBER")]
    pub(crate) max_connections_per_address: Option<usize>,

    /// Whether a proxy in front adds the caller's address to X-Forwarded-For, which the log then names
    #[arg(long, env = "CLIENTS_TRUST_FORWARDED_FOR", value_enum, default_value_t = Switch::Off)]
    pub(crate) trust_forwarded_for: Switch,

    /// Requests in progress, then CBS_503
    #[arg(long, env = "CLIENTS_MAX_IN_FLIGHT", value_name = "NUMBER", default_value_t = 512)]
    pub(crate) max_in_flight: usize,

    /// Of these, those of one caller, then CBS_429; half of them if nothing is said
    #[arg(long, env = "CLIENTS_MAX_IN_FLIGHT_PER_CALLER", value_name = "NUMBER")]
    pub(crate) max_in_flight_per_caller: Option<usize>,

    /// Files being sent or received, of which one caller has a quarter
    #[arg(long, env = "CLIENTS_MAX_TRANSFERS", value_name = "NUMBER", default_value_t = 64)]
    pub(crate) max_transfers: usize,

    /// Searches of one caller that run at once; more wait, then CBS_429
    #[arg(long, env = "CLIENTS_MAX_SEARCHES_PER_CALLER", value_name = "NUMBER", default_value_t = 2)]
    pub(crate) max_searches_per_caller: usize,

    /// Seconds a request may take, then CBS_408
    #[arg(long, env = "CLIENTS_REQUEST_TIMEOUT", value_name = "SECONDS", default_value_t = 30)]
    pub(crate) request_timeout: u64,

    /// Seconds that what has begun may take to end when the service is told to stop
    #[arg(long, env = "CLIENTS_DRAIN_DEADLINE", value_name = "SECONDS", default_value_t = 10)]
    pub(crate) drain_deadline: u64,
}
