use client_domain::client::Decision;
use client_domain::lifecycle::Facts;
use client_domain::{AuditStamp, Client, Refusal};
use jiff::civil::Date;

use crate::ports::store::ClientRef;
use crate::spine::plan::Decide;

/// Records that a document has expired or expires soon, or withdraws such a notice. Only the expiry watch
/// sends it; see [`crate::expiry_watch`].
///
/// It handles the first document with a due notice.
pub(crate) struct NoteExpiry {
    pub(crate) client: ClientRef,
    /// The day of the bank.
    pub(crate) today: Date,
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
        Ok(client.note_expiry(self.today, self.notice_days, stamp))
    }
}
