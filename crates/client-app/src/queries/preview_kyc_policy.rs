use client_domain::kyc::{KycPolicy, KycStatus, MissingRequirement};
use client_domain::search::{Direction, Order, Position, Predicate, Property, field};
use client_domain::value::CustomerType;
use client_domain::{Client, ClientState, Permission};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::caller::Caller;
use crate::clients::Clients;
use crate::error::Error;
use crate::ports::store::{Page, Search};
use crate::ports::totals::Totals;
use crate::query::Query;
use crate::query::sealed::Sealed;

/// The clients that another policy would affect: those whose documents meet only one of the two policies.
#[derive(Clone, Debug, PartialEq)]
pub struct PreviewKycPolicy {
    /// The other policy.
    pub policy: KycPolicy,
    /// The end of the previous page, and the date of the first page.
    pub after: Option<(Position, Date)>,
    /// The maximum number of clients on a page.
    pub limit: usize,
}

/// A page of the clients that another policy would affect, oldest first.
#[derive(Clone, Debug)]
pub struct KycPolicyPreview {
    /// The policy in force.
    pub current: KycPolicy,
    /// How many clients the other policy would affect.
    pub total: Option<u64>,
    /// The clients of this page.
    pub affected: Vec<AffectedClient>,
    /// The start of the next page; `None` on the last.
    pub next: Option<Position>,
    /// The day of the bank that was used.
    pub today: Date,
}

/// A client that another policy would affect.
#[derive(Clone, Debug)]
pub struct AffectedClient {
    /// The client.
    pub client: Client,
    /// The status under the policy in force.
    pub now: KycAssessment,
    /// The status under the other policy.
    pub then: KycAssessment,
}

/// The status of a client under a policy.
#[derive(Clone, Debug)]
pub struct KycAssessment {
    /// The status of all documents and addresses together.
    pub status: KycStatus,
    /// The requirements that are not met.
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
    const PERMISSION: Option<Permission> = Some(Permission::KycRead);
    type Answer = KycPolicyPreview;

    async fn answer(
        self,
        clients: &Clients,
        _caller: &Caller,
        now: Timestamp,
    ) -> Result<KycPolicyPreview, Error> {
        let Self { policy, after, limit } = self;
        let current = &*clients.kyc_policy();
        let (page, today) = match after {
            Some((position, began)) => (Page::After(position), began),
            None => (Page::Skip(0), clients.calendar.day_of(now)),
        };
        let predicate = affected(current, &policy)?;
        let search = Search { predicate, order: Self::order(), page, limit, totals: Totals::Exact, today };
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
            total: found.total.map(|total| total.number),
            affected: affected.collect(),
            next: found.next,
            today,
        })
    }
}

fn assessed(client: &Client, policy: &KycPolicy, today: Date) -> KycAssessment {
    let required = policy.required_of(client.snapshot().customer_type);
    KycAssessment {
        status: client.kyc_status(required, today),
        missing: client.missing_requirements(required, today),
    }
}

/// The predicate for clients whose documents meet exactly one of the two policies. Final states are excluded.
fn affected(current: &KycPolicy, other: &KycPolicy) -> Result<Predicate, Error> {
    let (now, then) = (complete(current)?, complete(other)?);
    let not = |predicate: &Predicate| Predicate::Not(Box::new(predicate.clone()));
    let states = ClientState::ALL.into_iter().filter(|state| !state.has_ended());
    Ok(Predicate::All(vec![
        Predicate::in_states(states),
        Predicate::Any(vec![
            Predicate::All(vec![now.clone(), not(&then)]),
            Predicate::All(vec![not(&now), then]),
        ]),
    ]))
}

/// The predicate for clients whose documents meet a policy. A customer type without requirements always does.
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
