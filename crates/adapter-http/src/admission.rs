//! Which requests may run: how many in all, how many of one caller, and how many that transfer files.

pub(crate) mod caller_limit;
pub(crate) mod running_operations;

use std::sync::Arc;
use std::time::Duration;

use client_app::Caller;
use client_wire::{Code, Failure, Item};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use self::caller_limit::{CallerLimit, CallerPermit};
use crate::envelope::failure_of;
use crate::limits::Limits;

/// How long a search waits for another search of the same caller to end.
const SEARCH_WAIT: Duration = Duration::from_secs(2);

/// Which permits a request takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RequestClass {
    /// A command, or a query by key.
    Ordinary,
    /// A query that searches the clients.
    Search,
    /// A file, in either direction, or a command that carries one.
    Transfer,
    /// A stream of events, for as long as it lasts.
    Events,
}

/// The permits of all running requests.
///
/// A request takes its permit when it has arrived whole, so that a slow sender holds none. Transfers have permits of
/// their own, because they last as long as the connection of the caller is slow. One caller gets only a part of either.
pub(crate) struct Admission {
    ordinary: Pool,
    transfers: Pool,
    events: Pool,
    searches: Arc<CallerLimit>,
}

/// The right of one request to run, until it is dropped.
#[derive(Debug)]
pub(crate) struct Permit {
    _search: Option<CallerPermit>,
    _of_caller: CallerPermit,
    _of_all: OwnedSemaphorePermit,
}

impl Admission {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            ordinary: Pool::new(limits.max_in_flight, limits.max_in_flight_per_caller),
            transfers: Pool::new(limits.max_transfers, limits.max_transfers_per_caller),
            events: Pool::new(limits.max_event_streams, limits.max_event_streams_per_caller),
            searches: CallerLimit::new(limits.max_searches_per_caller),
        }
    }

    /// A permit for a request of this caller. A search waits a while for another search of the same caller to end;
    /// every other request without a permit fails immediately.
    pub(crate) async fn admit(&self, caller: &Caller, class: RequestClass) -> Result<Permit, Failure> {
        let subject = caller.actor.id.as_str();
        let search = match class {
            RequestClass::Search => {
                let permit = self.searches.acquire_within(subject, SEARCH_WAIT).await;
                Some(permit.ok_or_else(over_caller_limit)?)
            }
            RequestClass::Ordinary | RequestClass::Transfer | RequestClass::Events => None,
        };
        let pool = match class {
            RequestClass::Transfer => &self.transfers,
            RequestClass::Events => &self.events,
            RequestClass::Ordinary | RequestClass::Search => &self.ordinary,
        };
        let of_caller = pool.per_caller.try_acquire(subject).ok_or_else(over_caller_limit)?;
        let of_all = pool.permits.clone().try_acquire_owned().map_err(|_| failure_of(Code::Overloaded))?;
        Ok(Permit { _search: search, _of_caller: of_caller, _of_all: of_all })
    }
}

struct Pool {
    permits: Arc<Semaphore>,
    per_caller: Arc<CallerLimit>,
}

impl Pool {
    fn new(max: usize, max_per_caller: usize) -> Self {
        Self { permits: Arc::new(Semaphore::new(max)), per_caller: CallerLimit::new(max_per_caller) }
    }
}

/// The failure of a request whose caller has as many requests in progress as one caller may have.
pub(crate) fn over_caller_limit() -> Failure {
    let message = "You have reached the limit of concurrent requests; wait until one of them is answered.";
    Failure::of(Item::new(Code::TooManyInProgress, message))
}

#[cfg(test)]
mod tests {
    use client_domain::{Actor, Permissions};

    use super::*;

    fn caller(subject: &str) -> Caller {
        Caller::new(Actor::parse(subject).unwrap(), Permissions::all())
    }

    fn admission() -> Admission {
        Admission::new(&Limits {
            max_in_flight: 3,
            max_in_flight_per_caller: 2,
            max_transfers: 2,
            max_transfers_per_caller: 1,
            max_searches_per_caller: 1,
            max_event_streams_per_caller: 1,
            ..Limits::default()
        })
    }

    async fn admit(
        admission: &Admission,
        subject: &str,
        class: RequestClass,
    ) -> Result<Permit, &'static str> {
        admission.admit(&caller(subject), class).await.map_err(|failure| failure.items[0].code.name())
    }

    #[tokio::test]
    async fn caller_at_its_limit_leaves_permits_to_other_callers() {
        let admission = admission();
        let mut held = vec![admit(&admission, "a", RequestClass::Ordinary).await.unwrap()];
        held.push(admit(&admission, "a", RequestClass::Ordinary).await.unwrap());
        assert_eq!(admit(&admission, "a", RequestClass::Ordinary).await.unwrap_err(), "too_many_in_progress");
        held.push(admit(&admission, "b", RequestClass::Ordinary).await.unwrap());
        assert_eq!(admit(&admission, "c", RequestClass::Ordinary).await.unwrap_err(), "overloaded");
        held.remove(0);
        assert!(admit(&admission, "c", RequestClass::Ordinary).await.is_ok());
    }

    #[tokio::test]
    async fn transfers_and_events_take_no_ordinary_permit() {
        let admission = admission();
        let _events = admit(&admission, "a", RequestClass::Events).await.unwrap();
        assert_eq!(admit(&admission, "a", RequestClass::Events).await.unwrap_err(), "too_many_in_progress");
        let _upload = admit(&admission, "a", RequestClass::Transfer).await.unwrap();
        assert_eq!(admit(&admission, "a", RequestClass::Transfer).await.unwrap_err(), "too_many_in_progress");
        let _download = admit(&admission, "b", RequestClass::Transfer).await.unwrap();
        assert_eq!(admit(&admission, "c", RequestClass::Transfer).await.unwrap_err(), "overloaded");
        for subject in ["a", "b", "c"] {
            assert!(admit(&admission, subject, RequestClass::Ordinary).await.is_ok(), "{subject}");
        }
    }
}
