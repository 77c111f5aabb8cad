/// An action that gives a client its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Onboard somebody new.
    Create,
    /// Accept the client.
    Approve,
    /// Turn the client down.
    Reject,
    /// Bar the client.
    Blacklist,
    /// Lift the bar; a fresh review begins.
    UndoBlacklist,
    /// The first transaction was seen.
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
