//! The lifecycle of a batch: one table, as the clients have.

/// Where a batch is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BatchState {
    /// Its file has not arrived.
    Announced,
    /// Its file is there, and its rows are being checked.
    Received,
    /// Every row was checked, and nothing was written.
    Checked,
    /// A person has confirmed it; it waits for its turn.
    Confirmed,
    /// Its rows are being executed.
    Running,
    /// A person has paused it.
    Paused,
    /// A person has stopped it, and it is being found out which of its begun rows were done.
    Stopping,
    /// Every row was executed.
    Finished,
    /// It was stopped; the rows that were not tried never will be.
    Stopped,
}

impl BatchState {
    /// Every state.
    pub const ALL: [Self; 9] = [
        Self::Announced,
        Self::Received,
        Self::Checked,
        Self::Confirmed,
        Self::Running,
        Self::Paused,
        Self::Stopping,
        Self::Finished,
        Self::Stopped,
    ];

    /// The name on the wire and in storage.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Announced => "announced",
            Self::Received => "received",
            Self::Checked => "checked",
            Self::Confirmed => "confirmed",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Stopping => "stopping",
            Self::Finished => "finished",
            Self::Stopped => "stopped",
        }
    }

    /// Reads a name.
    pub fn parse(raw: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == raw)
    }

    /// Whether nothing follows.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Finished | Self::Stopped)
    }

    /// Whether a batch in this state waits for its file, its check or a person, and ends if it waits for too long.
    pub const fn expires(self) -> bool {
        matches!(self, Self::Announced | Self::Received | Self::Checked | Self::Paused)
    }

    /// Whether the service has something to do for a batch in this state.
    pub const fn is_at_work(self) -> bool {
        matches!(self, Self::Received | Self::Confirmed | Self::Running | Self::Stopping)
    }
}

/// What happens to a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BatchAction {
    /// Its file arrives.
    Receive,
    /// Its last row was checked.
    Check,
    /// A person confirms it.
    Confirm,
    /// Its turn comes.
    Start,
    /// A person pauses it.
    Pause,
    /// A person lets it go on.
    Resume,
    /// Its last row was executed.
    Finish,
    /// A person stops it.
    Stop,
    /// What became of its begun rows is known.
    Settle,
    /// It has waited for longer than the bank allows.
    Expire,
}

impl BatchAction {
    /// Every action.
    pub const ALL: [Self; 10] = [
        Self::Receive,
        Self::Check,
        Self::Confirm,
        Self::Start,
        Self::Pause,
        Self::Resume,
        Self::Finish,
        Self::Stop,
        Self::Settle,
        Self::Expire,
    ];

    /// The actions of people with a batch whose file is there, in the order of its life.
    pub const OF_PEOPLE: [Self; 4] = [Self::Confirm, Self::Pause, Self::Resume, Self::Stop];

    /// A verb for messages, to follow "be".
    pub const fn participle(self) -> &'static str {
        match self {
            Self::Receive => "uploaded",
            Self::Check => "checked",
            Self::Confirm => "confirmed",
            Self::Start => "started",
            Self::Pause => "paused",
            Self::Resume => "resumed",
            Self::Finish => "finished",
            Self::Stop => "stopped",
            Self::Settle => "settled",
            Self::Expire => "given up",
        }
    }
}

/// Who does an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchRole {
    /// The person who uploads the file.
    Uploader,
    /// A person with the permission to confirm, who is another one where the bank wants two.
    Confirmer,
    /// The uploader, or a person with the permission to confirm.
    Either,
    /// The service.
    Service,
}

/// A row of the lifecycle table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchTransition {
    /// The state before.
    pub from: BatchState,
    /// The action.
    pub action: BatchAction,
    /// The state after.
    pub to: BatchState,
    /// Who does it.
    pub by: BatchRole,
    /// Whether everybody concerned must still have the permissions of the rows.
    pub checks_permissions: bool,
}

const fn row(from: BatchState, action: BatchAction, to: BatchState, by: BatchRole) -> BatchTransition {
    let checks_permissions =
        matches!(action, BatchAction::Receive | BatchAction::Confirm | BatchAction::Resume);
    BatchTransition { from, action, to, by, checks_permissions }
}

/// The lifecycle of batches. What is not in it is refused.
pub const BATCH_TRANSITIONS: [BatchTransition; 19] = {
    use BatchAction::{Check, Confirm, Expire, Finish, Pause, Receive, Resume, Settle, Start, Stop};
    use BatchRole::{Confirmer, Either, Service, Uploader};
    use BatchState::{Announced, Checked, Confirmed, Finished, Paused, Received, Running, Stopped, Stopping};
    [
        row(Announced, Receive, Received, Uploader),
        row(Announced, Stop, Stopped, Either),
        row(Announced, Expire, Stopped, Service),
        row(Received, Check, Checked, Service),
        row(Received, Stop, Stopped, Either),
        row(Received, Expire, Stopped, Service),
        row(Checked, Confirm, Confirmed, Confirmer),
        row(Checked, Stop, Stopped, Either),
        row(Checked, Expire, Stopped, Service),
        row(Confirmed, Start, Running, Service),
        row(Confirmed, Pause, Paused, Either),
        row(Confirmed, Stop, Stopping, Either),
        row(Running, Pause, Paused, Either),
        row(Running, Finish, Finished, Service),
        row(Running, Stop, Stopping, Either),
        row(Paused, Resume, Confirmed, Either),
        row(Paused, Stop, Stopping, Either),
        row(Paused, Expire, Stopping, Service),
        row(Stopping, Settle, Stopped, Service),
    ]
};

/// The row of the table for this state and action.
pub(crate) fn transition(from: BatchState, action: BatchAction) -> Option<&'static BatchTransition> {
    BATCH_TRANSITIONS.iter().find(|row| row.from == from && row.action == action)
}
