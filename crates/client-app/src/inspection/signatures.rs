//! What must not occur anywhere in a file, however it is cut into pieces.

use client_domain::kyc::MediaType;
use memchr::memchr3_iter;

use super::Unfit;
use super::pdf::{LONGEST_NAME, is_active_name};

/// Archives that may follow a file or be hidden in it. Each is long enough not to occur by chance.
const ARCHIVES: [&[u8]; 3] = [b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"MSCF\0\0\0\0"];
/// What a browser or a server that guesses would take for a page or a program, in any case. A picture's metadata may be
/// XML (XMP), which begins otherwise.
const MARKUP: [(&[u8], Follows); 14] = [
    (b"<!doctype html", Follows::Anything),
    (b"<!entity", Follows::Anything),
    (b"<script", Follows::Anything),
    (b"<iframe", Follows::Anything),
    (b"<object", Follows::Anything),
    (b"<%@ page", Follows::Anything),
    (b"<%@page", Follows::Anything),
    (b"<%@ language", Follows::Anything),
    (b"<html", Follows::End),
    (b"<body", Follows::End),
    (b"<embed", Follows::End),
    (b"<?php", Follows::End),
    (b"<svg", Follows::Text),
    (b"<img", Follows::Text),
];
/// How many characters behind the end of a short name are text.
const TEXT: usize = 8;
/// Readers that guess what a file is look at so much of it (WHATWG, MIME Sniffing, 5: 1,445 bytes), so a PDF must not
/// have markup there; behind that its pages may speak of it.
const GUESSED: u64 = 1445;

/// What must follow a name, so that pixels are not taken for markup: a picture of 10 MiB has 10 million places where four
/// bytes can stand by chance. Of 10,000 such pictures about one is refused for nothing.
#[derive(Clone, Copy)]
enum Follows {
    /// The name is long enough.
    Anything,
    /// What ends the name of a tag (WHATWG, HTML, 13.2.5.8).
    End,
    /// That, and some text. Such a tag alone does nothing.
    Text,
}

/// What is looked for in one file.
pub(super) struct Signatures {
    media_type: MediaType,
    /// What has been seen and could be the beginning of something.
    carry: Vec<u8>,
    /// Where the carry begins.
    at: u64,
}

/// No signature is longer.
const LONGEST: usize = LONGEST_NAME;

impl Signatures {
    pub(super) const fn of(media_type: MediaType) -> Self {
        Self { media_type, carry: Vec::new(), at: 0 }
    }

    pub(super) fn push(&mut self, piece: &[u8]) -> Result<(), Unfit> {
        // What began before this piece is looked at together with its beginning.
        let mut seam = std::mem::take(&mut self.carry);
        let before = seam.len();
        seam.extend(piece.iter().take(LONGEST));
        if piece.len() <= LONGEST {
            let whole = seam.len().saturating_sub(LONGEST - 1);
            self.scan(&seam, whole)?;
            self.carry = seam.split_off(whole);
            self.at += whole as u64;
            return Ok(());
        }
        self.scan(&seam, before)?;
        self.at += before as u64;
        let whole = piece.len() - (LONGEST - 1);
        self.scan(piece, whole)?;
        self.carry.extend_from_slice(piece.get(whole..).unwrap_or_default());
        self.at += whole as u64;
        Ok(())
    }

    pub(super) fn finish(&mut self) -> Result<(), Unfit> {
        let rest = std::mem::take(&mut self.carry);
        self.scan(&rest, rest.len())
    }

    /// Looks at what begins within the first `count` bytes.
    fn scan(&self, bytes: &[u8], count: usize) -> Result<(), Unfit> {
        let begins = if self.media_type == MediaType::Pdf { b'/' } else { b'<' };
        let beginnings = bytes.get(..count).unwrap_or(bytes);
        for at in memchr3_iter(begins, b'R', b'7', beginnings) {
            self.judge(bytes.get(at..).unwrap_or_default())?;
        }
        for at in memchr3_iter(b'M', b'<', b'%', beginnings) {
            let here = bytes.get(at..).unwrap_or_default();
            let guessed = self.at + (at as u64) < GUESSED;
            if self.media_type == MediaType::Pdf && guessed && is_markup(here) {
                return Err(Unfit::Active);
            }
            self.judge(here)?;
        }
        Ok(())
    }

    fn judge(&self, here: &[u8]) -> Result<(), Unfit> {
        if ARCHIVES.iter().any(|archive| here.starts_with(archive)) {
            return Err(Unfit::Archive);
        }
        let active = match self.media_type {
            MediaType::Pdf => here.first() == Some(&b'/') && is_active_name(here),
            // Readers of PDF look for its beginning within the first 1,024 bytes, whatever comes before it.
            MediaType::Png | MediaType::Jpeg => is_markup(here) || here.starts_with(b"%PDF-"),
        };
        if active { Err(Unfit::Active) } else { Ok(()) }
    }
}

fn is_markup(here: &[u8]) -> bool {
    MARKUP.iter().any(|(markup, follows)| {
        let Some((name, rest)) = here.split_at_checked(markup.len()) else { return false };
        let ends = || matches!(rest.first(), Some(b'\t' | b'\n' | b'\x0C' | b'\r' | b' ' | b'/' | b'>'));
        let is_text = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~');
        name.eq_ignore_ascii_case(markup)
            && match follows {
                Follows::Anything => true,
                Follows::End => ends(),
                Follows::Text => ends() && rest.get(1..=TEXT).is_some_and(|text| text.iter().all(is_text)),
            }
    })
}
