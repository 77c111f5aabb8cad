//! The server: accept connections, serve each, shut down in order.

mod accept;
mod admin;
mod connection;
mod connection_state;
mod handshake;
mod open_connections;
pub(crate) mod peer;
mod refused_connections;
pub(crate) mod response_body;
mod shutdown;
mod timeouts;
mod tracked_stream;

use std::fmt;
use std::sync::Arc;

use axum::Router;
use client_wire::Operations;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use self::accept::Acceptor;
use crate::api::Api;
use crate::cors::CorsOrigins;
use crate::limited_operations::LimitedOperations;
use crate::middleware::request_log::RequestLog;
use crate::router;
use crate::state::AppState;
use crate::tls::Tls;

pub use admin::Admin;
pub use shutdown::ServeReport;

/// The Clients API, ready to be served.
pub struct Server {
    state: Arc<AppState>,
    admin: Option<TcpListener>,
    routes: Router,
    start_page: Option<&'static str>,
    request_log: RequestLog,
    tls: Option<Tls>,
    cors: Option<CorsOrigins>,
}

impl Server {
    /// A server of `api`.
    pub fn new(api: Api) -> Self {
        Self {
            state: Arc::new(AppState::new(api)),
            admin: None,
            routes: Router::new(),
            start_page: None,
            request_log: RequestLog::failures(),
            tls: None,
            cors: None,
        }
    }

    /// Answers `/healthz`, `/readyz` and `/metrics` on this listener as well, until [`Self::serve`] ends, whatever
    /// the load of the other listener is. `/metrics` is then answered nowhere else.
    #[must_use]
    pub fn with_admin(mut self, listener: TcpListener) -> Self {
        self.admin = Some(listener);
        self
    }

    /// Answers these routes of the program as well. They are behind the limits on connections and the access log, and
    /// verify their callers themselves. A failure that is not made by [`failure_response`](crate::failure_response), and
    /// whose response has no [`Failure`](client_wire::Failure) among its extensions, is replaced by one of its status. A
    /// path of the API stays the API's: a route for it panics when the router is made.
    #[must_use]
    pub fn with_routes(mut self, routes: Router) -> Self {
        self.routes = self.routes.merge(routes);
        self
    }

    /// Leads a browser that asks for `/` to this page of the program.
    #[must_use]
    pub fn with_start_page(mut self, path: &'static str) -> Self {
        self.start_page = Some(path);
        self
    }

    /// Logs the requests that this log wants; without it, those that fail.
    #[must_use]
    pub fn with_request_log(mut self, request_log: RequestLog) -> Self {
        self.request_log = request_log;
        self
    }

    /// Speaks TLS on the listener of [`Self::serve`], and nothing else. The listener of [`Self::with_admin`] stays as it is.
    #[must_use]
    pub fn with_tls(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Lets pages of these origins use the API from a browser. Routes of the program are not a part of it.
    #[must_use]
    pub fn with_cors(mut self, origins: CorsOrigins) -> Self {
        self.cors = Some(origins);
        self
    }

    /// The operations of the API for routes of the program, within the limits that hold for requests of the API: how many
    /// run in all and of one caller, how long they take, and the rate of a caller: of its commands, and sixteen times as many
    /// queries and dry runs.
    pub fn operations(&self) -> Arc<dyn Operations> {
        Arc::new(LimitedOperations::new(self.state.clone()))
    }

    /// The bare router: everything but the limits on connections and the shutdown.
    pub fn router(&self) -> Router {
        let (state, routes, request_log) =
            (self.state.clone(), self.routes.clone(), self.request_log.clone());
        let api = router::Offer { with_metrics: self.admin.is_none(), cors: self.cors.as_ref() };
        router::router(state, api, routes, self.start_page, request_log)
    }

    /// Serves requests on `listener` until `shutdown` is cancelled and begun requests have ended, or until the drain
    /// deadline.
    ///
    /// The shutdown in order: `/readyz` fails, and each response says `Connection: close`, so that callers open their next
    /// connection elsewhere; after [`drain_notice`](crate::Limits::drain_notice) the listener and idle connections are closed, of
    /// these the ones last that were used within half a second; begun requests are answered; commands whose callers hung up are waited for; after
    /// [`drain_deadline`](crate::Limits::drain_deadline) the rest is cancelled.
    ///
    /// When the future is dropped, connections and operations are cancelled immediately.
    pub async fn serve(mut self, listener: TcpListener, shutdown: CancellationToken) -> ServeReport {
        let acceptor = Acceptor::new(self.router(), self.state.clone(), self.tls.take());
        // Also when the future of this function is dropped, nothing that it started stays behind.
        let _abort_connections = acceptor.abort.clone().drop_guard();
        let _cancel_operations = self.state.operations.cancellation().clone().drop_guard();
        let _draining = self.state.probes.draining.clone().drop_guard();
        let ended = CancellationToken::new();
        let _end_admin = ended.clone().drop_guard();
        if let Some(listener) = self.admin.take() {
            let (probes, limits) = (self.state.probes.clone(), self.state.limits.clone());
            tokio::spawn(
                async move { ended.run_until_cancelled(admin::serve(listener, probes, limits)).await },
            );
        }
        let mut report = ServeReport::default();
        tokio::select! {
            () = acceptor.accept(&listener, &mut report.accepted) => {}
            () = shutdown::announced(&self.state, &shutdown) => {}
        }
        acceptor.accept_last(listener, &mut report.accepted).await;
        shutdown::drain(&self.state, &acceptor, &mut report).await;
        report
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("limits", &self.state.limits).finish_non_exhaustive()
    }
}
