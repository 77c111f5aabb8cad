/// The kinds of "no" that callers tell apart.
///
/// ```
/// use client_domain::{RefusalKind, Blocker};
///
/// assert_eq!(Blocker::OwnUpload.kind(), RefusalKind::FourEyes);
/// assert_eq!(RefusalKind::FourEyes.name(), "four_eyes");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RefusalKind {
    /// The client, or what is around it, does not allow it now.
    InvalidStatus,
    /// The client is barred already.
    AlreadyBlacklisted,
    /// The client is not barred.
    NotBlacklisted,
    /// Another person must do it.
    FourEyes,
    /// An approval request is open already.
    AlreadyInApproval,
    /// No reason was given.
    ReasonMissing,
    /// The bank demands more of the client's documents and addresses.
    KycIncomplete,
    /// The document or the address has been reviewed already.
    AlreadyReviewed,
    /// The file is another than the one that was looked at.
    ContentChanged,
    /// The document has expired.
    DocumentExpired,
    /// There are as many as there can be.
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
