//! The bytes of streams: where they end, and what is scanned in them.

use super::characters::is_blank;
use super::dictionary::Dictionary;
use super::encryption::RawStream;
use super::findings::Findings;
use super::hidden::Hidden;
use super::names::Filter;
use super::object_stream::ObjectStream;
use crate::inflation::{Budget, Inflation, MAX_UNPACKED, Progress};
use crate::rejection::ContentRejection;
use crate::signatures::{Region, Signatures};

/// The keywords that end a stream; the second if a writer omitted the first.
const ENDS: [&[u8]; 2] = [b"endstream", b"endobj"];

/// The bytes of a stream.
pub(super) struct Stream {
    hidden: Hidden,
    /// Whether the first byte has come; blanks stand before it.
    has_begun: bool,
    is_packed: bool,
    object: Option<i64>,
    content: Content,
    /// What could be the end.
    held: Vec<u8>,
    /// What is kept of it, where it matters what it is when it is decrypted.
    pub(super) raw: Option<RawStream>,
}

/// What is scanned in a stream.
enum Content {
    Objects(Box<ObjectStream>),
    Xml(Box<Xml>),
    References(References),
    Other,
}

/// A cross-reference stream; `None` if it is too long.
struct References(Option<Vec<u8>>);

/// How much of it is kept.
const MAX_REFERENCES: usize = 1024 * 1024;

/// An attached text.
struct Xml {
    begins: Vec<u8>,
    signatures: Signatures,
    /// What was found in it.
    refused: Option<ContentRejection>,
}

/// Decompresses the streams of a file one after the other.
pub(super) struct Unpacking {
    inflation: Inflation,
    budget: Budget,
}

impl Default for Unpacking {
    fn default() -> Self {
        Self { inflation: Inflation::new(), budget: Budget::new(MAX_UNPACKED, "streams") }
    }
}

impl Unpacking {
    /// Begins with the stream of this dictionary and this object.
    pub(super) fn begin(
        &mut self,
        dictionary: &Dictionary,
        object: Option<i64>,
    ) -> Result<Stream, ContentRejection> {
        let expanding = dictionary.filters.iter().filter(|filter| **filter != Filter::Other).count();
        if expanding > 1 {
            return Err(ContentRejection::Expansion("filters"));
        }
        let packed = dictionary.filters.first() == Some(&Filter::Flate);
        let (content, is_packed) = match ObjectStream::of(dictionary)? {
            Some((stream, is_packed)) => (Content::Objects(Box::new(stream)), is_packed),
            None if dictionary.is_xml && (packed || dictionary.filters.is_empty()) => {
                let signatures = Signatures::of(Region::Metadata);
                let xml = Xml { begins: Vec::new(), signatures, refused: None };
                (Content::Xml(Box::new(xml)), packed)
            }
            None if dictionary.is_cross_references => {
                (Content::References(References(Some(Vec::new()))), packed)
            }
            None => (Content::Other, packed),
        };
        self.inflation.reset();
        let mut hidden = Hidden::default();
        hidden.restart(true);
        Ok(Stream { hidden, has_begun: false, is_packed, object, content, held: Vec::new(), raw: None })
    }

    /// Whether all of this stream could be decompressed.
    pub(super) fn is_whole(&self, stream: &Stream) -> bool {
        !stream.is_packed || self.inflation.progress() == Progress::Finished
    }
}

impl Stream {
    /// Whether the result depends on what is in it.
    pub(super) fn is_judged(&self) -> bool {
        matches!(self.content, Content::Objects(_) | Content::Xml(_))
    }

    /// Whether anything of it is scanned.
    pub(super) fn is_read(&self) -> bool {
        self.is_packed || self.is_judged() || self.is_references()
    }

    /// Scans the next bytes until the end; how many there were, and the length of the end.
    pub(super) fn pass(
        &mut self,
        piece: &[u8],
        unpacking: &mut Unpacking,
        findings: &mut Findings,
    ) -> Result<(usize, Option<usize>), ContentRejection> {
        let mut from = 0;
        for (at, byte) in piece.iter().enumerate() {
            if !self.has_begun {
                if is_blank(*byte) {
                    from = at + 1;
                    continue;
                }
                self.has_begun = true;
            }
            self.hidden.push(*byte)?;
            if self.held.is_empty() && *byte != b'e' {
                continue;
            }
            let rest = piece.get(at..).unwrap_or_default();
            if self.held.is_empty() && rest.len() >= ENDS[0].len() {
                let Some(end) = ENDS.iter().find(|end| rest.starts_with(end)) else { continue };
                self.content(piece.get(from..at).unwrap_or_default(), unpacking, findings)?;
                return Ok((at + end.len(), Some(end.len())));
            }
            if self.held.is_empty() {
                self.content(piece.get(from..at).unwrap_or_default(), unpacking, findings)?;
            }
            self.held.push(*byte);
            from = at + 1;
            if ENDS.contains(&self.held.as_slice()) {
                return Ok((from, Some(self.held.len())));
            }
            if !ENDS.iter().any(|end| end.starts_with(&self.held)) {
                // It was no end; its last byte may begin one.
                let keep = usize::from(*byte == b'e');
                let held = std::mem::take(&mut self.held);
                self.content(held.get(..held.len() - keep).unwrap_or_default(), unpacking, findings)?;
                self.held.extend(std::iter::repeat_n(b'e', keep));
            }
        }
        if self.held.is_empty() {
            self.content(piece.get(from..).unwrap_or_default(), unpacking, findings)?;
        }
        Ok((piece.len(), None))
    }

    /// Scans bytes of it.
    pub(super) fn content(
        &mut self,
        bytes: &[u8],
        unpacking: &mut Unpacking,
        findings: &mut Findings,
    ) -> Result<(), ContentRejection> {
        let content = &mut self.content;
        let mut sink = |unpacked: &[u8]| match content {
            Content::Objects(objects) => objects.push(unpacked, findings),
            Content::Xml(xml) => {
                xml.push(unpacked);
                Ok(())
            }
            Content::References(references) => {
                references.push(unpacked);
                Ok(())
            }
            Content::Other => Ok(()),
        };
        if self.is_packed {
            unpacking.inflation.push(bytes, &mut unpacking.budget, &mut sink)
        } else {
            sink(bytes)
        }
    }

    /// Whether it is a cross-reference stream.
    pub(super) fn is_references(&self) -> bool {
        matches!(self.content, Content::References(_))
    }

    /// What a cross-reference stream decompressed to; `None` if that was too much.
    pub(super) fn references(&self) -> Option<&[u8]> {
        if let Content::References(references) = &self.content { references.0.as_deref() } else { None }
    }

    pub(super) fn is_packed(&self) -> bool {
        self.is_packed
    }

    /// Ends it.
    pub(super) fn end(self, unpacking: &Unpacking, findings: &mut Findings) -> Result<(), ContentRejection> {
        let is_whole = unpacking.is_whole(&self);
        match self.content {
            Content::Objects(mut objects) => objects.finish(is_whole, findings)?,
            Content::Xml(xml) => match (xml.finish(is_whole), self.object) {
                (Ok(true), Some(object)) => findings.xml.insert(object)?,
                (Ok(_), _) => {}
                // What is encrypted may look like anything, so it counts when it is known whether it is.
                (Err(rejection), _) => findings.refused_xml = findings.refused_xml.or(Some(rejection)),
            },
            Content::References(_) | Content::Other => {}
        }
        Ok(())
    }
}

impl References {
    fn push(&mut self, bytes: &[u8]) {
        let kept = self.0.as_mut().filter(|kept| kept.len() + bytes.len() <= MAX_REFERENCES);
        match kept {
            Some(kept) => kept.extend_from_slice(bytes),
            None => self.0 = None,
        }
    }
}

impl Xml {
    fn push(&mut self, bytes: &[u8]) {
        self.begins.extend(bytes.iter().take(8_usize.saturating_sub(self.begins.len())));
        self.refused = self.refused.or_else(|| self.signatures.push(bytes).err());
    }

    /// Whether it was XML.
    fn finish(mut self, is_whole: bool) -> Result<bool, ContentRejection> {
        self.refused.or_else(|| self.signatures.finish().err()).map_or(Ok(()), Err)?;
        if !is_whole {
            return Ok(false);
        }
        let text = self.begins.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.begins);
        Ok(text.trim_ascii_start().starts_with(b"<"))
    }
}
