/// A condition of an action besides the state.
///
/// A guard reads facts, never a port: the application gathers the facts first. So explanation, dry run and
/// decision share the same code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Guard {
    /// The caller has not touched the client since its last approval.
    FourEyes,
    /// An approval request is open, if the bank requires one.
    ApprovalRequested,
    /// The applicant has not withdrawn the application.
    NotWithdrawn,
    /// The client has no open accounts, as far as is known.
    NoOpenAccounts,
    /// Every requirement of the KYC policy is verified and unexpired.
    KycVerified,
    /// The caller has compared the client with every look-alike, if the bank requires it.
    LookAlikesReviewed,
}

impl Guard {
    /// The name on the wire, in `camelCase`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::FourEyes => "fourEyes",
            Self::ApprovalRequested => "approvalRequested",
            Self::NotWithdrawn => "notWithdrawn",
            Self::NoOpenAccounts => "noOpenAccounts",
            Self::KycVerified => "kycVerified",
            Self::LookAlikesReviewed => "lookAlikesReviewed",
        }
    }
}

crate::conversions::display_name!(Guard);
