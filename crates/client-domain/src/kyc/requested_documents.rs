use super::document_kind::DocumentKind;
use crate::value::Invalid;

/// The types of the documents that a client is asked for: at least one, each once, in the order of their numbers.
///
/// ```
/// use client_domain::kyc::{DocumentKind, RequestedDocuments};
///
/// let bill = DocumentKind::UtilityBill;
/// let both = RequestedDocuments::new(vec![bill, DocumentKind::NationalId])?;
/// assert_eq!(both.kinds(), [DocumentKind::NationalId, bill]);
/// assert!(RequestedDocuments::new(Vec::new()).is_err());
/// assert!(RequestedDocuments::new(vec![bill, bill]).is_err());
/// # Ok::<(), client_domain::Invalid>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "Vec<DocumentKind>", into = "Vec<DocumentKind>")
)]
pub struct RequestedDocuments(Vec<DocumentKind>);

impl RequestedDocuments {
    /// The maximum number of types: all that there are.
    pub const MAX: usize = DocumentKind::ALL.len();

    /// The types, if there is one and none occurs twice.
    pub fn new(mut kinds: Vec<DocumentKind>) -> Result<Self, Invalid> {
        kinds.sort_by_key(|kind| kind.number());
        let is_repeated = kinds.windows(2).any(|pair| pair.first() == pair.last());
        if kinds.is_empty() || is_repeated {
            return Err(Invalid::Format { expected: "at least one type of document, each once" });
        }
        Ok(Self(kinds))
    }

    /// The types, in the order of their numbers.
    pub fn kinds(&self) -> &[DocumentKind] {
        &self.0
    }
}

impl TryFrom<Vec<DocumentKind>> for RequestedDocuments {
    type Error = Invalid;

    fn try_from(kinds: Vec<DocumentKind>) -> Result<Self, Invalid> {
        Self::new(kinds)
    }
}

impl From<RequestedDocuments> for Vec<DocumentKind> {
    fn from(requested: RequestedDocuments) -> Self {
        requested.0
    }
}
