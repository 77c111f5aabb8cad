use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{DocumentKind, NumberMask, Requirement};
use crate::value::{CustomerType, IdentificationNumber, text_value};

text_value! {
    /// The name of one version of a policy, such as `2026-11`: 1 to 40 characters on one line.
    PolicyVersion, Line, 1..=40, open
}

/// What the bank demands of its clients' papers. It is data: another policy is another value, and nothing else changes.
///
/// ```
/// use client_domain::kyc::{DocumentKind, Evidence, KycPolicy, Requirement};
/// use client_domain::value::CustomerType;
///
/// let passport = Requirement::any_of([Evidence::Document(DocumentKind::InternationalPassport)]).unwrap();
/// let policy = KycPolicy {
///     required: [(CustomerType::Individual, vec![passport])].into(),
///     ..KycPolicy::default()
/// };
/// assert_eq!(policy.required_of(CustomerType::Individual).len(), 1);
/// assert!(policy.required_of(CustomerType::Corporate).is_empty());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KycPolicy {
    /// Which version it is; none for the policy that nobody has written.
    pub version: Option<PolicyVersion>,
    /// How many days before its last one a document counts as expiring.
    pub notice_days: u16,
    /// What must be verified and unexpired before a client of this type is approved.
    pub required: BTreeMap<CustomerType, Vec<Requirement>>,
    /// What the numbers of documents look like: one of these, where there are any for the kind.
    pub number_masks: BTreeMap<DocumentKind, Vec<NumberMask>>,
}

impl Default for KycPolicy {
    /// Nothing is demanded, notice is given 30 days before, and a passport number has the 5 to 9 letters and digits
    /// that fit into a passport's machine-readable zone (ICAO Doc 9303, part 4).
    fn default() -> Self {
        let passport = NumberMask::parse("${5,9}").map(|mask| vec![mask]).unwrap_or_default();
        Self {
            version: None,
            notice_days: Self::NOTICE_DAYS,
            required: BTreeMap::new(),
            number_masks: [(DocumentKind::InternationalPassport, passport)].into(),
        }
    }
}

impl KycPolicy {
    /// How many days before the end notice is given, unless the bank says otherwise.
    pub const NOTICE_DAYS: u16 = 30;
    /// The greatest number of days before the end that a bank can say.
    pub const MOST_NOTICE_DAYS: u16 = 3660;

    /// What must be verified and unexpired before a client of this type is approved.
    pub fn required_of(&self, customer_type: CustomerType) -> &[Requirement] {
        self.required.get(&customer_type).map_or(&[], Vec::as_slice)
    }

    /// Whether a number looks as numbers of documents of this kind do.
    pub fn fits(&self, kind: DocumentKind, number: &IdentificationNumber) -> bool {
        self.masks_of(kind).is_empty() || self.masks_of(kind).iter().any(|mask| mask.fits(number))
    }

    /// What the numbers of documents of this kind look like; whatever they like where there is nothing.
    pub fn masks_of(&self, kind: DocumentKind) -> &[NumberMask] {
        self.number_masks.get(&kind).map_or(&[], Vec::as_slice)
    }
}

/// What is demanded of one client, and on which day: what the guard of approval looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KycRequirements {
    /// What must be verified and unexpired.
    pub required: Vec<Requirement>,
    /// Today, UTC.
    pub today: Date,
}
