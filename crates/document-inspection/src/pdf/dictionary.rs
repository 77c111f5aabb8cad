//! What is known of a dictionary or an array that is being read.

use super::encryption::texts::Bytes;
use super::names::{ActionKind, Filter, Key, Role};
use crate::rejection::ContentRejection;

/// A dictionary or an array.
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that was seen, in any combination")]
#[derive(Clone, Debug, Default)]
pub(super) struct Dictionary {
    pub(super) is_array: bool,
    /// The key that it belongs to in what it is in. An array inside an array has that of the outer one.
    pub(super) under: Key,
    /// The key whose value is being read; in an array that of the array.
    pub(super) key: Key,
    /// Whether that key has a value.
    pub(super) has_value: bool,
    /// Whether there is anything in it.
    pub(super) has_content: bool,
    /// The last two whole numbers, of which `R` makes a reference.
    pub(super) numbers: [Option<i64>; 2],
    pub(super) action: Option<ActionKind>,
    pub(super) has_script: bool,
    pub(super) runs_script: bool,
    /// A script or a file name that is refused where it is not encrypted.
    pub(super) refused_text: Option<ContentRejection>,
    /// The names of a file, which may be encrypted.
    pub(super) file_names: Vec<Bytes>,
    /// A command of a viewer that only turns pages.
    pub(super) turns_pages: bool,
    pub(super) has_files: bool,
    pub(super) has_page_role: bool,
    pub(super) is_object_stream: bool,
    pub(super) is_cross_references: bool,
    pub(super) is_embedded_file: bool,
    pub(super) is_xml: bool,
    pub(super) has_xml_name: bool,
    pub(super) has_other_name: bool,
    pub(super) filters: Vec<Filter>,
    /// A filter that another object names.
    pub(super) has_unknown_filter: bool,
    /// A filter that says how this stream is encrypted.
    pub(super) has_crypt_filter: bool,
    pub(super) has_parameters: bool,
    /// Where the data of a stream, or what is drawn for it, would be fetched from (7.3.8.2, 8.10.4).
    pub(super) data_elsewhere: Option<&'static str>,
    pub(super) count: Option<i64>,
    pub(super) first: Option<i64>,
    pub(super) length: Option<i64>,
    pub(super) has_first: bool,
    pub(super) width: u32,
    pub(super) height: u32,
}

impl Dictionary {
    /// What is read of the `Type` and `Subtype` of a dictionary.
    pub(super) fn is_a(&mut self, role: Role) {
        match role {
            Role::Page => self.has_page_role = true,
            Role::ObjectStream => self.is_object_stream = true,
            Role::CrossReferences => self.is_cross_references = true,
            Role::EmbeddedFile => self.is_embedded_file = true,
            Role::Xml => self.is_xml = true,
            Role::Forbidden(_) | Role::Other => {}
        }
    }

    /// A whole number that turned out to be no part of a reference.
    pub(super) fn number(&mut self, number: i64) {
        let size = || u32::try_from(number).unwrap_or_default();
        match self.key {
            Key::N => self.count = Some(number),
            Key::First => self.first = Some(number),
            Key::Length => self.length = Some(number),
            Key::Width => self.width = size(),
            Key::Height => self.height = size(),
            _ => {}
        }
    }
}
