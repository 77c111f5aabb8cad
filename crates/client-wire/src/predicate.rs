//! The two forms of a predicate on the wire: JSON and text.
//!
//! The JSON form is `filters`, a list of conditions and groups, all of which must hold. The text form says the same to people:
//! [`read_text`] and [`write_text`].
//!
//! An item is a condition (`propertyName` or `field`, `operator`, `value`), a group (`logic`, `filters`) or words
//! (`searchTerm`). Names match in any case, and an unknown member is an error. [`read`] names every fault with its
//! path; [`write()`] writes what it reads back unchanged.
//!
//! ```
//! use client_domain::{BankCalendar, Permissions};
//! use client_wire::predicate;
//! use serde_json::json;
//!
//! let written = json!([
//!     { "propertyName": "LastName", "operator": "StartsWith", "value": "Bal" },
//!     { "logic": "not", "filters": [{ "field": "city", "operator": "Like", "value": "Abuja" }] },
//! ]);
//! let faults = predicate::read(&written, "filters", &Permissions::all(), &BankCalendar::utc()).unwrap_err();
//! assert_eq!(faults.to_string(), "filters[1].filters[0].operator must be an operator");
//! ```

mod fault;
mod reader;
mod text;
mod writer;

pub use fault::{Fault, Faults, Problem};
pub use reader::read;
pub use text::{MAX_LENGTH, TextFault, TextFaults, TextProblem, read_text, write_text};
pub use writer::write;
