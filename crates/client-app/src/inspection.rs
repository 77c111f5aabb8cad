//! Looks at a file that is submitted, piece by piece: what it is by its bytes, whether it is whole, and whether there is
//! something in it that is more than a picture or a page.
//!
//! No more of a file is held than one block, and of a PDF the parts that may be encrypted (4 MiB), however large it is
//! and whatever is packed in it. However a file is cut into pieces, the same is said of it. What is refused is told by
//! rule and never by its bytes.

mod archive;
mod foreign;
mod inflation;
mod jpeg;
mod pdf;
mod png;
mod signatures;
mod tail;
mod unfit;

use client_domain::kyc::{FileExtension, MediaType};
use sha2::{Digest as _, Sha256};

use self::jpeg::Jpeg;
use self::pdf::Pdf;
use self::png::Png;
use self::signatures::{Place, Signatures};
use self::tail::Tail;
pub use self::unfit::Unfit;

/// The greatest number of bytes of a file: 10 MiB.
pub const MAX_CONTENT: u64 = 10 * 1024 * 1024;
/// The greatest number of pixels of a picture. A picture of a few kilobytes can say that it has billions, and whoever
/// shows it makes room for all of them.
pub const MAX_PIXELS: u64 = 100_000_000;

/// How much is looked at in one step. The first block also says what a file is.
const BLOCK: usize = 16 * 1024;

/// A file that is being looked at.
///
/// ```
/// use client_app::inspection::{Inspection, Unfit};
/// use client_domain::kyc::FileExtension;
///
/// let mut inspection = Inspection::new(FileExtension::Pdf);
/// inspection.push(b"%PDF-1.7\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n")?;
/// inspection.push(b"2 0 obj << /Type /Pages /Count 1 /Kids [3 0 R] >> endobj\n")?;
/// inspection.push(b"3 0 obj << /Type /Page /Parent 2 0 R >> endobj\ntrailer << /Root 1 0 R >>\n")?;
/// inspection.push(b"startxref\n0\n%%EOF\n")?;
/// assert_eq!(inspection.finish()?.size, 206);
///
/// let mut inspection = Inspection::new(FileExtension::Png);
/// inspection.push(b"#!/bin/sh\n")?;
/// assert_eq!(inspection.finish().unwrap_err(), Unfit::Unknown(None));
/// # Ok::<(), Unfit>(())
/// ```
pub struct Inspection {
    wanted: MediaType,
    hasher: Sha256,
    size: u64,
    block: Vec<u8>,
    tail: Tail,
    signatures: Signatures,
    /// What the file is made of; nothing before its first bytes are known.
    structure: Option<Structure>,
    /// What is wrong with the structure. It is told in the end, because what else is in the file says more.
    broken: Option<Unfit>,
}

/// What a file is made of, followed from its first byte to its last.
enum Structure {
    Png(Box<Png>),
    Jpeg(Box<Jpeg>),
    Pdf(Box<Pdf>),
}

/// What is known of a file that is fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspected {
    /// What it is.
    pub media_type: MediaType,
    /// How many bytes it has.
    pub size: u64,
    /// The SHA-256 of its bytes.
    pub sha256: [u8; 32],
}

impl Inspection {
    /// Begins to look at a file with this extension.
    pub fn new(extension: FileExtension) -> Self {
        let wanted = extension.media_type();
        let place = if wanted == MediaType::Pdf { Place::Document } else { Place::Picture };
        Self {
            wanted,
            hasher: Sha256::new(),
            size: 0,
            block: Vec::new(),
            tail: Tail::default(),
            signatures: Signatures::of(place),
            structure: None,
            broken: None,
        }
    }

    /// Looks at the next piece. What is wrong with the file is told as soon as it is known; after that, nothing more
    /// is pushed.
    pub fn push(&mut self, mut piece: &[u8]) -> Result<(), Unfit> {
        while !piece.is_empty() {
            let room = u64::try_from(BLOCK - self.block.len()).unwrap_or(0).min(MAX_CONTENT - self.size);
            let (now, after) = piece.split_at(usize::try_from(room).unwrap_or(0).min(piece.len()));
            self.size += now.len() as u64;
            self.block.extend_from_slice(now);
            piece = after;
            if self.block.len() == BLOCK {
                self.look()?;
            }
            if self.size == MAX_CONTENT && !piece.is_empty() {
                self.look()?;
                return Err(Unfit::TooLarge);
            }
        }
        Ok(())
    }

    /// Ends the look.
    pub fn finish(mut self) -> Result<Inspected, Unfit> {
        if self.size == 0 {
            return Err(Unfit::Empty);
        }
        self.look()?;
        self.signatures.finish()?;
        if let Some(unfit) = self.broken {
            return Err(unfit);
        }
        match &mut self.structure {
            Some(Structure::Png(png)) => png.finish()?,
            Some(Structure::Jpeg(jpeg)) => jpeg.finish()?,
            Some(Structure::Pdf(pdf)) => pdf.finish()?,
            None => return Err(Unfit::Unknown(None)),
        }
        if archive::is_at_the_end(self.tail.bytes(), self.size) {
            return Err(Unfit::Archive);
        }
        Ok(Inspected { media_type: self.wanted, size: self.size, sha256: self.hasher.finalize().into() })
    }

    /// Looks at what has been gathered.
    fn look(&mut self) -> Result<(), Unfit> {
        let block = std::mem::take(&mut self.block);
        if block.is_empty() {
            return Ok(());
        }
        self.hasher.update(&block);
        self.tail.push(&block);
        if self.structure.is_none() {
            self.structure = Some(self.sniff(&block)?);
        }
        self.signatures.push(&block)?;
        if self.broken.is_none() {
            let followed = match &mut self.structure {
                Some(Structure::Png(png)) => png.push(&block),
                Some(Structure::Jpeg(jpeg)) => jpeg.push(&block),
                Some(Structure::Pdf(pdf)) => pdf.push(&block),
                None => Ok(()),
            };
            match followed {
                Err(unfit @ (Unfit::Truncated | Unfit::TrailingData)) => self.broken = Some(unfit),
                other => other?,
            }
        }
        self.block = block;
        self.block.clear();
        Ok(())
    }

    /// What it is by its first bytes.
    fn sniff(&self, head: &[u8]) -> Result<Structure, Unfit> {
        let (found, structure) = if head.starts_with(b"\xff\xd8\xff") {
            (MediaType::Jpeg, Structure::Jpeg(Box::default()))
        } else if head.starts_with(b"\x89PNG\r\n\x1a\n") {
            (MediaType::Png, Structure::Png(Box::default()))
        } else if foreign::begins_pdf(head) {
            (MediaType::Pdf, Structure::Pdf(Box::default()))
        } else {
            return Err(Unfit::Unknown(foreign::name(head)));
        };
        if found == self.wanted { Ok(structure) } else { Err(Unfit::Mismatch) }
    }
}

impl std::fmt::Debug for Inspection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inspection").field("size", &self.size).finish_non_exhaustive()
    }
}

/// Whether a picture of this width and height has pixels, and not too many.
fn check_pixels(width: u32, height: u32) -> Result<(), Unfit> {
    match u64::from(width) * u64::from(height) {
        0 => Err(Unfit::Truncated),
        pixels if pixels > MAX_PIXELS => Err(Unfit::TooManyPixels),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::conformance::files::{self, Sample};

    fn inspect(sample: &Sample, cuts: &[usize]) -> Result<Inspected, Unfit> {
        let mut inspection = Inspection::new(FileExtension::parse(sample.extension).unwrap());
        let mut rest = sample.bytes.as_slice();
        for cut in cuts.iter().cycle().take(sample.bytes.len() + 1) {
            let (piece, after) = rest.split_at((*cut).min(rest.len()));
            inspection.push(piece)?;
            rest = after;
            if rest.is_empty() {
                break;
            }
        }
        inspection.finish()
    }

    #[test]
    fn good_files_are_taken_and_hostile_ones_refused_by_their_rule() {
        for sample in files::good() {
            let inspected = inspect(&sample, &[usize::MAX]);
            let inspected = inspected.unwrap_or_else(|unfit| panic!("{}: {unfit:?}", sample.name));
            assert_eq!(inspected.size, sample.bytes.len() as u64);
            assert_eq!(inspected.sha256, <[u8; 32]>::from(Sha256::digest(&sample.bytes)));
        }
        let hostile = files::hostile();
        assert!(hostile.len() >= 60, "{}", hostile.len());
        for sample in hostile {
            let refused = inspect(&sample, &[usize::MAX]).map_err(Unfit::code);
            assert_eq!(refused, Err(sample.verdict.unwrap()), "{}", sample.name);
        }
    }

    #[test]
    fn every_reason_occurs_and_none_repeats_a_byte() {
        let verdicts: std::collections::BTreeSet<_> =
            files::hostile().iter().map(|sample| sample.verdict.unwrap()).collect();
        assert_eq!(verdicts, Unfit::CODES.into());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn how_a_file_is_cut_does_not_mind(
            which in any::<prop::sample::Index>(),
            cuts in prop::collection::vec(1..90_usize, 1..6),
        ) {
            let all: Vec<_> = files::good().into_iter().chain(files::hostile()).collect();
            let sample = which.get(&all);
            prop_assume!(sample.bytes.len() < 300_000);
            let whole = inspect(sample, &[usize::MAX]);
            prop_assert_eq!(inspect(sample, &cuts), whole, "{}", sample.name);
        }

        #[test]
        fn no_bytes_break_it(
            head in prop::sample::select(vec![&b"%PDF-1.4"[..], b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0"]),
            bytes in prop::collection::vec(any::<u8>(), 0..400),
            which in 0..4_usize,
        ) {
            let mut inspection = Inspection::new(FileExtension::ALL[which]);
            let _ = inspection.push(head).and_then(|()| inspection.push(&bytes)).and_then(|()| inspection.finish());
        }
    }
}
