//! The chunks of a PNG (W3C, Portable Network Graphics, third edition, 5): a length, a name, so many bytes, a checksum.

use super::{Unfit, check_pixels};

const SIGNATURE: usize = 8;
/// The length and the name.
const HEADER: usize = 8;
/// Width, height, and how the pixels are written.
const IHDR: u32 = 13;
const CHECKSUM: u64 = 4;

/// How far the chunks have been followed.
#[derive(Default)]
pub(super) struct Png {
    /// What has been read of the signature, or of the header of a chunk with what is needed of its content.
    read: Vec<u8>,
    /// How many bytes are stepped over until the next chunk begins.
    skip: u64,
    place: Place,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Signature,
    First,
    Chunk,
    Last,
    End,
}

impl Png {
    pub(super) fn push(&mut self, mut piece: &[u8]) -> Result<(), Unfit> {
        loop {
            let skipped = usize::try_from(self.skip).unwrap_or(usize::MAX).min(piece.len());
            self.skip -= skipped as u64;
            piece = piece.get(skipped..).unwrap_or_default();
            if self.skip == 0 && self.place == Place::Last {
                self.place = Place::End;
            }
            if piece.is_empty() {
                return Ok(());
            }
            if self.place == Place::End {
                return Err(Unfit::TrailingData);
            }
            let wanted = match self.place {
                Place::Signature => SIGNATURE,
                Place::First => HEADER + 8,
                _ => HEADER,
            };
            let taken = (wanted - self.read.len()).min(piece.len());
            let (now, after) = piece.split_at(taken);
            self.read.extend_from_slice(now);
            piece = after;
            if self.read.len() == wanted {
                self.chunk()?;
                self.read.clear();
            }
        }
    }

    /// What has been read says how far it is to the next chunk.
    fn chunk(&mut self) -> Result<(), Unfit> {
        if self.place == Place::Signature {
            self.place = Place::First;
            return Ok(());
        }
        let number = |at: usize| {
            let bytes = self.read.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
            bytes.map_or(0, u32::from_be_bytes)
        };
        let (length, name) = (number(0), self.read.get(4..8).unwrap_or_default());
        if self.place == Place::First {
            if name != b"IHDR" || length != IHDR {
                return Err(Unfit::Truncated);
            }
            check_pixels(number(8), number(12))?;
            self.skip = u64::from(IHDR) - 8 + CHECKSUM;
            self.place = Place::Chunk;
            return Ok(());
        }
        if length > i32::MAX.unsigned_abs() || !name.iter().all(u8::is_ascii_alphabetic) {
            return Err(Unfit::Truncated);
        }
        self.skip = u64::from(length) + CHECKSUM;
        if name == b"IEND" {
            self.place = Place::Last;
        }
        Ok(())
    }

    pub(super) fn finish(&self) -> Result<(), Unfit> {
        if self.place == Place::End { Ok(()) } else { Err(Unfit::Truncated) }
    }
}
