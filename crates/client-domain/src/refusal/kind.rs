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
    /// No reason was given.
    ReasonMissing,
    /// Requirements of the KYC policy are not met.
    KycIncomplete,
    /// The document or the address has been reviewed already.
    AlreadyReviewed,
    /// The file was replaced since the caller saw it.
    ContentChanged,
    /// The document has expired.
    DocumentExpired,
    /// A limit is reached.
    TooMany,
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
            Self::ReasonMissing => "reason_missing",
            Self::KycIncomplete => "kyc_incomplete",
            Self::AlreadyReviewed => "already_reviewed",
            Self::ContentChanged => "content_changed",
            Self::DocumentExpired => "document_expired",
            Self::TooMany => "too_many",
        }
    }
}
