use std::collections::{BTreeMap, BTreeSet};

use super::coded::{CodedReason, Rejection};
use super::operation::ReasonedOperation;
use crate::value::{ReasonCode, ReasonText};

/// A reason that the bank lists for an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct ReasonEntry {
    /// The code; it occurs once in the list of an operation.
    pub code: ReasonCode,
    /// What it means.
    pub text: ReasonText,
    /// Whether a rejection for this reason is final. See [`ReasonedOperation::can_be_final`].
    #[cfg_attr(feature = "serde", serde(rename = "final"))]
    pub is_final: bool,
    /// Whether it was used once and is not accepted any more.
    #[cfg_attr(feature = "serde", serde(rename = "retired"))]
    pub is_retired: bool,
}

impl ReasonEntry {
    /// What is recorded of the choice of this reason.
    pub fn coded(&self) -> CodedReason {
        CodedReason { code: self.code.clone(), text: self.text.clone() }
    }

    /// What is recorded of a rejection for this reason.
    pub fn rejection(&self) -> Rejection {
        Rejection { reason: self.coded(), is_final: self.is_final }
    }
}

/// The reasons that the bank lists, by operation. An operation without a list has no codes.
///
/// ```
/// use client_domain::lifecycle::Action;
/// use client_domain::reason::{ReasonCatalogue, ReasonEntry, ReasonedOperation};
/// use client_domain::value::{ReasonCode, ReasonText};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let entry = |code: &str, is_retired| -> Result<_, client_domain::Invalid> {
///     let (code, text) = (ReasonCode::parse(code)?, ReasonText::parse("On a list of sanctions")?);
///     Ok(ReasonEntry { code, text, is_final: false, is_retired })
/// };
/// let blacklist = ReasonedOperation::Action(Action::Blacklist);
/// let listed = [entry("sanctions", false)?, entry("watch-list", true)?];
/// let catalogue = ReasonCatalogue::default().with(blacklist, listed.into())?;
///
/// let code = ReasonCode::parse("sanctions")?;
/// assert!(catalogue.choose(blacklist, Some(&code))?.is_some());
/// assert!(catalogue.choose(blacklist, None).is_err(), "the operation needs a code now");
/// let retired = ReasonCode::parse("watch-list")?;
/// assert_eq!(catalogue.choose(blacklist, Some(&retired)).unwrap_err().accepted, [code]);
///
/// let exit = ReasonedOperation::Action(Action::Exit);
/// assert!(catalogue.choose(exit, None)?.is_none(), "without a list there are no codes");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(
        try_from = "BTreeMap<ReasonedOperation, Vec<ReasonEntry>>",
        into = "BTreeMap<ReasonedOperation, Vec<ReasonEntry>>"
    )
)]
pub struct ReasonCatalogue {
    lists: BTreeMap<ReasonedOperation, Vec<ReasonEntry>>,
}

impl ReasonCatalogue {
    /// The maximum number of codes of one operation.
    pub const MAX_CODES: usize = 100;

    /// The same catalogue with these reasons for the operation.
    ///
    /// # Errors
    ///
    /// A code occurs twice, no code is accepted, or one is final where nothing can be.
    pub fn with(
        mut self,
        operation: ReasonedOperation,
        entries: Vec<ReasonEntry>,
    ) -> Result<Self, InvalidReasons> {
        let codes: BTreeSet<_> = entries.iter().map(|entry| &entry.code).collect();
        if codes.len() < entries.len() {
            return Err(InvalidReasons::Twice);
        }
        if entries.iter().all(|entry| entry.is_retired) {
            return Err(InvalidReasons::NoneAccepted);
        }
        if !operation.can_be_final() && entries.iter().any(|entry| entry.is_final) {
            return Err(InvalidReasons::NotFinal);
        }
        self.lists.insert(operation, entries);
        Ok(self)
    }

    /// The operations with a list, and their reasons.
    pub fn lists(&self) -> impl Iterator<Item = (ReasonedOperation, &[ReasonEntry])> {
        self.lists.iter().map(|(operation, entries)| (*operation, entries.as_slice()))
    }

    /// The reasons that are accepted for the operation, in the order of the bank. Empty without a list.
    pub fn accepted(&self, operation: ReasonedOperation) -> impl Iterator<Item = &ReasonEntry> {
        self.lists.get(&operation).into_iter().flatten().filter(|entry| !entry.is_retired)
    }

    /// The reason with this code. `None` if the operation has no list and no code is given.
    ///
    /// # Errors
    ///
    /// A code is missing, or the given one is not accepted.
    pub fn choose(
        &self,
        operation: ReasonedOperation,
        code: Option<&ReasonCode>,
    ) -> Result<Option<&ReasonEntry>, ReasonNotAccepted> {
        let mut accepted = self.accepted(operation).peekable();
        if code.is_none() && accepted.peek().is_none() {
            return Ok(None);
        }
        let chosen = accepted.find(|entry| Some(&entry.code) == code);
        let refused = || ReasonNotAccepted {
            is_missing: code.is_none(),
            accepted: self.accepted(operation).map(|entry| entry.code.clone()).collect(),
        };
        chosen.map(Some).ok_or_else(refused)
    }
}

/// A code is missing, or is not one of those that are accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.words())]
pub struct ReasonNotAccepted {
    /// Whether no code was given.
    pub is_missing: bool,
    /// The accepted codes; empty if the operation has no list.
    pub accepted: Vec<ReasonCode>,
}

impl ReasonNotAccepted {
    fn words(&self) -> String {
        let accepted: Vec<_> = self.accepted.iter().map(ReasonCode::as_str).collect();
        match (accepted.is_empty(), self.is_missing) {
            (true, _) => "must be left out: the bank lists no codes for this operation".to_owned(),
            (false, true) => format!("is mandatory: give one of {}", accepted.join(", ")),
            (false, false) => format!("must be one of {}", accepted.join(", ")),
        }
    }
}

/// A list that cannot be a list of reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidReasons {
    /// A code occurs twice.
    #[error("must have each code once")]
    Twice,
    /// The list is empty, or all its codes are retired, so that the operation would be impossible.
    #[error("must have at least one code that is not retired")]
    NoneAccepted,
    /// A code is final, and the operation rejects no document.
    #[error("must have no final code: only the rejection of a document can be final")]
    NotFinal,
}

#[cfg(feature = "serde")]
impl From<ReasonCatalogue> for BTreeMap<ReasonedOperation, Vec<ReasonEntry>> {
    fn from(catalogue: ReasonCatalogue) -> Self {
        catalogue.lists
    }
}

#[cfg(feature = "serde")]
impl TryFrom<BTreeMap<ReasonedOperation, Vec<ReasonEntry>>> for ReasonCatalogue {
    type Error = InvalidReasons;

    fn try_from(lists: BTreeMap<ReasonedOperation, Vec<ReasonEntry>>) -> Result<Self, Self::Error> {
        lists.into_iter().try_fold(Self::default(), |all, (operation, entries)| all.with(operation, entries))
    }
}
