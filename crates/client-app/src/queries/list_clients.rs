use std::collections::{BTreeMap, BTreeSet};

use client_domain::kyc::{KycPolicy, KycStatus};
use client_domain::value::{AccountOfficerId, BranchKey, ClientKey};
use client_domain::{Client, Permission};
use jiff::Timestamp;
use jiff::civil::Date;

use super::search_clients::{ClientPage, SearchClients};
use crate::caller::Caller;
use crate::clients::Clients;
use crate::error::Error;
use crate::ports::branches::Branch;
use crate::ports::ending::FoundClient;
use crate::ports::error::StoreError;
use crate::ports::store::ClientSummary;
use crate::query::Query;
use crate::query::sealed::Sealed;

/// Finds clients, one page at a time, and reads each of them as a whole.
///
/// A client may change between the search and the reading of its page; then it is shown as it is after the change.
#[derive(Clone, Debug)]
pub struct ListClients {
    /// What is searched for.
    pub search: SearchClients,
}

/// A page of whole clients.
#[derive(Clone, Debug)]
pub struct ClientRows {
    /// The page that the search found.
    pub page: ClientPage,
    /// Its clients as a whole, in the same order.
    pub rows: Vec<ClientRow>,
}

/// A client of a page, with the data of directories and policies.
#[derive(Clone, Debug)]
pub struct ClientRow {
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
}

impl Sealed for ListClients {}

impl Query for ListClients {
    const PERMISSION: Option<Permission> = Some(Permission::Read);
    const MAY_LAG: bool = true;
    type Answer = ClientRows;

    async fn answer(self, clients: &Clients, caller: &Caller, now: Timestamp) -> Result<ClientRows, Error> {
        let mut page = self.search.answer(clients, caller, now).await?;
        let keys: Vec<_> = page.clients.iter().map(|summary| summary.key.clone()).collect();
        let found = if keys.is_empty() {
            Vec::new()
        } else {
            clients.store.find_all_with_endings(&keys).await.map_err(Error::of_query)?
        };
        let (today, policy) = (clients.calendar.day_of(now), clients.kyc_policy());
        let rows = clients.rows(keys, found, today, &policy).await.map_err(Error::of_query)?;
        // One item never mixes two versions of its client.
        page.clients = rows.iter().map(|row| ClientSummary::from(&row.client)).collect();
        Ok(ClientRows { page, rows })
    }
}

impl Clients {
    /// The rows of these clients in the order of the keys.
    pub(crate) async fn rows(
        &self,
        keys: Vec<ClientKey>,
        found: Vec<FoundClient>,
        today: Date,
        policy: &KycPolicy,
    ) -> Result<Vec<ClientRow>, StoreError> {
        let branches = self.branches_of(&found).await?;
        let officers = self.officers_of(&found).await?;
        let found = found.into_iter().map(|one| (one.client.key().clone(), one));
        let mut found: BTreeMap<_, _> = found.collect();
        let row = |key: ClientKey| {
            // Clients are never deleted.
            let lost =
                || StoreError::Corrupt { what: "a client that a search found and no read does".to_owned() };
            let FoundClient { client, ending } = found.remove(&key).ok_or_else(lost)?;
            let snapshot = client.snapshot();
            let required = policy.required_of(snapshot.customer_type);
            Ok(ClientRow {
                returned_as: ending.returned_as,
                branch: snapshot.branch.as_ref().and_then(|branch| branches.get(branch)).cloned(),
                officer: snapshot.details.account_officer.and_then(|id| officers.get(&id)).cloned(),
                kyc_status: client.kyc_status(required, today),
                client,
            })
        };
        keys.into_iter().map(row).collect()
    }

    /// The branches of these clients that the directory knows: each is asked for once.
    async fn branches_of(&self, found: &[FoundClient]) -> Result<BTreeMap<BranchKey, Branch>, StoreError> {
        let keys: BTreeSet<_> = found.iter().filter_map(|one| one.client.snapshot().branch.clone()).collect();
        let mut known = BTreeMap::new();
        for key in keys {
            if let Some(branch) = self.branches.branch(&key).await? {
                known.insert(key, branch);
            }
        }
        Ok(known)
    }

    /// The names of the account officers of these clients that the directory knows.
    async fn officers_of(
        &self,
        found: &[FoundClient],
    ) -> Result<BTreeMap<AccountOfficerId, String>, StoreError> {
        let ids: BTreeSet<_> =
            found.iter().filter_map(|one| one.client.snapshot().details.account_officer).collect();
        let mut known = BTreeMap::new();
        for id in ids {
            if let Some(name) = self.branches.officer_name(id).await? {
                known.insert(id, name);
            }
        }
        Ok(known)
    }
}
