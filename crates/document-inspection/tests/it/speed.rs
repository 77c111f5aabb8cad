//! How long an inspection takes for each byte, over files that are made to keep a walker busy.
//!
//! `INSPECTION_MIB` says how large they are: 1 in CI, 10 is the largest that is accepted.

use std::time::Instant;

use document_inspection::MediaType;
use document_inspection::samples::{corpus, inspect_in_pieces};

/// How many times longer than an ordinary file of its size a file may take: the generous bound of a shared machine.
const FACTOR: u32 = 20;

fn filled(begin: &[u8], pattern: &[u8], size: usize) -> Vec<u8> {
    begin.iter().copied().chain(pattern.iter().copied().cycle()).take(size).collect()
}

/// Files with much that waits for the key, after the end of one that has one.
fn encrypted(bytes_of: &impl Fn(&str) -> Vec<u8>, size: usize) -> Vec<(&'static str, Vec<u8>)> {
    let streams: [&[u8]; 3] = [
        b"90 0 obj<</Type/ObjStm/N 1/First 4>>stream\n",
        b"90 0 obj<</Type/EmbeddedFile/Subtype/text#2Fxml>>stream\n",
        b"90 0 obj<</Filter/FlateDecode>>stream\n",
    ];
    let mut files = Vec::new();
    for cipher in ["rc4-128", "aes-128", "aes-256"] {
        let whole = bytes_of(&format!("honest/encrypted-page-{cipher}.pdf"));
        for stream in streams {
            let filling = vec![b'x'; (size - whole.len() - stream.len()) / 16 * 16];
            let end = b"\nendstream endobj\nstartxref\n0\n%%EOF";
            files.push((cipher, [&whole, stream, &filling, end].concat()));
        }
    }
    files
}

#[test]
fn time_per_byte_is_bounded() {
    let mib: usize = std::env::var("INSPECTION_MIB").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    let size = (mib << 20) - 1;
    let samples = corpus();
    let bytes_of = |name: &str| samples.iter().find(|sample| sample.name == name).unwrap().bytes.clone();
    let (png, jpeg) = (bytes_of("honest/pillow.png"), bytes_of("honest/pillow.jpg"));
    let chunk = [&png[..33], &u32::try_from(size).unwrap().to_be_bytes(), b"prIv"].concat();
    let pixels = &jpeg[..jpeg.len() - 2];
    let pdf = b"%PDF-1.7\n";
    let packed = b"%PDF-1.7\n1 0 obj\n<< /Filter /FlateDecode >>\nstream\n\x78\x9c\x00\xff\xff\0\0";
    let ordinary = filled(&chunk, &(0..=255).collect::<Vec<u8>>(), size);
    let mut inputs = vec![
        (MediaType::Png, "a private chunk", ordinary.clone()),
        (MediaType::Jpeg, "pixels", filled(pixels, b"\x12\x9a\x33\x47\xe1", size)),
        (MediaType::Pdf, "a comment", filled(b"%PDF-1.7\n%", b"a comment ", size)),
    ];
    for pattern in [
        &b"<"[..],
        b"<s",
        b"<!doctype",
        b"<?ph",
        b"<%@ pag",
        b"PK\x03\x04",
        b"Rar!\x1a",
        b"7z\xbc\xaf",
        b"%PDF",
        b"X5O!P%@",
    ] {
        inputs.push((MediaType::Png, "a chunk", filled(&chunk, pattern, size)));
        inputs.push((MediaType::Jpeg, "pixels", filled(pixels, pattern, size)));
        inputs.push((MediaType::Pdf, "objects", filled(pdf, pattern, size)));
    }
    for pattern in [
        &b"("[..],
        b"/#",
        b"/#4a",
        b"obj ",
        b"1 0 obj ",
        b"1 0 R ",
        b"<< ",
        b">> ",
        b"[1]",
        b"] ",
        b"<4",
        b"\\(",
        b"% \n",
        b"<</S/URI>>",
        b"<<>>stream endstream ",
        b"startxref ",
        b"%%EOF\n",
        b" ",
        b"\0",
        b"1 ",
        b"/A/B/C/D",
        b"xref 0 1 0 0 n ",
        b"xref 0 1 0 0 n trailer<</Root 1 0 R/Size 9/Encrypt 1 0 R>>",
        b"1 0 obj<</Filter/Standard/V 1/R 2/P 1/O(a)/U(a)>>",
        b"<</S/JavaScript/JS(a)>>",
        b"<</F(a)/EF<</F 1 0 R>>>>",
    ] {
        inputs.push((MediaType::Pdf, "objects", filled(pdf, pattern, size)));
    }
    for pattern in [&b"e"[..], b"en", b"endst", b"endstrea ", b"o", b"1 ob", b"\0"] {
        inputs.push((
            MediaType::Pdf,
            "a stream",
            filled(b"%PDF-1.7\n1 0 obj\n<<>>\nstream\n", pattern, size),
        ));
        inputs.push((MediaType::Pdf, "a packed stream", filled(packed, pattern, size)));
    }
    for pattern in
        [&b"\xff"[..], b"\xff\0", b"\xff\xd0", b"\xff\xe0\0\x02", b"\xff\xfe\0\x03<", b"\xff\xd9\xff\xd8"]
    {
        inputs.push((MediaType::Jpeg, "segments", filled(pixels, pattern, size)));
        inputs.push((MediaType::Jpeg, "a trailer", filled(&jpeg, pattern, size)));
    }
    for (cipher, bytes) in encrypted(&bytes_of, size) {
        inputs.push((MediaType::Pdf, cipher, bytes));
    }
    let took = |media_type: MediaType, bytes: &[u8]| {
        let runs = (0..2).map(|_| {
            let begin = Instant::now();
            let _verdict = inspect_in_pieces(media_type, bytes, &[usize::MAX]);
            begin.elapsed()
        });
        runs.min().unwrap()
    };
    let reference = took(MediaType::Png, &ordinary);
    for (media_type, place, bytes) in &inputs {
        let took = took(*media_type, bytes);
        let per_byte = took.as_nanos() / bytes.len() as u128;
        let end = String::from_utf8_lossy(&bytes[bytes.len() - 12..]).escape_debug().to_string();
        println!("{per_byte:4} ns/byte {media_type} {place}, ending in {end}");
        assert!(
            took < reference * FACTOR,
            "{media_type} {place}, ending in {end}: {took:?}, not {reference:?}"
        );
    }
}
