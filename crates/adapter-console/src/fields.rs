//! The fields of a form, as it was sent or as an address has them.

use axum::body::Bytes;

use crate::places::Place;

/// The fields of a form.
#[derive(Default)]
pub(crate) struct Fields {
    pub(crate) texts: Vec<(String, String)>,
    /// The file, and its name at the person's machine.
    pub(crate) file: Option<(String, Bytes)>,
    /// Of a form that may have a file: held until the request is answered, because the file is in memory until then.
    #[expect(dead_code, reason = "it is held and not read")]
    pub(crate) place: Option<Place>,
}

impl Fields {
    /// The first value of a field.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.texts.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// Every value of a field.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.texts.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// Whether a field is there, such as a button that was pressed.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.text(name).is_some()
    }
}
