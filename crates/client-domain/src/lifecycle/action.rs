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
    /// Remove the client from the blacklist; a fresh review begins.
    UndoBlacklist,
    /// Activate the client, at its first transaction.
    Activate,
    /// End the relationship.
    Exit,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 7] = [
        Self::Create,
        Self::Approve,
        Self::Reject,
        Self::Blacklist,
        Self::UndoBlacklist,
        Self::Activate,
        Self::Exit,
    ];

    /// The name on the wire, in `camelCase`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::Blacklist => "blacklist",
            Self::UndoBlacklist => "undoBlacklist",
            Self::Activate => "activate",
            Self::Exit => "exit",
        }
    }
}
