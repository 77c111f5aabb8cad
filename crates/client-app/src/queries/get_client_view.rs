use client_domain::client::{Explanation, OpenRequest};
use client_domain::kyc::{KycStatus, PolicyVersion, Requirement, RequirementStatus};
use client_domain::{Client, Permission};
use futures_util::future::try_join4;
use jiff::Timestamp;
use jiff::civil::Date;

use super::get_client::ClientDetails;
use super::get_history::ClientHistory;
use crate::caller::Caller;
use crate::clients::Clients;
use crate::error::Error;
use crate::ports::ending::FoundClient;
use crate::ports::store::ClientRef;
use crate::query::Query;
use crate::query::sealed::Sealed;
use crate::spine::look_alikes::LookAlike;

/// Everything about one client, of one version: for a person who looks at it as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GetClientView {
    /// The client.
    pub client: ClientRef,
    /// The maximum number of lines of its history.
    pub history_lines: usize,
}

/// A client with all that is known about it. Every part is of the version of the client in `details`; only look-alikes,
/// which are other clients, and open accounts are those of the moment.
#[derive(Clone, Debug)]
pub struct ClientView {
    /// The client, with its documents, addresses and open amendments.
    pub details: ClientDetails,
    /// Every operation, with its blockers for this caller.
    pub actions: Vec<Explanation>,
    /// How the client stands under the KYC policy.
    pub kyc: Panel<KycStanding>,
    /// The look-alikes, in the order of their keys. A resemblance of documents is left out for callers who may not read
    /// documents.
    pub look_alikes: Vec<LookAlike>,
    /// Whether there may be more look-alikes than were compared.
    pub more_look_alikes: bool,
    /// The newest lines of the history.
    pub history: Panel<ClientHistory>,
}

/// A part of an answer that needs a permission of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Panel<T> {
    /// The caller holds the permission.
    Shown(T),
    /// The caller lacks this permission.
    Withheld(Permission),
}

impl<T> Panel<T> {
    /// The part, if it is shown.
    pub const fn shown(&self) -> Option<&T> {
        match self {
            Self::Shown(part) => Some(part),
            Self::Withheld(_) => None,
        }
    }

    /// The permission that the caller lacks.
    pub const fn withheld(&self) -> Option<Permission> {
        match self {
            Self::Shown(_) => None,
            Self::Withheld(permission) => Some(*permission),
        }
    }
}

/// How a client stands under the KYC policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KycStanding {
    /// The status of all documents and addresses together.
    pub status: KycStatus,
    /// Every requirement of the policy, and its status.
    pub requirements: Vec<(Requirement, RequirementStatus)>,
    /// The documents that the client was asked for and has not submitted since.
    pub requested: Vec<OpenRequest>,
    /// The version of the policy.
    pub policy: Option<PolicyVersion>,
    /// The day of the bank that decides what has expired.
    pub today: Date,
}

impl Sealed for GetClientView {}

impl Query for GetClientView {
    const PERMISSION: Option<Permission> = Some(Permission::Read);
    type Answer = ClientView;

    async fn answer(self, clients: &Clients, caller: &Caller, now: Timestamp) -> Result<ClientView, Error> {
        let FoundClient { client, ending } = clients.found_with_ending(&self.client).await?;
        let returned_as = ending.returned_as.clone();
        let (actions, (look_alikes, more_look_alikes), history, kyc) = try_join4(
            clients.explained(&client, caller, ending, now),
            clients.shown_look_alikes(&client, caller),
            clients.newest_history(&client, caller, self.history_lines),
            clients.kyc_standing(&client, caller, now),
        )
        .await?;
        let allowed = actions.iter().filter(|one| one.is_allowed()).map(|one| one.operation).collect();
        let details = clients.details(client, returned_as, allowed, now).await?;
        Ok(ClientView { details, actions, kyc, look_alikes, more_look_alikes, history })
    }
}

impl Clients {
    /// The newest lines of the version that was read: a line that a later command has added is left out.
    async fn newest_history(
        &self,
        client: &Client,
        caller: &Caller,
        limit: usize,
    ) -> Result<Panel<ClientHistory>, Error> {
        if !caller.may(Permission::History) {
            return Ok(Panel::Withheld(Permission::History));
        }
        let before = Some(client.version().next());
        self.history_of(client, caller, before, limit).await.map(Panel::Shown)
    }

    async fn kyc_standing(
        &self,
        client: &Client,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<Panel<KycStanding>, Error> {
        if !caller.may(Permission::KycRead) {
            return Ok(Panel::Withheld(Permission::KycRead));
        }
        let today = self.calendar.day_of(now);
        let policy = self.kyc_policy();
        let required = policy.required_of(client.customer_type());
        let standing = |one: &Requirement| (one.clone(), client.requirement_status(one, today));
        Ok(Panel::Shown(KycStanding {
            status: client.kyc_status(required, today),
            requirements: required.iter().map(standing).collect(),
            requested: self.open_requests(client).await?,
            policy: policy.version.clone(),
            today,
        }))
    }
}
