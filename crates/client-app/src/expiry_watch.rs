//! The watch over document expiry. Each expiry, past or near, becomes one event. A notice that was given too
//! early, by a clock that was ahead or under another policy, is withdrawn, so that it can be given at the
//! correct time.
//!
//! Each notice is a command like any other, decided on the client as it is and committed at the version that
//! was read. So if several instances watch at the same time, one of them records the notice, and the others
//! find it recorded.

use client_domain::kyc::Kyc;
use client_domain::value::ClientKey;
use client_domain::{Actor, EventKind, Permissions};
use jiff::tz::TimeZone;

use crate::caller::Caller;
use crate::clients::Clients;
use crate::commands::note_expiry::NoteExpiry;
use crate::error::Error;
use crate::executed::Decided;
use crate::ports::error::StoreError;
use crate::ports::store::{ClientRef, DueDocuments};
use crate::request::{RequestContext, RequestId};
use crate::request_digest::RequestDigest;
use crate::spine::execution::Recording;
use crate::spine::plan::{Plan, Step};

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
            today: self.clock.now().to_zoned_datetime(TimeZone::UTC).date(),
            notice_days: self.kyc_policy.notice_days,
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
            let step = Step::change(NoteExpiry { client, notice_days: self.kyc_policy.notice_days });
            let plan = Plan { name: NoteExpiry::NAME, now: self.clock.now(), step };
            let context = self.watch_context()?;
            // Without an idempotency key the digest is not used, and the reply is not stored.
            let reply =
                |decided: &Decided<'_>| (String::new(), decided.event.map(|event| event.kind.name()).into());
            let recording = Recording { digest: &RequestDigest::new, reply: &reply };
            let reply = self.carry_out(&context, plan, &recording).await?.into_outcome();
            match reply.data.as_str().and_then(EventKind::parse) {
                Some(EventKind::DocumentExpired) => round.expired += 1,
                Some(EventKind::DocumentNoticeWithdrawn) => round.withdrawn += 1,
                Some(_) => round.expiring += 1,
                None => return Ok(()),
            }
        }
        Err(Error::internal())
    }

    fn watch_context(&self) -> Result<RequestContext, Error> {
        let request_id = RequestId::parse(self.keys.event_id().as_str());
        let (Ok(actor), Ok(request_id)) = (Actor::parse(WATCH), request_id) else {
            return Err(Error::internal());
        };
        Ok(RequestContext::new(Caller::new(actor, Permissions::default()), request_id))
    }
}
