//! Looks at a file that is handed in, piece by piece: what it is by its bytes, whether it is whole, and whether there
//! is something in it that is more than a picture or a page.
//!
//! No more of a file is held than its beginning and its end. What is refused is told by rule and never by its bytes.
//! What cannot be seen here (scripts inside the compressed objects of a PDF, say) is made harmless where files are sent:
//! as attachments with a name of ours, never to be opened in our place.

mod archive;
mod jpeg;
mod pdf;
mod png;
mod signatures;
mod tail;
mod unfit;

use client_domain::kyc::{FileExtension, MediaType};
use file_format::FileFormat;
use sha2::{Digest as _, Sha256};

use self::jpeg::Jpeg;
use self::png::Png;
use self::signatures::Signatures;
use self::tail::Tail;
pub use self::unfit::Unfit;

/// The greatest number of bytes of a file: 10 MiB.
pub const MAX_CONTENT: u64 = 10 * 1024 * 1024;
/// The greatest number of pixels of a picture. A picture of a few kilobytes can say that it has billions, and whoever
/// shows it makes room for all of them.
pub const MAX_PIXELS: u64 = 100_000_000;

/// How much of the beginning is kept: enough for the signature of a file.
const HEAD: usize = 1024;
/// So many bytes say what a file is; an empty or a tiny one is judged at its end.
const SIGNATURE: usize = 64;

/// A file that is being looked at.
///
/// ```
/// use client_app::inspection::{Inspection, Unfit};
/// use client_domain::kyc::FileExtension;
///
/// let mut inspection = Inspection::new(FileExtension::Pdf);
/// inspection.push(b"%PDF-1.7\n1 0 obj <<>> endobj\n")?;
/// inspection.push(b"trailer <<>>\n%%EOF\n")?;
/// assert_eq!(inspection.finish()?.size, 48);
///
/// let mut inspection = Inspection::new(FileExtension::Png);
/// inspection.push(b"#!/bin/sh\n")?;
/// assert_eq!(inspection.finish().unwrap_err(), Unfit::Unknown);
/// # Ok::<(), Unfit>(())
/// ```
pub struct Inspection {
    wanted: MediaType,
    hasher: Sha256,
    size: u64,
    head: Vec<u8>,
    tail: Tail,
    signatures: Signatures,
    structure: Structure,
    /// What is wrong with the structure. It is told in the end, so that the same is told however a file is cut.
    broken: Option<Unfit>,
    sniffed: bool,
}

/// What a file is made of, followed from its first byte to its last.
enum Structure {
    Png(Png),
    Jpeg(Jpeg),
    Pdf,
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
        Self {
            wanted,
            hasher: Sha256::new(),
            size: 0,
            head: Vec::new(),
            tail: Tail::default(),
            signatures: Signatures::of(wanted),
            structure: match wanted {
                MediaType::Png => Structure::Png(Png::default()),
                MediaType::Jpeg => Structure::Jpeg(Jpeg::default()),
                MediaType::Pdf => Structure::Pdf,
            },
            broken: None,
            sniffed: false,
        }
    }

    /// Looks at the next piece; what is wrong with it is told as soon as it is seen, and then nothing more is asked.
    pub fn push(&mut self, piece: &[u8]) -> Result<(), Unfit> {
        self.size += piece.len() as u64;
        if self.size > MAX_CONTENT {
            return Err(Unfit::TooLarge);
        }
        self.hasher.update(piece);
        let before = self.head.len();
        self.head.extend(piece.iter().take(HEAD.saturating_sub(before)));
        self.tail.push(piece);
        if !self.sniffed && self.head.len() < SIGNATURE {
            return Ok(());
        }
        if self.sniffed {
            return self.look(piece);
        }
        self.sniff()?;
        let held: Vec<u8> = self.head.iter().take(before).copied().collect();
        self.look(&held)?;
        self.look(piece)
    }

    /// Ends the look.
    pub fn finish(mut self) -> Result<Inspected, Unfit> {
        if self.size == 0 {
            return Err(Unfit::Empty);
        }
        if !self.sniffed {
            self.sniff()?;
            let all = std::mem::take(&mut self.head);
            self.look(&all)?;
            self.head = all;
        }
        self.signatures.finish()?;
        if let Some(unfit) = self.broken {
            return Err(unfit);
        }
        match &self.structure {
            Structure::Png(png) => png.finish()?,
            Structure::Jpeg(jpeg) => jpeg.finish()?,
            Structure::Pdf => pdf::finish(self.tail.bytes())?,
        }
        if archive::is_at_the_end(self.tail.bytes(), self.size) {
            return Err(Unfit::Archive);
        }
        Ok(Inspected { media_type: self.wanted, size: self.size, sha256: self.hasher.finalize().into() })
    }

    /// What it is by its first bytes. Nothing may stand before them: a file that is two things begins as one of them.
    fn sniff(&mut self) -> Result<(), Unfit> {
        self.sniffed = true;
        let found = match FileFormat::from_bytes(&self.head) {
            FileFormat::JointPhotographicExpertsGroup => MediaType::Jpeg,
            FileFormat::PortableNetworkGraphics | FileFormat::AnimatedPortableNetworkGraphics => {
                MediaType::Png
            }
            FileFormat::PortableDocumentFormat => MediaType::Pdf,
            _ => return Err(Unfit::Unknown),
        };
        if found == self.wanted { Ok(()) } else { Err(Unfit::Mismatch) }
    }

    fn look(&mut self, piece: &[u8]) -> Result<(), Unfit> {
        self.signatures.push(piece)?;
        if self.broken.is_none() {
            let followed = match &mut self.structure {
                Structure::Png(png) => png.push(piece),
                Structure::Jpeg(jpeg) => jpeg.push(piece),
                Structure::Pdf => Ok(()),
            };
            self.broken = followed.err();
        }
        Ok(())
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
        assert_eq!(verdicts, Unfit::ALL.map(Unfit::code).into());
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
