//! The segments of a JPEG (ITU-T T.81, annex B): a marker, a length, so many bytes; after the start of a scan the
//! pixels, in which 0xFF is followed by 0x00 or by a marker.

use super::{Unfit, check_pixels};

const START: u8 = 0xD8;
const END: u8 = 0xD9;
const SCAN: u8 = 0xDA;

/// How far the segments have been followed. Phones write more after the end of the picture, which is let be.
#[derive(Default)]
pub(super) struct Jpeg {
    place: Place,
    /// What has been read of the header of a segment, as far as it is needed.
    header: Vec<u8>,
    skip: usize,
    /// Whether it has said how large it is, which it does before the pixels.
    is_sized: bool,
    has_pixels: bool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    /// 0xFF is to come.
    #[default]
    Marker,
    /// The second byte of a marker is to come.
    Name,
    /// The header of the segment with this marker.
    Header(u8),
    /// Pixels.
    Pixels,
    /// 0xFF among pixels.
    PixelsMarker,
    End,
}

/// Whether a segment says how large the picture is (T.81, table B.1: SOF, without DHT, JPG and DAC).
const fn is_frame(marker: u8) -> bool {
    matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC)
}

/// Whether a marker stands alone: restarts, and the start.
const fn is_alone(marker: u8) -> bool {
    matches!(marker, 0x01 | 0xD0..=START)
}

impl Jpeg {
    pub(super) fn push(&mut self, mut piece: &[u8]) -> Result<(), Unfit> {
        while !piece.is_empty() {
            if self.skip > 0 {
                let skipped = self.skip.min(piece.len());
                self.skip -= skipped;
                piece = piece.get(skipped..).unwrap_or_default();
                continue;
            }
            match self.place {
                Place::End => return Ok(()),
                Place::Pixels => match memchr::memchr(0xFF, piece) {
                    Some(at) => {
                        self.place = Place::PixelsMarker;
                        piece = piece.get(at + 1..).unwrap_or_default();
                    }
                    None => return Ok(()),
                },
                place => {
                    let Some((byte, after)) = piece.split_first() else { return Ok(()) };
                    piece = after;
                    self.step(place, *byte)?;
                }
            }
        }
        Ok(())
    }

    fn step(&mut self, place: Place, byte: u8) -> Result<(), Unfit> {
        self.place = match place {
            Place::Marker if byte == 0xFF => Place::Name,
            Place::Marker => return Err(Unfit::Truncated),
            // Any number of 0xFF may stand before the second byte.
            Place::Name | Place::PixelsMarker if byte == 0xFF => place,
            Place::PixelsMarker if byte == 0 || is_alone(byte) => Place::Pixels,
            Place::Name | Place::PixelsMarker => match byte {
                END if self.has_pixels => Place::End,
                END | 0 => return Err(Unfit::Truncated),
                marker if is_alone(marker) => Place::Marker,
                marker => Place::Header(marker),
            },
            Place::Header(marker) => {
                self.header.push(byte);
                self.segment(marker)?
            }
            Place::Pixels | Place::End => place,
        };
        Ok(())
    }

    /// What has been read of the header says how far it is to the next marker.
    fn segment(&mut self, marker: u8) -> Result<Place, Unfit> {
        let number = |at: usize| {
            let bytes = self.header.get(at..at + 2).and_then(|bytes| bytes.try_into().ok());
            bytes.map_or(0, u16::from_be_bytes)
        };
        // Length, precision, height, width.
        let wanted = if is_frame(marker) { 7 } else { 2 };
        if self.header.len() < wanted {
            return Ok(Place::Header(marker));
        }
        if is_frame(marker) {
            check_pixels(number(5).into(), number(3).into())?;
            self.is_sized = true;
        }
        let length = usize::from(number(0));
        self.skip = length.checked_sub(self.header.len()).ok_or(Unfit::Truncated)?;
        self.header.clear();
        if marker != SCAN {
            return Ok(Place::Marker);
        }
        self.has_pixels = true;
        if self.is_sized { Ok(Place::Pixels) } else { Err(Unfit::Truncated) }
    }

    pub(super) fn finish(&self) -> Result<(), Unfit> {
        if self.place == Place::End && self.skip == 0 { Ok(()) } else { Err(Unfit::Truncated) }
    }
}
