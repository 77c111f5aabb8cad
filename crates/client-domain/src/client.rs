//! The client, and the operations on it.
//!
//! | operation | function |
//! | --- | --- |
//! | create a client | [`Client::onboard`] |
//! | change details, correct what else identifies the client | [`Client::update`], [`Client::correct`] |
//! | decide about values that wait for a second person | [`Client::decide_amendment`] |
//! | apply again after an exit, as a new client | [`Client::return_as`] |
//! | ask for approval | [`Client::request_approval`] |
//! | approve, reject, blacklist, exit, undo a rejection or a blacklisting | [`Client::perform`] |
//! | record a transaction of the ledger | [`Client::record_transaction`] |
//! | submit and review documents and addresses | [`Client::submit_document`], [`Client::review_document`], [`Client::submit_address`], [`Client::review_address`] |
//! | record expiry | [`Client::note_expiry`] |
//! | record that phone number or e-mail address was verified | [`Client::verify_contact_point`] |
//! | ask for documents | [`Client::request_documents`] |
//! | explain what is possible, and what blocks the rest | [`explain`], [`allowed`] |
//!
//! Each leaves the client untouched and returns a [`Change`] (the next version of the client and its event)
//! or a [`Refusal`](crate::Refusal).

mod activation;
mod activity_part;
mod addresses;
mod aggregate;
mod amend;
pub(crate) mod amendment;
mod amendment_table;
mod approval;
mod approval_request;
mod blockers;
mod change_values;
pub(crate) mod contact_entry;
pub(crate) mod contact_point;
mod correct;
mod decision;
mod demand;
mod details;
mod documents;
mod explanation;
pub(crate) mod field;
pub(crate) mod field_value;
pub(crate) mod former_names;
mod kyc_status;
pub(crate) mod makers;
mod onboard;
mod open_request;
mod request_documents;
mod returning;
mod snapshot;
pub(crate) mod transaction;
mod transition;
pub(crate) mod two_persons;
mod update;
mod values;
mod verify_contact_point;
mod waiting;
mod waiting_age;

pub use activity_part::{ActivityPart, PartExplanation};
pub use aggregate::Client;
pub use amendment::{Amendment, AmendmentId};
pub use amendment_table::{AMENDMENTS, AmendmentDecision, AmendmentRow};
pub use approval::{Approval, ApprovalStatus};
pub use contact_entry::{ContactEntries, ContactEntry};
pub use contact_point::{ContactPoint, ContactValue, ContactVerification, ContactVerifications};
pub use correct::Correction;
pub use decision::{Change, Decision};
pub use details::{Details, DetailsPatch, Patch};
pub use explanation::{Explanation, allowed, explain};
pub use field::ClientField;
pub use field_value::{FieldValue, ValueChange};
pub use former_names::{FormerNames, FullName};
pub use makers::{Maker, Makers, Touch, Touches};
pub use onboard::Application;
pub use open_request::{OpenRequest, OpenRequests};
pub use returning::Renewal;
pub use snapshot::{ClientSnapshot, Inconsistent};
pub use transaction::Transaction;
pub use transition::Justification;
pub use two_persons::TwoPersons;
pub use waiting::{Decidability, WaitingItem, WorkKind, WorkSubject};
pub use waiting_age::WaitingAge;
