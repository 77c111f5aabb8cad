use std::collections::BTreeMap;

use jiff::civil::Date;

use super::document_kind::DocumentKind;
use super::evidence::Requirement;
use super::number_mask::NumberMask;
use crate::client::two_persons::TwoPersons;
use crate::reason::ReasonCatalogue;
use crate::value::{CustomerType, IdentificationNumber, text_value};

text_value! {
    /// The name of one version of a policy, such as `2026-11`: 1 to 40 characters on one line.
    PolicyVersion, Line, 1..=40, open
}

/// What the bank requires of its clients' documents, of changes of what was approved, and of reasons. It is data: another policy is another value of this
/// type.
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
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct KycPolicy {
    /// The version; `None` for the built-in policy.
    pub version: Option<PolicyVersion>,
    /// How many days before its last one a document counts as expiring.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "stored_notice_days"))]
    pub notice_days: u16,
    /// After how many days without a change an application lapses; `None` for never.
    #[cfg_attr(feature = "serde", serde(default, deserialize_with = "stored_lapse_days"))]
    pub lapse_after_days: Option<u16>,
    /// The requirements for the approval of a client of this type.
    pub required: BTreeMap<CustomerType, Vec<Requirement>>,
    /// The number formats of a document type. A number must match one of them, if there are any.
    pub number_masks: BTreeMap<DocumentKind, Vec<NumberMask>>,
    /// The fields whose change waits for a second person, by state.
    pub two_persons: TwoPersons,
    /// The codes of reasons, by operation.
    pub reasons: ReasonCatalogue,
}

impl Default for KycPolicy {
    /// No requirements, no change that waits for a second person, no codes of reasons, notice 30 days before expiry, and passport numbers of 5 to 9 letters and digits, as
    /// fit into the machine-readable zone of a passport (ICAO Doc 9303, part 4).
    fn default() -> Self {
        let passport = NumberMask::parse("${5,9}").map(|mask| vec![mask]).unwrap_or_default();
        Self {
            version: None,
            notice_days: Self::NOTICE_DAYS,
            lapse_after_days: None,
            required: BTreeMap::new(),
            number_masks: [(DocumentKind::InternationalPassport, passport)].into(),
            two_persons: TwoPersons::default(),
            reasons: ReasonCatalogue::default(),
        }
    }
}

impl KycPolicy {
    /// How many days before expiry notice is given, unless the bank configures another number.
    pub const NOTICE_DAYS: u16 = 30;
    /// The maximum of the configured number of days.
    pub const MAX_NOTICE_DAYS: u16 = 3660;
    /// The maximum of the days after which an application lapses.
    pub const MAX_LAPSE_DAYS: u16 = 3660;

    /// The requirements for the approval of a client of this type.
    pub fn required_of(&self, customer_type: CustomerType) -> &[Requirement] {
        self.required.get(&customer_type).map_or(&[], Vec::as_slice)
    }

    /// Whether a number matches a format of this document type.
    pub fn fits(&self, kind: DocumentKind, number: &IdentificationNumber) -> bool {
        self.masks_of(kind).is_empty() || self.masks_of(kind).iter().any(|mask| mask.fits(number))
    }

    /// The number formats of this document type; without any, every number matches.
    pub fn masks_of(&self, kind: DocumentKind) -> &[NumberMask] {
        self.number_masks.get(&kind).map_or(&[], Vec::as_slice)
    }
}

/// The requirements for one client on one day: what the guard of approval reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KycRequirements {
    /// The requirements.
    pub required: Vec<Requirement>,
    /// Today, by the calendar of the bank.
    pub today: Date,
}

/// Refuses days outside of the limits, in a policy that is read by serde.
#[cfg(feature = "serde")]
fn within<E: serde::de::Error>(days: u16, min: u16, max: u16) -> Result<u16, E> {
    let outside = || E::custom(crate::value::Invalid::OutOfRange { min: min.into(), max: max.into() });
    if (min..=max).contains(&days) { Ok(days) } else { Err(outside()) }
}

#[cfg(feature = "serde")]
fn stored_notice_days<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    within(serde::Deserialize::deserialize(deserializer)?, 0, KycPolicy::MAX_NOTICE_DAYS)
}

#[cfg(feature = "serde")]
fn stored_lapse_days<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<u16>, D::Error> {
    let days: Option<u16> = serde::Deserialize::deserialize(deserializer)?;
    days.map(|days| within(days, 1, KycPolicy::MAX_LAPSE_DAYS)).transpose()
}
