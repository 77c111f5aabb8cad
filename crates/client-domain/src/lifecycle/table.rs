use super::ClientState::{Active, Approved, BlackListed, Exited, PendingApproval, Rejected};
use super::Guard::{ApprovalRequested, FourEyes, KycVerified, NoOpenAccounts};
use super::Initiator::{Person, System};
use super::{Action, ClientState, Guard};
use crate::event::EventKind;
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
    /// The permission it needs.
    pub permission: Permission,
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
    row(None,                  Action::Create,        PendingApproval, &[],                                          Permission::Write,        EventKind::Created,          WITHOUT_REASON, Person),
    row(Some(PendingApproval), Action::Approve,       Approved,        &[FourEyes, ApprovalRequested, KycVerified],  Permission::Approve,      EventKind::Approved,         WITHOUT_REASON, Person),
    row(Some(PendingApproval), Action::Reject,        Rejected,        &[ApprovalRequested],                         Permission::Approve,      EventKind::Rejected,         WITH_REASON,    Person),
    row(Some(Approved),        Action::Activate,      Active,          &[],                                          Permission::Transactions, EventKind::Activated,        WITHOUT_REASON, System),
    row(Some(Approved),        Action::Blacklist,     BlackListed,     &[],                                          Permission::Blacklist,    EventKind::Blacklisted,      WITH_REASON,    Person),
    row(Some(Active),          Action::Blacklist,     BlackListed,     &[],                                          Permission::Blacklist,    EventKind::Blacklisted,      WITH_REASON,    Person),
    row(Some(BlackListed),     Action::UndoBlacklist, PendingApproval, &[],                                          Permission::Blacklist,    EventKind::BlacklistRemoved, WITH_REASON,    Person),
    row(Some(Approved),        Action::Exit,          Exited,          &[NoOpenAccounts],                            Permission::Exit,         EventKind::Exited,           WITH_REASON,    Person),
    row(Some(Active),          Action::Exit,          Exited,          &[NoOpenAccounts],                            Permission::Exit,         EventKind::Exited,           WITH_REASON,    Person),
];

#[expect(clippy::too_many_arguments, reason = "a row of the table has this many columns")]
const fn row(
    from: Option<ClientState>,
    action: Action,
    to: ClientState,
    guards: &'static [Guard],
    permission: Permission,
    event: EventKind,
    reason_needed: bool,
    initiator: Initiator,
) -> Transition {
    Transition { from, action, to, guards, permission, event, reason_needed, initiator }
}
