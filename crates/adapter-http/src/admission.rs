//! Which requests may run: how many in all, how many of one caller, and how many that move files.

pub(crate) mod shares;

use std::sync::Arc;
use std::time::Duration;

use client_app::Caller;
use client_wire::{Code, Failure, Item};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use self::shares::{Share, Shares};
use crate::Limits;
use crate::envelope::refusal;

/// How long a search waits for another one of the same caller to end.
const SEARCH_WAIT: Duration = Duration::from_secs(2);

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lane {
    /// A command, or a query by key.
    Ordinary,
    /// A query that looks through the clients.
    Search,
    /// A file, in either direction, or a command that carries one.
    Transfer,
}

/// The permits of all requests in progress.
///
/// A permit is taken when the request has arrived whole, so that a slow sender holds none. Transfers have permits of their
/// own, because they last as long as the caller's connection is slow. Of both, one caller gets a share and not all.
pub(crate) struct Admission {
    ordinary: Pool,
    transfers: Pool,
    searches: Arc<Shares>,
}

/// The right to run, until it is dropped.
#[derive(Debug)]
pub(crate) struct Permit {
    _search: Option<Share>,
    _share: Share,
    _place: OwnedSemaphorePermit,
}

impl Admission {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            ordinary: Pool::new(limits.max_in_flight, limits.max_in_flight_per_caller),
            transfers: Pool::new(limits.max_transfers, limits.max_transfers_per_caller),
            searches: Shares::new(limits.max_searches_per_caller),
        }
    }

    /// A permit for a request of this caller. A search waits a while for one of the same caller to end; everything else
    /// is refused at once.
    pub(crate) async fn admit(&self, caller: &Caller, lane: Lane) -> Result<Permit, Failure> {
        let subject = caller.actor.id.as_str();
        let search = match lane {
            Lane::Search => Some(self.searches.wait(subject, SEARCH_WAIT).await.ok_or_else(over_share)?),
            Lane::Ordinary | Lane::Transfer => None,
        };
        let pool = if lane == Lane::Transfer { &self.transfers } else { &self.ordinary };
        let share = pool.shares.take(subject).ok_or_else(over_share)?;
        let place = pool.permits.clone().try_acquire_owned().map_err(|_| refusal(Code::Overloaded))?;
        Ok(Permit { _search: search, _share: share, _place: place })
    }
}

struct Pool {
    permits: Arc<Semaphore>,
    shares: Arc<Shares>,
}

impl Pool {
    fn new(all: usize, of_one_caller: usize) -> Self {
        Self { permits: Arc::new(Semaphore::new(all)), shares: Shares::new(of_one_caller) }
    }
}

/// One caller has used up its share.
pub(crate) fn over_share() -> Failure {
    let message =
        "You have as many requests in progress as one caller may have; wait until one of them is answered.";
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
            ..Limits::default()
        })
    }

    async fn code(admission: &Admission, subject: &str, lane: Lane) -> Result<Permit, &'static str> {
        admission.admit(&caller(subject), lane).await.map_err(|failure| failure.items[0].code.name())
    }

    #[tokio::test]
    async fn one_caller_leaves_permits_to_others() {
        let admission = admission();
        let mut held = vec![code(&admission, "a", Lane::Ordinary).await.unwrap()];
        held.push(code(&admission, "a", Lane::Ordinary).await.unwrap());
        assert_eq!(code(&admission, "a", Lane::Ordinary).await.unwrap_err(), "too_many_in_progress");
        held.push(code(&admission, "b", Lane::Ordinary).await.unwrap());
        assert_eq!(code(&admission, "c", Lane::Ordinary).await.unwrap_err(), "overloaded");
        held.remove(0);
        assert!(code(&admission, "c", Lane::Ordinary).await.is_ok());
    }

    #[tokio::test]
    async fn transfers_take_no_ordinary_permit() {
        let admission = admission();
        let _upload = code(&admission, "a", Lane::Transfer).await.unwrap();
        assert_eq!(code(&admission, "a", Lane::Transfer).await.unwrap_err(), "too_many_in_progress");
        let _download = code(&admission, "b", Lane::Transfer).await.unwrap();
        assert_eq!(code(&admission, "c", Lane::Transfer).await.unwrap_err(), "overloaded");
        for subject in ["a", "b", "c"] {
            assert!(code(&admission, subject, Lane::Ordinary).await.is_ok(), "{subject}");
        }
    }
}
