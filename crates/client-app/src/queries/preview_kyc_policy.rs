use client_domain::kyc::{KycPolicy, KycStatus, MissingRequirement};
use client_domain::search::{Direction, Order, Position, Predicate, Property, field};
use client_domain::value::CustomerType;
use client_domain::{Client, ClientState, Permission};
use jiff::civil::Date;

use super::Query;
use super::sealed::Sealed;
use crate::ports::{Page, Search};
use crate::{Caller, Clients, Error};

/// Which clients another policy would affect: whose documents would no longer do, or would do from then on.
#[derive(Clone, Debug, PartialEq)]
pub struct PreviewKycPolicy {
    /// The other policy.
    pub policy: KycPolicy,
    /// The end of the page before, and the day on which the first page was read.
    pub after: Option<(Position, Date)>,
    /// The greatest number of clients on a page.
    pub limit: usize,
}

/// A page of the clients that another policy would affect, oldest first.
#[derive(Clone, Debug)]
pub struct KycPolicyPreview {
    /// The policy that is followed now.
    pub current: KycPolicy,
    /// How many clients it would affect.
    pub total: Option<u64>,
    /// The clients of this page.
    pub affected: Vec<AffectedClient>,
    /// Where the next page begins; none on the last.
    pub next: Option<Position>,
    /// The day that was used, UTC.
    pub today: Date,
}

/// A client that another policy would affect.
#[derive(Clone, Debug)]
pub struct AffectedClient {
    /// The client.
    pub client: Client,
    /// Under the policy that is followed now.
    pub now: KycAssessment,
    /// Under the other policy.
    pub then: KycAssessment,
}

/// How a client's documents stand against a policy.
#[derive(Clone, Debug)]
pub struct KycAssessment {
    /// The status of all of them together.
    pub status: KycStatus,
    /// What is required and is not verified and unexpired.
    pub missing: Vec<MissingRequirement>,
}

impl PreviewKycPolicy {
    /// The order of the pages: oldest client first.
    pub fn order() -> Order {
        Order::by(vec![(Property::Id, Direction::Ascending)]).unwrap_or_default()
    }
}

impl Sealed for PreviewKycPolicy {}

impl Query for PreviewKycPolicy {
    const PERMISSION: Permission = Permission::KycRead;
    type Answer = KycPolicyPreview;

    async fn answer(self, clients: &Clients, _caller: &Caller) -> Result<KycPolicyPreview, Error> {
        let Self { policy, after, limit } = self;
        let current = &*clients.kyc_policy;
        let (page, today) = match after {
            Some((position, began)) => (Page::After(position), began),
            None => (Page::Skip(0), clients.today()),
        };
        let predicate = affected(current, &policy)?;
        let search = Search { predicate, order: Self::order(), page, limit, count: true, today };
        let found = clients.store.search(&search).await.map_err(Error::of_query)?;
        let keys: Vec<_> = found.clients.iter().map(|summary| summary.key.clone()).collect();
        let shown = clients.store.find_all(&keys).await.map_err(Error::of_query)?;
        let affected = shown.into_iter().map(|client| AffectedClient {
            now: assessed(&client, current, today),
            then: assessed(&client, &policy, today),
            client,
        });
        Ok(KycPolicyPreview {
            current: current.clone(),
            total: found.total,
            affected: affected.collect(),
            next: found.next,
            today,
        })
    }
}

fn assessed(client: &Client, policy: &KycPolicy, today: Date) -> KycAssessment {
    let required = policy.required_of(client.snapshot().customer_type);
    let kyc = client.kyc();
    KycAssessment { status: kyc.status(required, today), missing: kyc.missing(required, today) }
}

/// Clients whose documents do under one of the two policies and not under the other. Those in a final state do not matter.
fn affected(current: &KycPolicy, other: &KycPolicy) -> Result<Predicate, Error> {
    let (now, then) = (complete(current)?, complete(other)?);
    let not = |predicate: &Predicate| Predicate::Not(Box::new(predicate.clone()));
    let states = ClientState::ALL.into_iter().filter(|state| !state.is_final());
    Ok(Predicate::All(vec![
        Predicate::in_states(states),
        Predicate::Any(vec![
            Predicate::All(vec![now.clone(), not(&then)]),
            Predicate::All(vec![not(&now), then]),
        ]),
    ]))
}

/// Clients whose documents do: all of a type of which the policy requires nothing.
fn complete(policy: &KycPolicy) -> Result<Predicate, Error> {
    let mut types = Vec::new();
    for customer_type in CustomerType::ALL {
        let of_type = field::CUSTOMER_TYPE.equals(customer_type.name());
        let filter = if policy.required_of(customer_type).is_empty() {
            of_type
        } else {
            of_type.and(field::KYC_STATUS.equals(KycStatus::Verified.name()))
        };
        types.push(filter.check().map_err(|_| Error::internal())?.with_kyc_policy(policy));
    }
    Ok(Predicate::Any(types))
}
