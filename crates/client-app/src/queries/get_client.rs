use client_domain::kyc::KycStatus;
use client_domain::lifecycle::Operation;
use client_domain::value::ClientKey;
use client_domain::{Client, Permission};
use jiff::Timestamp;

use crate::caller::Caller;
use crate::clients::Clients;
use crate::error::Error;
use crate::ports::branches::Branch;
use crate::ports::ending::FoundClient;
use crate::ports::store::ClientRef;
use crate::query::Query;
use crate::query::sealed::Sealed;

/// One client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GetClient {
    /// The client.
    pub client: ClientRef,
}

/// A client, with data from directories and policies.
#[derive(Clone, Debug)]
pub struct ClientDetails {
    /// The client.
    pub client: Client,
    /// The client as which it has returned, if it did; an application that was rejected does not count.
    pub returned_as: Option<ClientKey>,
    /// The branch, if the directory knows it.
    pub branch: Option<Branch>,
    /// The name of the account officer, if the directory knows it.
    pub officer: Option<String>,
    /// The KYC status of the client today.
    pub kyc_status: KycStatus,
    /// The operations that this caller can do with the client now.
    pub allowed: Vec<Operation>,
}

impl Sealed for GetClient {}

impl Query for GetClient {
    const PERMISSION: Option<Permission> = Some(Permission::Read);
    const MAY_LAG: bool = true;
    type Answer = ClientDetails;

    async fn answer(
        self,
        clients: &Clients,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<ClientDetails, Error> {
        let FoundClient { client, ending } = clients.found_with_ending(&self.client).await?;
        let returned_as = ending.returned_as.clone();
        let allowed = clients.allowed(&client, caller, Some(ending), now).await;
        clients.details(client, returned_as, allowed, now).await
    }
}

impl Clients {
    /// The client with the data of directories and policies.
    pub(super) async fn details(
        &self,
        client: Client,
        returned_as: Option<ClientKey>,
        allowed: Vec<Operation>,
        now: Timestamp,
    ) -> Result<ClientDetails, Error> {
        let snapshot = client.snapshot();
        let branch = match &snapshot.branch {
            Some(key) => self.branches.branch(key).await.map_err(Error::of_query)?,
            None => None,
        };
        let officer = match snapshot.details.account_officer {
            Some(id) => self.branches.officer_name(id).await.map_err(Error::of_query)?,
            None => None,
        };
        let policy = self.kyc_policy();
        let required = policy.required_of(snapshot.customer_type);
        let kyc_status = client.kyc_status(required, self.calendar.day_of(now));
        Ok(ClientDetails { client, returned_as, branch, officer, kyc_status, allowed })
    }
}
