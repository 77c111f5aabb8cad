//! Files for the tests of a program that accepts uploads; behind the feature `samples`.
//!
//! [`accepted()`] and [`rejected()`] are made here, and each isolates one rule. [`corpus()`] reads the larger files of this
//! crate's own tests, which were written by common tools.
//!
//! ```
//! use document_inspection::{inspect, samples};
//!
//! assert!(samples::accepted().iter().all(|sample| inspect(&sample.bytes).is_ok()));
//! assert!(samples::rejected().len() >= 60);
//! ```

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "samples are constants: one that cannot be made is to stop the test"
)]

mod corpus;
mod files;
mod rejected;
mod sample;

pub use self::corpus::{CorpusFile, corpus, corpus_folder};
pub use self::files::{jpeg, pdf, pdf_of, png};
use self::files::{jpeg_with, pdf_with, png_with};
pub use self::rejected::rejected;
pub use self::sample::Sample;
use crate::inspection::{Detection, Inspection};
use crate::limits::MAX_BYTES;
use crate::media_type::MediaType;
use crate::rejection::ContentRejection;

/// Inspects a file that must be of this type and comes in pieces of these sizes, in bytes; after the last size the first
/// one follows.
pub fn inspect_in_pieces(
    expected: MediaType,
    bytes: &[u8],
    sizes: &[usize],
) -> Result<Detection, ContentRejection> {
    let mut inspection = Inspection::expecting(expected);
    let mut rest = bytes;
    for size in sizes.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (piece, after) = rest.split_at((*size).min(rest.len()));
        inspection.push(piece)?;
        rest = after;
    }
    inspection.finish()
}

/// Eight by eight grey pixels, progressive.
const PROGRESSIVE: &[u8] = include_bytes!("samples/progressive.jpg");

/// A form whose script only formats a date, protected against changes: AES with 256 bits and an empty user password.
const PROTECTED: &[u8] = include_bytes!("../tests/files/honest/encrypted-form-aes-256-packed.pdf");

/// Beginnings of markup that stand in every other picture of 10 MiB by chance.
const LOOKS_LIKE_MARKUP: &[u8] =
    b"<%@\x80 <%@ \x90 <svg\x01 <svg >\x93\x1f\xe2 <img\xff <IMG /\x80\x81 <body\x80 <HTMLx <?phpx <embed\0";

/// Files that are accepted.
pub fn accepted() -> Vec<Sample> {
    let accepted =
        |name: &str, extension, bytes| Sample { name: name.to_owned(), extension, bytes, rejection: None };
    let xmp =
        b"http://ns.adobe.com/xap/1.0/\0<?xpacket begin=''?><x:xmpmeta xmlns:x='adobe:ns:meta/'></x:xmpmeta>";
    vec![
        accepted("a JPEG", "jpg", jpeg()),
        accepted("a JPEG with the long extension", "jpeg", jpeg()),
        accepted("a progressive JPEG", "jpg", PROGRESSIVE.to_vec()),
        accepted("a JPEG with metadata", "jpg", jpeg_with(0xE1, xmp)),
        accepted("a JPEG with a thumbnail", "jpg", jpeg_with(0xE1, &[b"Exif\0\0", &jpeg()[..]].concat())),
        accepted("a JPEG with what a phone writes behind", "jpg", [&jpeg()[..], b"SEFHe\0\0\0SEFT"].concat()),
        accepted("a JPEG with a second picture behind", "jpg", [jpeg(), jpeg()].concat()),
        accepted("a PNG", "png", png()),
        accepted("a PNG with a text", "png", png_with(*b"tEXt", b"Comment\0Scanned at the branch, 3 < 4")),
        accepted("a PNG whose pixels look like markup", "png", png_with(*b"prIv", LOOKS_LIKE_MARKUP)),
        accepted("a JPEG whose pixels look like markup", "jpg", jpeg_with(0xFE, LOOKS_LIKE_MARKUP)),
        accepted("a PDF", "pdf", pdf()),
        accepted(
            "a PDF that opens at a page",
            "pdf",
            pdf_with("<< /OpenAction << /S /GoTo /D [3 0 R /Fit] >> >>"),
        ),
        accepted(
            "a PDF that was saved twice",
            "pdf",
            [pdf(), b"5 0 obj <<>> endobj\nstartxref\n0\n%%EOF\r\n".to_vec()].concat(),
        ),
        accepted("a PDF that is protected against changes", "pdf", PROTECTED.to_vec()),
        accepted("a PDF behind a blank", "pdf", [b" ".to_vec(), pdf()].concat()),
        accepted("a PDF behind a byte order mark", "pdf", [b"\xef\xbb\xbf".to_vec(), pdf()].concat()),
        accepted("a PDF with blanks behind", "pdf", [pdf(), vec![b' '; 1100]].concat()),
        accepted("a PDF that speaks of markup at once", "pdf", pdf_with("% <ScRiPt>alert(1)</script>")),
        accepted("a JPEG with a page in its comment", "jpg", jpeg_with(0xFE, b"<html>")),
        accepted("a PDF that speaks of markup", "pdf", pdf_with(&format!("% {} <script>", "x".repeat(1500)))),
        accepted(
            "a PDF with names that begin alike",
            "pdf",
            pdf_with("<< /JavaScripts 1 /Launcher 2 /JS#20 3 >>"),
        ),
        accepted("a PDF of just the greatest size", "pdf", pdf_of(usize::try_from(MAX_BYTES).unwrap())),
    ]
}
