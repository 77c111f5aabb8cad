use super::facts::Facts;
use super::state::ClientState;
use super::state::ClientState::{Active, Approved, BlackListed, Exited, PendingApproval, Rejected};
use super::table::Initiator;
use super::table::Initiator::{Person, System};
use crate::permission::Permission;

/// An activity that a state allows or forbids and that does not change the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Activity {
    /// See the client.
    View,
    /// Change details such as name and address.
    Update,
    /// Correct what an update cannot change.
    Correct,
    /// Approve or reject an open amendment.
    DecideAmendment,
    /// Request the client's approval.
    RequestApproval,
    /// Record that the phone number or the e-mail address was verified.
    VerifyContactPoint,
    /// Submit KYC documents and address information.
    ChangeKyc,
    /// Review KYC documents and address information.
    ReviewKyc,
    /// Ask the client for KYC documents of certain types.
    RequestDocuments,
    /// Open accounts for the client, in another system.
    CreateAccounts,
    /// Transact; the first transaction of an Approved client activates it.
    Transact,
    /// Apply again after an exit, as a new client that is linked to this one.
    Return,
}

impl Activity {
    /// The name on the wire, in `camelCase`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Update => "update",
            Self::Correct => "correct",
            Self::DecideAmendment => "decideAmendment",
            Self::RequestApproval => "requestApproval",
            Self::VerifyContactPoint => "verifyContactPoint",
            Self::ChangeKyc => "changeKyc",
            Self::ReviewKyc => "reviewKyc",
            Self::RequestDocuments => "requestDocuments",
            Self::CreateAccounts => "createAccounts",
            Self::Transact => "transact",
            Self::Return => "return",
        }
    }

    /// The row of the activity.
    pub fn allowance(self) -> &'static Allowance {
        match self {
            Self::View => &ALLOWANCES[0],
            Self::Update => &ALLOWANCES[1],
            Self::Correct => &ALLOWANCES[2],
            Self::DecideAmendment => &ALLOWANCES[3],
            Self::RequestApproval => &ALLOWANCES[4],
            Self::VerifyContactPoint => &ALLOWANCES[5],
            Self::ChangeKyc => &ALLOWANCES[6],
            Self::ReviewKyc => &ALLOWANCES[7],
            Self::RequestDocuments => &ALLOWANCES[8],
            Self::CreateAccounts => &ALLOWANCES[9],
            Self::Transact => &ALLOWANCES[10],
            Self::Return => &ALLOWANCES[11],
        }
    }

    /// The permission that it needs besides that of its row. The return of a client that was blacklisted when it exited
    /// lifts the blacklisting.
    pub fn further_permission(self, facts: &Facts) -> Option<Permission> {
        (self == Self::Return && facts.exited_blacklisted).then_some(Permission::Blacklist)
    }
}

/// A row of the second table: the states that allow an activity, and its permission.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    /// The activity.
    pub activity: Activity,
    /// The states that allow it.
    pub states: &'static [ClientState],
    /// The permission it needs here; `None` if it happens in another system.
    pub permission: Option<Permission>,
    /// Who initiates it.
    pub initiator: Initiator,
}

impl Allowance {
    /// Whether `state` allows the activity.
    pub fn allows(&self, state: ClientState) -> bool {
        self.states.contains(&state)
    }
}

/// The activities that each state allows.
#[rustfmt::skip]
pub const ALLOWANCES: [Allowance; 12] = [
    row(Activity::View,            &[Active, PendingApproval, Approved, Rejected, BlackListed, Exited], Some(Permission::Read),         Person),
    row(Activity::Update,          &[PendingApproval, Approved, Active], Some(Permission::Write),        Person),
    row(Activity::Correct,         &[PendingApproval, Approved, Active], Some(Permission::Write),        Person),
    row(Activity::DecideAmendment, &[Approved, Active],                  Some(Permission::Approve),      Person),
    row(Activity::RequestApproval, &[PendingApproval],                   Some(Permission::Write),        Person),
    row(Activity::VerifyContactPoint, &[PendingApproval, Approved, Active], Some(Permission::KycReview), Person),
    row(Activity::ChangeKyc,       &[PendingApproval, Approved, Active], Some(Permission::KycWrite),     Person),
    row(Activity::ReviewKyc,       &[PendingApproval, Approved, Active], Some(Permission::KycReview),    Person),
    row(Activity::RequestDocuments, &[PendingApproval, Approved, Active], Some(Permission::KycReview),  Person),
    row(Activity::CreateAccounts,  &[Approved, Active],                  None,                           Person),
    row(Activity::Transact,        &[Approved, Active],                  Some(Permission::Transactions), System),
    row(Activity::Return,          &[Exited],                            Some(Permission::Write),        Person),
];

const fn row(
    activity: Activity,
    states: &'static [ClientState],
    permission: Option<Permission>,
    initiator: Initiator,
) -> Allowance {
    Allowance { activity, states, permission, initiator }
}

crate::conversions::display_name!(Activity);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_activity_has_its_row() {
        for row in &ALLOWANCES {
            assert_eq!(row.activity.allowance().activity, row.activity);
        }
    }
}
