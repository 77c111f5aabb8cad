/// An action that gives a client its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Create a client.
    Create,
    /// Approve the client.
    Approve,
    /// Reject the client.
    Reject,
    /// Blacklist the client.
    Blacklist,
    /// Undo a rejection or a lapse; a fresh review begins.
    UndoReject,
    /// Remove the client from the blacklist; a fresh review begins.
    UndoBlacklist,
    /// Activate the client, at its first transaction.
    Activate,
    /// End the relationship.
    Exit,
    /// End an application because the applicant no longer wants it.
    Withdraw,
    /// End an abandoned application, without a change for a long time.
    Lapse,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 10] = [
        Self::Create,
        Self::Approve,
        Self::Reject,
        Self::UndoReject,
        Self::Blacklist,
        Self::UndoBlacklist,
        Self::Activate,
        Self::Exit,
        Self::Withdraw,
        Self::Lapse,
    ];

    /// The name on the wire, in `camelCase`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::UndoReject => "undoReject",
            Self::Blacklist => "blacklist",
            Self::UndoBlacklist => "undoBlacklist",
            Self::Activate => "activate",
            Self::Exit => "exit",
            Self::Withdraw => "withdraw",
            Self::Lapse => "lapse",
        }
    }
}

crate::conversions::display_name!(Action);
