//! Every bound of the server, in one place.

use std::num::NonZeroU32;
use std::time::Duration;

/// How much, how many and how long.
///
/// ```
/// use adapter_http::Limits;
///
/// let limits = Limits { max_in_flight: 64, ..Limits::default() };
/// assert_eq!(limits.body_bytes, 1024 * 1024);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest request body that is always taken.
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
    /// How long a file that is sent by itself may take to arrive.
    pub content_timeout: Duration,
    /// Open connections; more wait in the backlog of the listener.
    pub max_connections: usize,
    /// Commands and queries being worked on, of all connections together; more are answered `CBS_503`.
    pub max_in_flight: usize,
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
            body_bytes: 1024 * 1024,
            large_body_bytes: 15 * 1024 * 1024,
            large_bodies: 4,
            header_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_mins(1),
            write_timeout: Duration::from_secs(30),
            request_timeout: Duration::from_secs(30),
            content_timeout: Duration::from_mins(5),
            max_connections: 1024,
            max_in_flight: 512,
            requests_per_second_per_caller: None,
            drain_notice: Duration::from_secs(1),
            drain_deadline: Duration::from_secs(10),
        }
    }
}
