//! A predicate that is a condition on the KYC status and nothing else.

use jiff::civil::Date;

use super::criterion::Criterion;
use super::kyc_test::KycCondition;
use super::predicate::Predicate;

impl Predicate {
    /// The condition on the KYC status, if that is all that the predicate says on this day. A store that keeps the statuses then
    /// counts clients without reading one.
    ///
    /// ```
    /// use client_domain::search::field;
    /// use jiff::civil::date;
    ///
    /// let verified = field::KYC_STATUS.equals("Verified");
    /// let today = date(2026, 11, 29);
    /// assert!(verified.clone().check()?.only_kyc_condition(today).is_some());
    /// let in_lagos = verified.and(field::CITY.equals("Lagos")).check()?;
    /// assert_eq!(in_lagos.only_kyc_condition(today), None);
    /// # Ok::<(), client_domain::search::Faults>(())
    /// ```
    pub fn only_kyc_condition(&self, today: Date) -> Option<KycCondition> {
        match self {
            Self::All(all) => match all.as_slice() {
                [only] => only.only_kyc_condition(today),
                _ => None,
            },
            Self::Where(condition) => {
                let asked = condition.asked(today);
                match asked.criterion.as_ref() {
                    Criterion::Kyc(condition) if asked.negated => Some(condition.opposite()),
                    Criterion::Kyc(condition) => Some(condition.clone()),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}
