//! Know your customer: identity documents and address information, their review, and their expiry.
//!
//! | what | where |
//! | --- | --- |
//! | what a client has submitted | [`Kyc`], part of every [`Client`](crate::Client) |
//! | a document with its file, an address | [`IdentityDocument`], [`AddressInformation`] |
//! | what a reviewer may decide | [`REVIEWS`], a table like the lifecycle |
//! | how long a document is valid | [`Expiry`], a pure function of dates |
//! | what the bank requires before approval | [`KycPolicy`], which is data |
//! | whether an approval still fits the client | [`Client::status_of`](crate::Client::status_of) |
//! | how the status follows from the documents under one policy | [`KycStatusRule`] |
//! | which requirements are met, and which are missing | [`Client::kyc_status`](crate::Client::kyc_status), [`Client::missing_requirements`](crate::Client::missing_requirements) |
//!
//! Submission, review and expiry are decisions of the client, in [`crate::client`].

mod address_information;
mod content_key;
mod digest;
mod document_kind;
mod evidence;
mod expiry;
mod file_extension;
mod identity_document;
mod item;
mod key;
mod media_type;
mod number_mask;
mod policy;
mod requested_documents;
mod requirement_status;
mod review;
mod status_rule;
mod submitted;
mod uploaders;
mod verification;

pub use address_information::{AddressDraft, AddressInformation};
pub use content_key::ContentKey;
pub use digest::Sha256;
pub use document_kind::DocumentKind;
pub use evidence::{Evidence, Requirement};
pub use expiry::{Expiry, Notice, Validity};
pub use file_extension::FileExtension;
pub use identity_document::{Content, DocumentDraft, IdentityDocument};
pub use item::KycItem;
pub use key::{AddressId, DocumentId};
pub use media_type::MediaType;
pub use number_mask::NumberMask;
pub use policy::{KycPolicy, KycRequirements, PolicyVersion};
pub use requested_documents::RequestedDocuments;
pub use requirement_status::{KycStatus, MissingRequirement, RequirementStatus};
pub use review::{REVIEWS, ReviewAction, ReviewJustification, ReviewRow};
pub use status_rule::KycStatusRule;
pub use submitted::Kyc;
pub use uploaders::Uploaders;
pub use verification::{Review, Verification, VerificationStatus};
