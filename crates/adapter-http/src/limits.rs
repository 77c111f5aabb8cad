//! Every limit of the server.

use std::num::NonZeroU32;
use std::time::Duration;

/// Limits on sizes (bytes), counts, rates and times.
///
/// ```
/// use adapter_http::Limits;
///
/// let limits = Limits { max_in_flight: 64, ..Limits::default() };
/// assert_eq!(limits.body_bytes, 64 * 1024);
/// assert!(limits.max_in_flight_per_caller >= limits.max_in_flight, "one caller may use all permits");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Maximum length of the body of a request without a file, in bytes; a longer one is answered `CBS_413`.
    pub body_bytes: usize,
    /// Maximum length of any JSON body, in bytes: a command with a file of 10 MiB in base64.
    pub large_body_bytes: usize,
    /// Maximum number of bodies longer than [`Limits::body_bytes`] in memory; more wait for a permit.
    pub large_bodies: usize,
    /// Timeout of the header of a request, from its first byte; for the first request of a connection, from the accept.
    pub header_timeout: Duration,
    /// How long a connection may be idle between two requests.
    pub idle_timeout: Duration,
    /// How long a write may wait for the caller to read, before the connection is closed.
    pub write_timeout: Duration,
    /// Timeout of a request, from its header to its response: a query is answered `CBS_408`, a command `CBS_504`.
    pub request_timeout: Duration,
    /// Timeout of the upload of a file that is a body by itself, and of sending any response.
    pub content_timeout: Duration,
    /// Maximum number of open connections; one more closes the longest idle one, or waits in the backlog of the listener.
    pub max_connections: usize,
    /// Maximum of these for one peer address; one more closes its longest idle one, or is answered `CBS_503`. Behind a
    /// proxy all callers have the address of the proxy.
    pub max_connections_per_address: usize,
    /// Whether a proxy in front adds the address of the caller to `X-Forwarded-For`, for the log and for other routes of the
    /// program. Without a proxy the caller itself writes the header.
    pub trust_forwarded_for: bool,
    /// Maximum number of running commands and queries; more are answered `CBS_503`.
    pub max_in_flight: usize,
    /// Maximum of these for one caller; more are answered `CBS_429`.
    pub max_in_flight_per_caller: usize,
    /// Maximum number of running transfers: files in either direction, and commands that carry one.
    pub max_transfers: usize,
    /// Maximum of these for one caller.
    pub max_transfers_per_caller: usize,
    /// Maximum number of open streams of events; more are answered `CBS_503`.
    pub max_event_streams: usize,
    /// Maximum of these for one caller; more are answered `CBS_429`.
    pub max_event_streams_per_caller: usize,
    /// Maximum number of running searches of one caller; another waits two seconds and is then answered `CBS_429`.
    pub max_searches_per_caller: usize,
    /// Minimum rate of a body and of a response, in bytes per second, after five seconds of grace.
    pub min_bytes_per_second: u32,
    /// Maximum requests per second of one caller, with a burst of the same size; `None` is no limit.
    pub requests_per_second_per_caller: Option<NonZeroU32>,
    /// How long `/readyz` fails before the listener is closed, so that a load balancer stops sending requests first.
    pub drain_notice: Duration,
    /// How long begun requests and running operations may take after the listener was closed.
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
            max_event_streams: 64,
            max_event_streams_per_caller: 4,
            max_searches_per_caller: 2,
            min_bytes_per_second: 8 * 1024,
            requests_per_second_per_caller: None,
            drain_notice: Duration::from_secs(1),
            drain_deadline: Duration::from_secs(10),
        }
    }
}
