use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use client_wire::Code;
use serde::de::DeserializeOwned;

use super::rejection::Rejection;
use crate::envelope::failure_of;

/// What a path names. One that is no text, such as the escape `%ff`, names nothing that there is.
pub(crate) struct PathValues<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for PathValues<T> {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let read = Path::from_request_parts(parts, state).await;
        read.map(|Path(values)| Self(values)).map_err(|_| failure_of(Code::PathNotFound).into())
    }
}
