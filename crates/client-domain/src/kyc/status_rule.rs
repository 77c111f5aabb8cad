use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::evidence::Requirement;
use super::policy::KycPolicy;
use crate::value::CustomerType;

/// How the KYC status of a client follows from its documents and addresses: the requirements of a policy, and nothing else of it.
///
/// Two policies that require the same are one rule, so what a store has computed by one holds for the other.
///
/// ```
/// use client_domain::kyc::{DocumentKind, Evidence, KycPolicy, KycStatusRule, Requirement};
/// use client_domain::value::CustomerType;
///
/// let passport = Requirement::any_of([Evidence::Document(DocumentKind::InternationalPassport)]).unwrap();
/// let required = [(CustomerType::Individual, vec![passport])];
/// let policy = KycPolicy { required: required.into(), ..KycPolicy::default() };
/// let renamed = KycPolicy { notice_days: 60, ..policy.clone() };
/// assert_eq!(KycStatusRule::of(&policy), KycStatusRule::of(&renamed));
/// assert_eq!(
///     KycStatusRule::of(&policy).identity(),
///     "1 Individual: International Passport; Corporate: any document"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KycStatusRule {
    required: BTreeMap<CustomerType, BTreeSet<Requirement>>,
    identity: String,
}

impl KycStatusRule {
    /// The number of [`Client::kyc_status`](crate::Client::kyc_status). Another one says that a release computes the status in another way, so that no
    /// status is taken over that a store has computed before.
    const NUMBER: u32 = 1;

    /// The rule of this policy.
    pub fn of(policy: &KycPolicy) -> Self {
        let of_type = |customer_type: CustomerType| {
            (customer_type, policy.required_of(customer_type).iter().cloned().collect())
        };
        let required: BTreeMap<_, BTreeSet<_>> = CustomerType::ALL.into_iter().map(of_type).collect();
        let identity = identity(&required);
        Self { required, identity }
    }

    /// A text that is the same for rules that are the same, in every release, and another one for others.
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// The requirements for a client of this type. Without any, one document of any type is enough.
    pub fn required_of(&self, customer_type: CustomerType) -> impl Iterator<Item = &Requirement> {
        self.required.get(&customer_type).into_iter().flatten()
    }

    /// Whether the requirements are the same for clients of every type.
    pub fn is_of_every_type(&self) -> bool {
        let mut all = CustomerType::ALL.iter().map(|customer_type| self.required.get(customer_type));
        all.next().is_none_or(|first| all.all(|other| other == first))
    }
}

fn identity(required: &BTreeMap<CustomerType, BTreeSet<Requirement>>) -> String {
    let mut text = KycStatusRule::NUMBER.to_string();
    for (place, customer_type) in CustomerType::ALL.into_iter().enumerate() {
        let of_type: Vec<_> =
            required.get(&customer_type).into_iter().flatten().map(ToString::to_string).collect();
        let of_type = if of_type.is_empty() { "any document".to_owned() } else { of_type.join(" and ") };
        let between = if place == 0 { "" } else { ";" };
        // Writing to a text does not fail.
        let _ = write!(text, "{between} {}: {of_type}", customer_type.name());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kyc::{DocumentKind, Evidence};

    fn requirement(kinds: &[DocumentKind]) -> Requirement {
        Requirement::any_of(kinds.iter().copied().map(Evidence::Document)).unwrap()
    }

    fn rule(individual: &[&Requirement], corporate: &[&Requirement]) -> KycStatusRule {
        let of = |required: &[&Requirement]| required.iter().copied().cloned().collect::<Vec<_>>();
        let required = [(CustomerType::Individual, of(individual)), (CustomerType::Corporate, of(corporate))];
        KycStatusRule::of(&KycPolicy { required: required.into(), ..KycPolicy::default() })
    }

    #[test]
    fn the_order_of_requirements_is_no_difference_and_each_requirement_is() {
        use DocumentKind::{BankStatement, NationalId, UtilityBill};
        let (id, bill) = (requirement(&[NationalId]), requirement(&[UtilityBill]));
        let either = requirement(&[NationalId, UtilityBill]);
        let more = requirement(&[NationalId, UtilityBill, BankStatement]);
        assert_eq!(rule(&[&id, &bill], &[]), rule(&[&bill, &id, &bill], &[]));
        let rules = [
            rule(&[], &[]),
            rule(&[&id, &bill], &[]),
            rule(&[&either], &[]),
            rule(&[&id], &[]),
            rule(&[], &[&id]),
            rule(&[&id], &[&id]),
            rule(&[&id, &either], &[]),
            rule(&[&more], &[]),
            rule(&[&requirement(&DocumentKind::ALL)], &[]),
        ];
        let identities: BTreeSet<_> = rules.iter().map(KycStatusRule::identity).collect();
        assert_eq!(identities.len(), rules.len(), "{identities:?}");
        let of_every_type: Vec<_> = rules.iter().map(KycStatusRule::is_of_every_type).collect();
        assert_eq!(of_every_type, [true, false, false, false, false, true, false, false, false]);
    }
}
