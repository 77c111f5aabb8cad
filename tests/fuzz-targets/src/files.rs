use std::time::{Duration, Instant};

use client_app::inspection::{Inspected, Inspection, Unfit};
use client_domain::kyc::FileExtension;
use sha2::{Digest as _, Sha256};

/// What one look may take: a file may unpack to a thousand times its length, and a machine may be busy.
const LONGEST: Duration = Duration::from_secs(2);
const FOR_EACH_BYTE: Duration = Duration::from_micros(100);
/// Up to so many bytes, a file is looked at one by one.
const ONE_BY_ONE: usize = 4096;

/// A PDF gets one verdict however it is cut, in time that its length bounds.
pub fn pdf(data: &[u8]) {
    file(FileExtension::Pdf, b"%PDF-", data);
}

/// A JPEG gets one verdict however it is cut, in time that its length bounds.
pub fn jpeg(data: &[u8]) {
    file(FileExtension::Jpg, b"\xff\xd8\xff", data);
}

/// A PNG gets one verdict however it is cut, in time that its length bounds.
pub fn png(data: &[u8]) {
    file(FileExtension::Png, b"\x89PNG\r\n\x1a\n", data);
}

fn file(extension: FileExtension, begins: &[u8], data: &[u8]) {
    let whole = look(extension, data, &[usize::MAX]);
    for cuts in cuts(data) {
        assert_eq!(look(extension, data, &cuts), whole, "in pieces of {cuts:?}");
    }
    match whole {
        Ok(inspected) => {
            assert_eq!(inspected.media_type, extension.media_type());
            assert_eq!(inspected.size, data.len() as u64);
            assert_eq!(inspected.sha256, <[u8; 32]>::from(Sha256::digest(data)));
            let head = data.get(..1024).unwrap_or(data);
            assert!(head.windows(begins.len()).any(|bytes| bytes == begins), "it does not say what it is");
        }
        Err(unfit) => assert!(Unfit::CODES.contains(&unfit.code())),
    }
}

/// Bytes one by one where there are few, and two ways that follow from what is in the file.
fn cuts(data: &[u8]) -> [Vec<usize>; 3] {
    let digest = Sha256::digest(data);
    let sizes = |from: usize, most: usize| {
        digest[from..].iter().take(5).map(|byte| 1 + usize::from(*byte) * most / 256).collect()
    };
    let small = if data.len() <= ONE_BY_ONE { vec![1] } else { sizes(16, 600) };
    [small, sizes(0, 80), sizes(8, 20_000)]
}

fn look(extension: FileExtension, data: &[u8], cuts: &[usize]) -> Result<Inspected, Unfit> {
    let begun = Instant::now();
    let verdict = (|| {
        let mut inspection = Inspection::new(extension);
        let mut rest = data;
        for cut in cuts.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (piece, after) = rest.split_at((*cut).min(rest.len()));
            inspection.push(piece)?;
            rest = after;
        }
        inspection.finish()
    })();
    let bound = LONGEST + FOR_EACH_BYTE * u32::try_from(data.len()).unwrap_or(u32::MAX);
    assert!(begun.elapsed() < bound, "{:?} for {} bytes", begun.elapsed(), data.len());
    verdict
}
