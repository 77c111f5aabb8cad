//! The pages are kept compressed; a caller that does not say that it reads gzip gets them unpacked.

use std::collections::BTreeMap;
use std::io::{self, Read as _};

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, VARY};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use client_wire::Code;
use flate2::read::GzDecoder;
use http_body_util::BodyExt as _;
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;

use crate::envelope::{failure, refusal};

/// Pages that were unpacked, by path. They are part of the program and few, and each is unpacked once: a caller who asks for
/// many and reads none costs no memory.
static UNPACKED: Mutex<BTreeMap<String, Bytes>> = Mutex::const_new(BTreeMap::new());

/// Answers in the coding that the caller reads.
pub(crate) async fn negotiate(request: Request, next: Next) -> Response {
    let reads_gzip = reads_gzip(request.headers());
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    response.headers_mut().insert(VARY, HeaderValue::from_static("accept-encoding"));
    let packed = response.headers().get(CONTENT_ENCODING).is_some_and(|coding| coding == "gzip");
    if reads_gzip || !packed {
        return response;
    }
    let (mut head, body) = response.into_parts();
    head.headers.remove(CONTENT_ENCODING);
    head.headers.remove(CONTENT_LENGTH);
    match unpacked(path, body).await {
        Some(page) => Response::from_parts(head, Body::from(page)),
        None => failure(&refusal(Code::Internal)),
    }
}

async fn unpacked(path: String, body: Body) -> Option<Bytes> {
    let packed = body.collect().await.ok()?.to_bytes();
    // The answer to HEAD has no body.
    if packed.is_empty() {
        return Some(packed);
    }
    let mut pages = UNPACKED.lock().await;
    if let Some(page) = pages.get(&path) {
        return Some(page.clone());
    }
    // The largest page has more than a megabyte: too long for an async worker.
    let page = spawn_blocking(move || unpack(&packed)).await.ok()?.ok()?;
    pages.insert(path, page.clone());
    Some(page)
}

fn unpack(packed: &Bytes) -> io::Result<Bytes> {
    let mut page = Vec::new();
    GzDecoder::new(packed.as_ref()).read_to_end(&mut page)?;
    Ok(page.into())
}

/// Whether `Accept-Encoding` names gzip, or everything, with a weight above zero (RFC 9110, section 12.5.3).
///
/// Without the header any coding would be allowed, but callers that do not send it are those that unpack nothing.
fn reads_gzip(headers: &HeaderMap) -> bool {
    let codings = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let mut any = false;
    for coding in codings.flat_map(|value| value.split(',')) {
        let (name, parameters) = coding.split_once(';').unwrap_or((coding, ""));
        let wanted = parameters
            .split(';')
            .filter_map(|parameter| parameter.trim().strip_prefix("q="))
            .all(|weight| weight.trim().parse::<f32>().is_ok_and(|weight| weight > 0.0));
        match name.trim() {
            name if name.eq_ignore_ascii_case("gzip") || name.eq_ignore_ascii_case("x-gzip") => {
                return wanted;
            }
            "*" => any = wanted,
            _ => {}
        }
    }
    any
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_sent_to_those_who_ask_for_it() {
        let reads = |values: &[&'static str]| {
            reads_gzip(&values.iter().map(|value| (ACCEPT_ENCODING, value.parse().unwrap())).collect())
        };
        for good in
            ["gzip", "GZip", "x-gzip", "deflate, gzip, br, zstd", "br;q=1.0, gzip;q=0.8, *;q=0.1", "*"]
        {
            assert!(reads(&[good]), "{good}");
        }
        for bad in [
            "",
            "identity",
            "br",
            "gzip;q=0",
            "gzip; q=0.0",
            "*;q=0",
            "gzip;q=0, *",
            "*, gzip;q=0",
            "gzip;q=x",
        ] {
            assert!(!reads(&[bad]), "{bad}");
        }
        assert!(!reads(&[]));
        assert!(reads(&["br", "gzip"]));
    }
}
