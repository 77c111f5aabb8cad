//! Encrypted files. Those that need no password are inspected like others: what cannot be read without the key is kept,
//! and read when the file has ended, because most files say in their end how they are encrypted.
//!
//! The inspection is sound only if every reader uses the same key, or none. So a file is encrypted in one way only:
//! each trailer names the same dictionary, there is one object with its number, and the references lead to it.

mod cross_references;
mod dictionary;
mod handler;
mod hash;
mod kept;
pub(super) mod key;
mod recording;
mod reference_stream;
pub(super) mod texts;
#[cfg(test)]
mod vectors;

use self::cross_references::CrossReferences;
use self::dictionary::Encrypt;
use self::handler::StandardHandler;
pub(super) use self::kept::{Kept, RawStream};
pub(super) use self::key::FileKey;
use self::key::ObjectId;
use self::recording::{Entries, Recording, Value};
use super::findings::Findings;
use super::lexer::{Lexer, Token};
use super::objects::Objects;
use crate::rejection::ContentRejection;

/// More dictionaries that look like one are not read.
const MAX_DICTIONARIES: usize = 16;

/// What a trailer names.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Named {
    Object(i64, i64),
    Direct(Box<Encrypt>),
}

/// What is known of how a file is encrypted.
#[derive(Default)]
pub(super) struct Encryption {
    recording: Recording,
    follows_trailer: bool,
    /// What all trailers name.
    named: Option<Named>,
    /// How many of them name it.
    count: u32,
    /// The first part of the file's id.
    id: Option<Vec<u8>>,
    /// Whether there is a trailer that names something else, or nothing, or says what is not understood.
    is_unclear: bool,
    dictionaries: Vec<Candidate>,
    mark: Mark,
    references: CrossReferences,
}

/// An object that is an encryption dictionary.
struct Candidate {
    object: Option<ObjectId>,
    at: u64,
    encrypt: Encrypt,
}

/// Searches for trailers in the bytes of a file. A reader finds them by their offset, also where we see a text or a
/// stream.
#[derive(Default)]
struct Mark {
    matched: usize,
    /// How many more there are than were read.
    excess: i64,
}

impl Mark {
    const TRAILER: &[u8] = b"trailer";

    fn push(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.matched = match (self.matched, byte) {
                (7, b'<' | b'%') => {
                    self.excess += 1;
                    0
                }
                (7, 0 | 9 | 10 | 12 | 13 | b' ') => 7,
                (matched, byte) if Self::TRAILER.get(matched) == Some(byte) => matched + 1,
                (_, b't') => 1,
                _ => 0,
            };
        }
    }
}

impl Encryption {
    /// Scans the bytes of the file.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.mark.push(bytes);
    }

    /// Reads a token that is not compressed and ends here, which the objects have read.
    pub(super) fn token(
        &mut self,
        token: Token,
        lexer: &Lexer,
        objects: &Objects,
        was_between: bool,
        end: u64,
    ) {
        if was_between && objects.is_between() {
            self.follows_trailer = token == Token::Word && lexer.text() == b"trailer";
            if token == Token::Word {
                self.references.word(lexer.text(), end.saturating_sub(lexer.text().len() as u64));
            }
            return;
        }
        self.recording.push(token, lexer);
        if objects.is_between() {
            let is_trailer = std::mem::take(&mut self.follows_trailer);
            self.mark.excess -= i64::from(is_trailer);
            match self.recording.take() {
                Ok(None) => {}
                Ok(Some(entries)) if is_trailer => {
                    self.trailer(&entries);
                    self.references.trailer(&entries, self.wanted());
                }
                Ok(Some(entries)) if objects.has_read_cross_references() => {
                    self.trailer(&entries);
                    self.references.begin_stream(&entries, self.wanted());
                }
                Ok(Some(entries)) => self.read_entries(&entries, objects.id()),
                Err(_) => self.is_unclear = true,
            }
        }
    }

    fn read_entries(&mut self, entries: &Entries, object: Option<ObjectId>) {
        // To some readers a cross-reference stream need not say that it is one.
        self.is_unclear |= entries.has(b"Root");
        if let Some(encrypt) = Encrypt::of(entries)
            && self.dictionaries.len() < MAX_DICTIONARIES
        {
            self.dictionaries.push(Candidate { object, at: self.references.object_at(), encrypt });
        }
    }

    /// Ends a cross-reference stream with what was decompressed; `None` if it could not be.
    pub(super) fn end_references(&mut self, bytes: Option<&[u8]>) {
        self.references.end_stream(bytes);
    }

    /// The object that the references must lead to.
    fn wanted(&self) -> Option<ObjectId> {
        match self.named {
            Some(Named::Object(number, generation)) => ObjectId::of(number, generation),
            _ => None,
        }
    }

    fn trailer(&mut self, entries: &Entries) {
        let named = match entries.get(b"Encrypt") {
            Some(Some(Value::Reference(number, generation))) => Named::Object(*number, *generation),
            Some(Some(Value::Dictionary(direct))) => match Encrypt::of(direct) {
                Some(encrypt) => Named::Direct(Box::new(encrypt)),
                None => return,
            },
            Some(None) => {
                // The second trailer of a file for the web says nothing but its size.
                self.is_unclear |= entries.has(b"Root");
                return;
            }
            _ => return,
        };
        self.count += 1;
        self.is_unclear |= *self.named.get_or_insert_with(|| named.clone()) != named;
        let id = match entries.get(b"ID") {
            Some(None) => return,
            Some(Some(Value::Array(parts))) => parts.first(),
            _ => None,
        };
        match (id, &self.id) {
            (Some(Value::Text(id)), Some(known)) => self.is_unclear |= id != known,
            (Some(Value::Text(id)), None) => self.id = Some(id.clone()),
            _ => self.is_unclear = true,
        }
    }

    /// The key of an encrypted file that needs no password; `None` if the file is not encrypted.
    pub(super) fn key(&self, findings: &Findings) -> Result<Option<FileKey>, ContentRejection> {
        if findings.encryptions == 0 {
            return Ok(None);
        }
        // One that is not of a trailer is none that we understand.
        if self.is_unclear || self.mark.excess > 0 || self.count != findings.encryptions {
            return Err(ContentRejection::Encrypted);
        }
        let encrypt = self.dictionary(findings).ok_or(ContentRejection::Encrypted)?;
        let id = self.id.as_deref().unwrap_or_default();
        StandardHandler::open_with_empty_password(encrypt, id).map(Some).ok_or(ContentRejection::Encrypted)
    }

    fn dictionary(&self, findings: &Findings) -> Option<&Encrypt> {
        match self.named.as_ref()? {
            Named::Direct(encrypt) => Some(encrypt),
            Named::Object(..) => {
                let named = self.wanted()?;
                let found = self.dictionaries.iter().find(|candidate| candidate.object == Some(named))?;
                let is_found = self.references.lead_to(found.at) && !findings.is_defined_twice(named.number);
                is_found.then_some(&found.encrypt)
            }
        }
    }
}
