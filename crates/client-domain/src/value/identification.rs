use super::identification_number::IdentificationNumber;
use super::identification_type::IdentificationType;

/// The document that identifies a client: its type and its number.
///
/// Two clients with the same kind and number are duplicates; see [`crate::claim`] for what "the same" means.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct Identification {
    /// The type of the document.
    pub kind: IdentificationType,
    /// The number on the document.
    pub number: IdentificationNumber,
}
