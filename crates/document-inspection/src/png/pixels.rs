//! The pixels of a PNG: decompressed and counted, not kept. Each row begins with the number of its
//! filter.

use crate::inflation::{Budget, Inflation, MAX_UNPACKED, Progress};
use crate::pixel_count;
use crate::rejection::ContentRejection;

/// Where a pass of Adam7 begins and how far its pixels lie apart (8.2): x, y, dx, dy.
const PASSES: [(u32, u32, u32, u32); 7] =
    [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

/// How far the pixels have come.
pub(super) struct Pixels {
    inflation: Inflation,
    budget: Budget,
    rows: Rows,
    needs_palette: bool,
}

/// The rows that are to come, from the last to the first: the number of rows and their length in
/// bytes.
struct Rows {
    runs: Vec<(u32, u64)>,
    /// How many bytes of the row are to come.
    left: u64,
    is_plausible: bool,
}

impl Pixels {
    /// What the header says is to come.
    pub(super) fn of(header: &[u8]) -> Result<Self, ContentRejection> {
        let number = |at: usize| {
            header.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_be_bytes)
        };
        let byte = |at: usize| header.get(at).copied().unwrap_or(u8::MAX);
        let (width, height) = (number(0), number(4));
        pixel_count::check(width, height)?;
        let channels = match (byte(9), byte(8)) {
            (0, 1 | 2 | 4 | 8 | 16) | (3, 1 | 2 | 4 | 8) => 1,
            (2, 8 | 16) => 3,
            (4, 8 | 16) => 2,
            (6, 8 | 16) => 4,
            _ => return Err(ContentRejection::Truncated),
        };
        let row = |width: u32| (u64::from(width) * channels * u64::from(byte(8))).div_ceil(8) + 1;
        let mut runs = match byte(12) {
            0 => vec![(height, row(width))],
            1 => PASSES
                .iter()
                .map(|(x, y, dx, dy)| {
                    (width.saturating_sub(*x).div_ceil(*dx), height.saturating_sub(*y).div_ceil(*dy))
                })
                .filter(|(columns, rows)| *columns > 0 && *rows > 0)
                .map(|(columns, rows)| (rows, row(columns)))
                .collect(),
            _ => return Err(ContentRejection::Truncated),
        };
        if byte(10) != 0 || byte(11) != 0 {
            return Err(ContentRejection::Truncated);
        }
        let all: u64 = runs.iter().map(|(rows, bytes)| u64::from(*rows) * bytes).sum();
        if all > MAX_UNPACKED {
            return Err(ContentRejection::TooManyPixels);
        }
        runs.reverse();
        Ok(Self {
            inflation: Inflation::new(),
            // A little more than is wanted is tolerated by viewers; a bomb is not a little.
            budget: Budget::new(all + 64 * 1024, "pixels"),
            rows: Rows { runs, left: 0, is_plausible: true },
            needs_palette: byte(9) == 3,
        })
    }

    pub(super) fn push(&mut self, content: &[u8]) -> Result<(), ContentRejection> {
        let rows = &mut self.rows;
        self.inflation.push(content, &mut self.budget, &mut |unpacked| {
            rows.push(unpacked);
            Ok(())
        })
    }

    pub(super) fn finish(&self, has_palette: bool) -> Result<(), ContentRejection> {
        let is_whole = self.inflation.progress() == Progress::Finished
            && self.rows.left == 0
            && self.rows.runs.is_empty()
            && self.rows.is_plausible;
        if is_whole && (has_palette || !self.needs_palette) {
            Ok(())
        } else {
            Err(ContentRejection::Truncated)
        }
    }
}

impl Rows {
    fn push(&mut self, mut bytes: &[u8]) {
        while let Some(filter) = bytes.first() {
            if self.left == 0 {
                let Some((rows, row)) = self.runs.last_mut() else { return };
                self.left = *row;
                *rows -= 1;
                self.is_plausible &= *filter <= 4;
                if *rows == 0 {
                    self.runs.pop();
                }
            }
            let here = usize::try_from(self.left).unwrap_or(usize::MAX).min(bytes.len());
            self.left -= here as u64;
            bytes = bytes.get(here..).unwrap_or_default();
        }
    }
}
