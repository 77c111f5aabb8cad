//! Comparing the clock of the service with that of the store.

use jiff::{SignedDuration, Timestamp};

use crate::clients::Clients;
use crate::ports::error::StoreError;
use crate::readiness::CheckState;

impl Clients {
    /// Compares the clocks of the service and the storage, and returns by how much the service is ahead.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use adapter_inmem::{CountingKeys, FixedClock, MemoryStore};
    /// use client_app::Clients;
    /// use jiff::SignedDuration;
    ///
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let clock = FixedClock::new("2026-01-05T09:00:00Z".parse().unwrap());
    /// let store = MemoryStore::new();
    /// let clients = Clients::new(Arc::new(store.clone()), Arc::new(clock), Arc::new(CountingKeys::default()));
    ///
    /// store.faults().server_time("2026-01-05T06:59:00Z".parse().unwrap());
    /// assert_eq!(clients.compare_clocks().await.unwrap(), SignedDuration::from_mins(121));
    /// assert!(!clients.clock_is_right());
    /// assert!(!clients.ready().await.is_ready(), "commands are refused");
    /// # });
    /// ```
    pub async fn compare_clocks(&self) -> Result<SignedDuration, StoreError> {
        let before = self.clock.now();
        let Some(server) = self.store.server_time().await? else {
            return Ok(SignedDuration::ZERO);
        };
        let after = self.clock.now();
        // The storage read its clock between the two readings, so only a time outside of them is an offset.
        let offset = if server < before {
            before.duration_since(server)
        } else if server > after {
            after.duration_since(server)
        } else {
            SignedDuration::ZERO
        };
        self.clock_offset.set(offset);
        Ok(offset)
    }

    /// A moment of the clock of the service as a moment of the storage's clock, by the latest comparison.
    ///
    /// What several instances agree on, as the end of a claim, is told by the storage's clock. Without a comparison, and
    /// for a storage without a clock, it is the same moment.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use adapter_inmem::{CountingKeys, FixedClock, MemoryStore};
    /// use client_app::Clients;
    /// use jiff::Timestamp;
    ///
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let now: Timestamp = "2026-01-05T09:00:00Z".parse().unwrap();
    /// let store = MemoryStore::new();
    /// let clients =
    ///     Clients::new(Arc::new(store.clone()), Arc::new(FixedClock::new(now)), Arc::new(CountingKeys::default()));
    /// assert_eq!(clients.storage_time(now), now);
    ///
    /// store.faults().server_time("2026-01-05T08:59:30Z".parse().unwrap());
    /// clients.compare_clocks().await.unwrap();
    /// assert_eq!(clients.storage_time(now).to_string(), "2026-01-05T08:59:30Z");
    /// # });
    /// ```
    pub fn storage_time(&self, now: Timestamp) -> Timestamp {
        now.saturating_sub(self.clock_offset.get()).unwrap_or(now)
    }

    /// Whether the latest offset permits work that depends on the clock: expiry, deletion by age, delivery.
    pub fn clock_is_right(&self) -> bool {
        self.clock_offset.check().state == CheckState::Ok
    }
}
