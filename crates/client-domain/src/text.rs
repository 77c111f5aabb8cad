//! Texts in the forms in which they are compared: one normal form for each kind of identifying text.
//!
//! Claims, stored search columns, the questions of a search and its order all use these functions, so that "the same"
//! means one thing. What is stored in a normal form is stored with [`NORMAL_FORM`].
//!
//! | text | normal form |
//! | --- | --- |
//! | any | [`fold()`]: without regard to case, accents, width, letter forms, digits of other scripts, invisible characters and the width of blanks |
//! | names of persons and places | [`name`]: folded, without apostrophes, hyphens, blanks and other signs between their parts |
//! | numbers of documents | [`number`]: folded, letters and digits only |
//! | kinds of documents | [`kind`]: one name for each kind of the catalogue, else letters and digits only |
//! | e-mail addresses | [`email`]: lower case, the domain in Unicode |
//!
//! From bottom to top: `visibility`, `fold_table`, `fold`, `punycode`, `document_kinds`, `normalize`, `disguise`, `placeholder`, `passport`.
//! `former` has the normal form that the release before this one stored.

mod disguise;
mod document_kinds;
mod fold;
mod fold_table;
mod former;
mod normalize;
mod passport;
mod placeholder;
mod punycode;
mod visibility;

pub(crate) use disguise::is_disguised;
pub use fold::fold;
pub(crate) use fold::fold_marks;
pub(crate) use former::{former_email, former_number};
pub(crate) use normalize::number_in_one_form;
pub use normalize::{email, kind, name, number};
pub(crate) use normalize::{
    is_separator, kind_key, kind_names, name_key, number_key, phone, plain_kind, without_punycode,
};
pub use passport::is_passport_spelling;
pub(crate) use passport::{cyrillic_passport, latin_passport};
pub(crate) use placeholder::is_placeholder;
pub use visibility::is_ambiguous;
pub(crate) use visibility::is_invisible;

/// The number of these normal forms. Any other result of [`fold()`], [`name`], [`number`], [`kind`] or [`email`] for any
/// text is another number, because stores keep what these functions return; they recompute what has an older number.
pub const NORMAL_FORM: u16 = 2;
