use crate::actor::AuditStamp;
use crate::value::Invalid;

/// How far the review of a client has come, with the data that exists only there.
#[derive(Clone, Debug, PartialEq)]
pub enum Approval {
    /// Nobody has asked for it yet.
    NotRequested,
    /// Somebody has asked for it.
    Requested(AuditStamp),
    /// Somebody has accepted the client.
    Approved(AuditStamp),
    /// Somebody has turned the client down.
    Rejected(AuditStamp),
}

impl Approval {
    /// The status without its data; none before anybody has asked.
    pub const fn status(&self) -> Option<ApprovalStatus> {
        match self {
            Self::NotRequested => None,
            Self::Requested(_) => Some(ApprovalStatus::Pending),
            Self::Approved(_) => Some(ApprovalStatus::Approved),
            Self::Rejected(_) => Some(ApprovalStatus::Rejected),
        }
    }

    /// Who took the last step, and when.
    pub const fn stamp(&self) -> Option<&AuditStamp> {
        match self {
            Self::NotRequested => None,
            Self::Requested(stamp) | Self::Approved(stamp) | Self::Rejected(stamp) => Some(stamp),
        }
    }
}

/// The name of a step of the review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ApprovalStatus {
    /// Asked for, not decided.
    Pending,
    /// Decided: accepted.
    Approved,
    /// Decided: turned down.
    Rejected,
}

impl ApprovalStatus {
    /// Every status.
    pub const ALL: [Self; 3] = [Self::Pending, Self::Approved, Self::Rejected];

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Approved => "Approved",
            Self::Rejected => "Rejected",
        }
    }

    /// Reads a name, in any case.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        Self::ALL
            .into_iter()
            .find(|status| status.name().eq_ignore_ascii_case(raw.trim()))
            .ok_or(Invalid::Choice { choices: &["Pending", "Approved", "Rejected"] })
    }
}
