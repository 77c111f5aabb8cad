//! The watch over document expiry. Each expiry, past or near, becomes one event. A notice that was given too
//! early, by a clock that was ahead or under another policy, is withdrawn, so that it can be given at the
//! correct time.
//!
//! Each notice is a command like any other, decided on the client as it is and committed at the version that
//! was read. So if several instances watch at the same time, one of them records the notice, and the others
//! find it recorded.

use client_domain::EventKind;
use client_domain::kyc::Kyc;
use client_domain::value::ClientKey;

use crate::clients::Clients;
use crate::commands::note_expiry::NoteExpiry;
use crate::error::Error;
use crate::ports::error::StoreError;
use crate::ports::store::{ClientRef, DueDocuments};
use crate::spine::plan::Step;

/// The actor of expiry notices in the history.
pub const WATCH: &str = "system:expiry-watch";

/// How many clients are read at a time.
const CLIENT_BATCH_SIZE: usize = 200;

/// The maximum number of notices for one client: for each document, a withdrawal and a new notice.
const MAX_NOTICES: usize = 2 * Kyc::MAX_ITEMS;

/// What one round over all clients has recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExpiryRound {
    /// Documents that expire soon.
    pub expiring: u64,
    /// Documents that have expired.
    pub expired: u64,
    /// Documents whose early notice was withdrawn.
    pub withdrawn: u64,
    /// Clients whose notices failed; the next round tries again.
    pub failed: u64,
}

impl Clients {
    /// Records the due notices of every client.
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
    /// assert_eq!(clients.watch_expiry().await.unwrap(), Default::default(), "no client has a document");
    /// # });
    /// ```
    pub async fn watch_expiry(&self) -> Result<ExpiryRound, StoreError> {
        let mut round = ExpiryRound::default();
        let mut due = DueDocuments {
            today: self.calendar.day_of(self.clock.now()),
            notice_days: self.kyc_policy().notice_days,
            after: None,
            limit: CLIENT_BATCH_SIZE,
        };
        loop {
            let found = self.store.due_documents(&due).await?;
            for key in &found {
                if let Err(error) = self.record_notices(key, &mut round).await {
                    round.failed += 1;
                    tracing::warn!(%error, "a notice of document expiry was not recorded");
                }
            }
            due.after = found.last().cloned();
            if found.len() < CLIENT_BATCH_SIZE {
                return Ok(round);
            }
        }
    }

    /// Records the notices of one client, one document at a time, until none is due. The loop is bounded even
    /// if the store loses commits.
    async fn record_notices(&self, key: &ClientKey, round: &mut ExpiryRound) -> Result<(), Error> {
        for _ in 0..=MAX_NOTICES {
            let client = ClientRef::Key(key.clone());
            let now = self.clock.now();
            let (today, notice_days) = (self.calendar.day_of(now), self.kyc_policy().notice_days);
            let step = Step::change(NoteExpiry { client, today, notice_days });
            match self.carry_out_as_service(WATCH, NoteExpiry::NAME, now, step).await? {
                Some(EventKind::DocumentExpired) => round.expired += 1,
                Some(EventKind::DocumentNoticeWithdrawn) => round.withdrawn += 1,
                Some(_) => round.expiring += 1,
                None => return Ok(()),
            }
        }
        Err(Error::internal())
    }
}
