//! The KYC status of a client as a question that a store can answer: documents and addresses that are there or not.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::client::Client;
use crate::kyc::{Evidence, Kyc, KycPolicy, KycStatus, Requirement, VerificationStatus};
use crate::value::CustomerType;

/// What [`Kyc::status`] comes down to, in the few forms that an adapter has to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KycTest {
    /// Every one of these holds; of none, that is everybody.
    All(Vec<Self>),
    /// One of these holds; an empty list matches no client.
    Any(Vec<Self>),
    /// This does not hold.
    Not(Box<Self>),
    /// The client is of this type.
    OfType(CustomerType),
    /// A document or an address like this was handed in.
    Has(Proof),
}

/// What a document or an address is to be like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// It is one of these.
    pub evidence: BTreeSet<Evidence>,
    /// Its review has come this far; whatever it is, if nothing is said.
    pub status: Option<VerificationStatus>,
    /// Whether it is still good today; whatever it is, if nothing is said. An address always is.
    pub good: Option<bool>,
}

impl KycTest {
    /// Whether the KYC status of a client is one of these, where this is required.
    pub fn of_status(wanted: &BTreeSet<KycStatus>, policy: &KycPolicy) -> Self {
        let of = |required: &[Requirement]| {
            Self::Any(wanted.iter().map(|status| of_status(*status, required)).collect())
        };
        let [first, others @ ..] = &CustomerType::ALL;
        if others.iter().all(|other| policy.required_of(*other) == policy.required_of(*first)) {
            return of(policy.required_of(*first));
        }
        let of_type = |customer_type: CustomerType| {
            Self::All(vec![Self::OfType(customer_type), of(policy.required_of(customer_type))])
        };
        Self::Any(CustomerType::ALL.into_iter().map(of_type).collect())
    }

    /// Whether it holds for this client when today is this day.
    pub fn holds(&self, client: &Client, today: Date) -> bool {
        match self {
            Self::All(all) => all.iter().all(|one| one.holds(client, today)),
            Self::Any(any) => any.iter().any(|one| one.holds(client, today)),
            Self::Not(other) => !other.holds(client, today),
            Self::OfType(customer_type) => client.snapshot().customer_type == *customer_type,
            Self::Has(proof) => proof.is_in(client.kyc(), today),
        }
    }
}

impl Proof {
    fn is_in(&self, kyc: &Kyc, today: Date) -> bool {
        let is = |evidence, status, good| {
            self.evidence.contains(&evidence)
                && self.status.is_none_or(|wanted| wanted == status)
                && self.good.is_none_or(|wanted| wanted == good)
        };
        kyc.documents.iter().any(|document| {
            let good = document.validity.is_good(today);
            is(Evidence::Document(document.kind), document.verification.status(), good)
        }) || kyc.addresses.iter().any(|address| is(Evidence::Address, address.verification.status(), true))
    }
}

/// The same as [`Kyc::status`], as a test; a property test holds the two together.
fn of_status(status: KycStatus, required: &[Requirement]) -> KycTest {
    use KycTest::{All, Any, Not};
    let any_document = [Requirement::any_document()];
    let required = if required.is_empty() { &any_document } else { required };
    let nothing = || {
        let anything = Proof { evidence: Evidence::all().collect(), status: None, good: None };
        Not(Box::new(KycTest::Has(anything)))
    };
    let several = |test: fn(&Requirement) -> KycTest| required.iter().map(test).collect();
    let (missing, expired, pending) = (Any(several(missing)), Any(several(expired)), Any(several(pending)));
    let not = |test: &KycTest| Not(Box::new(test.clone()));
    match status {
        KycStatus::None => nothing(),
        KycStatus::Incomplete => All(vec![not(&nothing()), missing]),
        KycStatus::Expired => All(vec![not(&missing), expired]),
        KycStatus::Pending => All(vec![not(&missing), not(&expired), pending]),
        KycStatus::Verified => All(several(verified)),
    }
}

fn has(requirement: &Requirement, status: VerificationStatus, good: Option<bool>) -> KycTest {
    KycTest::Has(Proof { evidence: requirement.evidence().clone(), status: Some(status), good })
}

fn verified(requirement: &Requirement) -> KycTest {
    has(requirement, VerificationStatus::Approved, Some(true))
}

fn waits(requirement: &Requirement) -> KycTest {
    has(requirement, VerificationStatus::Pending, Some(true))
}

fn pending(requirement: &Requirement) -> KycTest {
    KycTest::All(vec![KycTest::Not(Box::new(verified(requirement))), waits(requirement)])
}

fn expired(requirement: &Requirement) -> KycTest {
    let better = KycTest::Any(vec![verified(requirement), waits(requirement)]);
    let once = has(requirement, VerificationStatus::Approved, Some(false));
    KycTest::All(vec![KycTest::Not(Box::new(better)), once])
}

fn missing(requirement: &Requirement) -> KycTest {
    let there = KycTest::Any(vec![has(requirement, VerificationStatus::Approved, None), waits(requirement)]);
    KycTest::Not(Box::new(there))
}
