//! Searching clients: one predicate type, its meaning, and the order of the result.
//!
//! A storage adapter either evaluates a [`Predicate`] itself ([`Predicate::evaluate`]) or translates it, condition by
//! condition ([`Condition::asked`]); both must find the same clients. Text is compared in its normal form
//! ([`Property::normal_form`]), which is computed here and nowhere else, so that it is the same for every adapter.

mod calendar;
mod choices;
mod condition;
mod cost;
mod criterion;
mod fault;
pub mod field;
mod filter;
mod forms;
mod indexed;
mod kyc_test;
mod limits;
mod numbering;
mod only_kyc;
mod operand;
mod operand_reader;
mod operator;
mod order;
mod predicate;
mod property;
mod question;
mod scope;
mod sortable;
mod word;

pub use choices::Choices;
pub use condition::{Asked, Condition};
pub use criterion::{Criterion, Span, TextMatch};
pub use fault::{Fault, Faults, OperandFault, OperandProblem};
pub use filter::{Filter, Logic};
pub use forms::{former_name_text, search_text};
pub use kyc_test::{KycCondition, KycTest, Proof};
pub use limits::{MAX_CONDITIONS, MAX_COST, MAX_DAYS, MAX_LEVELS, MAX_TEXT, MAX_VALUES};
pub use operand::{Operand, Value};
pub use operator::{Operator, Takes};
pub use order::{Direction, MAX_SORT_KEYS, Order, Position};
pub use predicate::Predicate;
pub use property::{Property, PropertyKind};
pub use scope::Scope;
pub use sortable::Sortable;
pub use word::{MAX_TERM, MAX_WORDS, Word};
