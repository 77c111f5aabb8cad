//! Style sheets and scripts: part of the program, compressed, under a name that changes with their content.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::body::Bytes;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// A file of the console.
struct Asset {
    name: &'static str,
    gzip: &'static [u8],
}

static BY_NAME: LazyLock<BTreeMap<&str, &Asset>> =
    LazyLock::new(|| ASSETS.iter().map(|asset| (asset.name, asset)).collect());

/// `GET /console/assets/{version}/{name}`: an asset of this version; another version is not there.
///
/// They are sent compressed. Every browser accepts that, and another program is told so.
pub(crate) async fn asset(
    path: Result<Path<(String, String)>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    let Ok(Path((version, name))) = path else { return StatusCode::NOT_FOUND.into_response() };
    let found = BY_NAME.get(name.as_str()).filter(|_| version == VERSION);
    let Some(asset) = found else { return StatusCode::NOT_FOUND.into_response() };
    let accepted = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    if !accepted.flat_map(|value| value.split(',')).any(|coding| coding.trim().starts_with("gzip")) {
        return StatusCode::NOT_ACCEPTABLE.into_response();
    }
    let kind = if std::path::Path::new(&name).extension().is_some_and(|ending| ending == "css") {
        "text/css; charset=utf-8"
    } else {
        "text/javascript; charset=utf-8"
    };
    let headers = [
        (CONTENT_TYPE, kind),
        (CONTENT_ENCODING, "gzip"),
        (VARY, "accept-encoding"),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, Bytes::from_static(asset.gzip)).into_response()
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::io::Read as _;
    use std::path::Path;

    use flate2::read::GzDecoder;
    use sha2::{Digest as _, Sha256};

    use super::*;

    fn folder() -> &'static Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/vendor"))
    }

    #[test]
    fn third_party_files_are_those_of_their_packages() {
        let digests = std::fs::read_to_string(folder().join("DIGESTS")).unwrap();
        let mut listed = Vec::new();
        for line in digests.lines() {
            let (digest, name) = line.split_once("  ").unwrap();
            let bytes = std::fs::read(folder().join(name)).unwrap();
            let found = Sha256::digest(bytes).iter().fold(String::new(), |mut hex, byte| {
                write!(hex, "{byte:02x}").unwrap();
                hex
            });
            assert_eq!(found, digest, "{name}");
            listed.push(name.to_owned());
        }
        let files = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name());
        let mut files: Vec<_> = files.map(|name| name.into_string().unwrap()).collect();
        files.retain(|name| name != "DIGESTS");
        files.sort();
        listed.sort();
        assert_eq!(files, listed, "a file without a digest");
        let notice = std::fs::read_to_string(folder().join("../../../../THIRD-PARTY.md")).unwrap();
        for name in files {
            assert!(notice.contains(&format!("`{name}`")), "THIRD-PARTY.md does not list {name}");
        }
    }

    #[test]
    fn assets_are_embedded_as_they_are() {
        for asset in ASSETS {
            let mut text = Vec::new();
            GzDecoder::new(asset.gzip).read_to_end(&mut text).unwrap();
            let own = folder().join("..").join(asset.name);
            let path = if own.is_file() { own } else { folder().join(asset.name) };
            assert_eq!(text, std::fs::read(path).unwrap(), "{}", asset.name);
        }
        assert!(BY_NAME.contains_key("console.css") && BY_NAME.contains_key("htmx.min.js"));
    }

    #[test]
    fn decoders_that_pdf_js_asks_for_are_beside_its_worker() {
        let worker = std::fs::read_to_string(folder().join("pdf.worker.min.mjs")).unwrap();
        let names: Vec<_> = worker.split("_noWasmFilename=\"").skip(1).collect();
        let names: Vec<_> = names.iter().filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(names.len(), 2, "{names:?}");
        assert!(names.iter().all(|name| BY_NAME.contains_key(name)), "{names:?}");
    }

    #[test]
    fn letters_on_the_colour_of_buttons_can_be_read() {
        let own = std::fs::read_to_string(folder().join("../console.css")).unwrap();
        let filled = own.split('}').filter(|rule| rule.contains(".lit rect") || rule.contains(".action {"));
        let filled: Vec<_> = filled.collect();
        assert_eq!(filled.len(), 2);
        assert!(filled.iter().all(|rule| rule.contains("var(--pico-primary-background)")), "{filled:?}");
        // White is the colour of the letters; 4.5 is the contrast that they need.
        let pico = std::fs::read_to_string(folder().join("pico.min.css")).unwrap();
        let mut colours = 0;
        for rest in pico.split("--pico-primary-background:#").skip(1) {
            let light = luminance(&rest[..6]);
            assert!(1.05 / (light + 0.05) >= 4.5, "{}", &rest[..6]);
            colours += 1;
        }
        assert!(colours >= 2);
    }

    /// The relative luminance of a colour in hexadecimal.
    fn luminance(colour: &str) -> f64 {
        let part = |at: usize| f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
        let linear =
            |part: f64| if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) };
        0.0722_f64.mul_add(linear(part(4)), 0.2126_f64.mul_add(linear(part(0)), 0.7152 * linear(part(2))))
    }

    #[test]
    fn own_style_sheet_is_small_and_loads_nothing() {
        let style = std::fs::read_to_string(folder().join("../console.css")).unwrap();
        assert!(style.len() <= 12 * 1024, "{} bytes", style.len());
        assert!(!style.contains("url(") && !style.contains("@import"));
    }
}
