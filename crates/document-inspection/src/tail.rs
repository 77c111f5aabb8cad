/// The end of a file so far.
#[derive(Default)]
pub(super) struct Tail(Vec<u8>);

impl Tail {
    /// How much is kept at least: the longest end of a ZIP archive, which is 22 bytes and a comment of 65,535
    /// (APPNOTE.TXT 4.3.16).
    const KEPT: usize = 66 * 1024;

    pub(super) fn push(&mut self, piece: &[u8]) {
        let piece = piece.get(piece.len().saturating_sub(Self::KEPT)..).unwrap_or(piece);
        // Moved to the front seldom, so that small pieces do not move everything each time.
        if self.0.len() + piece.len() > 2 * Self::KEPT {
            self.0.drain(..self.0.len().saturating_sub(Self::KEPT));
        }
        self.0.extend_from_slice(piece);
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.0.get(self.0.len().saturating_sub(Self::KEPT)..).unwrap_or(&self.0)
    }
}
