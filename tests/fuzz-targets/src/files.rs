use std::time::Duration;

use document_inspection::samples::inspect_in_pieces;
use document_inspection::{ContentRejection, Detection, MediaType};
use rustix::time::{ClockId, clock_gettime};
use sha2::{Digest as _, Sha256};

/// How much processor time one inspection may take: a file may unpack to a thousand times its length.
const MAX_TIME: Duration = Duration::from_secs(2);
const MAX_TIME_PER_BYTE: Duration = Duration::from_micros(100);
/// Up to this many bytes, a file is also inspected byte by byte.
const MAX_BYTE_BY_BYTE: usize = 4096;

/// A PDF gets one verdict however it is cut, in time that its length bounds.
pub fn pdf(data: &[u8]) {
    file(MediaType::Pdf, b"%PDF-", data);
}

/// A JPEG gets one verdict however it is cut, in time that its length bounds.
pub fn jpeg(data: &[u8]) {
    file(MediaType::Jpeg, b"\xff\xd8\xff", data);
}

/// A PNG gets one verdict however it is cut, in time that its length bounds.
pub fn png(data: &[u8]) {
    file(MediaType::Png, b"\x89PNG\r\n\x1a\n", data);
}

fn file(media_type: MediaType, begins: &[u8], data: &[u8]) {
    let whole = inspect(media_type, data, &[usize::MAX]);
    for cuts in cuts(data) {
        assert_eq!(inspect(media_type, data, &cuts), whole, "in pieces of {cuts:?}");
    }
    match whole {
        Ok(detection) => {
            assert_eq!(detection.media_type, media_type);
            assert_eq!(detection.size, data.len() as u64);
            assert_eq!(detection.sha256, <[u8; 32]>::from(Sha256::digest(data)));
            let head = data.get(..1024).unwrap_or(data);
            assert!(head.windows(begins.len()).any(|bytes| bytes == begins), "it does not say what it is");
        }
        Err(rejection) => assert!(ContentRejection::CODES.contains(&rejection.code())),
    }
}

/// Bytes one by one where there are few, and two ways that follow from what is in the file.
fn cuts(data: &[u8]) -> [Vec<usize>; 3] {
    let digest = Sha256::digest(data);
    let sizes = |from: usize, most: usize| {
        digest[from..].iter().take(5).map(|byte| 1 + usize::from(*byte) * most / 256).collect()
    };
    let small = if data.len() <= MAX_BYTE_BY_BYTE { vec![1] } else { sizes(16, 600) };
    [small, sizes(0, 80), sizes(8, 20_000)]
}

fn inspect(media_type: MediaType, data: &[u8], cuts: &[usize]) -> Result<Detection, ContentRejection> {
    let begun = processor_time();
    let verdict = inspect_in_pieces(media_type, data, cuts);
    let took = processor_time().saturating_sub(begun);
    let bound = MAX_TIME + MAX_TIME_PER_BYTE * u32::try_from(data.len()).unwrap_or(u32::MAX);
    assert!(took < bound, "{took:?} for {} bytes", data.len());
    verdict
}

/// What this thread has used so far. Unlike the time of day it does not depend on how busy the machine is.
fn processor_time() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().unwrap_or_default()
}
