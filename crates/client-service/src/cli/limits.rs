//! Limits of requests and connections.

use clap::Args;

#[derive(Args, Debug)]
pub(crate) struct LimitArgs {
    /// Requests per second of one caller, then CBS_429; 0 is no limit
    #[arg(long, env = "CLIENTS_RATE_LIMIT", value_name = "NUMBER", default_value_t = 0)]
    pub(crate) rate_limit: u32,

    /// Open connections; more wait
    #[arg(long, env = "CLIENTS_MAX_CONNECTIONS", value_name = "NUMBER", default_value_t = 1024)]
    pub(crate) max_connections: usize,

    /// Requests being worked on, then CBS_503
    #[arg(long, env = "CLIENTS_MAX_IN_FLIGHT", value_name = "NUMBER", default_value_t = 512)]
    pub(crate) max_in_flight: usize,

    /// Seconds a request may take, then CBS_408
    #[arg(long, env = "CLIENTS_REQUEST_TIMEOUT", value_name = "SECONDS", default_value_t = 30)]
    pub(crate) request_timeout: u64,

    /// Seconds that what has begun may take to end when the service is told to stop
    #[arg(long, env = "CLIENTS_DRAIN_DEADLINE", value_name = "SECONDS", default_value_t = 10)]
    pub(crate) drain_deadline: u64,
}
