//! The strings of objects: scripts and the names of files. Those of objects that are not packed may be encrypted, so they
//! are kept until that is known.

use super::super::dictionary::Dictionary;
use super::super::encryption::{Bytes, TextRole};
use super::super::findings::Findings;
use super::super::lexer::Lexer;
use super::super::names::Key;
use super::Objects;
use crate::rejection::ContentRejection;

/// How many names a file has at most: one for all, and one for readers that know no Unicode.
const MAX_FILE_NAMES: usize = 4;

impl Objects {
    /// Reads a string.
    pub(super) fn text(&mut self, lexer: &Lexer, findings: &mut Findings) -> Result<(), ContentRejection> {
        let (key, object) = (self.value(), self.id());
        let Some(top) = self.open.last_mut() else { return Ok(()) };
        match key {
            Key::Forbidden(found) => return Err(ContentRejection::ActiveContent(found)),
            Key::Js => {
                top.has_script = true;
                if lexer.is_cut() || self.is_packed {
                    top.runs_script |= lexer.is_cut() || !TextRole::Script.allows(lexer.text());
                } else {
                    let refused = findings.texts.keep(TextRole::Script, object, &Bytes::of(lexer));
                    top.refused_text = top.refused_text.or(refused);
                }
            }
            Key::FileName if self.is_packed => {
                let is_xml = TextRole::FileName.allows(lexer.text());
                top.has_xml_name |= is_xml;
                top.has_other_name |= !is_xml;
            }
            // Only when the dictionary ends it is known whether it is that of a file.
            Key::FileName if top.file_names.len() < MAX_FILE_NAMES && !lexer.is_cut() => {
                top.file_names.push(Bytes::of(lexer));
            }
            Key::FileName => top.has_other_name = true,
            _ => {}
        }
        Ok(())
    }

    /// Ends the names of a file.
    pub(super) fn file_names(&self, closed: &mut Dictionary, findings: &mut Findings) {
        if closed.has_files {
            let names = std::mem::take(&mut closed.file_names);
            closed.has_xml_name |= !names.is_empty();
            for name in names {
                let refused = findings.texts.keep(TextRole::FileName, self.id(), &name);
                closed.refused_text = closed.refused_text.or(refused);
            }
        }
    }
}
