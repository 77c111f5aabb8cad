//! Names that a newer release has written and this release does not know.
//!
//! While two releases run side by side, the older one reads what the newer one writes. It passes on an unknown kind of
//! event or changed field by its name; see decision 30.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use client_domain::kyc::DocumentKind;
use client_domain::{ClientField, EventKind};

/// The names that the log has. The domain limits how many there can be.
static LOGGED: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

/// The kind of event with this name.
pub(crate) fn event_kind(name: &str) -> Option<EventKind> {
    let kind = EventKind::restore(name)?;
    if let EventKind::Newer(name) = kind {
        log(name);
    }
    Some(kind)
}

/// The field with this name.
pub(crate) fn field(name: &str) -> Option<ClientField> {
    let field = ClientField::restore(name)?;
    if let ClientField::Newer(name) = field {
        log(name);
    }
    Some(field)
}

/// The kind of document with this number.
pub(crate) fn document_kind(number: u8) -> DocumentKind {
    DocumentKind::from_number(number.into()).unwrap_or(DocumentKind::Newer(number))
}

/// Logs a name once.
fn log(name: &'static str) {
    if LOGGED.lock().unwrap_or_else(PoisonError::into_inner).insert(name) {
        tracing::warn!(name, "a newer release has written something of a kind that this one does not know");
    }
}
