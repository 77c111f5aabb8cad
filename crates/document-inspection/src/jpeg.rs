//! The segments of a JPEG (ITU-T T.81, annex B): a marker, a length, that many bytes; after the start of a scan
//! the pixels, in which 0xFF is followed by 0x00 or by a marker.

mod trailer;

use self::trailer::{Next, Trailer};
use crate::pixel_count;
use crate::rejection::ContentRejection;
use crate::signatures::{Region, Signatures};

const START: u8 = 0xD8;
const END: u8 = 0xD9;
const SCAN: u8 = 0xDA;
const QUANTIZATION: u8 = 0xDB;
const APP2: u8 = 0xE2;
/// What a piece of a colour profile begins with (ICC.1, B.4).
const PROFILE: &[u8] = b"ICC_PROFILE\0";

/// Progressive pictures have about ten scans. Each scan goes over all pixels again, so 500,000 of them never end.
const MAX_SCANS: u32 = 500;
/// Some cameras fill up between two segments; libjpeg steps over it.
const MAX_FILLING: u32 = 4096;

/// How far the segments have been followed.
pub(super) struct Jpeg {
    state: State,
    /// What has been read of the header of a segment, as far as it is needed.
    header: Vec<u8>,
    skip: usize,
    /// Whether what is stepped over is metadata.
    is_metadata: bool,
    metadata: Signatures,
    /// Whether it has said how large it is, which it does before the pixels.
    is_sized: bool,
    /// Whether it needs tables to be shown, and has none yet.
    needs_tables: bool,
    scans: u32,
    filling: u32,
    trailer: Trailer,
}

impl Default for Jpeg {
    fn default() -> Self {
        Self {
            state: State::Marker,
            header: Vec::new(),
            skip: 0,
            is_metadata: false,
            metadata: Signatures::of(Region::Metadata),
            is_sized: false,
            needs_tables: true,
            scans: 0,
            filling: 0,
            trailer: Trailer::default(),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// 0xFF is to come.
    Marker,
    /// The second byte of a marker is to come.
    Name,
    /// The header of the segment with this marker.
    Header(u8),
    /// Pixels.
    Pixels,
    /// 0xFF among pixels.
    PixelsMarker,
    /// The picture has ended.
    End,
}

/// Whether a segment says how large the picture is (T.81, table B.1: SOF, without DHT, JPG and DAC).
const fn is_frame(marker: u8) -> bool {
    matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC)
}

/// Whether pixels are written without loss, which takes no table of quantization.
const fn is_lossless(marker: u8) -> bool {
    matches!(marker, 0xC3 | 0xC7 | 0xCB | 0xCF)
}

/// Whether a marker stands alone: restarts, and the start.
const fn is_alone(marker: u8) -> bool {
    matches!(marker, 0x01 | 0xD0..=START)
}

/// Whether a segment is for readers and not for the decoder: APP0 to APP15, and comments.
const fn is_metadata(marker: u8) -> bool {
    matches!(marker, 0xE0..=0xEF | 0xFE)
}

impl Jpeg {
    pub(super) fn push(&mut self, mut piece: &[u8]) -> Result<(), ContentRejection> {
        while !piece.is_empty() {
            if self.skip > 0 {
                let (skipped, after) = piece.split_at(self.skip.min(piece.len()));
                self.skip -= skipped.len();
                piece = after;
                if self.is_metadata {
                    self.metadata.push(skipped)?;
                    if self.skip == 0 {
                        self.metadata.finish()?;
                    }
                }
                continue;
            }
            match self.state {
                State::Pixels => match memchr::memchr(0xFF, piece) {
                    Some(at) => {
                        self.state = State::PixelsMarker;
                        piece = piece.get(at + 1..).unwrap_or_default();
                    }
                    None => return Ok(()),
                },
                State::End => {
                    let (used, next) = self.trailer.push(piece)?;
                    piece = piece.get(used..).unwrap_or_default();
                    if next == Next::Picture {
                        // The first picture is shown; another follows by the same rules.
                        let (trailer, scans) = (std::mem::take(&mut self.trailer), self.scans);
                        *self = Self { state: State::Name, scans, trailer, ..Self::default() };
                    }
                }
                state => {
                    let Some((byte, after)) = piece.split_first() else { return Ok(()) };
                    piece = after;
                    self.step(state, *byte)?;
                }
            }
        }
        Ok(())
    }

    fn step(&mut self, state: State, byte: u8) -> Result<(), ContentRejection> {
        self.state = match state {
            State::Marker if byte == 0xFF => State::Name,
            State::Marker if byte == 0 && self.filling < MAX_FILLING => {
                self.filling += 1;
                State::Marker
            }
            State::Marker => return Err(ContentRejection::Truncated),
            // Any number of 0xFF may stand before the second byte.
            State::Name | State::PixelsMarker if byte == 0xFF => state,
            State::PixelsMarker if byte == 0 || is_alone(byte) => State::Pixels,
            State::Name | State::PixelsMarker => match byte {
                END if self.scans > 0 => State::End,
                END | 0 => return Err(ContentRejection::Truncated),
                marker if is_alone(marker) => State::Marker,
                marker => State::Header(marker),
            },
            State::Header(marker) => {
                self.header.push(byte);
                self.segment(marker)?
            }
            State::Pixels | State::End => state,
        };
        Ok(())
    }

    /// What has been read of the header says how far it is to the next marker.
    fn segment(&mut self, marker: u8) -> Result<State, ContentRejection> {
        let number = |at: usize| {
            let bytes = self.header.get(at..at + 2).and_then(|bytes| bytes.try_into().ok());
            bytes.map_or(0, u16::from_be_bytes)
        };
        // Length, precision, height, width.
        let wanted = if is_frame(marker) { 7 } else { 2 };
        if self.header.len() < wanted {
            return Ok(State::Header(marker));
        }
        if is_frame(marker) {
            pixel_count::check(number(5).into(), number(3).into())?;
            self.is_sized = true;
            self.needs_tables &= !is_lossless(marker);
        }
        let length = usize::from(number(0));
        let named = 2 + PROFILE.len();
        if marker == APP2 && length >= named && self.header.len() < named {
            return Ok(State::Header(marker));
        }
        self.skip = length.checked_sub(self.header.len()).ok_or(ContentRejection::Truncated)?;
        self.is_metadata = is_metadata(marker);
        if self.is_metadata {
            let begin = self.header.get(2..).unwrap_or_default();
            self.metadata = Signatures::of(if begin == PROFILE { Region::Profile } else { Region::Metadata });
            self.metadata.push(begin)?;
            if self.skip == 0 {
                self.metadata.finish()?;
            }
        }
        self.needs_tables &= marker != QUANTIZATION;
        self.header.clear();
        if marker != SCAN {
            return Ok(State::Marker);
        }
        self.scans += 1;
        if self.scans > MAX_SCANS {
            return Err(ContentRejection::Expansion("scans"));
        }
        if self.is_sized && !self.needs_tables { Ok(State::Pixels) } else { Err(ContentRejection::Truncated) }
    }

    pub(super) fn finish(&self) -> Result<(), ContentRejection> {
        if self.state != State::End || self.skip > 0 {
            return Err(ContentRejection::Truncated);
        }
        self.trailer.finish()
    }
}
