//! The reports: what each is called, what it takes, and what it shows.

use client_domain::client::WaitingAge;
use client_domain::{ClientState, EventKind, Permission};

/// A report: a table of numbers, and nothing about one person but who decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Report {
    /// Clients by branch and state.
    ClientsByBranch,
    /// Clients by the month in which they were created, and by the state that they have now.
    ClientsByMonth,
    /// What waits for a person, by branch, kind and age.
    Waiting,
    /// How long clients had waited since the request for their approval, by branch and by who decided.
    DecisionTimes,
    /// Decisions and their reversals, by who decided and with which reason.
    Decisions,
    /// Clients with a document that expires soon, by branch.
    ExpiringDocuments,
    /// How many clients were blacklisted, removed from the blacklist, and exited, by month.
    Endings,
    /// Applications whose KYC information has been incomplete for some days, by branch.
    IncompleteApplications,
}

impl Report {
    /// Every report, in the order of a list.
    pub const ALL: [Self; 8] = [
        Self::ClientsByBranch,
        Self::ClientsByMonth,
        Self::Waiting,
        Self::DecisionTimes,
        Self::Decisions,
        Self::ExpiringDocuments,
        Self::Endings,
        Self::IncompleteApplications,
    ];

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ClientsByBranch => "clientsByBranch",
            Self::ClientsByMonth => "clientsByMonth",
            Self::Waiting => "waiting",
            Self::DecisionTimes => "decisionTimes",
            Self::Decisions => "decisions",
            Self::ExpiringDocuments => "expiringDocuments",
            Self::Endings => "endings",
            Self::IncompleteApplications => "incompleteApplications",
        }
    }

    /// The report with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|report| report.name() == name)
    }

    /// The permission that it needs beside that to read clients.
    pub(crate) const fn permission(self) -> Option<Permission> {
        match self {
            Self::ClientsByBranch | Self::ClientsByMonth | Self::Waiting => None,
            Self::DecisionTimes | Self::Decisions | Self::Endings => Some(Permission::History),
            Self::ExpiringDocuments | Self::IncompleteApplications => Some(Permission::KycRead),
        }
    }

    /// Every permission that it needs.
    pub fn permissions(self) -> impl Iterator<Item = Permission> {
        std::iter::once(Permission::Read).chain(self.permission())
    }

    /// Whether it is about a period.
    pub const fn has_period(self) -> bool {
        matches!(self, Self::ClientsByMonth | Self::DecisionTimes | Self::Decisions | Self::Endings)
    }

    /// Whether it is about applications that are older than a number of days.
    pub const fn has_age(self) -> bool {
        matches!(self, Self::IncompleteApplications)
    }

    /// What the labels of a row are.
    pub const fn labels(self) -> &'static [&'static str] {
        match self {
            Self::ClientsByBranch | Self::ExpiringDocuments | Self::IncompleteApplications => {
                &["branchEncodedKey"]
            }
            Self::ClientsByMonth | Self::Endings => &["month"],
            Self::Waiting => &["branchEncodedKey", "kind"],
            Self::DecisionTimes => &["branchEncodedKey", "actorId", "event"],
            Self::Decisions => &["actorId", "event", "reasonCode"],
        }
    }

    /// What the numbers of a row are.
    pub fn measures(self) -> Vec<&'static str> {
        match self {
            Self::ClientsByBranch | Self::ClientsByMonth => ClientState::ALL.map(ClientState::name).to_vec(),
            Self::Waiting | Self::DecisionTimes => WaitingAge::ALL.map(WaitingAge::name).to_vec(),
            Self::Decisions => vec!["count"],
            Self::IncompleteApplications => vec!["clients"],
            Self::ExpiringDocuments => vec!["within30Days", "within60Days", "within90Days"],
            Self::Endings => ENDINGS.map(EventKind::name).to_vec(),
        }
    }
}

/// The events of [`Report::Endings`].
pub(crate) const ENDINGS: [EventKind; 3] =
    [EventKind::Blacklisted, EventKind::BlacklistRemoved, EventKind::Exited];

/// Those of [`Report::Decisions`] whose reasons are KYC data.
pub(crate) const KYC_DECISIONS: [EventKind; 4] = [
    EventKind::DocumentApproved,
    EventKind::DocumentRejected,
    EventKind::AddressApproved,
    EventKind::AddressRejected,
];

/// The events of [`Report::Decisions`].
pub(crate) const DECISIONS: [EventKind; 11] = [
    EventKind::Approved,
    EventKind::Rejected,
    EventKind::RejectionUndone,
    EventKind::Blacklisted,
    EventKind::BlacklistRemoved,
    EventKind::DocumentApproved,
    EventKind::DocumentRejected,
    EventKind::AddressApproved,
    EventKind::AddressRejected,
    EventKind::AmendmentApproved,
    EventKind::AmendmentRejected,
];
