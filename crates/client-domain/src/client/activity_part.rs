use crate::lifecycle::Activity;
use crate::refusal::Blocker;

/// One of the things that an activity may be about, where one may be possible and another not.
///
/// ```
/// use client_domain::client::ActivityPart;
/// use client_domain::lifecycle::Activity;
///
/// assert_eq!(ActivityPart::of(Activity::VerifyContactPoint), [ActivityPart::Mobile, ActivityPart::Email]);
/// assert!(ActivityPart::of(Activity::View).is_empty());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ActivityPart {
    /// The phone number, which is verified.
    Mobile,
    /// The e-mail address, which is verified.
    Email,
    /// A further document, which is submitted.
    NewDocument,
    /// A further address for verification, which is submitted.
    NewAddress,
}

impl ActivityPart {
    /// The name of every part on the wire.
    pub const NAMES: &'static [&'static str] = &["mobile", "email", "document", "address"];

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mobile => "mobile",
            Self::Email => "email",
            Self::NewDocument => "document",
            Self::NewAddress => "address",
        }
    }

    /// The things that an activity may be about; empty if its blockers hold of everything that it is about, or if each item
    /// has its own.
    pub const fn of(activity: Activity) -> &'static [Self] {
        match activity {
            Activity::VerifyContactPoint => &[Self::Mobile, Self::Email],
            Activity::ChangeKyc => &[Self::NewDocument, Self::NewAddress],
            Activity::View
            | Activity::Update
            | Activity::Correct
            | Activity::ReviewKyc
            | Activity::DecideAmendment
            | Activity::Return
            | Activity::RequestApproval
            | Activity::RequestDocuments
            | Activity::CreateAccounts
            | Activity::Transact => &[],
        }
    }
}

/// Whether an activity is possible for one of the things that it may be about, and if not, why not.
#[derive(Clone, Debug, PartialEq)]
pub struct PartExplanation {
    /// The thing.
    pub part: ActivityPart,
    /// Every blocker; if it is empty, the activity is possible for it.
    pub blockers: Vec<Blocker>,
}

impl PartExplanation {
    /// Whether there are no blockers.
    pub fn is_allowed(&self) -> bool {
        self.blockers.is_empty()
    }
}

crate::conversions::display_name!(ActivityPart);
