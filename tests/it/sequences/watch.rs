//! The expiry watch, as the model keeps it.

use client_app::ports::{ClientRef, EventId};
use client_app::{ExpiryRound, RequestId, WATCH};
use client_domain::{Actor, AuditStamp, EventKind};

use super::model::{Last, Model};

impl Model {
    /// Reports every document that has expired or expires soon and was not reported yet, and withdraws what was
    /// reported too early.
    pub(super) fn watch(&mut self) -> Last {
        let stamp = AuditStamp::new(Actor::parse(WATCH).unwrap(), self.now);
        let (today, days) = (self.today(), self.kyc.notice_days);
        let due = self.clients.iter().map(|known| &known.client);
        let due = due.filter(|one| !one.state().has_ended() && one.kyc().due(today, days).is_some());
        let mut reported: Vec<_> = due.map(|client| client.key().clone()).collect();
        reported.sort();
        let mut round = ExpiryRound::default();
        for key in &reported {
            loop {
                // A report without anything to report has used up its keys nevertheless.
                let request_id = RequestId::parse(EventId::from_bits(self.fresh()).as_str()).unwrap();
                let event_id = EventId::from_bits(self.fresh());
                let client = &self.known(&ClientRef::Key(key.clone())).unwrap().client;
                let Some(change) = client.note_expiry(today, days, &stamp).change() else { break };
                *(match change.event.kind {
                    EventKind::DocumentExpired => &mut round.expired,
                    EventKind::DocumentNoticeWithdrawn => &mut round.withdrawn,
                    _ => &mut round.expiring,
                }) += 1;
                self.write(change, "NoteDocumentExpiry", request_id, event_id);
            }
        }
        Last::Watch { round, reported }
    }
}
