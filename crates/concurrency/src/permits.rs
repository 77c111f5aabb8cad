//! Permits for several kinds of operation, each with a share of them.

use crate::sync::{Arc, OwnedSemaphorePermit, Semaphore};

/// How many permits each kind of operation may hold, so that slow operations of one kind leave the others theirs.
///
/// The shares may add up to more than the total. A kind is named by the index of its share.
///
/// ```
/// use concurrency::permits::{NoPermit, PermitShares};
///
/// let shares = PermitShares::new(3, &[2, 1]);
/// let held = (shares.try_permit(0), shares.try_permit(0));
/// assert!(held.0.is_ok() && held.1.is_ok());
/// assert_eq!(shares.try_permit(0).err(), Some(NoPermit));
/// assert!(shares.try_permit(1).is_ok(), "the other share has its own permit");
/// ```
#[derive(Debug)]
pub struct PermitShares {
    total: u32,
    all: Arc<Semaphore>,
    shares: Vec<Arc<Semaphore>>,
}

/// The right to run one operation of its kind, for as long as it is held.
#[derive(Debug)]
pub struct Permit {
    _of_share: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

/// No permit is free, or the shares are closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoPermit;

impl PermitShares {
    /// `total` permits in all, of which each kind may hold as many as its share.
    pub fn new(total: u32, shares: &[u32]) -> Self {
        let semaphore = |permits: u32| {
            // On a machine of 16 bits, as many as a semaphore holds.
            Arc::new(Semaphore::new(permits.try_into().unwrap_or(usize::MAX >> 3)))
        };
        Self { total, all: semaphore(total), shares: shares.iter().copied().map(semaphore).collect() }
    }

    fn share(&self, share: usize) -> Result<Arc<Semaphore>, NoPermit> {
        self.shares.get(share).cloned().ok_or(NoPermit)
    }

    /// Waits for a permit of this share. Shares that add up to more than the total overlap: then a permit of the total must
    /// be free as well.
    ///
    /// # Errors
    ///
    /// [`NoPermit`] where there is no such share, or once the shares are closed.
    pub async fn permit(&self, share: usize) -> Result<Permit, NoPermit> {
        let of_share = self.share(share)?.acquire_owned().await.map_err(|_| NoPermit)?;
        let of_all = self.all.clone().acquire_owned().await.map_err(|_| NoPermit)?;
        Ok(Permit { _of_share: of_share, _of_all: of_all })
    }

    /// A permit, if one is free now.
    ///
    /// # Errors
    ///
    /// [`NoPermit`] where none is free, where there is no such share, or once the shares are closed.
    pub fn try_permit(&self, share: usize) -> Result<Permit, NoPermit> {
        let of_share = self.share(share)?.try_acquire_owned().map_err(|_| NoPermit)?;
        let of_all = self.all.clone().try_acquire_owned().map_err(|_| NoPermit)?;
        Ok(Permit { _of_share: of_share, _of_all: of_all })
    }

    /// A permit of this share for an operation of another kind, if one is free now and another one stays free for the kind
    /// that the share belongs to.
    ///
    /// # Errors
    ///
    /// [`NoPermit`] where fewer than two are free, where there is no such share, or once the shares are closed.
    pub fn try_spare_permit(&self, share: usize) -> Result<Permit, NoPermit> {
        let of_share = self.share(share)?;
        let taken = of_share.clone().try_acquire_owned().map_err(|_| NoPermit)?;
        let _stays_free = of_share.try_acquire_owned().map_err(|_| NoPermit)?;
        let of_all = self.all.clone().try_acquire_owned().map_err(|_| NoPermit)?;
        Ok(Permit { _of_share: taken, _of_all: of_all })
    }

    /// Waits until every permit is free.
    pub async fn drained(&self) {
        let _all = self.all.acquire_many(self.total).await;
    }

    /// Refuses every caller that waits for a permit, and every later one.
    pub fn close(&self) {
        self.shares.iter().chain([&self.all]).for_each(|semaphore| semaphore.close());
    }
}
