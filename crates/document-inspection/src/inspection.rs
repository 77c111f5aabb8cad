use sha2::{Digest as _, Sha256};

use crate::archive;
use crate::detect::detect;
use crate::jpeg::Jpeg;
use crate::limits::MAX_BYTES;
use crate::media_type::MediaType;
use crate::pdf::Pdf;
use crate::png::Png;
use crate::rejection::ContentRejection;
use crate::signatures::{Region, Signatures};
use crate::tail::Tail;

/// How many bytes are scanned in one step. The first block also decides the type.
const BLOCK: usize = 16 * 1024;

/// The inspection of one file, whose bytes arrive in pieces of any size.
///
/// The result does not depend on how the file is split into pieces.
///
/// ```
/// use document_inspection::{ContentRejection, Inspection, MediaType};
///
/// let mut inspection = Inspection::new();
/// inspection.push(b"%PDF-1.7\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n")?;
/// inspection.push(b"2 0 obj << /Type /Pages /Count 1 /Kids [3 0 R] >> endobj\n")?;
/// inspection.push(b"3 0 obj << /Type /Page /Parent 2 0 R >> endobj\ntrailer << /Root 1 0 R >>\n")?;
/// inspection.push(b"startxref\n0\n%%EOF\n")?;
/// let detection = inspection.finish()?;
/// assert_eq!((detection.media_type, detection.size), (MediaType::Pdf, 206));
///
/// let mut inspection = Inspection::expecting(MediaType::Png);
/// inspection.push(b"#!/bin/sh\n")?;
/// assert_eq!(inspection.finish(), Err(ContentRejection::UnknownType(None)));
/// # Ok::<(), ContentRejection>(())
/// ```
pub struct Inspection {
    expected: Option<MediaType>,
    hasher: Sha256,
    size: u64,
    block: Vec<u8>,
    tail: Tail,
    /// The structure that is followed; none before the first block is scanned.
    followed: Option<Followed>,
    /// The fault of the structure. It is returned at the end, because other findings say more.
    broken: Option<ContentRejection>,
}

/// A file whose type is known.
struct Followed {
    media_type: MediaType,
    signatures: Signatures,
    structure: Structure,
}

/// The structure of a file, followed from its first byte to its last.
enum Structure {
    Png(Box<Png>),
    Jpeg(Box<Jpeg>),
    Pdf(Box<Pdf>),
}

/// What is known of an accepted file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detection {
    /// Its type by its bytes.
    pub media_type: MediaType,
    /// Its size in bytes.
    pub size: u64,
    /// The SHA-256 of its bytes.
    pub sha256: [u8; 32],
}

/// Inspects a file that is in memory.
///
/// # Errors
///
/// The reason for which the file is refused.
///
/// ```
/// use document_inspection::{ContentRejection, inspect};
///
/// assert_eq!(inspect(b"GIF89a"), Err(ContentRejection::UnknownType(Some("a GIF picture"))));
/// ```
pub fn inspect(bytes: &[u8]) -> Result<Detection, ContentRejection> {
    let mut inspection = Inspection::new();
    inspection.push(bytes)?;
    inspection.finish()
}

impl Inspection {
    /// Begins the inspection of a file that may have any accepted type.
    pub fn new() -> Self {
        Self {
            expected: None,
            hasher: Sha256::new(),
            size: 0,
            block: Vec::new(),
            tail: Tail::default(),
            followed: None,
            broken: None,
        }
    }

    /// Begins the inspection of a file that must have this type; another accepted type is a
    /// [`ContentRejection::TypeMismatch`].
    pub fn expecting(media_type: MediaType) -> Self {
        Self { expected: Some(media_type), ..Self::new() }
    }

    /// Scans the next piece.
    ///
    /// # Errors
    ///
    /// The reason for which the file is refused, as soon as it is known. Push nothing more after an error.
    pub fn push(&mut self, mut piece: &[u8]) -> Result<(), ContentRejection> {
        while !piece.is_empty() {
            let room = u64::try_from(BLOCK - self.block.len()).unwrap_or(0).min(MAX_BYTES - self.size);
            let (now, after) = piece.split_at(usize::try_from(room).unwrap_or(0).min(piece.len()));
            self.size += now.len() as u64;
            self.block.extend_from_slice(now);
            piece = after;
            if self.block.len() == BLOCK {
                self.scan()?;
            }
            if self.size == MAX_BYTES && !piece.is_empty() {
                self.scan()?;
                return Err(ContentRejection::TooLarge);
            }
        }
        Ok(())
    }

    /// Ends the inspection: the pieces so far are the whole file.
    ///
    /// # Errors
    ///
    /// The reason for which the file is refused.
    pub fn finish(mut self) -> Result<Detection, ContentRejection> {
        if self.size == 0 {
            return Err(ContentRejection::Empty);
        }
        self.scan()?;
        let Some(followed) = &mut self.followed else { return Err(ContentRejection::UnknownType(None)) };
        followed.signatures.finish()?;
        if let Some(rejection) = self.broken {
            return Err(rejection);
        }
        followed.structure.finish()?;
        if archive::is_at_the_end(self.tail.bytes(), self.size) {
            return Err(ContentRejection::Archive);
        }
        Ok(Detection {
            media_type: followed.media_type,
            size: self.size,
            sha256: self.hasher.finalize().into(),
        })
    }

    /// Scans the gathered block.
    fn scan(&mut self) -> Result<(), ContentRejection> {
        let block = std::mem::take(&mut self.block);
        if block.is_empty() {
            return Ok(());
        }
        self.hasher.update(&block);
        self.tail.push(&block);
        let followed = match &mut self.followed {
            Some(followed) => followed,
            None => self.followed.insert(Followed::begin(&block, self.expected)?),
        };
        followed.signatures.push(&block)?;
        if self.broken.is_none() {
            match followed.structure.push(&block) {
                Err(rejection @ (ContentRejection::Truncated | ContentRejection::TrailingData)) => {
                    self.broken = Some(rejection);
                }
                other => other?,
            }
        }
        self.block = block;
        self.block.clear();
        Ok(())
    }
}

impl Default for Inspection {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Inspection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inspection").field("size", &self.size).finish_non_exhaustive()
    }
}

impl Followed {
    fn begin(head: &[u8], expected: Option<MediaType>) -> Result<Self, ContentRejection> {
        let media_type = detect(head)?;
        if expected.is_some_and(|expected| expected != media_type) {
            return Err(ContentRejection::TypeMismatch);
        }
        let (structure, region) = match media_type {
            MediaType::Jpeg => (Structure::Jpeg(Box::default()), Region::Picture),
            MediaType::Png => (Structure::Png(Box::default()), Region::Picture),
            MediaType::Pdf => (Structure::Pdf(Box::default()), Region::Document),
        };
        Ok(Self { media_type, signatures: Signatures::of(region), structure })
    }
}

impl Structure {
    fn push(&mut self, block: &[u8]) -> Result<(), ContentRejection> {
        match self {
            Self::Png(png) => png.push(block),
            Self::Jpeg(jpeg) => jpeg.push(block),
            Self::Pdf(pdf) => pdf.push(block),
        }
    }

    fn finish(&mut self) -> Result<(), ContentRejection> {
        match self {
            Self::Png(png) => png.finish(),
            Self::Jpeg(jpeg) => jpeg.finish(),
            Self::Pdf(pdf) => pdf.finish(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::samples::{Sample, accepted, inspect_in_pieces, rejected};

    fn verdict(sample: &Sample, sizes: &[usize]) -> Result<Detection, ContentRejection> {
        inspect_in_pieces(sample.media_type(), &sample.bytes, sizes)
    }

    #[test]
    fn samples_get_their_verdict() {
        for sample in accepted() {
            let detection = verdict(&sample, &[usize::MAX]);
            let detection = detection.unwrap_or_else(|rejection| panic!("{}: {rejection:?}", sample.name));
            assert_eq!(detection.size, sample.bytes.len() as u64);
            assert_eq!(detection.sha256, <[u8; 32]>::from(Sha256::digest(&sample.bytes)));
        }
        let refused = rejected();
        assert!(refused.len() >= 60, "{}", refused.len());
        for sample in refused {
            let verdict = verdict(&sample, &[usize::MAX]).map_err(ContentRejection::code);
            assert_eq!(verdict, Err(sample.rejection.unwrap()), "{}", sample.name);
        }
    }

    #[test]
    fn every_rejection_has_a_sample() {
        let verdicts: std::collections::BTreeSet<_> =
            rejected().iter().map(|sample| sample.rejection.unwrap()).collect();
        assert_eq!(verdicts, ContentRejection::CODES.into());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn verdict_does_not_depend_on_the_sizes_of_pieces(
            which in any::<prop::sample::Index>(),
            sizes in prop::collection::vec(1..90_usize, 1..6),
        ) {
            let all: Vec<_> = accepted().into_iter().chain(rejected()).collect();
            let sample = which.get(&all);
            prop_assume!(sample.bytes.len() < 300_000);
            let whole = verdict(sample, &[usize::MAX]);
            prop_assert_eq!(verdict(sample, &sizes), whole, "{}", sample.name);
        }

        #[test]
        fn no_bytes_cause_a_panic(
            head in prop::sample::select(vec![&b"%PDF-1.4"[..], b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0"]),
            bytes in prop::collection::vec(any::<u8>(), 0..400),
            expected in prop::sample::select(&MediaType::ALL[..]),
        ) {
            let mut inspection = Inspection::expecting(expected);
            let _ = inspection.push(head).and_then(|()| inspection.push(&bytes)).and_then(|()| inspection.finish());
        }
    }
}
