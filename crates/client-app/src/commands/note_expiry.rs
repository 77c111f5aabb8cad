use client_domain::client::Decision;
use client_domain::lifecycle::Facts;
use client_domain::{AuditStamp, Client, Refusal};
use jiff::tz::TimeZone;

use crate::ports::store::ClientRef;
use crate::spine::plan::Decide;

/// Records that a document has expired or expires soon, or withdraws such a notice. Only the expiry watch
/// sends it; see [`crate::expiry_watch`].
///
/// It handles the first document with a due notice.
pub(crate) struct NoteExpiry {
    pub(crate) client: ClientRef,
    pub(crate) notice_days: u16,
}

impl NoteExpiry {
    /// The name in the history.
    pub(crate) const NAME: &'static str = "NoteDocumentExpiry";
}

impl Decide for NoteExpiry {
    fn client(&self) -> &ClientRef {
        &self.client
    }

    fn decide(&self, client: &Client, _facts: &Facts, stamp: &AuditStamp) -> Result<Decision, Refusal> {
        let today = stamp.at.to_zoned_datetime(TimeZone::UTC).date();
        Ok(client.note_expiry(today, self.notice_days, stamp))
    }
}
