//! The small files that samples are made of.

/// One grey pixel, baseline.
const JPEG: &[u8] = include_bytes!("pixel.jpg");
const PNG: &[u8] = include_bytes!("pixel.png");
const PDF: &str = "%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] \
    /Count 1 >>\nendobj\n3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 72 72] >>\nendobj\nxref\n0 4\n0000000000 \
    65535 f \n0000000009 00000 n \n0000000058 00000 n \n0000000115 00000 n \ntrailer\n<< /Size 4 /Root 1 0 R \
    >>\nstartxref\n187\n%%EOF\n";

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
