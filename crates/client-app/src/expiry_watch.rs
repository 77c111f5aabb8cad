//! The watch over the end of documents: what runs out, or soon will, becomes an event, once. What was told too early, by a
//! clock that was ahead or under another policy, is taken back, so that it can be told again when it is true.
//!
//! Telling is a command like any other, decided on the client as it is and committed at the version that was read. So
//! however many instances watch at once, one of them tells, and the others find that it was told.

use client_domain::kyc::Kyc;
use client_domain::value::ClientKey;
use client_domain::{Actor, EventKind, Permissions};
use jiff::tz::TimeZone;

use crate::commands::NoteExpiry;
use crate::ports::{ClientRef, DueDocuments, StoreError};
use crate::spine::{Plan, Step};
use crate::{Caller, Clients, Decided, Error, Recording, RequestContext, RequestDigest, RequestId};

/// Who tells that a document has run out, in the history.
pub const WATCH: &str = "system:expiry-watch";

/// How many clients are looked for at a time.
const CLIENTS_AT_ONCE: usize = 200;

/// How much there is to tell of one client at most: of every document that a notice is taken back, and that it will run out.
const MOST_TOLD: usize = 2 * Kyc::MOST;

/// What one walk over everybody has told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExpiryRound {
    /// Documents that will run out soon.
    pub expiring: u64,
    /// Documents that have run out.
    pub expired: u64,
    /// Documents of whose end too much was told, which was taken back.
    pub withdrawn: u64,
    /// Clients of whom nothing could be told now; the next walk tries again.
    pub failed: u64,
}

impl Clients {
    /// Goes through every client who has a document of whose end something is to be told or taken back, and does so.
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
    /// assert_eq!(clients.watch_expiry().await.unwrap(), Default::default(), "nobody has a document");
    /// # });
    /// ```
    pub async fn watch_expiry(&self) -> Result<ExpiryRound, StoreError> {
        let mut round = ExpiryRound::default();
        let mut due = DueDocuments {
            today: self.clock.now().to_zoned_datetime(TimeZone::UTC).date(),
            notice_days: self.kyc_policy.notice_days,
            after: None,
            limit: CLIENTS_AT_ONCE,
        };
        loop {
            let found = self.store.due_documents(&due).await?;
            for key in &found {
                if let Err(error) = self.tell_expiry(key, &mut round).await {
                    round.failed += 1;
                    tracing::warn!(%error, "no notice was given of the end of a document");
                }
            }
            due.after = found.last().cloned();
            if found.len() < CLIENTS_AT_ONCE {
                return Ok(round);
            }
        }
    }

    /// Gives notice of one document of the client after the other, until there is none left. There is an end to that even
    /// where the store loses what was committed.
    async fn tell_expiry(&self, key: &ClientKey, round: &mut ExpiryRound) -> Result<(), Error> {
        for _ in 0..=MOST_TOLD {
            let client = ClientRef::Key(key.clone());
            let step = Step::change(NoteExpiry { client, notice_days: self.kyc_policy.notice_days });
            let plan = Plan { name: NoteExpiry::NAME, now: self.clock.now(), step };
            let context = self.of_the_watch()?;
            // Without an idempotency key the digest is not asked for, and the reply is not stored.
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

    fn of_the_watch(&self) -> Result<RequestContext, Error> {
        let request_id = RequestId::parse(self.keys.event_id().as_str());
        let (Ok(actor), Ok(request_id)) = (Actor::parse(WATCH), request_id) else {
            return Err(Error::internal());
        };
        Ok(RequestContext::new(Caller::new(actor, Permissions::default()), request_id))
    }
}
