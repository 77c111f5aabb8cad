//! The commands, one file each: a struct of parsed values, its decision, and its outcome.
//!
//! To add one, see "How to add a command" in CONTRIBUTING.

pub(crate) mod approve_address;
pub(crate) mod approve_client;
pub(crate) mod approve_document;
pub(crate) mod blacklist_client;
pub(crate) mod create_client;
pub(crate) mod exit_client;
pub(crate) mod note_expiry;
pub(crate) mod record_transaction;
pub(crate) mod reject_address;
pub(crate) mod reject_client;
pub(crate) mod reject_document;
pub(crate) mod replace_content;
pub(crate) mod request_approval;
pub(crate) mod review;
pub(crate) mod state_change;
mod stored;
mod stored_list;
mod stored_value;
pub(crate) mod submit_address;
pub(crate) mod submit_document;
pub(crate) mod undo_blacklist;
pub(crate) mod update_client;

pub use crate::command::{Command, Resources};
pub use approve_address::ApproveAddress;
pub use approve_client::ApproveClient;
pub use approve_document::ApproveDocument;
pub use blacklist_client::BlacklistClient;
pub use create_client::{ClientCreated, CreateClient};
pub use exit_client::ExitClient;
pub use record_transaction::{RecordTransaction, TransactionRecorded};
pub use reject_address::RejectAddress;
pub use reject_client::RejectClient;
pub use reject_document::RejectDocument;
pub use replace_content::ReplaceContent;
pub use request_approval::{ApprovalRequested, RequestApproval};
pub use review::{AddressReviewed, DocumentReviewed};
pub use state_change::StateChanged;
pub use submit_address::{AddressSubmitted, SubmitAddress};
pub use submit_document::{ContentUpload, DocumentSubmitted, SubmitDocument};
pub use undo_blacklist::UndoBlacklist;
pub use update_client::{ClientUpdated, UpdateClient};
