//! A request that was not executed, and its response.

use axum::http::HeaderValue;
use axum::http::header::CONNECTION;
use axum::response::{IntoResponse, Response};
use client_wire::{Code, Failure, Item};
use token_verification::Refused;

use crate::envelope::{self, LoggedFailure};
use crate::metrics::count_denied;

/// Why a request failed, with a reason that is only logged.
pub(crate) struct Rejection {
    failure: Failure,
    reason: Option<&'static str>,
}

impl Rejection {
    /// What the caller is answered.
    pub(crate) fn into_failure(self) -> Failure {
        self.failure
    }
}

impl From<Failure> for Rejection {
    fn from(failure: Failure) -> Self {
        Self { failure, reason: None }
    }
}

impl From<Refused> for Rejection {
    fn from(refused: Refused) -> Self {
        count_denied(refused.code());
        Self { failure: envelope::failure_of(refused.code()), reason: Some(refused.reason()) }
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        let mut response = envelope::failure_response(&self.failure);
        if let Some(failed) = response.extensions_mut().get_mut::<LoggedFailure>() {
            failed.reason = self.reason;
        }
        if self.failure.items.iter().any(leaves_body_unread) {
            // No request can follow an unread body on this connection.
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

/// Whether the body of the request was not read to its end.
fn leaves_body_unread(item: &Item) -> bool {
    matches!(
        item.code,
        Code::BodyTooLarge
            | Code::RequestTimeout
            | Code::ContentTruncated
            | Code::TooComplex
            | Code::BodyIncomplete
    )
}
