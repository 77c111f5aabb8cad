//! Finding clients: one predicate type, what it means, and in which order the found ones come.
//!
//! A storage adapter either evaluates a [`Predicate`] itself ([`Predicate::evaluate`]) or translates it, condition by
//! condition ([`Condition::asked`]); both must find the same clients. Text is compared on its folded form ([`fold()`]), which is computed here and nowhere
//! else, so that every adapter folds in the same way.

mod calendar;
mod choices;
mod condition;
mod cost;
mod criterion;
mod data;
mod fault;
pub mod field;
mod filter;
mod fold;
mod kyc_test;
mod operands;
mod operator;
mod order;
mod predicate;
mod property;
mod reader;
mod sortable;
mod text;
mod written;

pub use choices::Choices;
pub use condition::{Asked, Condition};
pub use cost::MAX_COST;
pub use criterion::{Criterion, Span, TextMatch};
pub use data::Data;
pub use fault::{Fault, Faults, MAX_CONDITIONS, MAX_DAYS, MAX_LEVELS, MAX_TEXT, MAX_VALUES, Problem};
pub use filter::{Filter, Logic};
pub use fold::fold;
pub(crate) use fold::fold_marks;
pub use kyc_test::{KycTest, Proof};
pub use operator::{Operator, Takes};
pub use order::{Direction, MAX_SORT_KEYS, Order, Position};
pub use predicate::Predicate;
pub use property::{Property, PropertyKind};
pub use sortable::Sortable;
pub use text::{MAX_TERM, MAX_WORDS, Word, search_text};
