use crate::newer;

/// The kinds of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// A client was created.
    Created,
    /// Details were changed.
    Updated,
    /// The approval was requested.
    ApprovalRequested,
    /// The client was approved.
    Approved,
    /// The client was rejected.
    Rejected,
    /// A rejection or a lapse was undone.
    RejectionUndone,
    /// The client was blacklisted.
    Blacklisted,
    /// The client was removed from the blacklist.
    BlacklistRemoved,
    /// The first transaction was recorded.
    Activated,
    /// The relationship ended.
    Exited,
    /// The applicant withdrew the application.
    Withdrawn,
    /// The application lapsed after a long time without a change.
    Lapsed,
    /// An identity document was submitted.
    DocumentSubmitted,
    /// The file of a document was replaced.
    DocumentReplaced,
    /// A document was approved.
    DocumentApproved,
    /// A document was rejected.
    DocumentRejected,
    /// The client was asked for documents.
    DocumentsRequested,
    /// A document expires soon.
    DocumentExpiring,
    /// A document has expired.
    DocumentExpired,
    /// A notice of expiry was withdrawn, because it was given too early.
    DocumentNoticeWithdrawn,
    /// Address information was submitted.
    AddressSubmitted,
    /// Address information was approved.
    AddressApproved,
    /// Address information was rejected.
    AddressRejected,
    /// Values that only a correction changes were corrected immediately.
    Corrected,
    /// Values were proposed that wait for a second person.
    AmendmentProposed,
    /// The values of an amendment came into force.
    AmendmentApproved,
    /// An amendment was rejected; the live values stay.
    AmendmentRejected,
    /// The proposer of an amendment has withdrawn it.
    AmendmentWithdrawn,
    /// The phone number or the e-mail address was verified.
    ContactPointVerified,
    /// A kind of a newer release, by its name. This release shows and delivers it, and never writes it.
    Newer(&'static str),
}

impl EventKind {
    /// Every kind that this release writes.
    pub const ALL: [Self; 29] = [
        Self::Created,
        Self::Updated,
        Self::ApprovalRequested,
        Self::Approved,
        Self::Rejected,
        Self::RejectionUndone,
        Self::Blacklisted,
        Self::BlacklistRemoved,
        Self::Activated,
        Self::Exited,
        Self::Withdrawn,
        Self::Lapsed,
        Self::DocumentSubmitted,
        Self::DocumentReplaced,
        Self::DocumentApproved,
        Self::DocumentRejected,
        Self::DocumentsRequested,
        Self::DocumentExpiring,
        Self::DocumentExpired,
        Self::DocumentNoticeWithdrawn,
        Self::AddressSubmitted,
        Self::AddressApproved,
        Self::AddressRejected,
        Self::Corrected,
        Self::AmendmentProposed,
        Self::AmendmentApproved,
        Self::AmendmentRejected,
        Self::AmendmentWithdrawn,
        Self::ContactPointVerified,
    ];

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "ClientCreated",
            Self::Updated => "ClientUpdated",
            Self::ApprovalRequested => "ClientApprovalRequested",
            Self::Approved => "ClientApproved",
            Self::Rejected => "ClientRejected",
            Self::RejectionUndone => "ClientRejectionUndone",
            Self::Blacklisted => "ClientBlacklisted",
            Self::BlacklistRemoved => "ClientBlacklistRemoved",
            Self::Activated => "ClientActivated",
            Self::Exited => "ClientExited",
            Self::Withdrawn => "ClientWithdrawn",
            Self::Lapsed => "ClientLapsed",
            Self::DocumentSubmitted => "KycDocumentSubmitted",
            Self::DocumentReplaced => "KycDocumentReplaced",
            Self::DocumentApproved => "KycDocumentApproved",
            Self::DocumentRejected => "KycDocumentRejected",
            Self::DocumentsRequested => "KycDocumentsRequested",
            Self::DocumentExpiring => "KycDocumentExpiring",
            Self::DocumentExpired => "KycDocumentExpired",
            Self::DocumentNoticeWithdrawn => "KycDocumentNoticeWithdrawn",
            Self::AddressSubmitted => "AddressSubmitted",
            Self::AddressApproved => "AddressApproved",
            Self::AddressRejected => "AddressRejected",
            Self::Corrected => "ClientCorrected",
            Self::AmendmentProposed => "AmendmentProposed",
            Self::AmendmentApproved => "AmendmentApproved",
            Self::AmendmentRejected => "AmendmentRejected",
            Self::AmendmentWithdrawn => "AmendmentWithdrawn",
            Self::ContactPointVerified => "ContactPointVerified",
            Self::Newer(name) => name,
        }
    }

    /// The kind with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The kind with this name, as a release has stored it; a newer release may have stored one that this one does not
    /// know. Such names stay until the program ends, so there are at most 256 of them.
    ///
    /// ```
    /// use client_domain::EventKind;
    ///
    /// assert_eq!(EventKind::restore("ClientCreated"), Some(EventKind::Created));
    /// assert_eq!(EventKind::restore("ClientMerged").map(EventKind::name), Some("ClientMerged"));
    /// assert_eq!(EventKind::restore("not a name"), None);
    /// ```
    pub fn restore(name: &str) -> Option<Self> {
        Self::parse(name).or_else(|| newer::name(name).map(Self::Newer))
    }
}

impl EventKind {
    /// Whether the event changes what an approval request was about, and so withdraws an open one.
    pub const fn withdraws_request(self) -> bool {
        matches!(
            self,
            Self::Updated
                | Self::Corrected
                | Self::DocumentSubmitted
                | Self::DocumentReplaced
                | Self::AddressSubmitted
        )
    }
}

crate::conversions::name_conversions!(EventKind, "the name of a kind of event", restore);
crate::conversions::display_name!(EventKind);
