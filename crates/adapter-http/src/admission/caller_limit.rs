//! A limit on the requests of each caller.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// How many requests of each caller may run at a time.
///
/// A caller is remembered only while one of its requests runs or waits, so there are never more callers here than
/// requests.
#[derive(Debug)]
pub(crate) struct CallerLimit {
    max: usize,
    callers: Mutex<HashMap<String, CallerEntry>>,
}

#[derive(Debug)]
struct CallerEntry {
    permits: Arc<Semaphore>,
    requests: usize,
}

/// The right of one request of a caller to run, until it is dropped.
#[derive(Debug)]
pub(crate) struct CallerPermit {
    // Released before the request is uncounted.
    permit: Option<OwnedSemaphorePermit>,
    subject: String,
    limit: Arc<CallerLimit>,
}

impl CallerLimit {
    pub(crate) fn new(max: usize) -> Arc<Self> {
        Arc::new(Self { max, callers: Mutex::default() })
    }

    /// A permit, if this caller is not at its limit.
    pub(crate) fn try_acquire(self: &Arc<Self>, subject: &str) -> Option<CallerPermit> {
        let (mut request, permits) = self.register(subject);
        request.permit = Some(permits.try_acquire_owned().ok()?);
        Some(request)
    }

    /// A permit, after waiting for up to `limit`.
    pub(crate) async fn acquire_within(
        self: &Arc<Self>,
        subject: &str,
        limit: Duration,
    ) -> Option<CallerPermit> {
        let (mut request, permits) = self.register(subject);
        request.permit = Some(timeout(limit, permits.acquire_owned()).await.ok()?.ok()?);
        Some(request)
    }

    fn register(self: &Arc<Self>, subject: &str) -> (CallerPermit, Arc<Semaphore>) {
        let mut callers = self.callers();
        let entry = callers
            .entry(subject.to_owned())
            .or_insert_with(|| CallerEntry { permits: Arc::new(Semaphore::new(self.max)), requests: 0 });
        entry.requests += 1;
        let request = CallerPermit { permit: None, subject: subject.to_owned(), limit: self.clone() };
        (request, entry.permits.clone())
    }

    fn callers(&self) -> MutexGuard<'_, HashMap<String, CallerEntry>> {
        self.callers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for CallerPermit {
    fn drop(&mut self) {
        self.permit = None;
        let mut callers = self.limit.callers();
        if let Some(entry) = callers.get_mut(&self.subject) {
            entry.requests -= 1;
            if entry.requests == 0 {
                callers.remove(&self.subject);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn waiting_request_gets_the_permit_of_a_request_that_ends() {
        let limit = CallerLimit::new(1);
        let first = limit.try_acquire("a");
        assert!(limit.try_acquire("b").is_some());
        assert!(limit.acquire_within("a", Duration::from_millis(10)).await.is_none());
        let (second, ()) =
            tokio::join!(limit.acquire_within("a", Duration::from_secs(10)), async { drop(first) });
        assert!(second.is_some());
    }

    #[test]
    fn caller_without_requests_is_not_remembered() {
        let limit = CallerLimit::new(1);
        for subject in 0..1000 {
            let held = limit.try_acquire(&subject.to_string());
            assert!(held.is_some() && limit.try_acquire(&subject.to_string()).is_none());
        }
        assert!(limit.callers().is_empty());
    }
}
