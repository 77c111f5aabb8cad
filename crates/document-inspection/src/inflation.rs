//! Decompression with limits: nothing is held but one block, and a file has one budget for all that is compressed
//! in it.

use flate2::{Crc, Decompress, FlushDecompress, Status};

use crate::rejection::ContentRejection;

/// How much is decompressed at a time.
const BLOCK: usize = 16 * 1024;

/// The number of bytes that everything compressed in one file may decompress to: the pixels of a large photograph,
/// 256 MiB.
pub(super) const MAX_UNPACKED: u64 = 256 * 1024 * 1024;

/// How far the data of one zlib stream (RFC 1950) has been decompressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// More is to come.
    Unfinished,
    /// The end was reached and its checksum is right.
    Finished,
    /// The data is no such stream.
    Damaged,
}

/// Decompresses one zlib stream after the other.
pub(super) struct Inflation {
    stream: Decompress,
    block: Vec<u8>,
    progress: Progress,
}

impl Inflation {
    pub(super) fn new() -> Self {
        Self { stream: Decompress::new(true), block: Vec::new(), progress: Progress::Unfinished }
    }

    /// Begins with another stream.
    pub(super) fn reset(&mut self) {
        self.stream.reset(true);
        self.progress = Progress::Unfinished;
    }

    pub(super) const fn progress(&self) -> Progress {
        self.progress
    }

    /// Decompresses the next piece and passes the result on. Bytes after the end of the stream are ignored.
    pub(super) fn push(
        &mut self,
        mut piece: &[u8],
        budget: &mut Budget,
        sink: &mut dyn FnMut(&[u8]) -> Result<(), ContentRejection>,
    ) -> Result<(), ContentRejection> {
        self.block.resize(BLOCK, 0);
        while self.progress == Progress::Unfinished {
            let (read, written) = (self.stream.total_in(), self.stream.total_out());
            let status = self.stream.decompress(piece, &mut self.block, FlushDecompress::None);
            let read = usize::try_from(self.stream.total_in() - read).unwrap_or(usize::MAX);
            let written = usize::try_from(self.stream.total_out() - written).unwrap_or(usize::MAX);
            piece = piece.get(read..).unwrap_or_default();
            budget.spend(written as u64)?;
            sink(self.block.get(..written).unwrap_or_default())?;
            match status {
                Ok(Status::StreamEnd) => self.progress = Progress::Finished,
                Ok(_) if written == 0 && piece.is_empty() => break,
                Ok(_) if written == 0 && read == 0 => self.progress = Progress::Damaged,
                Ok(_) => {}
                Err(_) => self.progress = Progress::Damaged,
            }
        }
        Ok(())
    }
}

/// How many more bytes a file may decompress to.
pub(super) struct Budget {
    left: u64,
    name: &'static str,
}

impl Budget {
    pub(super) const fn new(left: u64, name: &'static str) -> Self {
        Self { left, name }
    }

    pub(super) fn spend(&mut self, bytes: u64) -> Result<(), ContentRejection> {
        self.left = self.left.checked_sub(bytes).ok_or(ContentRejection::Expansion(self.name))?;
        Ok(())
    }
}

/// The checksum of PNG and ZIP (CRC-32), piece by piece.
#[derive(Default)]
pub(super) struct Checksum(Crc);

impl Checksum {
    pub(super) fn push(&mut self, piece: &[u8]) {
        self.0.update(piece);
    }

    /// The checksum so far; starts again.
    pub(super) fn take(&mut self) -> u32 {
        let sum = self.0.sum();
        self.0.reset();
        sum
    }
}
