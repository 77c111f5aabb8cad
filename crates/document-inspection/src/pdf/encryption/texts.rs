//! Strings that are checked when it is known whether they are encrypted, which most files declare at their
//! end.

use super::key::{FileKey, ObjectId, Part};
use crate::pdf::field_script::is_harmless;
use crate::pdf::lexer::Lexer;
use crate::rejection::ContentRejection;

/// How much is kept of all: the scripts of forms with thousands of fields.
const MAX_KEPT: usize = 1024 * 1024;

/// What a string is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Role {
    /// A script, which must be one of a form field.
    Script,
    /// The name of an attached file, which must be that of an XML.
    FileName,
}

/// Strings of objects that are not compressed.
#[derive(Default)]
pub(in super::super) struct Texts {
    bytes: Vec<u8>,
    places: Vec<Text>,
    /// Why the file is refused where it is not encrypted.
    refused: Option<ContentRejection>,
    is_full: bool,
}

struct Text {
    role: Role,
    object: Option<ObjectId>,
    /// Where its bytes end.
    end: usize,
}

/// The bytes of a string.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Bytes {
    bytes: Vec<u8>,
    /// Whether every reader sees these bytes.
    is_plain: bool,
}

impl Bytes {
    pub(in super::super) fn of(lexer: &Lexer) -> Self {
        Self { bytes: lexer.text().to_vec(), is_plain: !lexer.is_cut() && !lexer.has_return() }
    }
}

impl Role {
    pub(in super::super) fn allows(self, bytes: &[u8]) -> bool {
        match self {
            Self::Script => is_harmless(bytes),
            Self::FileName => {
                let plain: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != 0).collect();
                let end = plain.len().checked_sub(4).and_then(|at| plain.get(at..));
                end.is_some_and(|end| end.eq_ignore_ascii_case(b".xml"))
            }
        }
    }

    const fn rejection(self) -> ContentRejection {
        match self {
            Self::Script => ContentRejection::ActiveContent("/JavaScript"),
            Self::FileName => ContentRejection::ActiveContent("/EmbeddedFile"),
        }
    }
}

impl Texts {
    /// Keeps a string. Why the file is refused where this is no encrypted string, if it is.
    pub(in super::super) fn keep(
        &mut self,
        role: Role,
        object: Option<ObjectId>,
        text: &Bytes,
    ) -> Option<ContentRejection> {
        let refused = (!role.allows(&text.bytes)).then_some(role.rejection());
        self.refused = self.refused.or(refused);
        if self.bytes.len() + self.places.len() * size_of::<Text>() + text.bytes.len() > MAX_KEPT {
            self.is_full = true;
        }
        if !self.is_full {
            self.bytes.extend_from_slice(&text.bytes);
            let object = object.filter(|_| text.is_plain);
            self.places.push(Text { role, object, end: self.bytes.len() });
        }
        refused
    }

    /// Checks the strings of a file that is not encrypted.
    pub(in super::super) fn judge_plain(&self) -> Result<(), ContentRejection> {
        self.refused.map_or(Ok(()), Err)
    }

    /// Checks the strings of an encrypted file.
    pub(in super::super) fn judge(&self, key: &FileKey) -> Result<(), ContentRejection> {
        if self.is_full {
            return Err(ContentRejection::Encrypted);
        }
        let mut begin = 0;
        for text in &self.places {
            let bytes = self.bytes.get(begin..text.end).unwrap_or_default();
            begin = text.end;
            let plain = text.object.and_then(|object| key.decrypt(Part::Text, object, bytes));
            if !plain.is_some_and(|plain| text.role.allows(&plain)) {
                return Err(text.role.rejection());
            }
        }
        Ok(())
    }
}
