//! Every bound of the server, in one place.

use std::num::NonZeroU32;
use std::time::Duration;

/// How much, how many and how long.
///
/// ```
/// use adapter_http::Limits;
///
/// let limits = Limits { max_in_flight: 64, ..Limits::default() };
/// assert_eq!(limits.body_bytes, 64 * 1024);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest body of a request without a file.
    pub body_bytes: usize,
    /// The longest request body there is: a command with a file of 10 MiB in base64.
    pub large_body_bytes: usize,
    /// How many bodies longer than [`Limits::body_bytes`] are held at once; more wait for their turn.
    pub large_bodies: usize,
    /// How long the header of a request may take, from its first byte; for the first request of a
    /// connection, from the moment it was accepted.
    pub header_timeout: Duration,
    /// How long a connection may stay open between two requests.
    pub idle_timeout: Duration,
    /// How long a caller may refuse to take an answer before the connection is closed.
    pub write_timeout: Duration,
    /// How long a request may take, from its header to its answer.
    pub request_timeout: Duration,
    /// How long a file that is sent by itself may take to arrive, and an answer to be read.
    pub content_timeout: Duration,
    /// Open connections; one more takes the place of the longest idle one, or waits in the backlog of the listener.
    pub max_connections: usize,
    /// Of these, those of one peer address; one more takes the place of its longest idle one, or is answered `CBS_503`.
    /// Behind a proxy all callers have the proxy's address.
    pub max_connections_per_address: usize,
    /// Whether there is a proxy in front whose last entry in `X-Forwarded-For` names the caller, for the log. Without one
    /// the header is a caller's own claim.
    pub trust_forwarded_for: bool,
    /// Commands and queries in progress, of all connections together; more are answered `CBS_503`.
    pub max_in_flight: usize,
    /// Of these, those of one caller; more are answered `CBS_429`.
    pub max_in_flight_per_caller: usize,
    /// Files being moved in either direction, and commands that carry one, of all callers together.
    pub max_transfers: usize,
    /// Of these, those of one caller.
    pub max_transfers_per_caller: usize,
    /// Searches of one caller that run at once; another waits for one of them to end, and is then answered `CBS_429`.
    pub max_searches_per_caller: usize,
    /// The least rate of a body and of a download, in bytes per second, after five seconds of grace.
    pub min_bytes_per_second: u32,
    /// Requests per second of one caller, with a burst of the same size; `None` is no limit.
    pub requests_per_second_per_caller: Option<NonZeroU32>,
    /// How long `/readyz` is red before the listener is closed, so that a load balancer can look away first.
    pub drain_notice: Duration,
    /// How long what has begun may go on after the listener was closed.
    pub drain_deadline: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 64 * 1024,
            large_body_bytes: 15 * 1024 * 1024,
            large_bodies: 4,
            header_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_mins(1),
            write_timeout: Duration::from_secs(30),
            request_timeout: Duration::from_secs(30),
            content_timeout: Duration::from_mins(5),
            max_connections: 1024,
            max_connections_per_address: 512,
            trust_forwarded_for: false,
            max_in_flight: 512,
            max_in_flight_per_caller: 256,
            max_transfers: 64,
            max_transfers_per_caller: 16,
            max_searches_per_caller: 2,
            min_bytes_per_second: 8 * 1024,
            requests_per_second_per_caller: None,
            drain_notice: Duration::from_secs(1),
            drain_deadline: Duration::from_secs(10),
        }
    }
}
