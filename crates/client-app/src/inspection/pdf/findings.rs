//! What was found in a PDF so far, and what that means in the end.

use super::dictionary::Dictionary;
use super::names::{ActionKind, Key};
use super::references::References;
use crate::inspection::{Unfit, check_pixels};

/// What was found.
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that was seen, in any combination")]
#[derive(Default)]
pub(super) struct Findings {
    pub(super) has_objects: bool,
    pub(super) has_pages: bool,
    pub(super) has_trailer: bool,
    pub(super) has_start: bool,
    pub(super) is_encrypted: bool,
    /// Objects that something but a click refers to.
    pub(super) automatic: References,
    /// Objects that are actions for a click only.
    actions: References,
    /// The first of these that was found.
    action: Option<&'static str>,
    /// Objects that are attached as files, and those that are XML.
    pub(super) attached: References,
    pub(super) xml: References,
    /// Attachments whose list is an object of its own.
    pub(super) attachments_elsewhere: bool,
    /// Packed objects that could not be read: the file may turn out to be encrypted.
    has_unread: bool,
}

impl Findings {
    /// Judges a dictionary: whether it begins by itself and at which place, and whether it is an object.
    pub(super) fn judge(
        &mut self,
        dictionary: &Dictionary,
        trigger: Option<&'static str>,
        is_object: bool,
        object: Option<i64>,
    ) -> Result<(), Unfit> {
        self.has_pages |= dictionary.has_page_role;
        if dictionary.runs_script {
            return Err(Unfit::Active("/JavaScript"));
        }
        if dictionary.has_files && (dictionary.has_other_name || !dictionary.has_xml_name) {
            return Err(Unfit::Active("/EmbeddedFile"));
        }
        let outside = match dictionary.action {
            Some(ActionKind::Forbidden(found)) => return Err(Unfit::Active(found)),
            Some(ActionKind::Script) if !dictionary.has_script => return Err(Unfit::Active("/JavaScript")),
            Some(ActionKind::Unknown) => return trigger.map_or(Ok(()), |place| Err(Unfit::Active(place))),
            Some(ActionKind::Outside(found)) => found,
            Some(ActionKind::Named) if !dictionary.turns_pages => "/Named",
            _ => return Ok(()),
        };
        match (is_object, object) {
            _ if trigger.is_some() => Err(Unfit::Active(outside)),
            (true, Some(number)) => {
                self.action.get_or_insert(outside);
                self.actions.insert(number)
            }
            (false, _) if dictionary.under == Key::Action => Ok(()),
            _ => Err(Unfit::Active(outside)),
        }
    }

    /// Judges the dictionary of a stream before its bytes.
    pub(super) fn judge_stream(&mut self, dictionary: &Dictionary) -> Result<(), Unfit> {
        if dictionary.width > 0 && dictionary.height > 0 {
            check_pixels(dictionary.width, dictionary.height)?;
        }
        self.has_trailer |= dictionary.is_cross_references;
        if dictionary.is_embedded_file && !dictionary.is_xml {
            return Err(Unfit::Active("/EmbeddedFile"));
        }
        Ok(())
    }

    /// Looks into packed objects. Why they cannot be read is known when everything has been read.
    pub(super) fn look(&mut self, look: impl FnOnce(&mut Self) -> Result<(), Unfit>) -> Result<(), Unfit> {
        if self.has_unread {
            return Ok(());
        }
        match look(self) {
            Err(Unfit::Active("/ObjStm")) => {
                self.has_unread = true;
                Ok(())
            }
            other => other,
        }
    }

    /// What is known when everything has been read.
    pub(super) fn finish(&self) -> Result<(), Unfit> {
        if self.has_unread {
            return Err(Unfit::Active("/ObjStm"));
        }
        if self.automatic.meets(&self.actions) {
            return Err(Unfit::Active(self.action.unwrap_or("/OpenAction")));
        }
        if self.attachments_elsewhere || !self.attached.is_within(&self.xml) {
            return Err(Unfit::Active("/EmbeddedFile"));
        }
        if self.has_objects && self.has_pages && self.has_trailer && self.has_start {
            Ok(())
        } else {
            Err(Unfit::Truncated)
        }
    }
}
