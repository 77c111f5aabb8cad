//! The names of `crates/concurrency/src/sync.rs`, with a point at each where another task may go on.

pub(crate) use shuttle::sync::atomic::{AtomicU64, Ordering};
pub(crate) use shuttle::sync::{Arc, Mutex, MutexGuard};
pub(crate) use std::sync::PoisonError;

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use shuttle::future::batch_semaphore::{AcquireError, BatchSemaphore, Fairness, TryAcquireError};
use shuttle::rand::Rng as _;

/// Tokio's semaphore, as far as it is used.
#[derive(Debug)]
pub(crate) struct Semaphore(BatchSemaphore);

/// A permit of [`Semaphore::acquire`] or [`Semaphore::acquire_many`].
#[derive(Debug)]
pub(crate) struct SemaphorePermit<'a>(&'a Semaphore, usize);

/// A permit that keeps its semaphore.
#[derive(Debug)]
pub(crate) struct OwnedSemaphorePermit(Arc<Semaphore>);

impl Semaphore {
    pub(crate) fn new(permits: usize) -> Self {
        Self(BatchSemaphore::new(permits, Fairness::StrictlyFair))
    }

    pub(crate) async fn acquire(&self) -> Result<SemaphorePermit<'_>, AcquireError> {
        self.acquire_many(1).await
    }

    pub(crate) async fn acquire_many(&self, permits: u32) -> Result<SemaphorePermit<'_>, AcquireError> {
        let permits = usize::try_from(permits).unwrap_or(usize::MAX);
        self.0.acquire(permits).await?;
        Ok(SemaphorePermit(self, permits))
    }

    pub(crate) async fn acquire_owned(self: Arc<Self>) -> Result<OwnedSemaphorePermit, AcquireError> {
        self.0.acquire(1).await?;
        Ok(OwnedSemaphorePermit(self))
    }

    pub(crate) fn try_acquire_owned(self: Arc<Self>) -> Result<OwnedSemaphorePermit, TryAcquireError> {
        self.0.try_acquire(1)?;
        Ok(OwnedSemaphorePermit(self))
    }

    pub(crate) fn close(&self) {
        self.0.close();
    }
}

impl Drop for SemaphorePermit<'_> {
    fn drop(&mut self) {
        self.0.0.release(self.1);
    }
}

impl Drop for OwnedSemaphorePermit {
    fn drop(&mut self) {
        self.0.0.release(1);
    }
}

/// One timeout in three is never reached; the others are reached at a moment that the schedule chooses.
pub(crate) async fn timeout<F: Future>(_limit: Duration, future: F) -> Result<F::Output, ()> {
    let mut future = pin!(future);
    let mut looks = {
        let mut random = shuttle::rand::thread_rng();
        random.gen_bool(2.0 / 3.0).then(|| random.gen_range(0..6_u8))
    };
    poll_fn(|context| {
        if let Poll::Ready(output) = future.as_mut().poll(context) {
            return Poll::Ready(Ok(output));
        }
        match looks.as_mut() {
            None => return Poll::Pending,
            Some(0) => return Poll::Ready(Err(())),
            Some(left) => *left -= 1,
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await
}

pub(crate) mod oneshot {
    //! Tokio's channel for one value, as far as it is used.

    use std::future::Future;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use futures_channel::oneshot;

    pub(crate) struct Sender<T>(oneshot::Sender<T>);
    pub(crate) struct Receiver<T>(oneshot::Receiver<T>);

    pub(crate) fn channel<T>() -> (Sender<T>, Receiver<T>) {
        let (sender, receiver) = oneshot::channel();
        (Sender(sender), Receiver(receiver))
    }

    impl<T> Sender<T> {
        pub(crate) fn send(self, value: T) -> Result<(), T> {
            shuttle::thread::yield_now();
            self.0.send(value)
        }

        pub(crate) fn is_closed(&self) -> bool {
            self.0.is_canceled()
        }
    }

    impl<T> Future for Receiver<T> {
        type Output = Result<T, ()>;

        fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
            Pin::new(&mut self.0).poll(context).map_err(|_| ())
        }
    }
}
