use crate::lifecycle::action::Action;

/// An operation that needs a reason, for which the bank can list codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReasonedOperation {
    /// A change of state that needs a reason.
    Action(Action),
    /// A correction of what an update cannot change.
    Correct,
    /// The return of an exited client.
    Return,
    /// The rejection of a document.
    RejectDocument,
    /// The rejection of address information.
    RejectAddress,
    /// The rejection of an amendment.
    RejectAmendment,
}

impl ReasonedOperation {
    /// Every operation with a reason.
    pub const ALL: [Self; 11] = [
        Self::Action(Action::Reject),
        Self::Action(Action::UndoReject),
        Self::Action(Action::Withdraw),
        Self::Action(Action::Blacklist),
        Self::Action(Action::UndoBlacklist),
        Self::Action(Action::Exit),
        Self::Correct,
        Self::Return,
        Self::RejectDocument,
        Self::RejectAddress,
        Self::RejectAmendment,
    ];
    /// The names of all of them, in the same order.
    pub const NAMES: &'static [&'static str] = &names();

    /// The name on the wire, in `camelCase`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Action(action) => action.name(),
            Self::Correct => "correct",
            Self::Return => "return",
            Self::RejectDocument => "rejectDocument",
            Self::RejectAddress => "rejectAddress",
            Self::RejectAmendment => "rejectAmendment",
        }
    }

    /// Whether its codes can end the matter for good.
    pub const fn can_be_final(self) -> bool {
        matches!(self, Self::RejectDocument)
    }
}

#[expect(clippy::indexing_slicing, reason = "it runs while the crate is compiled")]
const fn names() -> [&'static str; ReasonedOperation::ALL.len()] {
    let mut names = [""; ReasonedOperation::ALL.len()];
    let mut at = 0;
    while at < names.len() {
        names[at] = ReasonedOperation::ALL[at].name();
        at += 1;
    }
    names
}

crate::conversions::display_name!(ReasonedOperation);
#[cfg(feature = "serde")]
crate::conversions::text_serde!(ReasonedOperation, |operation| operation.name(), |text| {
    let known = Self::ALL.into_iter().find(|operation| operation.name() == text);
    known.ok_or_else(|| serde::de::Error::custom(crate::value::Invalid::Choice { choices: Self::NAMES }))
});
