//! Finding clients: one predicate type, what it means, and in which order the found ones come.
//!
//! A storage adapter either evaluates a [`Predicate`] itself ([`Predicate::holds`]) or translates it; both
//! must find the same clients. Text is compared on its folded form ([`fold()`]), which is computed here and nowhere
//! else, so that every adapter folds in the same way.

mod fold;
mod order;
mod predicate;
mod property;
mod text;

pub use fold::fold;
pub use order::{Direction, MAX_SORT_KEYS, Order, Position};
pub use predicate::{Period, Predicate};
pub use property::{Property, PropertyKind, Sortable};
pub use text::{MAX_WORDS, Word, search_text};
