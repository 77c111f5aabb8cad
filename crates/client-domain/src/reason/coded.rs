use crate::value::{ReasonCode, ReasonText};

/// A reason that was chosen from the catalogue: its code, and what the code meant then. History keeps both, so that
/// a later catalogue does not change what was said.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct CodedReason {
    /// The code.
    pub code: ReasonCode,
    /// Its text at the time of the choice.
    pub text: ReasonText,
}

/// Why a document or an address was rejected, and whether the rejection is final.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct Rejection {
    /// The reason.
    pub reason: CodedReason,
    /// Whether the client can never submit the same document again: the same type with the same number. Otherwise a
    /// better copy is welcome.
    pub is_final: bool,
}
