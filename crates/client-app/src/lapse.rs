//! Abandoned applications: without a change for a long time they lapse, so that the claims of the person are released.
//!
//! Each lapse is a command like any other, decided on the client as it is and committed at the version that was read. So
//! if several instances check at the same time, one of them ends the application, and the others find it ended.

use client_domain::search::{Direction, Order, Predicate, Property, field};
use client_domain::value::Reason;
use client_domain::{ClientState, EventKind};
use jiff::{Timestamp, ToSpan as _};

use crate::clients::Clients;
use crate::commands::lapse_client::LapseClient;
use crate::error::Error;
use crate::ports::error::StoreError;
use crate::ports::store::{ClientRef, Page, Search};
use crate::ports::totals::Totals;
use crate::spine::plan::Step;

/// The actor of lapses in the history.
pub const LAPSE: &str = "system:lapse";

/// How many applications are read at a time.
const BATCH_SIZE: usize = 200;

/// What one round has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LapseRound {
    /// Applications that lapsed.
    pub lapsed: u64,
    /// Applications whose lapse failed; the next round tries again.
    pub failed: u64,
}

impl Clients {
    /// Ends every application that was not changed for as many days of the bank as the policy says; without such a
    /// number it does nothing.
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
    /// assert_eq!(clients.lapse_applications().await.unwrap(), Default::default(), "no policy says when");
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// The store does not answer.
    pub async fn lapse_applications(&self) -> Result<LapseRound, StoreError> {
        let mut round = LapseRound::default();
        let Some(days) = self.kyc_policy().lapse_after_days else { return Ok(round) };
        let today = self.calendar.day_of(self.clock.now());
        let before = self.calendar.first_moment(today.saturating_sub(i32::from(days).days()));
        let reason = Reason::parse(&format!("Not changed for {days} days.")).ok();
        let due = due(before)?;
        let order = Order::by(vec![(Property::Id, Direction::Ascending)]).unwrap_or_default();
        let mut page = Page::Skip(0);
        loop {
            let (predicate, order) = (due.clone(), order.clone());
            let search = Search { predicate, order, page, limit: BATCH_SIZE, totals: Totals::None, today };
            let found = self.store.search(&search).await?;
            for client in &found.clients {
                let client = ClientRef::Key(client.key.clone());
                let lapse = LapseClient { client, before, reason: reason.clone() };
                match self.lapse(lapse).await {
                    Ok(true) => round.lapsed += 1,
                    Ok(false) => {}
                    Err(error) => {
                        round.failed += 1;
                        tracing::warn!(%error, "an application did not lapse");
                    }
                }
            }
            match found.next {
                Some(next) => page = Page::After(next),
                None => return Ok(round),
            }
        }
    }

    /// Whether the application lapsed.
    async fn lapse(&self, lapse: LapseClient) -> Result<bool, Error> {
        let (now, step) = (self.clock.now(), Step::change(lapse));
        let event = self.carry_out_as_service(LAPSE, LapseClient::NAME, now, step).await?;
        Ok(event == Some(EventKind::Lapsed))
    }
}

/// Applications that were not changed since this moment.
fn due(before: Timestamp) -> Result<Predicate, StoreError> {
    let filter =
        field::CLIENT_STATE.equals(ClientState::PendingApproval).and(field::LAST_MODIFIED.before(before));
    // Both values are right by their types.
    filter
        .check()
        .map_err(|_| StoreError::Corrupt { what: "the search for applications that lapse".to_owned() })
}
