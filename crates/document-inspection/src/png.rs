//! The chunks of a PNG (W3C, Portable Network Graphics, third edition, 5): a length, a name, that many bytes, a
//! checksum.

mod ancillary;
mod pixels;

use self::ancillary::Ancillary;
use self::pixels::Pixels;
use crate::inflation::Checksum;
use crate::rejection::ContentRejection;

const SIGNATURE: usize = 8;
/// The length and the name.
const HEADER: usize = 8;
const CHECKSUM: usize = 4;
/// Mail gateways and shells append blanks or zeros to a file: this many are accepted.
const PADDING: usize = 4096;
/// A picture that moves is a picture; one of 50,000 frames keeps a viewer busy for hours.
const MAX_FRAMES: usize = 100;

/// How far the chunks have been followed.
#[derive(Default)]
pub(super) struct Png {
    /// What has been read of the signature, of the header of a chunk, or of a checksum.
    read: Vec<u8>,
    state: State,
    /// The name of the chunk, and how many of its bytes are to come.
    name: [u8; 4],
    left: u32,
    checksum: Checksum,
    header: Vec<u8>,
    pixels: Option<Pixels>,
    ancillary: Ancillary,
    has_palette: bool,
    /// The pixels have come and another chunk after them.
    is_past_pixels: bool,
    has_pixels: bool,
    frames: usize,
    padding: usize,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Signature,
    Header,
    Content,
    Checksum,
    End,
}

impl Png {
    pub(super) fn push(&mut self, mut piece: &[u8]) -> Result<(), ContentRejection> {
        while !piece.is_empty() {
            let wanted = match self.state {
                State::Signature => SIGNATURE,
                State::Header => HEADER,
                State::Checksum => CHECKSUM,
                State::Content => {
                    let here = usize::try_from(self.left).unwrap_or(usize::MAX).min(piece.len());
                    let (content, after) = piece.split_at(here);
                    piece = after;
                    self.left -= u32::try_from(here).unwrap_or(self.left);
                    self.content(content)?;
                    continue;
                }
                State::End => return self.pad(piece),
            };
            let (now, after) = piece.split_at((wanted - self.read.len()).min(piece.len()));
            self.read.extend_from_slice(now);
            piece = after;
            if self.read.len() == wanted {
                let read = std::mem::take(&mut self.read);
                self.step(&read)?;
            }
        }
        Ok(())
    }

    fn step(&mut self, read: &[u8]) -> Result<(), ContentRejection> {
        let number = |at: usize| {
            read.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_be_bytes)
        };
        match self.state {
            State::Signature => self.state = State::Header,
            State::Header => {
                self.name = number(4).to_be_bytes();
                self.left = number(0);
                self.checksum.push(&self.name);
                self.chunk()?;
                self.state = if self.left == 0 { State::Checksum } else { State::Content };
            }
            State::Checksum => {
                if self.checksum.take() != number(0) {
                    return Err(ContentRejection::Truncated);
                }
                self.chunk_end()?;
                self.state = if &self.name == b"IEND" { State::End } else { State::Header };
            }
            State::Content | State::End => {}
        }
        Ok(())
    }

    /// What may begin here.
    fn chunk(&mut self) -> Result<(), ContentRejection> {
        let is_first = self.header.is_empty();
        let plausible = self.left <= i32::MAX.unsigned_abs() && self.name.iter().all(u8::is_ascii_alphabetic);
        let is_pixels = &self.name == b"IDAT";
        self.is_past_pixels |= self.has_pixels && !is_pixels;
        let fits = match &self.name {
            b"IHDR" => is_first && self.left == 13,
            _ if is_first => false,
            b"PLTE" => {
                !self.has_palette
                    && !self.has_pixels
                    && self.left.is_multiple_of(3)
                    && (3..=768).contains(&self.left)
            }
            b"IDAT" => !self.is_past_pixels,
            b"IEND" => self.has_pixels && self.left == 0,
            b"fcTL" => {
                self.frames += 1;
                true
            }
            // A viewer that does not know a critical chunk cannot show the picture (14.2).
            [first, ..] => first.is_ascii_lowercase(),
        };
        if !(plausible && fits) {
            return Err(ContentRejection::Truncated);
        }
        if self.frames > MAX_FRAMES {
            return Err(ContentRejection::Expansion("frames"));
        }
        self.has_palette |= &self.name == b"PLTE";
        self.has_pixels |= is_pixels;
        self.ancillary.begin(self.name);
        Ok(())
    }

    fn content(&mut self, content: &[u8]) -> Result<(), ContentRejection> {
        self.checksum.push(content);
        if self.left == 0 {
            self.state = State::Checksum;
        }
        match &self.name {
            b"IHDR" => self.header.extend_from_slice(content),
            b"IDAT" => return self.pixels.as_mut().map_or(Ok(()), |pixels| pixels.push(content)),
            b"PLTE" => {}
            _ => return self.ancillary.push(content),
        }
        Ok(())
    }

    fn chunk_end(&mut self) -> Result<(), ContentRejection> {
        match &self.name {
            b"IHDR" => self.pixels = Some(Pixels::of(&self.header)?),
            b"IEND" => {
                let pixels = self.pixels.as_ref().ok_or(ContentRejection::Truncated)?;
                return pixels.finish(self.has_palette);
            }
            b"IDAT" | b"PLTE" => {}
            _ => return self.ancillary.finish(),
        }
        Ok(())
    }

    fn pad(&mut self, piece: &[u8]) -> Result<(), ContentRejection> {
        self.padding += piece.len();
        let is_blank = piece.iter().all(|byte| matches!(byte, 0 | b'\t' | b'\n' | b'\r' | b' ' | 0x1A));
        if is_blank && self.padding <= PADDING { Ok(()) } else { Err(ContentRejection::TrailingData) }
    }

    pub(super) fn finish(&self) -> Result<(), ContentRejection> {
        if self.state == State::End { Ok(()) } else { Err(ContentRejection::Truncated) }
    }
}
