//! Properties of arbitrary bytes that a caller may send.
//!
//! Each target is a function of bytes that panics where its property does not hold. `fuzz` hands them to libFuzzer; the
//! tests of this crate replay `fuzz/corpus` and mutations of it with the compiler of the workspace. A target goes
//! through what the crates make public, so that it says something about the service and not about one of its parts.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a target tells what it finds by a panic"
)]

mod answer;
mod cursor;
mod files;
mod filters;
mod requests;
mod strict_json;
mod token;

pub use cursor::cursor;
pub use files::{jpeg, pdf, png};
pub use filters::filters;
pub use requests::requests;
pub use strict_json::strict_json;
pub use token::token;

/// A target by its name, which is also the name of its folder in `fuzz/corpus`.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: &[Target] = &[
    ("strict_json", strict_json),
    ("filters", filters),
    ("cursor", cursor),
    ("token", token),
    ("requests", requests),
    ("pdf", pdf),
    ("jpeg", jpeg),
    ("png", png),
];

/// What the service itself gives out, for the corpus: the target, the name of the input, and its bytes.
pub fn seeds() -> Vec<(&'static str, String, Vec<u8>)> {
    let named = |target, seeds: Vec<Vec<u8>>| {
        let numbered = seeds.into_iter().enumerate();
        numbered.map(move |(at, bytes)| (target, format!("given-{at}"), bytes))
    };
    named("cursor", cursor::seeds()).chain(named("token", token::seeds())).collect()
}
