//! Reasons as codes: the catalogue of the bank, and what is recorded of a choice from it.
//!
//! A reason that a person types says what was special about one client. A code says which kind of reason it was, so
//! that reasons can be counted and acted on. A bank lists codes for each [`ReasonedOperation`]; then the operation needs
//! one of them beside the typed reason. Without a list, an operation has no codes.

mod catalogue;
mod coded;
mod operation;

pub use catalogue::{InvalidReasons, ReasonCatalogue, ReasonEntry, ReasonNotAccepted};
pub use coded::{CodedReason, Rejection};
pub use operation::ReasonedOperation;
