use client_app::commands::{
    ApproveClient, BlacklistClient, ClientCreated, ExitClient, RecordTransaction, RejectClient,
    RequestApproval,
};
use client_app::ports::ClientRef;
use client_app::{Caller, Clients, Error, RequestContext, RequestId};
use client_domain::client::Transaction;
use client_domain::value::{Reason, TransactionReference};
use client_domain::{Actor, ClientState, Invalid, Permissions};
use client_wire::{Code, Failure, Item};
use serde_json::{Value, json};

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

/// Creates clients, and leads them to their states by the commands of the API. If one is refused, the clients before it
/// stay.
pub(super) async fn seed(clients: &Clients, order: &SeedOrder) -> Result<Vec<Value>, Failure> {
    let bank = Bank::of(clients).map_err(|invalid| internal(&invalid))?;
    let mut made = Vec::with_capacity(order.clients);
    let people = People::seeded(order.seed).take(order.clients).zip(STATES.into_iter().cycle());
    for (person, state) in people {
        let transaction = TransactionReference::parse(&format!("seed-{}", made.len()));
        let transaction = Transaction::of(transaction.map_err(|invalid| internal(&invalid))?);
        let refused = |error| Failure::of_error(error, &bank.maker.caller);
        let created = clients.execute(&bank.maker, person).await.map_err(refused)?.into_outcome();
        bank.lead(&created, state, transaction).await.map_err(refused)?;
        made.push(json!({
            "contactEncodedKey": created.client.as_str(),
            "customerNumber": created.customer_number().to_string(),
            "clientState": state.number(),
        }));
    }
    Ok(made)
}

/// The use cases, and the two persons who use them.
struct Bank<'a> {
    clients: &'a Clients,
    maker: RequestContext,
    checker: RequestContext,
    reason: Reason,
}

impl<'a> Bank<'a> {
    fn of(clients: &'a Clients) -> Result<Self, Invalid> {
        let (maker, checker) = (context("seed-maker")?, context("seed-checker")?);
        Ok(Self { clients, maker, checker, reason: Reason::parse("seeded for a test")? })
    }

    /// Leads a new client to its state. Approval is requested and versions are given, since settings may require both.
    async fn lead(
        &self,
        created: &ClientCreated,
        state: ClientState,
        transaction: Transaction,
    ) -> Result<(), Error> {
        let client = ClientRef::Key(created.client.clone());
        let (code, notes) = (None, None);
        if state == ClientState::PendingApproval {
            return Ok(());
        }
        let request = RequestApproval { client: client.clone(), notes: None };
        let requested = self.clients.execute(&self.maker, request).await?.into_outcome();
        let seen = |version| RequestContext { expected_version: Some(version), ..self.checker.clone() };
        let checker = seen(requested.version);
        if state == ClientState::Rejected {
            let reject = RejectClient { client, reason: self.reason.clone(), code, notes };
            return self.clients.execute(&checker, reject).await.map(drop);
        }
        let approve = ApproveClient { client: client.clone(), notes: None, reviewed_look_alikes: Vec::new() };
        self.clients.execute(&checker, approve).await?;
        let checker = seen(requested.version.next());
        match state {
            ClientState::Active => {
                self.clients.execute(&checker, RecordTransaction { client, transaction }).await.map(drop)
            }
            ClientState::BlackListed => {
                let blacklist = BlacklistClient { client, reason: self.reason.clone(), code, notes };
                self.clients.execute(&checker, blacklist).await.map(drop)
            }
            ClientState::Exited => {
                let exit = ExitClient { client, reason: self.reason.clone(), code, notes };
                self.clients.execute(&checker, exit).await.map(drop)
            }
            ClientState::Approved | ClientState::PendingApproval | ClientState::Rejected => Ok(()),
        }
    }
}

fn internal(invalid: &Invalid) -> Failure {
    Failure::of(Item::new(Code::Internal, format!("a name of the test kit {invalid}")))
}

fn context(subject: &str) -> Result<RequestContext, Invalid> {
    let caller = Caller::new(Actor::parse(subject)?, Permissions::all());
    Ok(RequestContext::new(caller, RequestId::parse("seed")?))
}
