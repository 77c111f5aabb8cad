use crate::value::Invalid;

/// The state of a client in the lifecycle.
///
/// ```
/// use client_domain::ClientState;
///
/// assert_eq!(ClientState::PendingApproval.number(), 3);
/// assert_eq!(ClientState::PendingApproval.description(), "Pending Approval");
/// assert!(ClientState::Rejected.has_ended() && !ClientState::Rejected.is_final());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClientState {
    /// A full client, with accounts and transactions.
    Active,
    /// Created, waiting for the decision of a second person.
    PendingApproval,
    /// Approved; the first transaction makes it active.
    Approved,
    /// The application has ended without an approval; only an undone rejection leads out of it.
    Rejected,
    /// Blacklisted until the blacklisting is lifted and the client is reviewed afresh.
    BlackListed,
    /// The relationship has ended. Final.
    Exited,
}

impl ClientState {
    /// Every state, in the order of its number.
    pub const ALL: [Self; 6] = [
        Self::Active,
        Self::PendingApproval,
        Self::Approved,
        Self::Rejected,
        Self::BlackListed,
        Self::Exited,
    ];

    /// The number on the wire. Zero is the filter value "all"; two was never assigned.
    pub const fn number(self) -> u8 {
        match self {
            Self::Active => 1,
            Self::PendingApproval => 3,
            Self::Approved => 4,
            Self::Rejected => 5,
            Self::BlackListed => 6,
            Self::Exited => 7,
        }
    }

    /// The state with this number.
    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| i64::from(state.number()) == number)
    }

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::PendingApproval => "PendingApproval",
            Self::Approved => "Approved",
            Self::Rejected => "Rejected",
            Self::BlackListed => "BlackListed",
            Self::Exited => "Exited",
        }
    }

    /// The name that people see.
    pub const fn description(self) -> &'static str {
        match self {
            Self::PendingApproval => "Pending Approval",
            other => other.name(),
        }
    }

    /// Reads a name or a description, in any case.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let is = |name: &str| name.eq_ignore_ascii_case(raw.trim());
        let found = Self::ALL.into_iter().find(|state| is(state.name()) || is(state.description()));
        found.ok_or(Invalid::Choice {
            choices: &["Active", "PendingApproval", "Approved", "Rejected", "BlackListed", "Exited"],
        })
    }

    /// Whether no action leads out of the state.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Exited)
    }

    /// Whether the application or the relationship has ended: the client holds no claims, and no work on it is due.
    pub const fn has_ended(self) -> bool {
        matches!(self, Self::Rejected | Self::Exited)
    }
}

crate::conversions::text_conversions!(ClientState, name);
crate::conversions::display_name!(ClientState);
