/// The kinds of refusals that callers distinguish.
///
/// ```
/// use client_domain::{RefusalKind, Blocker};
///
/// assert_eq!(Blocker::OwnUpload.kind(), RefusalKind::FourEyes);
/// assert_eq!(RefusalKind::FourEyes.name(), "four_eyes");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RefusalKind {
    /// The state of the client, or of what belongs to it, does not allow the operation.
    InvalidStatus,
    /// The client is blacklisted already.
    AlreadyBlacklisted,
    /// The client is not blacklisted.
    NotBlacklisted,
    /// Another person must do it.
    FourEyes,
    /// An approval request is open already.
    AlreadyInApproval,
    /// The client has returned already.
    AlreadyReturned,
    /// No reason was given.
    ReasonMissing,
    /// Requirements of the KYC policy are not met.
    KycIncomplete,
    /// Clients that look like this one were not reviewed.
    LookAlikes,
    /// The document or the address has been reviewed already.
    AlreadyReviewed,
    /// The file was replaced since the caller saw it.
    ContentChanged,
    /// Another phone number or e-mail address is in force than the one that was verified.
    ContactPointChanged,
    /// The document has expired.
    DocumentExpired,
    /// The document was rejected for good.
    RejectedFinally,
    /// A limit is reached.
    TooMany,
    /// The directory of accounts gave no answer.
    AccountsUnanswered,
    /// Another person's amendment of the field is open.
    AmendmentOpen,
    /// The amendment is not open.
    AmendmentNotOpen,
    /// A live value changed after the amendment was proposed.
    AmendmentConflict,
}

impl RefusalKind {
    /// The stable name, in `snake_case`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InvalidStatus => "invalid_status",
            Self::AlreadyBlacklisted => "already_blacklisted",
            Self::NotBlacklisted => "not_blacklisted",
            Self::FourEyes => "four_eyes",
            Self::AlreadyInApproval => "already_in_approval",
            Self::AlreadyReturned => "already_returned",
            Self::ReasonMissing => "reason_missing",
            Self::KycIncomplete => "kyc_incomplete",
            Self::LookAlikes => "look_alikes",
            Self::AlreadyReviewed => "already_reviewed",
            Self::ContentChanged => "content_changed",
            Self::ContactPointChanged => "contact_point_changed",
            Self::DocumentExpired => "document_expired",
            Self::RejectedFinally => "rejected_finally",
            Self::TooMany => "too_many",
            Self::AccountsUnanswered => "accounts_unavailable",
            Self::AmendmentOpen => "amendment_open",
            Self::AmendmentNotOpen => "amendment_not_open",
            Self::AmendmentConflict => "amendment_conflict",
        }
    }
}

crate::conversions::display_name!(RefusalKind);
