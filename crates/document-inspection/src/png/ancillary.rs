//! What stands beside the pixels of a PNG: texts and profiles, some of them compressed.

use crate::inflation::{Budget, Inflation};
use crate::rejection::ContentRejection;
use crate::signatures::{Region, Signatures};

/// The number of bytes that all compressed texts and profiles of a picture may decompress to: 16 MiB, four times the
/// largest colour profile that printers use.
const MAX_TEXT: u64 = 16 * 1024 * 1024;

/// Where a chunk is compressed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Packing {
    /// It is not.
    Plain,
    /// After this many zero bytes and this many other bytes, in which a flag may say that it is not compressed after
    /// all.
    Behind { zeros: u8, others: u8, is_flagged: bool },
    /// From here on.
    Packed,
}

/// The chunk that is being read.
pub(super) struct Ancillary {
    packing: Packing,
    plain: Signatures,
    unpacked: Signatures,
    inflation: Option<Inflation>,
    budget: Budget,
}

impl Default for Ancillary {
    fn default() -> Self {
        Self {
            packing: Packing::Plain,
            plain: Signatures::of(Region::Metadata),
            unpacked: Signatures::of(Region::Metadata),
            inflation: None,
            budget: Budget::new(MAX_TEXT, "metadata"),
        }
    }
}

impl Ancillary {
    pub(super) fn begin(&mut self, name: [u8; 4]) {
        let region = if &name == b"iCCP" { Region::Profile } else { Region::Metadata };
        (self.plain, self.unpacked) = (Signatures::of(region), Signatures::of(region));
        self.packing = match &name {
            // A keyword, a zero, the method.
            b"zTXt" | b"iCCP" => Packing::Behind { zeros: 1, others: 1, is_flagged: false },
            // A keyword, a zero, a flag, the method, a language, a zero, a translated keyword, a zero.
            b"iTXt" => Packing::Behind { zeros: 1, others: 2, is_flagged: true },
            _ => Packing::Plain,
        };
        if let Some(inflation) = &mut self.inflation {
            inflation.reset();
        }
    }

    pub(super) fn push(&mut self, content: &[u8]) -> Result<(), ContentRejection> {
        self.plain.push(content)?;
        for (at, byte) in content.iter().enumerate() {
            match self.packing {
                Packing::Plain => return Ok(()),
                Packing::Packed => return self.unpack(content.get(at..).unwrap_or_default()),
                Packing::Behind { .. } => self.step(*byte),
            }
        }
        Ok(())
    }

    fn step(&mut self, byte: u8) {
        let Packing::Behind { zeros, others, is_flagged } = self.packing else { return };
        self.packing = match (zeros, others) {
            (0, 2) if is_flagged && byte == 0 => Packing::Plain,
            (0, 2) => Packing::Behind { zeros, others: 1, is_flagged },
            (0, 1) if is_flagged => Packing::Behind { zeros: 2, others: 0, is_flagged: false },
            (0, _) | (1, 0) if others == 1 || byte == 0 => Packing::Packed,
            (_, _) if byte == 0 => Packing::Behind { zeros: zeros - 1, others, is_flagged },
            _ => return,
        };
    }

    fn unpack(&mut self, packed: &[u8]) -> Result<(), ContentRejection> {
        let (inflation, signatures) = (self.inflation.get_or_insert_with(Inflation::new), &mut self.unpacked);
        inflation.push(packed, &mut self.budget, &mut |unpacked| signatures.push(unpacked))
    }

    pub(super) fn finish(&mut self) -> Result<(), ContentRejection> {
        self.plain.finish()?;
        self.unpacked.finish()
    }
}
