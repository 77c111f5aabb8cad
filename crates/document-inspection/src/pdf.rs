//! What is in a PDF (ISO 32000-1), read once from its beginning to its end: objects, also compressed ones, but no
//! drawings. Names count as names and texts as texts, so a page may speak of `/JavaScript`.

mod characters;
mod dictionary;
mod encryption;
mod ending;
mod field_script;
mod findings;
mod hidden;
mod lexer;
mod names;
mod object_stream;
mod objects;
mod references;
mod streams;

use self::encryption::{Encryption, FileKey, Kept, RawStream};
use self::ending::Ending;
use self::findings::Findings;
use self::lexer::Lexer;
use self::objects::{Objects, Outcome};
use self::streams::{Stream, Unpacking};
use crate::rejection::ContentRejection;

/// How many bytes of streams are kept until it is known whether they are encrypted: of those that must be read, and of
/// those that are only decompressed to see how large they become.
const MAX_KEPT: usize = 2 * 1024 * 1024;
const MAX_KEPT_OTHERS: usize = 1024 * 1024;

/// A PDF that is being read.
pub(super) struct Pdf {
    /// How much has been read.
    at: u64,
    lexer: Lexer,
    objects: Objects,
    findings: Findings,
    ending: Ending,
    encryption: Encryption,
    stream: Option<Stream>,
    unpacking: Unpacking,
    kept: Kept,
    kept_others: Kept,
}

impl Default for Pdf {
    fn default() -> Self {
        Self {
            at: 0,
            lexer: Lexer::default(),
            objects: Objects::default(),
            findings: Findings::default(),
            ending: Ending::default(),
            encryption: Encryption::default(),
            stream: None,
            unpacking: Unpacking::default(),
            kept: Kept::of(MAX_KEPT),
            kept_others: Kept::of(MAX_KEPT_OTHERS),
        }
    }
}

impl Pdf {
    pub(super) fn push(&mut self, mut piece: &[u8]) -> Result<(), ContentRejection> {
        self.ending.push(piece);
        self.encryption.push(piece);
        while !piece.is_empty() {
            let used = if self.stream.is_some() { self.pass(piece)? } else { self.read(piece)? };
            self.at += used as u64;
            piece = piece.get(used..).unwrap_or_default();
        }
        Ok(())
    }

    fn read(&mut self, piece: &[u8]) -> Result<usize, ContentRejection> {
        let (used, token) = self.lexer.next(piece)?;
        let Some(token) = token else { return Ok(used) };
        let was_between = self.objects.is_between();
        let outcome = self.objects.token(token, &self.lexer, &mut self.findings)?;
        let end = self.at + used as u64;
        self.encryption.token(token, &self.lexer, &self.objects, was_between, end);
        if let Outcome::Stream(dictionary) = outcome {
            self.findings.judge_stream(&dictionary)?;
            let mut stream = self.unpacking.begin(&dictionary, self.objects.number())?;
            let kept = if stream.is_judged() { &self.kept } else { &self.kept_others };
            stream.raw = stream.is_read().then(|| kept.begin(&dictionary, self.objects.id()));
            self.stream = Some(stream);
        }
        Ok(used)
    }

    /// Passes the bytes of a stream on until it ends; how many that were.
    fn pass(&mut self, piece: &[u8]) -> Result<usize, ContentRejection> {
        let Some(mut stream) = self.stream.take() else { return Ok(0) };
        let (used, end) = stream.pass(piece, &mut self.unpacking, &mut self.findings)?;
        if let Some(raw) = &mut stream.raw {
            raw.push(piece.get(..used).unwrap_or_default());
        }
        let Some(end) = end else {
            self.stream = Some(stream);
            return Ok(used);
        };
        if let Some(mut raw) = stream.raw.take() {
            raw.end(end);
            if stream.is_references() {
                let unpacked = stream.references().filter(|_| self.unpacking.is_whole(&stream));
                self.encryption.end_references(if stream.is_packed() { unpacked } else { raw.plain() });
            }
            if stream.is_judged() {
                self.kept.keep(raw);
            } else if !self.unpacking.is_whole(&stream) {
                self.kept_others.keep(raw);
            }
        }
        stream.end(&self.unpacking, &mut self.findings)?;
        Ok(used)
    }

    pub(super) fn finish(&mut self) -> Result<(), ContentRejection> {
        if let Some(token) = self.lexer.end()? {
            self.objects.token(token, &self.lexer, &mut self.findings)?;
        }
        match self.encryption.key(&self.findings)? {
            None => self.findings.texts.judge_plain()?,
            Some(key) => self.decrypt(&key)?,
        }
        self.findings.refused_xml.map_or(Ok(()), Err)?;
        self.ending.finish()?;
        if self.stream.is_some() {
            return Err(ContentRejection::Truncated);
        }
        self.findings.finish()
    }

    /// Reads the parts that could not be read without the key. All findings without it stay, except those of parts
    /// that could not be read.
    fn decrypt(&mut self, key: &FileKey) -> Result<(), ContentRejection> {
        if self.kept.is_full {
            return Err(ContentRejection::Encrypted);
        }
        self.findings.begin_decrypted();
        self.findings.texts.judge(key)?;
        let kept = std::mem::take(&mut self.kept.streams);
        let others = std::mem::take(&mut self.kept_others.streams);
        kept.into_iter().chain(others).try_for_each(|raw| self.read_decrypted(&raw, key))
    }

    fn read_decrypted(&mut self, raw: &RawStream, key: &FileKey) -> Result<(), ContentRejection> {
        let mut stream = self.unpacking.begin(&raw.dictionary, raw.number())?;
        if stream.is_judged() && raw.dictionary.has_crypt_filter {
            return Err(ContentRejection::Encrypted);
        }
        // Bytes that cannot be decrypted are read as empty, which is no object and no XML.
        let bytes = raw.decrypt(key).unwrap_or_default();
        stream.content(&bytes, &mut self.unpacking, &mut self.findings)?;
        stream.end(&self.unpacking, &mut self.findings)
    }
}
