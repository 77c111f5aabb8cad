//! Permits for several kinds of work, each with a share of them.

use crate::sync::{Arc, OwnedSemaphorePermit, Semaphore};

/// How many permits each kind of work may hold, so that work that takes long leaves the others theirs.
///
/// The shares may add up to more than there is in all. A kind of work is told by its place in the list of shares.
#[derive(Debug)]
pub struct Shares {
    most: u32,
    all: Arc<Semaphore>,
    of_each: Vec<Arc<Semaphore>>,
}

/// The right to do work of its kind, for as long as it is held.
#[derive(Debug)]
pub struct Permit {
    _of_share: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

/// There is no permit: now, or no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoPermit;

impl Shares {
    /// So many permits in all, and so many of each share.
    pub fn new(all: u32, shares: &[u32]) -> Self {
        let semaphore = |permits: u32| Arc::new(Semaphore::new(permits.try_into().unwrap_or(1)));
        Self { most: all, all: semaphore(all), of_each: shares.iter().copied().map(semaphore).collect() }
    }

    fn of(&self, share: usize) -> Result<Arc<Semaphore>, NoPermit> {
        self.of_each.get(share).cloned().ok_or(NoPermit)
    }

    /// A permit, as soon as one of this share is free. Shares that add up to more than there is overlap, and then there has
    /// to be a free one in all as well. None once it is closed.
    pub async fn permit(&self, share: usize) -> Result<Permit, NoPermit> {
        let of_share = self.of(share)?.acquire_owned().await.map_err(|_| NoPermit)?;
        let of_all = self.all.clone().acquire_owned().await.map_err(|_| NoPermit)?;
        Ok(Permit { _of_share: of_share, _of_all: of_all })
    }

    /// A permit, if one is free now.
    pub fn free_permit(&self, share: usize) -> Result<Permit, NoPermit> {
        let of_share = self.of(share)?.try_acquire_owned().map_err(|_| NoPermit)?;
        let of_all = self.all.clone().try_acquire_owned().map_err(|_| NoPermit)?;
        Ok(Permit { _of_share: of_share, _of_all: of_all })
    }

    /// A permit of a share for work of another kind, if one is free now and another one stays free for the work that the share
    /// is meant for.
    pub fn spare_permit(&self, share: usize) -> Result<Permit, NoPermit> {
        let of_share = self.of(share)?;
        let taken = of_share.clone().try_acquire_owned().map_err(|_| NoPermit)?;
        let _stays_free = of_share.try_acquire_owned().map_err(|_| NoPermit)?;
        let of_all = self.all.clone().try_acquire_owned().map_err(|_| NoPermit)?;
        Ok(Permit { _of_share: taken, _of_all: of_all })
    }

    /// Waits until nobody holds a permit.
    pub async fn all_returned(&self) {
        let _all = self.all.acquire_many(self.most).await;
    }

    /// Refuses those who wait, and those who come later.
    pub fn close(&self) {
        self.of_each.iter().chain([&self.all]).for_each(|semaphore| semaphore.close());
    }
}
