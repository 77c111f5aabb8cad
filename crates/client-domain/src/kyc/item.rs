use super::{AddressId, DocumentId};

/// One thing that a client has handed in: what an event or a refusal is about.
#[derive(Clone, Debug, PartialEq, Eq)]
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
