//! The body of a request that changes something. There is no other way to read one, so each proves where it comes from.

use std::sync::Arc;
use std::time::Duration;

use axum::body::to_bytes;
use axum::extract::multipart::Field;
use axum::extract::{FromRequest, FromRequestParts as _, Multipart, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use client_app::MAX_CONTENT;
use client_wire::{Code, Failure, Item};
use tokio::time::timeout;

use crate::fields::Fields;
use crate::origin;
use crate::sentence::FILE;
use crate::settings::Console;
use crate::stop::Stop;
use crate::upload_places::UploadPlaces;
use crate::visit::Visit;

/// The longest form without a file, in bytes: it may carry every client that one command is given for.
const MAX_FORM: usize = 1024 * 1024;
/// The most that all texts of a form with a file may have, in bytes.
const MAX_TEXTS: usize = 64 * 1024;
/// The longest form with a file; the routes set it as their `DefaultBodyLimit`.
pub(crate) const MAX_UPLOAD: u64 = MAX_CONTENT + MAX_TEXTS as u64;
/// How long a form may take to arrive.
const FORM_TIMEOUT: Duration = Duration::from_secs(30);
/// The same for a file.
const UPLOAD_TIMEOUT: Duration = Duration::from_mins(2);

/// What a person who is signed in has sent with a form of this console.
pub(crate) struct Posted {
    pub(crate) visit: Visit,
    pub(crate) fields: Fields,
}

impl FromRequest<Arc<Console>> for Posted {
    type Rejection = Stop;

    async fn from_request(request: Request, console: &Arc<Console>) -> Result<Self, Stop> {
        let (mut parts, body) = request.into_parts();
        let visit = Visit::from_request_parts(&mut parts, console).await?;
        if !origin::is_own(&parts.headers) {
            return Err(visit.failed(&foreign()));
        }
        let multipart = is_multipart(&parts.headers);
        let request = Request::from_parts(parts, body);
        let read =
            if multipart { read_upload(request, console, &visit).await } else { read_form(request).await };
        let fields = read.map_err(|failure| visit.failed(&failure))?;
        if !fields.text("csrf").is_some_and(|csrf| visit.proves(csrf)) {
            return Err(visit.failed(&foreign()));
        }
        Ok(Self { visit, fields })
    }
}

/// A form that is not from a page of this session.
pub(crate) fn foreign() -> Failure {
    let message = "The form is not from a page of this sign-in.";
    Failure::of(Item::new(Code::HeaderInvalid, message).field("form"))
}

fn is_multipart(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("multipart/form-data"))
}

/// The texts of a form without a file.
pub(crate) async fn read_form(request: Request) -> Result<Fields, Failure> {
    let read = timeout(FORM_TIMEOUT, to_bytes(request.into_body(), MAX_FORM)).await;
    let bytes = read.map_err(|_| late())?.map_err(|_| too_large(MAX_FORM as u64))?;
    Ok(Fields { texts: form_urlencoded::parse(&bytes).into_owned().collect(), ..Fields::default() })
}

async fn read_upload(request: Request, console: &Arc<Console>, visit: &Visit) -> Result<Fields, Failure> {
    let places = request.extensions().get::<UploadPlaces>().cloned().unwrap_or_default();
    let multipart = Multipart::from_request(request, console).await.map_err(|_| broken())?;
    timeout(UPLOAD_TIMEOUT, parts(multipart, visit, &places)).await.map_err(|_| late())?
}

/// The parts of a form. The proof is the first one, as on every page, so that a forged form takes no place.
async fn parts(mut multipart: Multipart, visit: &Visit, places: &UploadPlaces) -> Result<Fields, Failure> {
    let mut left = MAX_TEXTS;
    let first = multipart.next_field().await.map_err(|_| broken())?.ok_or_else(foreign)?;
    if first.name() != Some("csrf") || first.file_name().is_some() {
        return Err(foreign());
    }
    let csrf = text(first, &mut left).await?;
    if !visit.proves(&csrf) {
        return Err(foreign());
    }
    let place = places.take(visit.caller().actor.id.as_str()).await?;
    let mut fields = Fields { texts: vec![("csrf".to_owned(), csrf)], file: None, place: Some(place) };
    while let Some(part) = multipart.next_field().await.map_err(|_| broken())? {
        let Some(name) = part.name().map(str::to_owned) else { continue };
        match part.file_name().map(str::to_owned) {
            Some(file) => {
                let bytes = part.bytes().await.map_err(|_| too_large(MAX_UPLOAD))?;
                // A file input without a choice sends an empty file without a name.
                if !bytes.is_empty() || !file.is_empty() {
                    fields.file = Some((file, bytes));
                }
            }
            None => fields.texts.push((name, text(part, &mut left).await?)),
        }
    }
    Ok(fields)
}

/// The text of a part, of which at most so many bytes are left for the form.
async fn text(mut part: Field<'_>, left: &mut usize) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    while let Some(chunk) = part.chunk().await.map_err(|_| broken())? {
        *left = left.checked_sub(chunk.len()).ok_or_else(|| too_large(MAX_TEXTS as u64))?;
        bytes.extend_from_slice(&chunk);
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn late() -> Failure {
    Failure::of(Item::new(Code::RequestTimeout, Code::RequestTimeout.meaning()))
}

fn broken() -> Failure {
    Failure::of(Item::new(Code::BodyIncomplete, Code::BodyIncomplete.meaning()))
}

/// A form whose file was not chosen.
pub(crate) fn no_file(field: &str) -> Failure {
    Failure::of(Item::new(Code::Required, Code::Required.meaning()).field(field).detail(FILE, true))
}

/// Something that is longer than this many bytes.
pub(crate) fn too_large(limit: u64) -> Failure {
    Failure::of(Item::new(Code::BodyTooLarge, Code::BodyTooLarge.meaning()).detail("limit", limit))
}
