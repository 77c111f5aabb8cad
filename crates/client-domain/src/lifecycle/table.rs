use self::Initiator::{Person, System};
use super::action::Action;
use super::guard::Guard;
use super::guard::Guard::{
    ApprovalRequested, FourEyes, KycVerified, LookAlikesReviewed, NoOpenAccounts, NotWithdrawn,
};
use super::state::ClientState;
use super::state::ClientState::{Active, Approved, BlackListed, Exited, PendingApproval, Rejected};
use crate::event::kind::EventKind;
use crate::permission::Permission;

/// Who initiates an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Initiator {
    /// A person decides.
    Person,
    /// Another system reports it.
    System,
}

impl Initiator {
    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Person => "person",
            System => "system",
        }
    }
}

/// A row of the lifecycle.
#[derive(Clone, Copy, Debug)]
pub struct Transition {
    /// The state before; `None` for a new client.
    pub from: Option<ClientState>,
    /// The action.
    pub action: Action,
    /// The state after.
    pub to: ClientState,
    /// The conditions besides the state.
    pub guards: &'static [Guard],
    /// The permission that it takes; none where the service itself sets it going.
    pub permission: Option<Permission>,
    /// The event that records it.
    pub event: EventKind,
    /// Whether a reason must be given.
    pub reason_needed: bool,
    /// Who initiates it.
    pub initiator: Initiator,
}

const WITH_REASON: bool = true;
const WITHOUT_REASON: bool = false;

/// The lifecycle: every transition between states.
#[rustfmt::skip]
pub const TRANSITIONS: &[Transition] = &[
    row(None,                  Action::Create,        PendingApproval, &[],                                                             Some(Permission::Write),        EventKind::Created,          WITHOUT_REASON, Person),
    row(Some(PendingApproval), Action::Approve,       Approved,        &[FourEyes, ApprovalRequested, KycVerified, LookAlikesReviewed], Some(Permission::Approve),      EventKind::Approved,         WITHOUT_REASON, Person),
    row(Some(PendingApproval), Action::Reject,        Rejected,        &[ApprovalRequested],                                            Some(Permission::Approve),      EventKind::Rejected,         WITH_REASON,    Person),
    row(Some(Rejected),        Action::UndoReject,    PendingApproval, &[NotWithdrawn],                                                 Some(Permission::Approve),      EventKind::RejectionUndone,  WITH_REASON,    Person),
    row(Some(Approved),        Action::Activate,      Active,          &[],                                                             Some(Permission::Transactions), EventKind::Activated,        WITHOUT_REASON, System),
    row(Some(Approved),        Action::Blacklist,     BlackListed,     &[],                                                             Some(Permission::Blacklist),    EventKind::Blacklisted,      WITH_REASON,    Person),
    row(Some(Active),          Action::Blacklist,     BlackListed,     &[],                                                             Some(Permission::Blacklist),    EventKind::Blacklisted,      WITH_REASON,    Person),
    row(Some(BlackListed),     Action::UndoBlacklist, PendingApproval, &[],                                                             Some(Permission::Blacklist),    EventKind::BlacklistRemoved, WITH_REASON,    Person),
    row(Some(Approved),        Action::Exit,          Exited,          &[NoOpenAccounts],                                               Some(Permission::Exit),         EventKind::Exited,           WITH_REASON,    Person),
    row(Some(Active),          Action::Exit,          Exited,          &[NoOpenAccounts],                                               Some(Permission::Exit),         EventKind::Exited,           WITH_REASON,    Person),
    row(Some(BlackListed),     Action::Exit,          Exited,          &[NoOpenAccounts],                                               Some(Permission::Exit),         EventKind::Exited,           WITH_REASON,    Person),
    row(Some(PendingApproval), Action::Withdraw,      Rejected,        &[],                                                             Some(Permission::Write),        EventKind::Withdrawn,        WITH_REASON,    Person),
    row(Some(PendingApproval), Action::Lapse,         Rejected,        &[],                                                             None,                           EventKind::Lapsed,           WITHOUT_REASON, System),
];

#[expect(clippy::too_many_arguments, reason = "a row of the table has this many columns")]
const fn row(
    from: Option<ClientState>,
    action: Action,
    to: ClientState,
    guards: &'static [Guard],
    permission: Option<Permission>,
    event: EventKind,
    reason_needed: bool,
    initiator: Initiator,
) -> Transition {
    Transition { from, action, to, guards, permission, event, reason_needed, initiator }
}
