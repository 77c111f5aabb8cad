//! Signatures that must not occur anywhere in a file: archives, the test virus, and in pictures also programs of the
//! web.

use crate::rejection::ContentRejection;

/// No signature is longer.
const LONGEST: usize = 72;
/// How many characters after the end of a short name are text.
const TEXT: usize = 8;

/// A file that every virus scanner finds and that does nothing (eicar.org). Its halves are apart, so that no scanner
/// finds it here.
const EICAR: [&[u8]; 2] = [b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$", b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"];

/// Which part of a file is scanned, and so for which signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Region {
    /// A PDF. It may speak of markup; what acts in it are its objects.
    Document,
    /// A whole picture. What is short would occur among its pixels by chance.
    Picture,
    /// What stands beside the pixels, which is text or small.
    Metadata,
    /// A colour profile. Its tables are numbers, in which what is short occurs by chance.
    Profile,
}

/// What must follow a name, so that pixels are not taken for markup: a picture of 10 MiB has 10 million places where
/// four bytes can stand by chance. Of 10,000 such pictures about one is refused for nothing.
#[derive(Clone, Copy)]
enum Follows {
    /// The name is long enough.
    Anything,
    /// What ends the name of a tag (WHATWG, HTML, 13.2.5.8).
    End,
    /// That, and some text. Such a tag alone does nothing.
    EndAndText,
    /// Text.
    Text,
}

/// What a server or a careless page would run, in any case. Tags without effect (`<html>`) may stand in a comment: a
/// browser that guesses sees the picture first (WHATWG, MIME Sniffing, 6.1). XMP is XML, which begins otherwise.
const MARKUP: [(&[u8], Follows, &str); 13] = [
    (b"<!entity", Follows::Anything, "<!ENTITY"),
    (b"<script", Follows::Anything, "<script"),
    (b"<iframe", Follows::Anything, "<iframe"),
    (b"<object", Follows::Anything, "<object"),
    (b"<%@ page", Follows::Anything, "<%@ page"),
    (b"<%@page", Follows::Anything, "<%@ page"),
    (b"<%@ language", Follows::Anything, "<%@ language"),
    (b"<embed", Follows::End, "<embed"),
    (b"<?php", Follows::End, "<?php"),
    (b"<svg", Follows::EndAndText, "<svg"),
    (b"<img", Follows::EndAndText, "<img"),
    (b"<video", Follows::EndAndText, "<video"),
    (b"<audio", Follows::EndAndText, "<audio"),
];
/// Names that are too short to be searched for among pixels.
const SHORT_MARKUP: [(&[u8], Follows, &str); 6] = [
    (b"<%", Follows::Text, "<%"),
    (b"<?=", Follows::Text, "<?="),
    (b"<jsp:", Follows::Text, "<jsp:"),
    (b"<hta:", Follows::Text, "<hta:"),
    (b"<!--#", Follows::Text, "<!--#"),
    (b"javascript:", Follows::Text, "javascript:"),
];

/// The search for signatures in one region.
pub(super) struct Signatures {
    region: Region,
    /// What has been seen and could be the beginning of something.
    window: Vec<u8>,
}

impl Signatures {
    pub(super) const fn of(region: Region) -> Self {
        Self { region, window: Vec::new() }
    }

    pub(super) fn push(&mut self, piece: &[u8]) -> Result<(), ContentRejection> {
        let mut window = std::mem::take(&mut self.window);
        // Text of two bytes a character is text all the same.
        if matches!(self.region, Region::Metadata | Region::Profile) {
            window.extend(piece.iter().copied().filter(|byte| *byte != 0));
        } else {
            window.extend_from_slice(piece);
        }
        let whole = window.len().saturating_sub(LONGEST - 1);
        self.scan(&window, whole)?;
        window.drain(..whole);
        self.window = window;
        Ok(())
    }

    pub(super) fn finish(&mut self) -> Result<(), ContentRejection> {
        let rest = std::mem::take(&mut self.window);
        self.scan(&rest, rest.len())
    }

    /// Checks what begins within the first `count` bytes.
    fn scan(&self, bytes: &[u8], count: usize) -> Result<(), ContentRejection> {
        let beginnings = bytes.get(..count).unwrap_or(bytes);
        for (at, byte) in beginnings.iter().enumerate() {
            if !matches!(byte, b'<' | b'%' | b'7' | b'M' | b'P' | b'R' | b'X' | b'j' | b'J') {
                continue;
            }
            let here = bytes.get(at..).unwrap_or_default();
            match byte {
                b'<' | b'j' | b'J' => self.markup(here)?,
                b'%' if self.region == Region::Picture && here.starts_with(b"%PDF-") => {
                    return Err(ContentRejection::ActiveContent("%PDF-"));
                }
                b'P' if is_local_file(here) => return Err(ContentRejection::Archive),
                b'R' if here.starts_with(b"Rar!\x1a\x07") => return Err(ContentRejection::Archive),
                b'7' if here.starts_with(b"7z\xbc\xaf\x27\x1c") => return Err(ContentRejection::Archive),
                b'M' if here.starts_with(b"MSCF\0\0\0\0") => return Err(ContentRejection::Archive),
                b'X' if is_eicar(here) => return Err(ContentRejection::ActiveContent("EICAR")),
                _ => {}
            }
        }
        Ok(())
    }

    fn markup(&self, here: &[u8]) -> Result<(), ContentRejection> {
        // Most of what begins so goes on otherwise: a file of nothing but `<` is to cost no more than another.
        let [_, second, third, ..] = here else { return Ok(()) };
        let (second, third) = (second.to_ascii_lowercase(), third.to_ascii_lowercase());
        let may_begin = match second {
            b'!' => matches!(third, b'e' | b'-'),
            b's' => matches!(third, b'c' | b'v'),
            b'i' => matches!(third, b'f' | b'm'),
            b'a' => matches!(third, b'u' | b'v'),
            b'?' => matches!(third, b'p' | b'='),
            b'e' => third == b'm',
            b'o' => third == b'b',
            b'v' => third == b'i',
            b'j' => third == b's',
            b'h' => third == b't',
            b'%' => true,
            _ => false,
        };
        if self.region == Region::Document || !may_begin {
            return Ok(());
        }
        let short = if self.region == Region::Metadata { &SHORT_MARKUP[..] } else { &[] };
        let may_be =
            |name: &[u8]| name.get(1) == Some(&second) && name.get(2).is_none_or(|byte| *byte == third);
        let mut names = MARKUP.iter().chain(short).filter(|(name, ..)| may_be(name));
        let found = names.find(|(name, follows, _)| begins(here, name, *follows));
        found.map_or(Ok(()), |(_, _, found)| Err(ContentRejection::ActiveContent(found)))
    }
}

fn begins(here: &[u8], name: &[u8], follows: Follows) -> bool {
    let Some((begin, rest)) = here.split_at_checked(name.len()) else { return false };
    let ends = || matches!(rest.first(), Some(b'\t' | b'\n' | b'\x0C' | b'\r' | b' ' | b'/' | b'>'));
    let is_text = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~');
    let text = |from: usize| rest.get(from..from + TEXT).is_some_and(|text| text.iter().all(is_text));
    begin.eq_ignore_ascii_case(name)
        && match follows {
            Follows::Anything => true,
            Follows::End => ends(),
            Follows::EndAndText => ends() && text(1),
            Follows::Text => text(0),
        }
}

fn is_eicar(here: &[u8]) -> bool {
    let [first, second] = EICAR;
    here.strip_prefix(first).is_some_and(|rest| rest.starts_with(second))
}

/// Whether a file of a ZIP archive begins here (PKWARE's APPNOTE.TXT, 4.3.7). Four bytes may occur by chance; that the
/// version, the method and the length of the name make sense as well does not.
fn is_local_file(here: &[u8]) -> bool {
    let short = |at: usize| {
        here.get(at..at + 2).and_then(|bytes| bytes.try_into().ok()).map_or(0, u16::from_le_bytes)
    };
    here.starts_with(b"PK\x03\x04")
        && here.get(4).is_some_and(|version| (10..=63).contains(version))
        && matches!(short(8), 0..=20 | 93..=99)
        && (1..=4096).contains(&short(26))
}
