//! Fictitious people and values: few of each, so that sequences use the same ones often.

use client_app::Caller;
use client_domain::value::{BranchKey, EmailAddress};
use client_domain::{Actor, Permission, Permissions};

/// The number of distinct values for applicants who share no value with another one.
pub const APPLICANTS: usize = 40;
pub const NAMES: [&str; 6] = ["Okafor", "Zoë", "O'Neil", "李", "A_b%", "okafor"];
pub const EMAILS: [&str; 3] = ["ada@example.com", "ADA@example.com", "zoe@example.com"];
pub const PHONES: [&str; 3] = ["+234 803 123 4567", "2348031234567", "0803 123 4568"];
pub const IDENTIFICATIONS: [(&str, &str); 3] =
    [("National ID", "A 1"), ("national id", "a-1 "), ("International Passport", "A1 x")];
/// The last one lies before or after today, depending on the clock.
pub const BIRTHDAYS: [&str; 3] = ["1991-04-23", "1900-01-01", "2026-01-06"];
pub const BRANCHES: [&str; 2] = ["ikeja-01", "Yaba"];
pub const REASON: &str = "As the documents show";
/// Codes of reasons: two that a policy accepts, one that it has retired, and one that no policy knows.
pub const CODES: [&str; 4] = ["first", "last", "retired", "unknown"];

pub fn email(place: usize) -> String {
    EMAILS.get(place).map_or_else(|| format!("applicant{place}@example.com"), ToString::to_string)
}

pub fn phone(place: usize) -> String {
    PHONES.get(place).map_or_else(|| format!("+23480300{place:05}"), ToString::to_string)
}

pub fn identification(place: usize) -> (String, String) {
    IDENTIFICATIONS.get(place).map_or_else(
        || ("National ID".to_owned(), format!("B{place:07}")),
        |(kind, number)| ((*kind).to_owned(), (*number).to_owned()),
    )
}

/// The caller of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Of a branch, with an e-mail address.
    Maker,
    Checker,
    /// Known by the subject alone.
    Third,
    /// The maker by another spelling.
    MakerInCapitals,
    /// May read and do nothing else.
    Clerk,
}

impl Who {
    pub const ALL: [Self; 5] = [Self::Maker, Self::Checker, Self::Third, Self::MakerInCapitals, Self::Clerk];

    pub fn caller(self) -> Caller {
        let (subject, permissions) = match self {
            Self::Maker => ("maker", Permissions::all()),
            Self::Checker => ("checker", Permissions::all()),
            Self::Third => ("third", Permissions::all()),
            Self::MakerInCapitals => ("MAKER", Permissions::all()),
            Self::Clerk => ("clerk", [Permission::Read].into_iter().collect()),
        };
        let mut actor = Actor::parse(subject).unwrap();
        if self != Self::Third {
            actor.email = Some(EmailAddress::parse(&format!("{subject}@example.com")).unwrap());
        }
        let branch = (self == Self::Maker).then(|| BranchKey::parse(BRANCHES[0]).unwrap());
        Caller { actor, permissions, branch }
    }
}
