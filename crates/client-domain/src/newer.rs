//! Names that a newer release has written and this release does not know.
//!
//! While two releases run side by side, the older one reads what the newer one writes, and passes on an unknown kind of event
//! or changed field by its name.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// The maximum number of names: they stay until the program ends, and a release brings a few.
const MAX_NAMES: usize = 256;
/// The maximum length of a name.
const MAX_NAME_LENGTH: usize = 64;

static KNOWN: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

/// The name, if it has the form of the known names, and this is one of the first [`MAX_NAMES`].
pub(crate) fn name(text: &str) -> Option<&'static str> {
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
    Some(name)
}
