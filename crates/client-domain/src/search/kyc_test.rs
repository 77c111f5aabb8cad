//! The KYC status of a client as a condition that a store can evaluate: documents and addresses that exist or not.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::client::Client;
use crate::kyc::{Evidence, KycStatus, KycStatusRule, Requirement, VerificationStatus};
use crate::value::CustomerType;

/// Whether the KYC status of a client is one of several, under one rule.
///
/// An adapter evaluates [`KycCondition::test`], or keeps the status of each client beside it, with the rule that it was computed
/// by and the days on which it holds, and reads that where it is still right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KycCondition {
    /// The status is one of these. Every client has one, so an empty set matches no client.
    pub statuses: BTreeSet<KycStatus>,
    /// How the status of a client follows from its documents and addresses.
    pub rule: KycStatusRule,
}

impl KycCondition {
    /// Whether it holds for this client when today is this day.
    pub fn holds(&self, client: &Client, today: Date) -> bool {
        self.statuses.contains(&client.kyc_status_by(&self.rule, today))
    }

    /// The same as a test of documents and addresses.
    pub fn test(&self) -> KycTest {
        KycTest::of_status(&self.statuses, &self.rule)
    }

    /// The condition that holds for exactly the other clients.
    #[must_use]
    pub fn opposite(&self) -> Self {
        let others = KycStatus::ALL.into_iter().filter(|status| !self.statuses.contains(status));
        Self { statuses: others.collect(), rule: self.rule.clone() }
    }

    /// Whether it holds for every client that has submitted a document or an address.
    pub fn holds_for_all_submitted(&self) -> bool {
        KycStatus::SUBMITTED.iter().all(|status| self.statuses.contains(status))
    }
}

/// [`Client::kyc_status`] as a test, in the few forms that an adapter has to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KycTest {
    /// Every one of these holds; an empty list matches every client.
    All(Vec<Self>),
    /// One of these holds; an empty list matches no client.
    Any(Vec<Self>),
    /// This does not hold.
    Not(Box<Self>),
    /// The client is of this type.
    OfType(CustomerType),
    /// The client has submitted a document or an address with these properties.
    Has(Proof),
}

/// The required properties of a document or an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// It is one of these.
    pub evidence: BTreeSet<Evidence>,
    /// Its verification status is one of these; any, if the set is empty. Outdated evidence is not approved.
    pub status: BTreeSet<VerificationStatus>,
    /// Whether it is unexpired today; `None` for either. An address never expires.
    pub good: Option<bool>,
}

impl KycTest {
    /// The test that the KYC status of a client is one of these under this rule.
    pub fn of_status(wanted: &BTreeSet<KycStatus>, rule: &KycStatusRule) -> Self {
        let of = |customer_type: CustomerType| {
            let required: Vec<_> = rule.required_of(customer_type).cloned().collect();
            Self::Any(wanted.iter().map(|status| of_status(*status, &required)).collect())
        };
        if rule.is_of_every_type() {
            let [first, ..] = CustomerType::ALL;
            return of(first);
        }
        let of_type =
            |customer_type: CustomerType| Self::All(vec![Self::OfType(customer_type), of(customer_type)]);
        Self::Any(CustomerType::ALL.into_iter().map(of_type).collect())
    }

    /// Whether it holds for this client when today is this day.
    pub fn holds(&self, client: &Client, today: Date) -> bool {
        match self {
            Self::All(all) => all.iter().all(|one| one.holds(client, today)),
            Self::Any(any) => any.iter().any(|one| one.holds(client, today)),
            Self::Not(other) => !other.holds(client, today),
            Self::OfType(customer_type) => client.snapshot().customer_type == *customer_type,
            Self::Has(proof) => proof.is_in(client, today),
        }
    }
}

impl Proof {
    fn is_in(&self, client: &Client, today: Date) -> bool {
        let is = |evidence, verification, good| {
            self.evidence.contains(&evidence)
                && (self.status.is_empty() || self.status.contains(&client.status_of(verification)))
                && self.good.is_none_or(|wanted| wanted == good)
        };
        let kyc = client.kyc();
        kyc.documents.iter().any(|document| {
            let good = document.validity.is_good(today);
            is(Evidence::Document(document.kind), &document.verification, good)
        }) || kyc.addresses.iter().any(|address| is(Evidence::Address, &address.verification, true))
    }
}

/// The same as [`Client::kyc_status`], as a test; a property test compares the two.
fn of_status(status: KycStatus, required: &[Requirement]) -> KycTest {
    use KycTest::{All, Any, Not};
    let any_document = [Requirement::any_document()];
    let required = if required.is_empty() { &any_document } else { required };
    let nothing = || {
        let anything = Proof { evidence: Evidence::all().collect(), status: BTreeSet::new(), good: None };
        Not(Box::new(KycTest::Has(anything)))
    };
    let several = |test: fn(&Requirement) -> KycTest| required.iter().map(test).collect();
    let (missing, expired) = (Any(several(missing)), Any(several(expired)));
    let (outdated, pending) = (Any(several(outdated)), Any(several(pending)));
    let not = |test: &KycTest| Not(Box::new(test.clone()));
    match status {
        KycStatus::None => nothing(),
        KycStatus::Incomplete => All(vec![not(&nothing()), missing]),
        KycStatus::Expired => All(vec![not(&missing), expired]),
        KycStatus::Outdated => All(vec![not(&missing), not(&expired), outdated]),
        KycStatus::Pending => All(vec![not(&missing), not(&expired), not(&outdated), pending]),
        KycStatus::Verified => All(several(verified)),
    }
}

fn has<const N: usize>(
    requirement: &Requirement,
    status: [VerificationStatus; N],
    good: Option<bool>,
) -> KycTest {
    KycTest::Has(Proof { evidence: requirement.evidence().clone(), status: status.into(), good })
}

fn verified(requirement: &Requirement) -> KycTest {
    has(requirement, [VerificationStatus::Approved], Some(true))
}

fn waits(requirement: &Requirement) -> KycTest {
    has(requirement, [VerificationStatus::Pending], Some(true))
}

fn pending(requirement: &Requirement) -> KycTest {
    KycTest::All(vec![KycTest::Not(Box::new(verified(requirement))), waits(requirement)])
}

fn outdated(requirement: &Requirement) -> KycTest {
    let better = has(requirement, [VerificationStatus::Approved, VerificationStatus::Pending], Some(true));
    let former = has(requirement, [VerificationStatus::Outdated], Some(true));
    KycTest::All(vec![KycTest::Not(Box::new(better)), former])
}

fn expired(requirement: &Requirement) -> KycTest {
    use VerificationStatus::{Approved, Outdated, Pending};
    let better = has(requirement, [Approved, Outdated, Pending], Some(true));
    let once = has(requirement, [Approved, Outdated], Some(false));
    KycTest::All(vec![KycTest::Not(Box::new(better)), once])
}

fn missing(requirement: &Requirement) -> KycTest {
    let decided = has(requirement, [VerificationStatus::Approved, VerificationStatus::Outdated], None);
    let there = KycTest::Any(vec![decided, waits(requirement)]);
    KycTest::Not(Box::new(there))
}
