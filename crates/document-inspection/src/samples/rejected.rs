use super::files::{chunk, jpeg, jpeg_with, pdf, pdf_of, pdf_with, png, png_of, png_with, zip};
use super::sample::Sample;
use crate::limits::MAX_BYTES;

/// Files that are refused, each with the code of its rejection.
pub fn rejected() -> Vec<Sample> {
    let mut all = Refused(Vec::new());
    damaged(&mut all);
    foreign(&mut all);
    pages(&mut all);
    pictures(&mut all);
    all.0
}

struct Refused(Vec<Sample>);

impl Refused {
    fn add(
        &mut self,
        name: impl Into<String>,
        extension: &'static str,
        bytes: &[u8],
        rejection: &'static str,
    ) {
        self.0.push(Sample {
            name: name.into(),
            extension,
            bytes: bytes.to_vec(),
            rejection: Some(rejection),
        });
    }
}

/// Files of the types that are taken, that are not whole, not at the beginning, or not alone.
fn damaged(all: &mut Refused) {
    let whole = [("jpg", jpeg()), ("png", png()), ("pdf", pdf())];
    for (extension, bytes) in &whole {
        all.add(format!("an empty {extension}"), extension, b"", "content_empty");
        all.add(format!("one byte of a {extension}"), extension, &bytes[..1], "content_unknown");
        all.add(format!("the signature of a {extension} alone"), extension, &bytes[..8], "content_truncated");
        all.add(format!("half of a {extension}"), extension, &bytes[..bytes.len() / 2], "content_truncated");
        all.add(
            format!("a {extension} without its last bytes"),
            extension,
            &bytes[..bytes.len() - 12],
            "content_truncated",
        );
        all.add(
            format!("a {extension} behind a page"),
            extension,
            &[b"<html></html>", &bytes[..]].concat(),
            "content_unknown",
        );
        all.add(
            format!("a {extension} with an archive behind"),
            extension,
            &[&bytes[..], &zip()].concat(),
            "content_archive",
        );
        for (other, _) in whole.iter().filter(|(other, _)| other != extension) {
            all.add(format!("a {extension} that is called {other}"), other, bytes, "content_mismatch");
        }
    }
}

/// Files of other types, under the names of those that are taken.
fn foreign(all: &mut Refused) {
    let foreign: [(&str, &[u8]); 27] = [
        ("a program for Windows", b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff"),
        ("a program for Linux", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0"),
        ("a program for a Mac", b"\xcf\xfa\xed\xfe\x07\0\0\x01"),
        ("a class of Java", b"\xca\xfe\xba\xbe\0\0\0\x34"),
        ("a module of WebAssembly", b"\0asm\x01\0\0\0"),
        ("a shell script", b"#!/bin/sh\nrm -rf /\n"),
        ("a batch file", b"@echo off\r\ndel *.*\r\n"),
        ("a page", b"<!DOCTYPE html><html><script>alert(1)</script></html>"),
        ("a drawing with a script", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("a drawing behind a declaration", b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("entities that unfold", b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'aaaa'>]><x>&a;</x>"),
        ("a PHP script", b"<?php system($_GET['c']); ?>"),
        ("a GIF", b"GIF89a\x01\0\x01\0\0\0\0;"),
        ("a WebP", b"RIFF\x24\0\0\0WEBPVP8 "),
        ("a TIFF", b"II*\0\x08\0\0\0\0\0"),
        ("a BMP", b"BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0"),
        ("a HEIC", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"),
        ("a film", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"),
        ("a gzip archive", b"\x1f\x8b\x08\0\0\0\0\0\0\x03"),
        ("a RAR archive", b"Rar!\x1a\x07\x01\0"),
        ("a 7z archive", b"7z\xbc\xaf\x27\x1c\0\x04"),
        ("an old document of Word", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0\0"),
        ("a rich text", b"{\\rtf1\\ansi Hello}"),
        ("PostScript", b"%!PS-Adobe-3.0\n(/etc/passwd) run\n"),
        ("the EICAR test file", b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"),
        ("plain text", b"My passport number is A01234567."),
        ("zeros", &[0; 600]),
    ];
    for ((name, bytes), extension) in foreign.iter().zip(["pdf", "png", "jpg"].into_iter().cycle()) {
        all.add(format!("{name} that is called {extension}"), extension, bytes, "content_unknown");
    }
    all.add("a ZIP archive that is called .pdf", "pdf", &zip(), "content_unknown");
}

/// The EICAR test file, in two halves, so that no scanner finds it here.
fn eicar() -> String {
    ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$", "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"].concat()
}

/// PDFs with something in them.
fn pages(all: &mut Refused) {
    let objects = [
        "<< /S /JavaScript /JS (app.alert(1)) >>",
        "<< /S /J#61vaScript /JS (app.alert(1)) >>",
        "<< /S /#4A#61#76#61#53#63#72#69#70#74 /JS 9 0 R >>",
        "<< /S /Launch /F (cmd.exe) >>",
        "<< /Type /EmbeddedFile /Length 0 >>\nstream\n\nendstream",
        "<< /Type /Filespec /F (a.exe) /EF << /F 9 0 R >> >>",
        "<< /Subtype /RichMedia >>",
        "<</S/JavaScript/JS 9 0 R>>",
    ];
    for object in objects {
        all.add(format!("a PDF with {object}"), "pdf", &pdf_with(object), "content_active");
    }
    all.add(
        "a PDF whose end is far from its end",
        "pdf",
        &[pdf(), vec![b'x'; 1100]].concat(),
        "content_truncated",
    );
    all.add(
        "a PDF with a RAR archive in it",
        "pdf",
        &pdf_with("stream\nRar!\x1a\x07\x01\nendstream"),
        "content_archive",
    );
    let encrypted = String::from_utf8(pdf()).unwrap().replace("/Root", "/Encrypt 9 0 R /Root");
    all.add("a PDF with a password", "pdf", encrypted.as_bytes(), "content_encrypted");
    let protected = include_bytes!("../../tests/files/hostile/encrypted-script-aes-256-packed.pdf");
    all.add("a protected PDF with a script in its packed objects", "pdf", protected, "content_active");
    all.add(
        "a PDF that is packed twice",
        "pdf",
        &pdf_with("<< /Filter [/FlateDecode /FlateDecode] >>\nstream\nx\nendstream"),
        "content_expansion",
    );
    all.add("a PDF with the test virus", "pdf", &pdf_with(&format!("({})", eicar())), "content_active");
    all.add("a JPEG with the test virus", "jpg", &jpeg_with(0xFE, eicar().as_bytes()), "content_active");
    all.add(
        "a PDF of one byte too many",
        "pdf",
        &pdf_of(usize::try_from(MAX_BYTES).unwrap() + 1),
        "content_too_large",
    );
}

/// Pictures with something in them, or that cannot be.
fn pictures(all: &mut Refused) {
    let markup = [
        "<script>alert(1)</script>",
        "<?PHP eval(1); ?>",
        "<svg onload=alert(1)>",
        "<svg/onload=alert(1)>",
        "<img src=x onerror=alert(1)>",
        "<object data=x>",
        "<%@ Page Language='C#' %>",
    ];
    for markup in markup {
        all.add(
            format!("a PNG with {markup}"),
            "png",
            &png_with(*b"tEXt", markup.as_bytes()),
            "content_active",
        );
        all.add(
            format!("a JPEG with {markup}"),
            "jpg",
            &jpeg_with(0xFE, markup.as_bytes()),
            "content_active",
        );
        all.add(
            format!("a JPEG with {markup} behind"),
            "jpg",
            &[&jpeg()[..], markup.as_bytes()].concat(),
            "content_active",
        );
    }
    all.add("a JPEG with a PDF behind", "jpg", &[jpeg(), pdf()].concat(), "content_active");
    all.add(
        "a PNG with a 7z archive in it",
        "png",
        &png_with(*b"prIv", b"7z\xbc\xaf\x27\x1c\0\x04"),
        "content_archive",
    );
    all.add("a PNG with a page behind", "png", &[&png()[..], b"<html>"].concat(), "content_trailing_data");
    all.add("a PNG with one byte behind", "png", &[&png()[..], b"x"].concat(), "content_trailing_data");
    all.add("a PNG without its end", "png", &png()[..png().len() - 12], "content_truncated");
    all.add("a PNG that is 60,000 pixels wide and high", "png", &png_of(60_000, 60_000), "content_pixels");
    all.add("a PNG as large as can be said", "png", &png_of(u32::MAX, u32::MAX), "content_pixels");
    all.add("a PNG without width", "png", &png_of(0, 1), "content_truncated");
    all.add(
        "a PNG whose first chunk is another",
        "png",
        &[&b"\x89PNG\r\n\x1a\n"[..], &chunk(*b"IDAT", &[0; 13])].concat(),
        "content_truncated",
    );
    all.add(
        "a PNG with a chunk longer than the file",
        "png",
        &png_of(1, 1).iter().copied().take(33).chain(*b"\x7f\xff\xff\xffIDAT").collect::<Vec<_>>(),
        "content_truncated",
    );
    let whole = png();
    let ((header, rest), end) = (whole.split_at(33), &whole[whole.len() - 12..]);
    all.add("a PNG without pixels", "png", &[header, end].concat(), "content_truncated");
    all.add("a PNG with two headers", "png", &[header, &header[8..], rest].concat(), "content_truncated");
    all.add(
        "a PNG with something in its end",
        "png",
        &[&whole[..whole.len() - 12], &chunk(*b"IEND", b"x")].concat(),
        "content_truncated",
    );
    all.add(
        "a PNG whose end has another checksum",
        "png",
        &[&whole[..whole.len() - 4], &[0; 4]].concat(),
        "content_truncated",
    );
    all.add("a JPEG that ends before it begins", "jpg", b"\xff\xd8\xff\xd9", "content_truncated");
    let scan = jpeg().windows(2).position(|marker| marker == [0xFF, 0xDA]).unwrap();
    let pixels = jpeg().split_off(scan);
    all.add(
        "a JPEG whose pixels come before their size",
        "jpg",
        &[&[0xFF, 0xD8], &pixels[..]].concat(),
        "content_truncated",
    );
    let huge = b"\x08\xff\xff\xff\xff\x01\x01\x11\0";
    all.add("a JPEG of 65,535 pixels each way", "jpg", &jpeg_with(0xC0, huge), "content_pixels");
    all.add(
        "a JPEG with a segment shorter than its length",
        "jpg",
        &[&jpeg()[..2], b"\xff\xe0\0\x01"].concat(),
        "content_truncated",
    );
    all.add(
        "a JPEG with no marker where one must be",
        "jpg",
        &[&jpeg()[..20], b"not a marker", &jpeg()[20..]].concat(),
        "content_truncated",
    );
}
