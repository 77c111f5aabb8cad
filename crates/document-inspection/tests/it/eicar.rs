//! Where the EICAR test file is found, and where it is not: as strong as the documentation says.

use std::io::Write as _;

use document_inspection::{ContentRejection, inspect, samples};
use flate2::Compression;
use flate2::write::ZlibEncoder;

/// In two halves, so that no scanner finds it here.
fn eicar() -> Vec<u8> {
    ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$", "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"].concat().into_bytes()
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A PDF with one more object: a stream with this dictionary.
fn pdf_with_stream(dictionary: &str, bytes: &[u8]) -> Vec<u8> {
    let pdf = samples::pdf();
    let at = pdf.windows(5).position(|bytes| bytes == b"xref\n").unwrap();
    let (begin, end) = pdf.split_at(at);
    let head = format!("4 0 obj\n<< {dictionary} /Length {} >>\nstream\n", bytes.len());
    [begin, head.as_bytes(), bytes, b"\nendstream\nendobj\n", end].concat()
}

/// The PNG with one more chunk after its header.
fn png_with_chunk(name: [u8; 4], content: &[u8]) -> Vec<u8> {
    let png = samples::png();
    let mut checksum = flate2::Crc::new();
    checksum.update(&name);
    checksum.update(content);
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    [&png[..33], &length, &name, content, &checksum.sum().to_be_bytes(), &png[33..]].concat()
}

#[test]
fn eicar_is_found_unpacked_in_texts_of_a_png_and_in_attached_xml() {
    let xml = [b"<?xml version='1.0'?><x>", &eicar()[..], b"</x>"].concat();
    let attached = "/Type /EmbeddedFile /Subtype /text#2Fxml";
    for (name, bytes) in [
        ("unpacked stream", pdf_with_stream("", &eicar())),
        ("attached XML", pdf_with_stream(&format!("{attached} /Filter /FlateDecode"), &packed(&xml))),
        ("text of a PNG", png_with_chunk(*b"zTXt", &[b"Comment\0\0", &packed(&eicar())[..]].concat())),
    ] {
        assert_eq!(inspect(&bytes), Err(ContentRejection::ActiveContent("EICAR")), "{name}");
    }
}

#[test]
fn other_packed_streams_of_a_pdf_are_not_searched() {
    // Among repetitions, because what is hard to compress is stored as it is.
    let page = [&b"BT (a page) Tj ET\n".repeat(50)[..], &eicar(), &eicar()].concat();
    let verdict = inspect(&pdf_with_stream("/Filter /FlateDecode", &packed(&page)));
    assert!(verdict.is_ok(), "{verdict:?}");
}
