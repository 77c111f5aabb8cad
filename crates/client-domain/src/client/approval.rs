use crate::actor::AuditStamp;
use crate::value::Invalid;

/// The progress of the approval, with the data of each step.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum Approval {
    /// The approval was not requested yet.
    NotRequested,
    /// The approval was requested.
    Requested(AuditStamp),
    /// The client was approved.
    Approved(AuditStamp),
    /// The client was rejected.
    Rejected(AuditStamp),
}

impl Approval {
    /// The status without its data; `None` before the first request.
    pub const fn status(&self) -> Option<ApprovalStatus> {
        match self {
            Self::NotRequested => None,
            Self::Requested(_) => Some(ApprovalStatus::Pending),
            Self::Approved(_) => Some(ApprovalStatus::Approved),
            Self::Rejected(_) => Some(ApprovalStatus::Rejected),
        }
    }

    /// The actor and time of the latest step.
    pub const fn stamp(&self) -> Option<&AuditStamp> {
        match self {
            Self::NotRequested => None,
            Self::Requested(stamp) | Self::Approved(stamp) | Self::Rejected(stamp) => Some(stamp),
        }
    }
}

/// The name of a step of the approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ApprovalStatus {
    /// Requested and not decided.
    Pending,
    /// Decided: approved.
    Approved,
    /// Decided: rejected.
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

crate::conversions::text_conversions!(ApprovalStatus, name);
crate::conversions::display_name!(ApprovalStatus);
