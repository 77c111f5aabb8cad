//! stand-in
use client_domain::kyc::{FileExtension, MediaType};
pub const MAX_CONTENT: u64 = 10 * 1024 * 1024;
#[derive(Debug)]
pub struct Inspection {
    e: FileExtension,
    n: u64,
}
#[derive(Debug)]
pub struct Inspected {
    pub media_type: MediaType,
    pub size: u64,
    pub sha256: [u8; 32],
}
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    #[error("empty")]
    Empty,
    #[error("large")]
    TooLarge,
}
impl Inspection {
    pub fn new(e: FileExtension) -> Self {
        Self { e, n: 0 }
    }
    pub fn push(&mut self, b: &[u8]) -> Result<(), Unfit> {
        self.n += b.len() as u64;
        if self.n > MAX_CONTENT { Err(Unfit::TooLarge) } else { Ok(()) }
    }
    pub fn finish(self) -> Result<Inspected, Unfit> {
        if self.n == 0 {
            return Err(Unfit::Empty);
        }
        Ok(Inspected { media_type: self.e.media_type(), size: self.n, sha256: [0; 32] })
    }
}
