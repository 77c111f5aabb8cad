//! Names that a newer release has written and this release does not know.
//!
//! While two releases run side by side, the older one reads what the newer one writes. It passes on an unknown kind of
//! event or changed field by its name; see decision 30.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use client_domain::kyc::DocumentKind;
use client_domain::{ClientField, EventKind};

/// The maximum number of names: they stay until the program ends, and a release brings a few.
const MAX_NAMES: usize = 256;
/// The maximum length of a name.
const MAX_NAME_LENGTH: usize = 64;

static KNOWN: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

/// The kind of event with this name.
pub(crate) fn event_kind(name: &str) -> Option<EventKind> {
    EventKind::parse(name).or_else(|| self::name(name).map(EventKind::Newer))
}

/// The field with this name.
pub(crate) fn field(name: &str) -> Option<ClientField> {
    ClientField::parse(name).or_else(|| self::name(name).map(ClientField::Newer))
}

/// The kind of document with this number.
pub(crate) fn document_kind(number: u8) -> DocumentKind {
    DocumentKind::from_number(number.into()).unwrap_or(DocumentKind::Newer(number))
}

/// A name that has the form of the known names.
fn name(text: &str) -> Option<&'static str> {
    if text.is_empty()
        || text.len() > MAX_NAME_LENGTH
        || !text.bytes().all(|byte| byte.is_ascii_alphanumeric())
    {
        return None;
    }
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(name) = known.get(text) {
        return Some(name);
    }
    if known.len() >= MAX_NAMES {
        return None;
    }
    let name: &'static str = text.to_owned().leak();
    known.insert(name);
    tracing::warn!(name, "a newer release has written something of a kind that this one does not know");
    Some(name)
}
