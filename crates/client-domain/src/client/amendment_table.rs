use crate::event::kind::EventKind;
use crate::permission::Permission;

/// A decision about an open amendment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AmendmentDecision {
    /// The proposed values come into force.
    Approve,
    /// The live values stay.
    Reject,
}

impl AmendmentDecision {
    /// The row of the decision.
    pub const fn row(self) -> &'static AmendmentRow {
        match self {
            Self::Approve => &AMENDMENTS[0],
            Self::Reject => &AMENDMENTS[1],
        }
    }
}

/// A row of the table of amendments.
#[derive(Clone, Copy, Debug)]
pub struct AmendmentRow {
    /// The decision.
    pub decision: AmendmentDecision,
    /// The event that records it.
    pub event: EventKind,
    /// Whether it is by another person than the one who proposed, whatever `four_eyes` says.
    pub by_another: bool,
    /// Whether the live values must be those that the proposal saw.
    pub live_unmoved: bool,
    /// The permission it needs.
    pub permission: Permission,
}

/// The end of an amendment by a decision. It also ends when its proposer proposes other values for its fields,
/// and when the client leaves the states in which amendments are open.
#[rustfmt::skip]
pub const AMENDMENTS: [AmendmentRow; 2] = [
    row(AmendmentDecision::Approve, EventKind::AmendmentApproved, true, true,  Permission::Approve),
    row(AmendmentDecision::Reject,  EventKind::AmendmentRejected, true, false, Permission::Approve),
];

const fn row(
    decision: AmendmentDecision,
    event: EventKind,
    by_another: bool,
    live_unmoved: bool,
    permission: Permission,
) -> AmendmentRow {
    AmendmentRow { decision, event, by_another, live_unmoved, permission }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_decision_has_its_row_and_another_person() {
        for row in &AMENDMENTS {
            assert_eq!(row.decision.row().event, row.event);
            assert!(row.by_another);
        }
    }
}
