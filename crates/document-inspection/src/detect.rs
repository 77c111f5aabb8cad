use memchr::memmem;

use crate::media_type::MediaType;
use crate::rejection::ContentRejection;

/// Readers search this many bytes for the beginning of a PDF (ISO 32000-1, annex H, note 13).
const BEGINS_WITHIN: usize = 1024;

/// Detects the type of a file by its first bytes. 1,029 bytes are enough; of a shorter file, all of them.
///
/// This checks only the signature: a file that passes can still be damaged or hostile.
///
/// # Errors
///
/// [`ContentRejection::UnknownType`].
///
/// ```
/// use document_inspection::{ContentRejection, MediaType, detect};
///
/// assert_eq!(detect(b"%PDF-1.7\n"), Ok(MediaType::Pdf));
/// assert_eq!(detect(b"II*\0"), Err(ContentRejection::UnknownType(Some("a TIFF picture"))));
/// ```
pub fn detect(head: &[u8]) -> Result<MediaType, ContentRejection> {
    if head.starts_with(b"\xff\xd8\xff") {
        Ok(MediaType::Jpeg)
    } else if head.starts_with(b"\x89PNG\r\n\x1a\n") {
        Ok(MediaType::Png)
    } else if begins_pdf(head) {
        Ok(MediaType::Pdf)
    } else {
        Err(ContentRejection::UnknownType(name(head)))
    }
}

/// Whether this is the beginning of a PDF. Printers and scanners put blanks, a byte order mark or commands for a printer
/// (`@PJL`) before it; anything else there makes it a file of two types.
fn begins_pdf(head: &[u8]) -> bool {
    let within = head.get(..BEGINS_WITHIN + 5).unwrap_or(head);
    let Some(at) = memmem::find(within, b"%PDF-") else { return false };
    let before = within.get(..at).unwrap_or_default();
    let before = before.strip_prefix(b"\xef\xbb\xbf").unwrap_or(before);
    before.split(|byte| matches!(byte, b'\n' | b'\r')).all(|line| {
        let line = line.strip_prefix(b"\x1b%-12345X").unwrap_or(line);
        let is_command =
            line.starts_with(b"@PJL") && line.iter().all(|byte| matches!(byte, b'\t' | b' '..=b'~'));
        is_command || line.iter().all(|byte| matches!(byte, 0 | b'\t' | 0x0C | b' '))
    })
}

/// The name of a type that people submit by mistake, with its article.
fn name(head: &[u8]) -> Option<&'static str> {
    let at = |from: usize, bytes: &[u8]| head.get(from..).is_some_and(|rest| rest.starts_with(bytes));
    let brand = |brands: &[&[u8]]| at(4, b"ftyp") && brands.iter().any(|brand| at(8, brand));
    if brand(&[b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"]) {
        Some("a HEIC picture")
    } else if brand(&[b"avif", b"avis"]) {
        Some("an AVIF picture")
    } else if at(0, b"II*\0") || at(0, b"MM\0*") {
        Some("a TIFF picture")
    } else if at(0, b"RIFF") && at(8, b"WEBP") {
        Some("a WebP picture")
    } else if at(0, b"GIF8") {
        Some("a GIF picture")
    } else if at(0, b"BM") && at(6, &[0; 4]) {
        Some("a BMP picture")
    } else if at(0, b"\0\0\0\x0cjP  ") || at(0, b"\xff\x4f\xff\x51") {
        Some("a JPEG 2000 picture")
    } else if at(0, b"\xd0\xcf\x11\xe0") || (at(0, b"PK\x03\x04") && memmem::find(head, b"word/").is_some()) {
        Some("an office document")
    } else {
        None
    }
}
