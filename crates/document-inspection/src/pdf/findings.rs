//! The findings in a PDF so far, and the conclusion at its end.

use super::dictionary::Dictionary;
use super::encryption::texts::Texts;
use super::names::{ActionKind, Key};
use super::references::{MAX_NUMBER, References};
use crate::pixel_count;
use crate::rejection::ContentRejection;

/// What was found.
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that was seen, in any combination")]
#[derive(Default)]
pub(super) struct Findings {
    pub(super) has_objects: bool,
    pub(super) has_pages: bool,
    pub(super) has_trailer: bool,
    pub(super) has_start: bool,
    /// How often `/Encrypt` is a key.
    pub(super) encryptions: u32,
    /// Strings that may be encrypted.
    pub(super) texts: Texts,
    /// Objects that are there, and those that are there more than once.
    defined: References,
    defined_again: References,
    /// Objects that something but a click refers to.
    pub(super) automatic: References,
    /// Objects that are actions for a click only.
    actions: References,
    /// The first of these that was found.
    action: Option<&'static str>,
    /// Objects that are attached as files, and those that are XML.
    pub(super) attached: References,
    pub(super) xml: References,
    /// Why an attached XML is refused, if one is.
    pub(super) refused_xml: Option<ContentRejection>,
    /// Attachments whose list is an object of its own.
    pub(super) attachments_elsewhere: bool,
    /// Compressed objects that could not be read: the file may turn out to be encrypted.
    pub(super) has_unread: bool,
}

impl Findings {
    /// Notes that the object with this number is there.
    pub(super) fn define(&mut self, number: i64) -> Result<(), ContentRejection> {
        // What no reader takes as a number is no object to it.
        if !(0..=MAX_NUMBER).contains(&number) {
            return Ok(());
        }
        if self.defined.insert_new(number)? { Ok(()) } else { self.defined_again.insert(number) }
    }

    pub(super) fn is_defined_twice(&self, number: u32) -> bool {
        self.defined_again.contains(number)
    }

    /// Checks a dictionary: whether it begins by itself and where, and whether it is an object.
    pub(super) fn judge(
        &mut self,
        dictionary: &Dictionary,
        trigger: Option<&'static str>,
        is_object: bool,
        object: Option<i64>,
    ) -> Result<(), ContentRejection> {
        self.has_pages |= dictionary.has_page_role;
        let judged = self.judge_whole(dictionary, trigger, is_object, object);
        // Where it is refused anyway, what one of its texts seems to be comes first.
        judged.map_err(|rejection| dictionary.refused_text.unwrap_or(rejection))
    }

    fn judge_whole(
        &mut self,
        dictionary: &Dictionary,
        trigger: Option<&'static str>,
        is_object: bool,
        object: Option<i64>,
    ) -> Result<(), ContentRejection> {
        if dictionary.runs_script {
            return Err(ContentRejection::ActiveContent("/JavaScript"));
        }
        if dictionary.has_files && (dictionary.has_other_name || !dictionary.has_xml_name) {
            return Err(ContentRejection::ActiveContent("/EmbeddedFile"));
        }
        let outside = match dictionary.action {
            Some(ActionKind::Forbidden(found)) => return Err(ContentRejection::ActiveContent(found)),
            Some(ActionKind::Script) if !dictionary.has_script => {
                return Err(ContentRejection::ActiveContent("/JavaScript"));
            }
            Some(ActionKind::Unknown) => {
                return trigger.map_or(Ok(()), |place| Err(ContentRejection::ActiveContent(place)));
            }
            Some(ActionKind::Outside(found)) => found,
            Some(ActionKind::Named) if !dictionary.turns_pages => "/Named",
            _ => return Ok(()),
        };
        match (is_object, object) {
            _ if trigger.is_some() => Err(ContentRejection::ActiveContent(outside)),
            (true, Some(number)) => {
                self.action.get_or_insert(outside);
                self.actions.insert(number)
            }
            (false, _) if dictionary.under == Key::Action => Ok(()),
            _ => Err(ContentRejection::ActiveContent(outside)),
        }
    }

    /// Checks the dictionary of a stream before its bytes.
    pub(super) fn judge_stream(&mut self, dictionary: &Dictionary) -> Result<(), ContentRejection> {
        if dictionary.width > 0 && dictionary.height > 0 {
            pixel_count::check(dictionary.width, dictionary.height)?;
        }
        self.has_trailer |= dictionary.is_cross_references;
        if let Some(found) = dictionary.data_elsewhere {
            return Err(ContentRejection::ActiveContent(found));
        }
        if dictionary.is_embedded_file && !dictionary.is_xml {
            return Err(ContentRejection::ActiveContent("/EmbeddedFile"));
        }
        Ok(())
    }

    /// Starts again with what could not be read or was not what it seemed, now that there is a key.
    pub(super) fn begin_decrypted(&mut self) {
        self.has_unread = false;
        self.xml = References::default();
        self.refused_xml = None;
    }

    /// What is known when everything has been read.
    pub(super) fn finish(&self) -> Result<(), ContentRejection> {
        if self.has_unread {
            return Err(ContentRejection::ActiveContent("/ObjStm"));
        }
        if self.automatic.meets(&self.actions) {
            return Err(ContentRejection::ActiveContent(self.action.unwrap_or("/OpenAction")));
        }
        if self.attachments_elsewhere || !self.attached.is_within(&self.xml) {
            return Err(ContentRejection::ActiveContent("/EmbeddedFile"));
        }
        if self.has_objects && self.has_pages && self.has_trailer && self.has_start {
            Ok(())
        } else {
            Err(ContentRejection::Truncated)
        }
    }
}
