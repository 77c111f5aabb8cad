//! Know your customer: identity documents and address information, their review, and their expiry.
//!
//! | what | where |
//! | --- | --- |
//! | what a client has submitted | [`Kyc`], part of every [`Client`](crate::Client) |
//! | a document with its file, an address | [`IdentityDocument`], [`AddressInformation`] |
//! | what a reviewer may decide | [`REVIEWS`], a table like the lifecycle |
//! | how long a document is valid | [`Expiry`], a pure function of dates |
//! | what the bank requires before approval | [`KycPolicy`], which is data |
//! | which requirements are met, and which are missing | [`Kyc::status`], [`Kyc::missing`] |
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
mod requirement_status;
mod review;
mod uploaders;
mod verification;

use jiff::civil::Date;

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
pub use requirement_status::{KycStatus, MissingRequirement, RequirementStatus};
pub use review::{REVIEWS, ReviewAction, ReviewRow};
pub use uploaders::Uploaders;
pub use verification::{Review, Verification, VerificationStatus};

/// Everything that a client has submitted, oldest first. Nothing is ever removed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Kyc {
    /// Identity documents.
    pub documents: Vec<IdentityDocument>,
    /// Address information.
    pub addresses: Vec<AddressInformation>,
}

impl Kyc {
    /// The greatest number of documents of one client, and the greatest number of addresses. It bounds the
    /// size of a stored client.
    pub const MAX_ITEMS: usize = 100;

    /// The document with this id.
    pub fn document(&self, id: &DocumentId) -> Option<&IdentityDocument> {
        self.documents.iter().find(|document| document.id == *id)
    }

    /// The address with this id.
    pub fn address(&self, id: &AddressId) -> Option<&AddressInformation> {
        self.addresses.iter().find(|address| address.id == *id)
    }

    /// Whether nothing was submitted.
    pub const fn is_empty(&self) -> bool {
        self.documents.is_empty() && self.addresses.is_empty()
    }

    /// The first document with a notice to record, and the notice; see [`IdentityDocument::due`].
    pub fn due(&self, today: Date, notice_days: u16) -> Option<(&IdentityDocument, Notice)> {
        self.documents.iter().find_map(|document| Some((document, document.due(today, notice_days)?)))
    }

    /// Whether all ids are unique and neither list is longer than [`Kyc::MAX_ITEMS`].
    pub(crate) fn is_consistent(&self) -> bool {
        let documents: std::collections::BTreeSet<_> = self.documents.iter().map(|one| &one.id).collect();
        let addresses: std::collections::BTreeSet<_> = self.addresses.iter().map(|one| &one.id).collect();
        documents.len() == self.documents.len()
            && addresses.len() == self.addresses.len()
            && self.documents.len() <= Self::MAX_ITEMS
            && self.addresses.len() <= Self::MAX_ITEMS
    }
}
