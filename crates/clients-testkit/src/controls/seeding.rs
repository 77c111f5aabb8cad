use client_app::commands::{
    ApproveClient, BlacklistClient, ClientCreated, ExitClient, RecordTransaction, RejectClient,
    RequestApproval, StateChanged,
};
use client_app::ports::ClientRef;
use client_app::queries::GetKycPolicy;
use client_app::{Caller, Clients, Error, RequestContext, RequestId};
use client_domain::client::Transaction;
use client_domain::kyc::KycPolicy;
use client_domain::lifecycle::Action;
use client_domain::reason::ReasonedOperation;
use client_domain::value::{ClientKey, Reason, ReasonCode, TransactionReference, Version};
use client_domain::{Actor, Blocker, ClientState, Invalid, Permissions};
use client_wire::{Code, Failure, Item};
use serde_json::{Value, json};

use super::evidence::{Applicant, Evidences};
use super::order::SeedOrder;
use crate::people::People;

/// The states of ten clients in turn.
const STATES: [ClientState; 10] = [
    ClientState::PendingApproval,
    ClientState::Active,
    ClientState::Approved,
    ClientState::PendingApproval,
    ClientState::Active,
    ClientState::Rejected,
    ClientState::PendingApproval,
    ClientState::Active,
    ClientState::BlackListed,
    ClientState::Exited,
];

/// How far the numbers of documents of two seeds below 900 are apart.
const NUMBERS_OF_A_SEED: u64 = 10_001;

/// Creates clients, and leads them to their states by the commands of the API, under any policy. If one is refused, the
/// clients before it stay.
pub(super) async fn seed(clients: &Clients, order: &SeedOrder) -> Result<Vec<Value>, Failure> {
    let (maker, checker) = both().map_err(|invalid| internal(&invalid))?;
    let refused = |error| Failure::of_error(error, &maker.caller);
    let bank = Bank {
        clients,
        policy: clients.query(&maker.caller, GetKycPolicy).await.map_err(refused)?,
        maker: maker.clone(),
        checker,
        reason: Reason::parse("seeded for a test").map_err(|invalid| internal(&invalid))?,
    };
    let mut made = Vec::with_capacity(order.clients);
    let people = People::seeded(order.seed).take(order.clients).zip(STATES.into_iter().cycle());
    for (person, state) in people {
        let transaction = TransactionReference::parse(&format!("seed-{}", made.len()));
        let transaction = Transaction::of(transaction.map_err(|invalid| internal(&invalid))?);
        let number = order.seed % 900 * NUMBERS_OF_A_SEED + made.len() as u64 + 1;
        let created = clients.execute(&maker, person.clone()).await.map_err(refused)?.into_outcome();
        let applicant = Applicant { person: &person, number };
        bank.lead(&created, &applicant, state, transaction).await.map_err(refused)?;
        made.push(json!({
            "contactEncodedKey": created.client.as_str(),
            "customerNumber": created.customer_number().to_string(),
            "clientState": state.number(),
        }));
    }
    Ok(made)
}

/// The use cases, the policy, and the two persons who use them.
struct Bank<'a> {
    clients: &'a Clients,
    policy: KycPolicy,
    maker: RequestContext,
    checker: RequestContext,
    reason: Reason,
}

impl Bank<'_> {
    /// Leads a new client to its state. What settings may require is given: evidence, a request for approval, versions, codes
    /// of reasons and the review of look-alikes.
    async fn lead(
        &self,
        created: &ClientCreated,
        applicant: &Applicant<'_>,
        state: ClientState,
        transaction: Transaction,
    ) -> Result<(), Error> {
        let client = ClientRef::Key(created.client.clone());
        let (reason, notes) = (self.reason.clone(), None);
        match state {
            ClientState::PendingApproval => Ok(()),
            ClientState::Rejected => {
                let seen = self.requested(&client).await?;
                let reject = RejectClient { client, reason, code: self.code(Action::Reject), notes };
                self.clients.execute(&self.seen(seen), reject).await.map(drop)
            }
            ClientState::Approved => self.approved(&client, applicant).await.map(drop),
            ClientState::Active => {
                let seen = self.approved(&client, applicant).await?;
                let transact = RecordTransaction { client, transaction };
                self.clients.execute(&self.seen(seen), transact).await.map(drop)
            }
            ClientState::BlackListed => {
                let seen = self.approved(&client, applicant).await?;
                let blacklist = BlacklistClient { client, reason, code: self.code(Action::Blacklist), notes };
                self.clients.execute(&self.seen(seen), blacklist).await.map(drop)
            }
            ClientState::Exited => {
                let seen = self.approved(&client, applicant).await?;
                let exit = ExitClient { client, reason, code: self.code(Action::Exit), notes };
                self.clients.execute(&self.seen(seen), exit).await.map(drop)
            }
        }
    }

    async fn requested(&self, client: &ClientRef) -> Result<Version, Error> {
        let request = RequestApproval { client: client.clone(), notes: None };
        Ok(self.clients.execute(&self.maker, request).await?.into_outcome().version)
    }

    async fn approved(&self, client: &ClientRef, applicant: &Applicant<'_>) -> Result<Version, Error> {
        let Self { clients, policy, maker, checker, .. } = self;
        Evidences { clients, policy, maker, checker }.bring(client, applicant).await?;
        let seen = self.requested(client).await?;
        let approved = match self.approve(client, seen, Vec::new()).await {
            Err(Error::Refused(refused)) => {
                let look_alikes = refused.refusal.blockers.iter().find_map(|blocker| match blocker {
                    Blocker::LookAlikes { unreviewed } => Some(unreviewed.clone()),
                    _ => None,
                });
                match look_alikes {
                    Some(look_alikes) => self.approve(client, seen, look_alikes).await?,
                    None => return Err(Error::Refused(refused)),
                }
            }
            other => other?,
        };
        Ok(approved.version)
    }

    async fn approve(
        &self,
        client: &ClientRef,
        seen: Version,
        reviewed_look_alikes: Vec<ClientKey>,
    ) -> Result<StateChanged, Error> {
        let approve = ApproveClient { client: client.clone(), notes: None, reviewed_look_alikes };
        Ok(self.clients.execute(&self.seen(seen), approve).await?.into_outcome())
    }

    /// A request of the checker, who has seen this version.
    fn seen(&self, version: Version) -> RequestContext {
        RequestContext { expected_version: Some(version), ..self.checker.clone() }
    }

    /// The first code that the bank accepts for the action, if it lists codes.
    fn code(&self, action: Action) -> Option<ReasonCode> {
        let mut accepted = self.policy.reasons.accepted(ReasonedOperation::Action(action));
        accepted.next().map(|entry| entry.code.clone())
    }
}

/// The maker and the checker.
fn both() -> Result<(RequestContext, RequestContext), Invalid> {
    Ok((context("seed-maker")?, context("seed-checker")?))
}

fn internal(invalid: &Invalid) -> Failure {
    Failure::of(Item::new(Code::Internal, format!("a name of the test kit {invalid}")))
}

fn context(subject: &str) -> Result<RequestContext, Invalid> {
    let caller = Caller::new(Actor::parse(subject)?, Permissions::all());
    Ok(RequestContext::new(caller, RequestId::parse("seed")?))
}
