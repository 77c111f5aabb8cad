//! The body of a request: its media type, its maximum length, its deadline.

use axum::body::Body;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use client_app::Caller;
use client_wire::node_count::{MAX_NODES, NodeCount, TooComplex};
use client_wire::spec::OperationKind;
use client_wire::{Code, Failure, Item};
use http_body_util::BodyExt as _;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout_at};

use crate::admission::caller_limit::CallerPermit;
use crate::admission::over_caller_limit;
use crate::envelope::failure_of;
use crate::limits::Limits;
use crate::request::body_allowance;
use crate::state::AppState;
use crate::transfer_deadline::TransferDeadline;

/// Requires `application/json` in UTF-8 without a content coding: a compressed body could be of any size.
pub(crate) fn check_type(headers: &HeaderMap) -> Result<(), Failure> {
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let one_json = matches!((types.next(), types.next()), (Some(one), None) if is_json(one));
    let plain = headers
        .get_all(CONTENT_ENCODING)
        .iter()
        .all(|coding| coding.as_bytes().eq_ignore_ascii_case(b"identity"));
    if one_json && plain { Ok(()) } else { Err(failure_of(Code::UnsupportedMediaType)) }
}

fn is_json(value: &HeaderValue) -> bool {
    let Ok(text) = value.to_str() else { return false };
    let (essence, parameters) = text.split_once(';').unwrap_or((text, ""));
    let utf8 = |parameter: &str| {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let value = value.trim().trim_matches('"');
        name.trim().eq_ignore_ascii_case("charset") && value.eq_ignore_ascii_case("utf-8")
    };
    essence.trim().eq_ignore_ascii_case("application/json")
        && (parameters.trim().is_empty() || parameters.split(';').all(utf8))
}

/// The permit of a large body, held for as long as its content is.
pub(crate) type LargeBodyPermit = Option<(CallerPermit, OwnedSemaphorePermit)>;

/// Which bodies may be longer than [`Limits::body_bytes`].
#[derive(Clone, Copy)]
pub(crate) enum LargeBodies<'a> {
    /// None.
    Refused,
    /// That of an operation of this kind with a file whose permission the caller has.
    WithFile(OperationKind, &'a Caller),
}

/// Reads the whole body until `deadline`, and stops at the maximum number of JSON values.
///
/// A large body waits for one of few permits, so that many of them do not fill the memory.
pub(crate) async fn read(
    headers: &HeaderMap,
    body: Body,
    state: &AppState,
    large_bodies: LargeBodies<'_>,
    deadline: Instant,
) -> Result<(Vec<u8>, LargeBodyPermit), Failure> {
    let Limits { body_bytes, large_body_bytes: limit, .. } = state.limits;
    let limit = match large_bodies {
        LargeBodies::Refused => body_bytes,
        LargeBodies::WithFile(..) => limit.max(body_bytes),
    };
    let too_large = || {
        let message = format!("The body is larger than {limit} bytes.");
        Failure::of(Item::new(Code::BodyTooLarge, message).detail("limit", limit))
    };
    let announced =
        headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(too_large());
    }
    let timed_out = || {
        let message = "The body did not arrive within the time limit.";
        Failure::of(Item::new(Code::RequestTimeout, message))
    };
    let (mut body, mut large) = (body, None);
    let mut nodes = NodeCount::default();
    let next_byte = TransferDeadline::new(state.limits.min_bytes_per_second, deadline);
    let mut whole = Vec::with_capacity(announced.map_or(0, |length| body_bytes.min(length)));
    loop {
        let piece = match timeout_at(next_byte.after(whole.len() as u64), body.frame()).await {
            Ok(None) => return Ok((whole, large)),
            Ok(Some(Ok(frame))) => frame.into_data().unwrap_or_default(),
            // The caller hung up, or the chunks of the body are not what they say.
            Ok(Some(Err(_))) => return Err(failure_of(Code::BodyIncomplete)),
            Err(_) => return Err(timed_out()),
        };
        let length = whole.len() + piece.len();
        if length > limit {
            return Err(too_large());
        }
        nodes.push(&piece).map_err(too_complex)?;
        if let LargeBodies::WithFile(kind, caller) = large_bodies
            && length > body_bytes
            && large.is_none()
        {
            whole.extend_from_slice(&piece);
            body_allowance::check(kind, &whole, caller, body_bytes)?;
            // A slow sender holds its permit for long, so one caller does not get all of them.
            let left = deadline.saturating_duration_since(Instant::now());
            let subject = caller.actor.id.as_str();
            let of_caller = state.large_bodies_per_caller.acquire_within(subject, left).await;
            let of_caller = of_caller.ok_or_else(over_caller_limit)?;
            let of_all = timeout_at(deadline, state.large_bodies.clone().acquire_owned()).await;
            let of_all = of_all.ok().and_then(Result::ok).ok_or_else(|| failure_of(Code::Overloaded))?;
            large = Some((of_caller, of_all));
            // Without this the growing buffer would be held twice while it is copied.
            whole.reserve_exact(announced.map_or(0, |length| length.saturating_sub(whole.len())));
            continue;
        }
        whole.extend_from_slice(&piece);
    }
}

fn too_complex(_: TooComplex) -> Failure {
    let message = format!("The body has more than {MAX_NODES} JSON values, which is the limit.");
    Failure::of(Item::new(Code::TooComplex, message).detail("max", MAX_NODES))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(values: &[&str]) -> bool {
        let headers =
            values.iter().map(|value| (CONTENT_TYPE, HeaderValue::from_bytes(value.as_bytes()).unwrap()));
        check_type(&headers.collect()).is_ok()
    }

    #[test]
    fn only_json_in_utf8_is_accepted() {
        for good in [
            "application/json",
            "Application/JSON",
            "application/json;charset=utf-8",
            "application/json; charset=UTF-8",
            "application/json ; charset=\"utf-8\"",
            "application/json;",
        ] {
            assert!(accepted(&[good]), "{good}");
        }
        for bad in [
            "",
            "text/plain",
            "application/jsonp",
            "application/problem+json",
            "application/json; charset=latin1",
            "application/json; boundary=x",
            "application/json, text/plain",
            "application/x-www-form-urlencoded",
            "application/json\u{e9}",
        ] {
            assert!(!accepted(&[bad]), "{bad}");
        }
        assert!(!accepted(&[]));
        assert!(!accepted(&["application/json", "application/json"]));
    }

    #[test]
    fn compressed_body_is_rejected() {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("identity"));
        assert!(check_type(&headers).is_ok());
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        assert!(check_type(&headers).is_err());
    }
}
