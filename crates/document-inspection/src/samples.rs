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
mod rejected;

pub use self::corpus::{CorpusFile, corpus, corpus_folder};
pub use self::rejected::rejected;
use crate::inspection::{Detection, Inspection};
use crate::limits::MAX_BYTES;
use crate::media_type::MediaType;
use crate::rejection::ContentRejection;

/// A file and its verdict.
#[derive(Clone, Debug)]
pub struct Sample {
    /// What the file is, in words.
    pub name: String,
    /// The extension that it is uploaded with, without a dot.
    pub extension: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The [`code`](ContentRejection::code) of the rejection; none if it is accepted.
    pub rejection: Option<&'static str>,
}

impl Sample {
    /// The type that its extension stands for.
    pub fn media_type(&self) -> MediaType {
        MediaType::from_extension(self.extension).expect("samples have known extensions")
    }
}

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

/// One grey pixel, baseline, and eight by eight of them, progressive.
const JPEG: &[u8] = include_bytes!("samples/pixel.jpg");
const PROGRESSIVE: &[u8] = include_bytes!("samples/progressive.jpg");
const PNG: &[u8] = include_bytes!("samples/pixel.png");
const PDF: &str = "%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] \
    /Count 1 >>\nendobj\n3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 72 72] >>\nendobj\nxref\n0 4\n0000000000 \
    65535 f \n0000000009 00000 n \n0000000058 00000 n \n0000000115 00000 n \ntrailer\n<< /Size 4 /Root 1 0 R \
    >>\nstartxref\n187\n%%EOF\n";

/// A form whose script only formats a date, protected against changes: AES with 256 bits and an empty user password.
const PROTECTED: &[u8] = include_bytes!("../tests/files/honest/encrypted-form-aes-256-packed.pdf");

/// Beginnings of markup that stand in every other picture of 10 MiB by chance.
const LOOKS_LIKE_MARKUP: &[u8] =
    b"<%@\x80 <%@ \x90 <svg\x01 <svg >\x93\x1f\xe2 <img\xff <IMG /\x80\x81 <body\x80 <HTMLx <?phpx <embed\0";

/// A whole JPEG.
pub fn jpeg() -> Vec<u8> {
    JPEG.to_vec()
}

/// A whole PNG.
pub fn png() -> Vec<u8> {
    PNG.to_vec()
}

/// A whole PDF.
pub fn pdf() -> Vec<u8> {
    PDF.as_bytes().to_vec()
}

/// A whole PDF of this many bytes, most of them in a comment.
pub fn pdf_of(size: usize) -> Vec<u8> {
    let (begin, end) = PDF.split_at(9);
    let filling = vec![b'x'; size - PDF.len() - 2];
    [begin.as_bytes(), b"%", &filling, b"\n", end.as_bytes()].concat()
}

/// The end of a ZIP archive with one file in it.
pub(super) fn zip() -> Vec<u8> {
    let local = b"PK\x03\x04\x0a\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\0\0ax".to_vec();
    let directory =
        [&b"PK\x01\x02\x1e\x03\x0a\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\x01\0\0\0\x01\0"[..], &[0; 16], b"a"]
            .concat();
    let mut end = b"PK\x05\x06\0\0\0\0\x01\0\x01\0".to_vec();
    end.extend(u32::try_from(directory.len()).unwrap().to_le_bytes());
    end.extend(u32::try_from(local.len()).unwrap().to_le_bytes());
    end.extend([0, 0]);
    [local, directory, end].concat()
}

/// A chunk of a PNG.
pub(super) fn chunk(name: [u8; 4], content: &[u8]) -> Vec<u8> {
    let mut checksum = flate2::Crc::new();
    checksum.update(&name);
    checksum.update(content);
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    [&length[..], &name, content, &checksum.sum().to_be_bytes()].concat()
}

/// A PNG that says to be so large.
pub(super) fn png_of(width: u32, height: u32) -> Vec<u8> {
    let png = png();
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &png[24..29]].concat();
    [&png[..8], &chunk(*b"IHDR", &header), &png[33..]].concat()
}

/// The PNG with one more chunk, after its header.
pub(super) fn png_with(name: [u8; 4], content: &[u8]) -> Vec<u8> {
    let png = png();
    let (header, rest) = png.split_at(33);
    [header.to_vec(), chunk(name, content), rest.to_vec()].concat()
}

/// The JPEG with one more segment, after its first marker.
pub(super) fn jpeg_with(marker: u8, content: &[u8]) -> Vec<u8> {
    let jpeg = jpeg();
    let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xFF, marker], &length, content, &jpeg[2..]].concat()
}

/// The PDF with one more object.
pub(super) fn pdf_with(object: &str) -> Vec<u8> {
    PDF.replace("xref\n0 4", &format!("4 0 obj\n{object}\nendobj\nxref\n0 4")).into_bytes()
}

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
