//! The KYC statuses that a storage keeps are renewed: what a search for them reads by its index.

use client_domain::kyc::KycStatusRule;

use crate::clients::Clients;
use crate::ports::error::StoreError;
use crate::ports::kyc_renewal::{KycRenewal, KycRenewed};

impl Clients {
    /// How many clients [`Clients::renew_kyc_statuses`] renews at a time.
    pub const RENEWED_AT_ONCE: usize = 500;

    /// Renews one batch of the KYC statuses that the storage keeps, for the policy and the day. If as many as
    /// [`Clients::RENEWED_AT_ONCE`] were due, there may be more.
    ///
    /// Searches and counts are right at any moment, before and after it: it makes them fast. Any number of instances may do it
    /// at the same time, and stop at any moment.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use adapter_inmem::{CountingKeys, FixedClock, MemoryStore};
    /// use client_app::Clients;
    ///
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let clock = Arc::new(FixedClock::new("2026-01-05T09:00:00Z".parse().unwrap()));
    /// let clients = Clients::new(Arc::new(MemoryStore::new()), clock, Arc::new(CountingKeys::default()));
    /// assert_eq!(clients.renew_kyc_statuses(true).await.unwrap().due, 0, "a store in memory keeps none");
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// [`StoreError`], after which the batch may be repeated.
    pub async fn renew_kyc_statuses(&self, other_rules: bool) -> Result<KycRenewed, StoreError> {
        let renewal = KycRenewal {
            rule: KycStatusRule::of(&self.kyc_policy()),
            today: self.calendar.day_of(self.clock.now()),
            limit: Self::RENEWED_AT_ONCE,
            other_rules,
        };
        self.store.renew_kyc_statuses(&renewal).await
    }
}
