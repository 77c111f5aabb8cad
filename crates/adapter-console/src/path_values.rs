//! What the path of a page names.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use client_wire::{Code, Failure, Item};
use serde::de::DeserializeOwned;

use crate::settings::Console;
use crate::stop::Stop;
use crate::visit::Visit;

/// What a path names. One that is no text, such as the escape `%ff`, leads nowhere, as every unknown path does.
pub(crate) struct PathValues<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Arc<Console>> for PathValues<T> {
    type Rejection = Stop;

    async fn from_request_parts(parts: &mut Parts, console: &Arc<Console>) -> Result<Self, Stop> {
        if let Ok(Path(values)) = Path::from_request_parts(parts, console).await {
            return Ok(Self(values));
        }
        let visit = Visit::from_request_parts(parts, console).await?;
        Err(visit.failed(&Failure::of(Item::new(Code::PathNotFound, Code::PathNotFound.meaning()))))
    }
}
