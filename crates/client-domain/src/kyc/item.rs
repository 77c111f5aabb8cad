use super::key::{AddressId, DocumentId};

/// A document or an address of a client, as the subject of an event or a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum KycItem {
    /// An identity document.
    Document(DocumentId),
    /// Address information.
    Address(AddressId),
}

impl KycItem {
    /// The document, if it is one.
    pub const fn document(&self) -> Option<&DocumentId> {
        match self {
            Self::Document(id) => Some(id),
            Self::Address(_) => None,
        }
    }

    /// The address, if it is one.
    pub const fn address(&self) -> Option<&AddressId> {
        match self {
            Self::Document(_) => None,
            Self::Address(id) => Some(id),
        }
    }
}
