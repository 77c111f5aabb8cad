use client_domain::Permission;
use client_domain::client::WorkKind;
use client_domain::search::Predicate;
use jiff::Timestamp;

use crate::caller::Caller;
use crate::clients::Clients;
use crate::count_by::CountBy;
use crate::count_cache::CountKey;
use crate::error::Error;
use crate::ports::count::{CountBounds, Counted, Counting};
use crate::query::Query;
use crate::query::sealed::Sealed;
use crate::spine::admission::permit;

/// How much a count reads. The entries are more than an index of a large bank has.
const BOUNDS: CountBounds = CountBounds { entries: 5_000_000, rows: CountBounds::ROWS, branches: 1_000 };
/// The status of a client is worked out from its documents, so fewer are read.
const KYC_BOUNDS: CountBounds = CountBounds { rows: 5_000, ..BOUNDS };

/// Counts clients in groups.
///
/// The answer is up to ten seconds old, as its `as_of` says.
#[derive(Clone, Debug)]
pub struct CountClients {
    /// The predicate that the clients match.
    pub predicate: Predicate,
    /// What the groups are.
    pub by: CountBy,
}

/// The numbers of clients, or of items.
#[derive(Clone, Debug)]
pub struct ClientCounts {
    /// The groups that are not empty.
    pub counted: Counted,
    /// The kinds of items that were counted.
    pub kinds: Vec<WorkKind>,
    /// When they were counted.
    pub as_of: Timestamp,
}

impl Sealed for CountClients {}

impl Query for CountClients {
    const PERMISSION: Option<Permission> = Some(Permission::Read);
    const MAY_LAG: bool = true;
    type Answer = ClientCounts;

    async fn answer(self, clients: &Clients, caller: &Caller, now: Timestamp) -> Result<ClientCounts, Error> {
        let Self { predicate, by } = self;
        // A count tells as much about a value as a list does.
        permit(caller, predicate.permissions().iter().chain([by.permission()]))?;
        let kinds: Vec<_> = match by {
            CountBy::WaitingAge => {
                WorkKind::ALL.into_iter().filter(|kind| caller.may(kind.permission())).collect()
            }
            _ => Vec::new(),
        };
        let predicate = clients.resolved(predicate).await.map_err(Error::of_query)?;
        let today = clients.calendar.day_of(now);
        let key = CountKey { predicate, today, by, kinds };
        if let Some((counted, as_of)) = clients.counts.get(&key, now) {
            return Ok(ClientCounts { counted, kinds: key.kinds, as_of });
        }
        let counting = Counting {
            predicate: key.predicate.clone(),
            today,
            by: by.grouping(&clients.kyc_policy(), &key.kinds, now),
            bounds: if by == CountBy::KycStatus { KYC_BOUNDS } else { BOUNDS },
        };
        let counted = clients.store.count(&counting).await.map_err(Error::of_query)?;
        let kinds = key.kinds.clone();
        let as_of = clients.reads.as_of(now);
        clients.counts.keep(key, as_of, counted.clone());
        Ok(ClientCounts { counted, kinds, as_of })
    }
}
