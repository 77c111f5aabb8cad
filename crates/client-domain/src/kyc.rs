//! Know your customer: identity documents and address information, their review, and when they run out.
//!
//! | what | where |
//! | --- | --- |
//! | what a client has handed in | [`Kyc`], part of every [`Client`](crate::Client) |
//! | a document with its file, an address | [`IdentityDocument`], [`AddressInformation`] |
//! | what a reviewer may say of them | [`REVIEWS`], a table as the lifecycle is one |
//! | how long a document is good | [`Expiry`], a pure function of dates |
//! | what the bank demands before approval | [`KycPolicy`], which is data |
//! | what of it is there, and what is missing | [`Kyc::status`], [`Kyc::missing`] |
//!
//! Handing in, reviewing and running out are decisions of the client, in [`crate::client`].

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

/// Everything that a client has handed in, oldest first. Nothing is ever taken out again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Kyc {
    /// Identity documents.
    pub documents: Vec<IdentityDocument>,
    /// Address information.
    pub addresses: Vec<AddressInformation>,
}

impl Kyc {
    /// The greatest number of documents of one client, and the greatest number of addresses: whoever needs more is
    /// not handing in papers.
    pub const MOST: usize = 100;

    /// The document with this id.
    pub fn document(&self, id: &DocumentId) -> Option<&IdentityDocument> {
        self.documents.iter().find(|document| document.id == *id)
    }

    /// The address with this id.
    pub fn address(&self, id: &AddressId) -> Option<&AddressInformation> {
        self.addresses.iter().find(|address| address.id == *id)
    }

    /// Whether nothing was handed in.
    pub const fn is_empty(&self) -> bool {
        self.documents.is_empty() && self.addresses.is_empty()
    }

    /// The first document of which something is to be noted, and what; see [`IdentityDocument::due`].
    pub fn due(&self, today: Date, notice_days: u16) -> Option<(&IdentityDocument, Notice)> {
        self.documents.iter().find_map(|document| Some((document, document.due(today, notice_days)?)))
    }

    /// Whether everything has an id of its own and no more was handed in than can be.
    pub(crate) fn is_consistent(&self) -> bool {
        let documents: std::collections::BTreeSet<_> = self.documents.iter().map(|one| &one.id).collect();
        let addresses: std::collections::BTreeSet<_> = self.addresses.iter().map(|one| &one.id).collect();
        documents.len() == self.documents.len()
            && addresses.len() == self.addresses.len()
            && self.documents.len() <= Self::MOST
            && self.addresses.len() <= Self::MOST
    }
}
