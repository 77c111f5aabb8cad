//! An answer that ends a request early.

use axum::response::{IntoResponse, Response};

/// An answer that ends a request early, such as a refusal.
#[derive(Debug)]
pub(crate) struct Stop(Box<Response>);

/// What a handler returns.
pub(crate) type Answer = Result<Response, Stop>;

impl From<Response> for Stop {
    fn from(response: Response) -> Self {
        Self(Box::new(response))
    }
}

impl IntoResponse for Stop {
    fn into_response(self) -> Response {
        *self.0
    }
}
