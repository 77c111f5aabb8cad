//! What an encryption dictionary says (ISO 32000-1, tables 20, 21 and 25; ISO 32000-2, tables 20, 21 and 25).

use super::key::Method;
use super::recording::{Entries, Value};

/// An encryption dictionary of the standard security handler that we understand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Encrypt {
    pub(super) revision: i64,
    /// How many bytes the key has.
    pub(super) key_length: usize,
    pub(super) permissions: u32,
    pub(super) owner: Vec<u8>,
    pub(super) user: Vec<u8>,
    pub(super) owner_key: Vec<u8>,
    pub(super) user_key: Vec<u8>,
    pub(super) encrypts_metadata: bool,
    pub(super) streams: Method,
    pub(super) texts: Method,
}

impl Encrypt {
    /// Reads a dictionary; `None` if it is of another handler, or says what we do not know.
    pub(super) fn of(entries: &Entries) -> Option<Self> {
        if entries.name(b"Filter")?? != b"Standard" {
            return None;
        }
        let (version, revision) = (entries.number(b"V")??, entries.number(b"R")??);
        let bits = entries.number(b"Length")?.unwrap_or(40);
        let key_length = match (version, revision) {
            (1, 2 | 3) => 5,
            (2, 2 | 3) if bits % 8 == 0 && (40..=128).contains(&bits) => usize::try_from(bits / 8).ok()?,
            (4, 4) => 16,
            (5, 5 | 6) => 32,
            _ => return None,
        };
        let (streams, texts) = if version < 4 {
            (Method::Rc4, Method::Rc4)
        } else {
            let filters = match entries.get(b"CF")? {
                None => &Entries::default(),
                Some(Value::Dictionary(filters)) => filters,
                Some(_) => return None,
            };
            let method = |key: &[u8]| method(filters, entries.name(key)?.unwrap_or(b"Identity"), version);
            let (streams, texts) = (method(b"StmF")?, method(b"StrF")?);
            // Not every reader knows the filter of attached files.
            if entries.has(b"EFF") && method(b"EFF")? != streams {
                return None;
            }
            (streams, texts)
        };
        let encrypts_metadata = match entries.get(b"EncryptMetadata")? {
            None => true,
            Some(Value::Word(word)) if word == b"true" => true,
            Some(Value::Word(word)) if word == b"false" => false,
            Some(_) => return None,
        };
        let optional = |key: &[u8]| Some(entries.text(key)?.unwrap_or_default().to_vec());
        Some(Self {
            revision,
            key_length,
            permissions: permissions(entries.number(b"P")??)?,
            owner: entries.text(b"O")??.to_vec(),
            user: entries.text(b"U")??.to_vec(),
            owner_key: optional(b"OE")?,
            user_key: optional(b"UE")?,
            encrypts_metadata,
            streams,
            texts,
        })
    }
}

/// A number of 32 bits, which some write with its sign and some without.
fn permissions(number: i64) -> Option<u32> {
    i32::try_from(number).map(i32::cast_unsigned).or_else(|_| u32::try_from(number)).ok()
}

/// What the crypt filter of this name does.
fn method(filters: &Entries, name: &[u8], version: i64) -> Option<Method> {
    if name == b"Identity" {
        return (!filters.has(name)).then_some(Method::Identity);
    }
    let Some(Value::Dictionary(filter)) = filters.get(name)? else { return None };
    match (filter.name(b"CFM")??, version) {
        (b"V2", 4) => Some(Method::Rc4),
        (b"AESV2", 4) => Some(Method::Aes128),
        (b"AESV3", 5) => Some(Method::Aes256),
        _ => None,
    }
}
