//! The two people of a service without keys: their tokens on the first screen, and their sign-in to the console.

use client_app::Caller;
use client_domain::value::{BranchKey, EmailAddress};
use client_domain::{Actor, Invalid, Permission};

use crate::exit::ExitError;

/// A person for development.
pub(crate) struct DevelopmentPerson {
    pub(crate) subject: &'static str,
    permissions: &'static [Permission],
}

/// The maker, and the checker as the second pair of eyes. The maker has the permission to approve too, which shows that four
/// eyes refuses it for the maker's own client.
pub(crate) const PEOPLE: [DevelopmentPerson; 2] = [
    DevelopmentPerson {
        subject: "maker",
        permissions: &[
            Permission::Read,
            Permission::Write,
            Permission::Approve,
            Permission::Transactions,
            Permission::Exit,
            Permission::History,
            Permission::KycRead,
            Permission::KycWrite,
            Permission::Batches,
        ],
    },
    DevelopmentPerson {
        subject: "checker",
        permissions: &[
            Permission::Read,
            Permission::Approve,
            Permission::Blacklist,
            Permission::History,
            Permission::KycRead,
            Permission::KycReview,
            Permission::Operations,
            Permission::ViewsShare,
            Permission::Batches,
            Permission::BatchesConfirm,
            Permission::Export,
        ],
    },
];

impl DevelopmentPerson {
    /// The person as a caller.
    pub(crate) fn caller(&self) -> Result<Caller, ExitError> {
        let subject = self.subject;
        let wrong = |rule: Invalid| ExitError::Failed(format!("the development subject {subject} {rule}"));
        let email = EmailAddress::parse(&format!("{subject}@example.com")).map_err(wrong)?;
        Ok(Caller {
            actor: Actor { email: Some(email), ..Actor::parse(subject).map_err(wrong)? },
            permissions: self.permissions.iter().copied().collect(),
            branch: Some(BranchKey::parse("ikeja-01").map_err(wrong)?),
        })
    }
}
