//! The end of a PDF: `startxref`, a number, `%%EOF`; and what may follow it.

use memchr::memmem;

use super::characters::is_blank;
use crate::rejection::ContentRejection;

/// Where the end must be: within the last 1,024 bytes, as readers take it (ISO 32000-1, annex H, note 18).
const END_WITHIN: usize = 1024;

/// The end so far, without the blanks and zeros that archives and fax gateways fill files up with.
#[derive(Default)]
pub(super) struct Ending {
    kept: Vec<u8>,
    /// Whether there is something between the kept bytes and the next.
    has_gap: bool,
}

impl Ending {
    pub(super) fn push(&mut self, piece: &[u8]) {
        let filled = piece.iter().rposition(|byte| !is_blank(*byte) && *byte != 0x1A).map_or(0, |at| at + 1);
        if filled == 0 {
            self.has_gap |= !piece.is_empty();
            return;
        }
        if self.has_gap {
            self.kept.push(b'\n');
        }
        let piece_end = piece.get(..filled).unwrap_or_default();
        self.kept.extend_from_slice(
            piece_end.get(piece_end.len().saturating_sub(END_WITHIN)..).unwrap_or(piece_end),
        );
        self.kept.drain(..self.kept.len().saturating_sub(END_WITHIN));
        self.has_gap = filled < piece.len();
    }

    pub(super) fn finish(&self) -> Result<(), ContentRejection> {
        if let Some(at) = memmem::rfind(&self.kept, b"%%EOF") {
            let behind = self.kept.get(at + 5..).unwrap_or_default();
            let is_text =
                behind.iter().all(|byte| is_blank(*byte) || *byte == 0x1A || (b' '..=b'~').contains(byte));
            return if is_text { Ok(()) } else { Err(ContentRejection::TrailingData) };
        }
        // The last line is missing, or cut; what it would say is there all the same.
        let Some(at) = memmem::rfind(&self.kept, b"startxref") else {
            return Err(ContentRejection::Truncated);
        };
        let mut place = self.kept.get(at + 9..).unwrap_or_default().trim_ascii();
        while let Some(before) =
            [&b"%%EO"[..], b"%%E", b"%%", b"%"].iter().find_map(|cut| place.strip_suffix(*cut))
        {
            place = before.trim_ascii();
        }
        if !place.is_empty() && place.iter().all(u8::is_ascii_digit) {
            Ok(())
        } else {
            Err(ContentRejection::Truncated)
        }
    }
}
