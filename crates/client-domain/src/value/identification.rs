use super::{IdentificationNumber, IdentificationType};

/// The paper that identifies a client: its kind and its number.
///
/// Two clients with the same kind and number are duplicates; see [`crate::claim`] for what "the same" means.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Identification {
    /// The kind of paper.
    pub kind: IdentificationType,
    /// The number on it.
    pub number: IdentificationNumber,
}
