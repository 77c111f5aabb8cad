//! The strings of objects: scripts and the names of files. Those of objects that are not compressed may be encrypted, so
//! they are kept until that is known.

use super::super::dictionary::Dictionary;
use super::super::encryption::key::ObjectId;
use super::super::encryption::texts::{Bytes, Role};
use super::super::findings::Findings;
use super::super::lexer::Lexer;
use super::super::names::Key;
use crate::rejection::ContentRejection;

/// How many names a file has at most: one for all, and one for readers that know no Unicode.
const MAX_FILE_NAMES: usize = 4;

/// Reads a string of this key in a dictionary of this object.
pub(super) fn read(
    top: &mut Dictionary,
    key: Key,
    object: Option<ObjectId>,
    is_packed: bool,
    lexer: &Lexer,
    findings: &mut Findings,
) -> Result<(), ContentRejection> {
    match key {
        Key::Forbidden(found) => return Err(ContentRejection::ActiveContent(found)),
        Key::Js => {
            top.has_script = true;
            if lexer.is_cut() || is_packed {
                top.runs_script |= lexer.is_cut() || !Role::Script.allows(lexer.text());
            } else {
                let refused = findings.texts.keep(Role::Script, object, &Bytes::of(lexer));
                top.refused_text = top.refused_text.or(refused);
            }
        }
        Key::FileName if is_packed => {
            let is_xml = Role::FileName.allows(lexer.text());
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

/// Ends the names of a file in a dictionary of this object.
pub(super) fn end_file_names(closed: &mut Dictionary, object: Option<ObjectId>, findings: &mut Findings) {
    if closed.has_files {
        let names = std::mem::take(&mut closed.file_names);
        closed.has_xml_name |= !names.is_empty();
        for name in names {
            let refused = findings.texts.keep(Role::FileName, object, &name);
            closed.refused_text = closed.refused_text.or(refused);
        }
    }
}
