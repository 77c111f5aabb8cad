//! The chunks of a PNG (W3C, Portable Network Graphics, third edition, 5): a length, a name, so many bytes, a checksum.

use super::{Unfit, check_pixels};

const SIGNATURE: usize = 8;
/// The length and the name.
const HEADER: usize = 8;
/// Width, height, and how the pixels are written.
const IHDR: u32 = 13;
const CHECKSUM: u64 = 4;
/// The checksum of the last chunk, in which nothing is.
const END: [u8; 4] = [0xAE, 0x42, 0x60, 0x82];

/// How far the chunks have been followed.
#[derive(Default)]
pub(super) struct Png {
    /// What has been read of the signature, or of the header of a chunk with what is needed of its content.
    read: Vec<u8>,
    /// How many bytes are stepped over until the next chunk begins.
    skip: u64,
    place: Place,
    /// Whether pixels have come.
    has_pixels: bool,
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
            if piece.is_empty() {
                return Ok(());
            }
            if self.place == Place::End {
                return Err(Unfit::TrailingData);
            }
            let wanted = match self.place {
                Place::Signature => SIGNATURE,
                Place::First => HEADER + 8,
                Place::Last => END.len(),
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
        if self.place == Place::Last {
            self.place = Place::End;
            return if self.read == END { Ok(()) } else { Err(Unfit::Truncated) };
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
        if length > i32::MAX.unsigned_abs() || !name.iter().all(u8::is_ascii_alphabetic) || name == b"IHDR" {
            return Err(Unfit::Truncated);
        }
        if name == b"IEND" {
            self.place = Place::Last;
            return if self.has_pixels && length == 0 { Ok(()) } else { Err(Unfit::Truncated) };
        }
        self.has_pixels |= name == b"IDAT";
        self.skip = u64::from(length) + CHECKSUM;
        Ok(())
    }

    pub(super) fn finish(&self) -> Result<(), Unfit> {
        if self.place == Place::End { Ok(()) } else { Err(Unfit::Truncated) }
    }
}
