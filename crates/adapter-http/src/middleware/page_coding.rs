//! The content coding of the documentation pages: they are stored as gzip, and decompressed for callers without it.

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

use crate::envelope::{failure_of, failure_response};

/// Decompressed pages by path. They are few and part of the program, and each is decompressed once, so that many requests
/// cost no memory.
static DECOMPRESSED: Mutex<BTreeMap<String, Bytes>> = Mutex::const_new(BTreeMap::new());

/// Responds in a coding that the caller accepts.
pub(crate) async fn negotiate(request: Request, next: Next) -> Response {
    let accepts_gzip = accepts_gzip(request.headers());
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    response.headers_mut().insert(VARY, HeaderValue::from_static("accept-encoding"));
    let compressed = response.headers().get(CONTENT_ENCODING).is_some_and(|coding| coding == "gzip");
    if accepts_gzip || !compressed {
        return response;
    }
    let (mut head, body) = response.into_parts();
    head.headers.remove(CONTENT_ENCODING);
    head.headers.remove(CONTENT_LENGTH);
    match decompressed(path, body).await {
        Some(page) => Response::from_parts(head, Body::from(page)),
        None => failure_response(&failure_of(Code::Internal)),
    }
}

async fn decompressed(path: String, body: Body) -> Option<Bytes> {
    let compressed = body.collect().await.ok()?.to_bytes();
    // The answer to HEAD has no body.
    if compressed.is_empty() {
        return Some(compressed);
    }
    let mut pages = DECOMPRESSED.lock().await;
    if let Some(page) = pages.get(&path) {
        return Some(page.clone());
    }
    // The largest page has more than a megabyte: too long for an async worker.
    let page = spawn_blocking(move || decompress(&compressed)).await.ok()?.ok()?;
    pages.insert(path, page.clone());
    Some(page)
}

fn decompress(compressed: &Bytes) -> io::Result<Bytes> {
    let mut page = Vec::new();
    GzDecoder::new(compressed.as_ref()).read_to_end(&mut page)?;
    Ok(page.into())
}

/// Whether `Accept-Encoding` names gzip, or everything, with a weight above zero (RFC 9110, section 12.5.3).
///
/// Without the header any coding would be allowed, but callers that do not send it decompress nothing.
fn accepts_gzip(headers: &HeaderMap) -> bool {
    let codings = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let mut any = false;
    for coding in codings.flat_map(|value| value.split(',')) {
        let (name, parameters) = coding.split_once(';').unwrap_or((coding, ""));
        let accepted = parameters
            .split(';')
            .filter_map(|parameter| parameter.trim().strip_prefix("q="))
            .all(|weight| weight.trim().parse::<f32>().is_ok_and(|weight| weight > 0.0));
        match name.trim() {
            name if name.eq_ignore_ascii_case("gzip") || name.eq_ignore_ascii_case("x-gzip") => {
                return accepted;
            }
            "*" => any = accepted,
            _ => {}
        }
    }
    any
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_accepted_only_where_the_header_allows_it() {
        let reads = |values: &[&'static str]| {
            accepts_gzip(&values.iter().map(|value| (ACCEPT_ENCODING, value.parse().unwrap())).collect())
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
