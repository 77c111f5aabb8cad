//! The parsed values that a client consists of, one type per file.
//!
//! Each has one constructor, `parse` (or `new` where no input is invalid). It trims the text, normalises it
//! to Unicode normalization form C and checks the rule, so a value that exists is valid. A rejected input
//! gives [`Invalid`], which names the rule and its limits and never the rejected text, because that is
//! personal data. `Debug` of personal values is masked.
//!
//! ```
//! use client_domain::value::{Invalid, PersonName};
//!
//! let name = PersonName::parse("  Zoe\u{308} ")?;
//! assert_eq!(name.as_str(), "Zoë");
//! assert_eq!(format!("{name:?}"), "PersonName(***)");
//! assert_eq!(PersonName::parse(" "), Err(Invalid::TooShort { min: 1 }));
//! # Ok::<(), Invalid>(())
//! ```

mod account_officer_id;
mod address_line;
mod address_supplement;
mod birth_date;
mod branch_key;
mod client_id;
mod client_key;
mod country;
mod customer_number;
mod customer_type;
mod email_address;
mod gender;
mod identification;
mod identification_number;
mod identification_type;
pub(crate) mod invalid;
mod issuing_authority;
mod marital_status;
mod notes;
mod numbering_plan;
mod person_name;
mod phone_number;
mod place_name;
mod postal_address;
mod postal_code;
mod reason;
mod reason_code;
mod reason_text;
pub(crate) mod text;
mod transaction_reference;
mod version;
mod view_name;

pub use account_officer_id::AccountOfficerId;
pub use address_line::AddressLine;
pub use address_supplement::AddressSupplement;
pub use birth_date::{BirthDate, parse_date, parse_day};
pub use branch_key::BranchKey;
pub use client_id::ClientId;
pub use client_key::ClientKey;
pub use country::Country;
pub use customer_number::CustomerNumber;
pub use customer_type::CustomerType;
pub use email_address::EmailAddress;
pub use gender::Gender;
pub use identification::Identification;
pub use identification_number::IdentificationNumber;
pub use identification_type::IdentificationType;
pub use invalid::Invalid;
pub use issuing_authority::IssuingAuthority;
pub use marital_status::MaritalStatus;
pub use notes::Notes;
pub use numbering_plan::{AskedNumber, DigitsOnly, NumberingPlan};
pub use person_name::PersonName;
pub use phone_number::PhoneNumber;
pub use place_name::PlaceName;
pub use postal_address::PostalAddress;
pub use postal_code::PostalCode;
pub use reason::Reason;
pub use reason_code::ReasonCode;
pub use reason_text::ReasonText;
pub(crate) use text::{Layout, text_value, tidied};
pub use transaction_reference::TransactionReference;
pub use version::Version;
pub use view_name::ViewName;
