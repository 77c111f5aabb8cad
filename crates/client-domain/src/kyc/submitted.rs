use jiff::civil::Date;

use super::address_information::AddressInformation;
use super::document_kind::DocumentKind;
use super::expiry::Notice;
use super::identity_document::IdentityDocument;
use super::key::{AddressId, DocumentId};
use crate::text::number;
use crate::value::IdentificationNumber;

/// Everything that a client has submitted, oldest first. Nothing is ever removed.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct Kyc {
    /// Identity documents.
    pub documents: Vec<IdentityDocument>,
    /// Address information.
    pub addresses: Vec<AddressInformation>,
}

impl Kyc {
    /// The maximum number of documents of one client, and the maximum number of addresses. It bounds the size of a
    /// stored client.
    pub const MAX_ITEMS: usize = 100;

    /// The document with this id.
    pub fn document(&self, id: &DocumentId) -> Option<&IdentityDocument> {
        self.documents.iter().find(|document| document.id == *id)
    }

    /// The address with this id.
    pub fn address(&self, id: &AddressId) -> Option<&AddressInformation> {
        self.addresses.iter().find(|address| address.id == *id)
    }

    /// Whether a document of this type with this number was rejected for good. Spellings of a number do not differ.
    pub fn is_rejected_finally(&self, kind: DocumentKind, wanted: &IdentificationNumber) -> bool {
        let wanted = number(wanted.as_str());
        self.documents.iter().any(|document| {
            document.verification.is_rejected_finally()
                && document.kind == kind
                && number(document.number.as_str()) == wanted
        })
    }

    /// Whether nothing was submitted.
    pub fn is_empty(&self) -> bool {
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
