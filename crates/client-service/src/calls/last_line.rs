//! The last line of a file that arrives in pieces.

/// As much of a line is kept.
const KEPT: usize = 32;

/// How the line begins that was last, and whether it has ended.
#[derive(Debug, Default)]
pub(super) struct LastLine {
    beginning: Vec<u8>,
    has_ended: bool,
}

impl LastLine {
    /// Reads on.
    pub(super) fn add(&mut self, piece: &[u8]) {
        for part in piece.split_inclusive(|byte| *byte == b'\n') {
            if self.has_ended {
                self.beginning.clear();
            }
            let room = KEPT.saturating_sub(self.beginning.len());
            self.beginning.extend(part.iter().take(room));
            self.has_ended = part.ends_with(b"\n");
        }
    }

    /// Whether the file ends with a whole line that begins so.
    pub(super) fn is(&self, beginning: &str) -> bool {
        self.has_ended && self.beginning.starts_with(beginning.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn end_is_found_wherever_the_pieces_are_cut() {
        let text = b"{\"a\":\"_end, and a line that is longer than what is kept\"}\n{\"_end\":{}}\n";
        for size in 1..text.len() {
            let mut last = LastLine::default();
            for piece in text.chunks(size) {
                assert!(!last.is("{\"_end\":"));
                last.add(piece);
            }
            assert!(last.is("{\"_end\":"), "{size}");
            last.add(b"{");
            assert!(!last.is("{\"_end\":"));
        }
    }
}
