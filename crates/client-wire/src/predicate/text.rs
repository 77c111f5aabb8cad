//! The text form of a predicate, for people: `lastName StartsWith Bal and age >= 18`.
//!
//! ```text
//! filter    = [ any ]                          nothing at all is every client
//! any       = all { "or" all }
//! all       = one { "and" one }
//! one       = "not" one | "(" any ")" | searchTerm value
//!           | property operator [ value | list ]
//!           | "all" "(" any { "," any } ")"    a group, where brackets alone would not make one
//!           | "any" "(" any { "," any } ")"
//! list      = "(" value { "," value } ")"
//! value     = word | "text with \"escapes\""
//! ```
//!
//! Properties and operators have the names of the JSON form, in any case; six operators are signs as well. A filter is a list
//! of conditions, as in the JSON form, so what one form says the other says too: [`read_text`] reads what
//! [`write_text`] has written as the same predicate.

mod fault;
mod grammar;
mod part;
mod reader;
mod scanner;
mod writer;

pub use fault::{TextFault, TextFaults, TextProblem};
pub use grammar::MAX_LENGTH;
pub use reader::read_text;
pub use writer::write_text;
