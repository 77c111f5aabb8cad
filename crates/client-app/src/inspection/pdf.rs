//! What is in a PDF (ISO 32000-1), read once from its beginning to its end: objects, also packed ones, and nothing of
//! what is drawn. Names count as names and texts as texts, so a page may speak of `/JavaScript`.

mod dictionary;
mod ending;
mod field_script;
mod findings;
mod hidden;
mod lexer;
mod names;
mod object_stream;
mod objects;
mod references;

use self::dictionary::Dictionary;
use self::ending::Ending;
use self::findings::Findings;
use self::hidden::Hidden;
use self::lexer::{Lexer, is_blank};
use self::names::Filter;
use self::object_stream::ObjectStream;
use self::objects::{Objects, Outcome};
use super::Unfit;
use super::inflation::{Budget, Inflation, MAX_UNPACKED, Progress};
use super::signatures::{Place, Signatures};

/// A PDF that is being read.
pub(super) struct Pdf {
    lexer: Lexer,
    objects: Objects,
    findings: Findings,
    ending: Ending,
    stream: Option<Stream>,
    inflation: Inflation,
    budget: Budget,
}

/// The bytes of a stream.
struct Stream {
    hidden: Hidden,
    /// Whether the first byte has come; blanks stand before it.
    has_begun: bool,
    is_packed: bool,
    object: Option<i64>,
    content: Content,
    /// What could be the end.
    held: Vec<u8>,
}

/// What is looked at in a stream.
enum Content {
    Objects(Box<ObjectStream>),
    Xml(Box<Xml>),
    Other,
}

/// An attached text.
struct Xml {
    begins: Vec<u8>,
    signatures: Signatures,
}

/// What ends a stream; the second where a writer forgot the first.
const ENDS: [&[u8]; 2] = [b"endstream", b"endobj"];

impl Default for Pdf {
    fn default() -> Self {
        Self {
            lexer: Lexer::default(),
            objects: Objects::default(),
            findings: Findings::default(),
            ending: Ending::default(),
            stream: None,
            inflation: Inflation::new(),
            budget: Budget::new(MAX_UNPACKED, "streams"),
        }
    }
}

impl Pdf {
    pub(super) fn push(&mut self, mut piece: &[u8]) -> Result<(), Unfit> {
        self.ending.push(piece);
        while !piece.is_empty() {
            let used = if self.stream.is_some() { self.pass(piece)? } else { self.read(piece)? };
            piece = piece.get(used..).unwrap_or_default();
        }
        Ok(())
    }

    fn read(&mut self, piece: &[u8]) -> Result<usize, Unfit> {
        let (used, token) = self.lexer.next(piece)?;
        let Some(token) = token else { return Ok(used) };
        if let Outcome::Stream(dictionary, object) =
            self.objects.token(token, &self.lexer, &mut self.findings)?
        {
            self.begin(&dictionary, object)?;
        }
        Ok(used)
    }

    fn begin(&mut self, dictionary: &Dictionary, object: Option<i64>) -> Result<(), Unfit> {
        self.findings.judge_stream(dictionary)?;
        let expanding = dictionary.filters.iter().filter(|filter| **filter != Filter::Other).count();
        if expanding > 1 {
            return Err(Unfit::Expansion("filters"));
        }
        let packed = dictionary.filters.first() == Some(&Filter::Flate);
        let (content, is_packed) = match ObjectStream::of(dictionary)? {
            _ if self.findings.is_encrypted => (Content::Other, packed),
            Some((stream, is_packed)) => (Content::Objects(Box::new(stream)), is_packed),
            None if dictionary.is_xml && (packed || dictionary.filters.is_empty()) => {
                let xml = Xml { begins: Vec::new(), signatures: Signatures::of(Place::Metadata) };
                (Content::Xml(Box::new(xml)), packed)
            }
            None => (Content::Other, packed),
        };
        self.inflation.reset();
        let mut hidden = Hidden::default();
        hidden.restart(true);
        self.stream = Some(Stream { hidden, has_begun: false, is_packed, object, content, held: Vec::new() });
        Ok(())
    }

    /// Passes the bytes of a stream on until it ends; how many that were.
    fn pass(&mut self, piece: &[u8]) -> Result<usize, Unfit> {
        let Some(mut stream) = self.stream.take() else { return Ok(0) };
        let mut from = 0;
        for (at, byte) in piece.iter().enumerate() {
            if !stream.has_begun {
                if is_blank(*byte) {
                    from = at + 1;
                    continue;
                }
                stream.has_begun = true;
            }
            stream.hidden.push(*byte)?;
            if stream.held.is_empty() && *byte != b'e' {
                continue;
            }
            let rest = piece.get(at..).unwrap_or_default();
            if stream.held.is_empty() && rest.len() >= ENDS[0].len() {
                let Some(end) = ENDS.iter().find(|end| rest.starts_with(end)) else { continue };
                self.content(&mut stream, piece.get(from..at).unwrap_or_default())?;
                self.end(stream)?;
                return Ok(at + end.len());
            }
            if stream.held.is_empty() {
                self.content(&mut stream, piece.get(from..at).unwrap_or_default())?;
            }
            stream.held.push(*byte);
            from = at + 1;
            if ENDS.contains(&stream.held.as_slice()) {
                self.end(stream)?;
                return Ok(from);
            }
            if !ENDS.iter().any(|end| end.starts_with(&stream.held)) {
                // It was no end; its last byte may begin one.
                let keep = usize::from(*byte == b'e');
                let held = std::mem::take(&mut stream.held);
                self.content(&mut stream, held.get(..held.len() - keep).unwrap_or_default())?;
                stream.held.extend(std::iter::repeat_n(b'e', keep));
            }
        }
        if stream.held.is_empty() {
            self.content(&mut stream, piece.get(from..).unwrap_or_default())?;
        }
        self.stream = Some(stream);
        Ok(piece.len())
    }

    fn content(&mut self, stream: &mut Stream, bytes: &[u8]) -> Result<(), Unfit> {
        let (findings, content) = (&mut self.findings, &mut stream.content);
        let mut sink = |unpacked: &[u8]| match content {
            Content::Objects(objects) => findings.look(|findings| objects.push(unpacked, findings)),
            Content::Xml(xml) => xml.push(unpacked),
            Content::Other => Ok(()),
        };
        if stream.is_packed { self.inflation.push(bytes, &mut self.budget, &mut sink) } else { sink(bytes) }
    }

    fn end(&mut self, stream: Stream) -> Result<(), Unfit> {
        let is_whole = !stream.is_packed || self.inflation.progress() == Progress::Finished;
        match stream.content {
            Content::Objects(mut objects) => {
                self.findings.look(|findings| objects.finish(is_whole, findings))?;
            }
            Content::Xml(xml) => {
                if is_whole
                    && xml.finish()?
                    && let Some(object) = stream.object
                {
                    self.findings.xml.insert(object)?;
                }
            }
            Content::Other => {}
        }
        Ok(())
    }

    pub(super) fn finish(&mut self) -> Result<(), Unfit> {
        if let Some(token) = self.lexer.end()? {
            self.objects.token(token, &self.lexer, &mut self.findings)?;
        }
        if self.findings.is_encrypted {
            return Err(Unfit::Encrypted);
        }
        self.ending.finish()?;
        if self.stream.is_some() {
            return Err(Unfit::Truncated);
        }
        self.findings.finish()
    }
}

impl Xml {
    fn push(&mut self, bytes: &[u8]) -> Result<(), Unfit> {
        self.begins.extend(bytes.iter().take(8_usize.saturating_sub(self.begins.len())));
        self.signatures.push(bytes)
    }

    /// Whether it was XML.
    fn finish(mut self) -> Result<bool, Unfit> {
        self.signatures.finish()?;
        let text = self.begins.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.begins);
        Ok(text.trim_ascii_start().starts_with(b"<"))
    }
}
