use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// How many requests of each caller run. A caller is known for as long as one runs or waits, so there are never more
/// callers here than requests.
#[derive(Debug)]
pub(crate) struct Shares {
    of_each: usize,
    callers: Mutex<HashMap<String, Holder>>,
}

#[derive(Debug)]
struct Holder {
    permits: Arc<Semaphore>,
    requests: usize,
}

/// One request within the share of its caller.
#[derive(Debug)]
pub(crate) struct Share {
    // Given back before the request is taken off the list.
    permit: Option<OwnedSemaphorePermit>,
    subject: String,
    shares: Arc<Shares>,
}

impl Shares {
    pub(crate) fn new(of_each: usize) -> Arc<Self> {
        Arc::new(Self { of_each, callers: Mutex::default() })
    }

    /// One more request of this caller, if its share is not used up.
    pub(crate) fn take(self: &Arc<Self>, subject: &str) -> Option<Share> {
        let (mut share, permits) = self.enlist(subject);
        share.permit = Some(permits.try_acquire_owned().ok()?);
        Some(share)
    }

    /// The same, after waiting for up to `limit`.
    pub(crate) async fn wait(self: &Arc<Self>, subject: &str, limit: Duration) -> Option<Share> {
        let (mut share, permits) = self.enlist(subject);
        share.permit = Some(timeout(limit, permits.acquire_owned()).await.ok()?.ok()?);
        Some(share)
    }

    fn enlist(self: &Arc<Self>, subject: &str) -> (Share, Arc<Semaphore>) {
        let mut callers = self.callers();
        let holder = callers
            .entry(subject.to_owned())
            .or_insert_with(|| Holder { permits: Arc::new(Semaphore::new(self.of_each)), requests: 0 });
        holder.requests += 1;
        let share = Share { permit: None, subject: subject.to_owned(), shares: self.clone() };
        (share, holder.permits.clone())
    }

    fn callers(&self) -> MutexGuard<'_, HashMap<String, Holder>> {
        self.callers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.permit = None;
        let mut callers = self.shares.callers();
        if let Some(holder) = callers.get_mut(&self.subject) {
            holder.requests -= 1;
            if holder.requests == 0 {
                callers.remove(&self.subject);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_waiting_request_gets_the_share_of_one_that_ends() {
        let shares = Shares::new(1);
        let first = shares.take("a");
        assert!(shares.take("b").is_some());
        assert!(shares.wait("a", Duration::from_millis(10)).await.is_none());
        let (second, ()) = tokio::join!(shares.wait("a", Duration::from_secs(10)), async { drop(first) });
        assert!(second.is_some());
    }

    #[test]
    fn a_caller_without_requests_is_not_remembered() {
        let shares = Shares::new(1);
        for subject in 0..1000 {
            let held = shares.take(&subject.to_string());
            assert!(held.is_some() && shares.take(&subject.to_string()).is_none());
        }
        assert!(shares.callers().is_empty());
    }
}
