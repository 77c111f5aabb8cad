//! The errors of searches, as callers see them.

use crate::code::Code;
use crate::failure::Item;

/// No index serves it. The error does not name the conditions, which hold what was searched for.
pub(crate) fn too_broad(limit: u64) -> Item {
    let message = "The bank has too many clients for this search. Add a condition that narrows it: a word of three letters or more, the beginning of a last name, a whole e-mail address, phone or \
         identification number, a branch, a state, or a period of creation or birth.";
    Item::new(Code::SearchTooBroad, message).detail("max", limit)
}
