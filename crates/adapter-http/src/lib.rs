//! The wire contract over HTTP: connections, tokens, limits, the response envelope.
//!
//! [`Api`] is what the adapter needs: the driving port [`client_wire::Operations`], a
//! [verifier](auth::TokenVerifier) of tokens, [`Limits`], the API description and [`Metrics`]. A [`Server`] is made of
//! it. [`Server::serve`] runs it on a listener until shutdown; [`Server::router`] is the bare axum router, for tests and
//! for programs with a server of their own. [`Admin`] serves health and metrics of a process without the API.
//!
//! | where | what |
//! | --- | --- |
//! | `server/` | accept loop, one connection and its timeouts, open connections, shutdown, the listener for operators |
//! | `router` | which path leads to which handler |
//! | `middleware/` | request id, panics, access log, rate limit, framing, unread bodies, page coding, URL parameters |
//! | [`auth`] | Bearer tokens and the keys that verify them: the crate `token-verification` |
//! | `request/` | from a request to an operation: caller, headers, body, dispatch, rejection |
//! | `admission` | which requests may run, and the operations that run |
//! | `limited_operations` | the same limits for other routes of the program |
//! | `documents` | the files of KYC documents, streamed both ways |
//! | `exports`, `reports` | files with clients, streamed, and with numbers |
//! | `envelope` | the JSON of every response |
//! | `health`, `metrics`, `docs_page` | probes, Prometheus metrics, the API description and its page |
//! | `api`, `state` | what the composition root passes in, and what all handlers share |
//! | [`Tls`], [`CorsOrigins`] | TLS at the port, and pages of other origins, where the program wants them |
//! | [`Limits`] | every limit, with its default; `transfer_deadline` is the minimum rate |
//!
//! A request passes, in this order: the limit on connections, the header timeout, the access log (request id, span,
//! panics, metrics), the token, the rate limit of its caller, the body with its limit and deadline, strict JSON,
//! admission, and then the operation. The cheapest check comes first, and no body is read before its caller is known.

mod admission;
mod api;
mod attachment;
mod batch_progress;
mod batches;
mod cors;
mod docs_page;
mod documents;
mod envelope;
mod event_stream;
mod exports;
mod health;
mod limited_batch_files;
mod limited_operations;
mod limits;
mod metrics;
mod middleware;
mod reports;
mod request;
mod router;
mod server;
mod state;
mod tls;
mod transfer_deadline;

pub use self::metrics::{Metrics, MetricsError};
pub use api::Api;
pub use cors::{CorsOrigins, OriginError};
pub use envelope::{failure_response, success_response};
pub use limits::Limits;
pub use middleware::request_log::{CallerHashKey, CallerHashKeyError, RequestLog};
pub use server::{Admin, ServeReport, Server};
pub use tls::{Tls, TlsError};
pub use token_verification as auth;
