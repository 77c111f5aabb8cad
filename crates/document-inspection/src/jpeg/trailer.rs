//! What phones and cameras write after the end of a JPEG: another picture (CIPA DC-007), a film in boxes (ISO
//! 14496-12), Samsung's blocks with their directory `SEFH` … `SEFT`. Anything else is not part of a photograph.

use crate::rejection::ContentRejection;

/// How many blanks or zeros may stand after the end or between two pictures.
const PADDING: usize = 64 * 1024;
/// A box has a length and a name, and sometimes a longer length.
const BOX: usize = 16;

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// More of the trailer.
    More,
    /// The marker of another picture has begun.
    Picture,
}

/// How far the trailer has been followed.
#[derive(Default)]
pub(super) struct Trailer {
    place: Place,
    read: Vec<u8>,
    /// How many bytes of a box are to come.
    left: u64,
    padding: usize,
    /// The last bytes of Samsung's blocks.
    last: [u8; 4],
    has_directory: bool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    /// After a picture.
    #[default]
    Between,
    /// In the header of a box.
    Box,
    /// In a box that ends with the file.
    LastBox,
    Blocks,
}

impl Trailer {
    /// Follows the trailer; how many bytes of the piece belong to it.
    pub(super) fn push(&mut self, piece: &[u8]) -> Result<(usize, Next), ContentRejection> {
        let mut at = 0;
        while let Some(byte) = piece.get(at) {
            if self.left > 0 {
                let here = usize::try_from(self.left).unwrap_or(usize::MAX).min(piece.len() - at);
                self.left -= here as u64;
                at += here;
                continue;
            }
            at += 1;
            match self.place {
                Place::LastBox => return Ok((piece.len(), Next::More)),
                Place::Blocks => self.block(*byte),
                Place::Between if self.read.is_empty() && matches!(byte, b'\t' | b'\n' | b'\r' | b' ') => {
                    self.pad(1)?;
                }
                Place::Between | Place::Box => {
                    self.read.push(*byte);
                    if self.begin()? == Next::Picture {
                        return Ok((at, Next::Picture));
                    }
                }
            }
        }
        Ok((at, Next::More))
    }

    fn pad(&mut self, bytes: usize) -> Result<(), ContentRejection> {
        self.padding += bytes;
        if self.padding <= PADDING { Ok(()) } else { Err(ContentRejection::TrailingData) }
    }

    /// Says by the first bytes what has begun.
    fn begin(&mut self) -> Result<Next, ContentRejection> {
        if self.place == Place::Between {
            let zeros = self.read.iter().take_while(|byte| **byte == 0).count();
            // A length begins with three zeros at most; more of them are filling, as they are before a picture.
            match self.read.get(zeros..).unwrap_or_default() {
                [] if zeros > 3 => {
                    self.read.pop();
                    self.pad(1)?;
                }
                [0xFF] if zeros > 0 => {
                    self.read.drain(..zeros);
                    self.pad(zeros)?;
                }
                [0xFF, 0xD8, 0xFF] => {
                    self.read.clear();
                    return Ok(Next::Picture);
                }
                [0xFF, 0xFF] => {
                    self.read.pop();
                    self.pad(1)?;
                }
                [0xFF, second, ..] if *second != 0xD8 => return Err(ContentRejection::TrailingData),
                [0xFF, 0xD8, _] => return Err(ContentRejection::TrailingData),
                _ => {}
            }
        }
        let read = self.read.as_slice();
        if read.len() < 8 {
            return Ok(Next::More);
        }
        let number = |at: usize| {
            read.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_be_bytes)
        };
        let (length, name) = (number(0), read.get(4..8).unwrap_or_default());
        let is_box =
            name == b"ftyp" || (self.place == Place::Box && name.iter().all(u8::is_ascii_alphanumeric));
        if is_box && length == 1 && read.len() < BOX {
            return Ok(Next::More);
        }
        if is_box {
            let whole =
                if length == 1 { u64::from(number(8)) << 32 | u64::from(number(12)) } else { length.into() };
            self.place = if length == 0 { Place::LastBox } else { Place::Box };
            self.left = if length == 0 {
                0
            } else {
                whole.checked_sub(read.len() as u64).ok_or(ContentRejection::TrailingData)?
            };
            self.read.clear();
            return Ok(Next::More);
        }
        if read.starts_with(b"SEFH") || (read.starts_with(&[0, 0]) && is_block(read)) {
            for byte in std::mem::take(&mut self.read) {
                self.block(byte);
            }
            self.place = Place::Blocks;
            return Ok(Next::More);
        }
        let first = self.read.remove(0);
        if first != 0 {
            return Err(ContentRejection::TrailingData);
        }
        self.place = Place::Between;
        self.pad(1)?;
        Ok(Next::More)
    }

    fn block(&mut self, byte: u8) {
        self.last.rotate_left(1);
        self.last[3] = byte;
        self.has_directory |= &self.last == b"SEFH";
    }

    pub(super) fn finish(&self) -> Result<(), ContentRejection> {
        let is_blank = self.read.iter().all(|byte| matches!(byte, 0 | 0xFF | b'\t' | b'\n' | b'\r' | b' '));
        let ends = match self.place {
            Place::Between | Place::Box => self.left == 0 && is_blank,
            Place::LastBox => true,
            Place::Blocks => self.has_directory && &self.last == b"SEFT",
        };
        if ends { Ok(()) } else { Err(ContentRejection::TrailingData) }
    }
}

/// Whether one of Samsung's blocks begins here: two zeros, a kind of two bytes, the length of a name.
fn is_block(read: &[u8]) -> bool {
    matches!(read, [0, 0, _, 1..=0x0F, length, 0, 0, 0, ..] if (1..=64).contains(length))
}
