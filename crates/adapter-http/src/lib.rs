//! The wire contract over HTTP: envelope, tokens, limits, accept loop, API description.
//!
//! [`Api`] is what the adapter needs: the driving port of `client-app`, a [verifier](auth::TokenVerifier) of
//! tokens, [`Limits`], the API description and [`Metrics`]. [`Server`] is made of it; [`Server::serve`] runs
//! it on a listener until it is told to stop, [`Server::router`] is the bare axum router for tests and for
//! programs with a server of their own.
//!
//! A request passes, in this order: the cap on connections, the header timeout, the edge (request id, span,
//! panics, metrics, log), the token, the caller's rate, the cap on requests in flight, the body with its
//! limit and deadline, strict JSON, and only then the operation. The cheapest check comes first, and nothing
//! is read from somebody who is not known.

mod admin;
mod admission;
mod api;
pub mod auth;
mod body;
mod body_allowance;
mod caller_rate;
mod conditions;
mod connection;
mod dispatch;
mod docs;
mod document_content;
mod edge;
mod envelope;
mod framing;
mod health;
mod limits;
mod open_connections;
mod pace;
mod page_coding;
mod panics;
mod peer;
mod phase;
mod refused_connections;
mod request_id;
mod router;
mod sending;
mod server;
mod telemetry;
mod unread;
mod url_parameters;
mod work;

pub use admin::Admin;
pub use api::Api;
pub use limits::Limits;
pub use server::{ServeReport, Server};
pub use telemetry::{Metrics, MetricsError};
