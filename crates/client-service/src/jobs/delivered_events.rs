//! The deletion of delivered events. Those that a receiver waits for are kept, and each round goes on where the last one has
//! stopped: while a receiver is away for days, no round reads all that is kept for it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use client_app::ports::{DeliveredKey, Outbox, StoreError};
use jiff::Timestamp;

/// What one round reads.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// How many events one statement reads, so that none takes long.
    page: usize,
    /// After how many events that are kept, with none to delete among them, the round ends.
    kept: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { page: 500, kept: 20_000 }
    }
}

/// How far the deletion has come.
#[derive(Debug, Default)]
pub(super) struct DeliveredEvents(Mutex<Option<DeliveredKey>>);

impl DeliveredEvents {
    /// Deletes what was delivered before a moment to every receiver: from where it has stopped to the end, or until it has
    /// read so much that is kept. From the end, the next round begins again with the oldest.
    pub(super) async fn delete(
        &self,
        outbox: &dyn Outbox,
        before: Timestamp,
        bounds: Bounds,
    ) -> Result<(), StoreError> {
        let mut kept = 0;
        while kept < bounds.kept {
            let after = self.after().clone();
            let page = outbox.delete_delivered(before, after.as_ref(), bounds.page).await?;
            kept = if page.deleted > 0 { 0 } else { kept + page.kept };
            let is_end = page.last.is_none();
            *self.after() = page.last;
            if is_end {
                break;
            }
        }
        Ok(())
    }

    fn after(&self) -> MutexGuard<'_, Option<DeliveredKey>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use adapter_inmem::MemoryStore;
    use client_app::ports::{ClientStore as _, Committed, Deletion, EventFilter, ReceiverName, Verdict};
    use store_conformance::fixtures::{creation, moment, onboarded};

    use super::*;

    /// Of 40 delivered events the oldest 30 are kept for a receiver that is away.
    #[tokio::test]
    async fn round_goes_on_where_the_last_one_has_stopped() {
        let store = MemoryStore::new();
        let away = ReceiverName::parse("away").unwrap();
        store.register(&away, &EventFilter::All, moment(0)).await.unwrap();
        for n in 1..=40 {
            if n == 31 {
                store.register(&away, &EventFilter::Only([].into()), moment(0)).await.unwrap();
            }
            assert_eq!(store.commit(creation(&onboarded(n))).await.unwrap(), Committed::Done);
            let taken = store.take(&ReceiverName::DEFAULT, 1, moment(0), moment(60)).await.unwrap();
            let delivered = taken[0].settle(Verdict::Delivered { at: moment(n) });
            store.settle(&ReceiverName::DEFAULT, &[delivered]).await.unwrap();
        }
        let delivered = DeliveredEvents::default();
        let round = async || {
            let bounds = Bounds { page: 5, kept: 20 };
            delivered.delete(&store, moment(99), bounds).await.unwrap();
            delivered.after().clone().map(|key| key.at)
        };
        assert_eq!(round().await, Some(moment(20)), "it has read enough that is kept");
        assert_eq!(round().await, None, "it has come to the end");
        let rest = store.delete_delivered(moment(99), None, 100).await.unwrap();
        assert_eq!((rest.deleted, rest.kept), (0, 30), "what is not kept was deleted");

        let taken = store.take(&away, 100, moment(0), moment(60)).await.unwrap();
        let got: Vec<_> =
            taken.iter().map(|taken| taken.settle(Verdict::Delivered { at: moment(99) })).collect();
        store.settle(&away, &got).await.unwrap();
        assert_eq!(round().await, None, "it begins again with the oldest, and deletes without a bound");
        assert_eq!(store.delete_delivered(moment(99), None, 100).await.unwrap(), Deletion::default());
    }
}
