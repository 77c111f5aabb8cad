use async_trait::async_trait;
use client_domain::ActorId;
use jiff::Timestamp;

use crate::export::id::ExportId;
use crate::export::record::ExportRecord;
use crate::ports::error::StoreError;

/// A page of exports, newest first.
#[derive(Clone, Debug)]
pub struct ExportPage {
    /// Only exports of this person.
    pub by: Option<ActorId>,
    /// Only exports after this one in the order of the page.
    pub after: Option<(Timestamp, ExportId)>,
    /// The maximum number.
    pub limit: usize,
}

impl ExportPage {
    /// Whether this export may be on the page.
    pub fn holds(&self, record: &ExportRecord) -> bool {
        let of_person = self.by.as_ref().is_none_or(|by| record.by.id == *by);
        let place = (record.begun_at, &record.id);
        of_person && self.after.as_ref().is_none_or(|(at, id)| place < (*at, id))
    }
}

/// Who exported which clients, and how it ended. A line is written before the first byte leaves, so that no export is
/// without one, and its end is written once.
#[async_trait]
pub trait ExportLog: Send + Sync {
    /// Stores the line of an export that begins. One that has its id already stays as it is.
    async fn begin_export(&self, record: &ExportRecord) -> Result<(), StoreError>;

    /// Replaces the line of an export by one with an end, unless it has one; returns whether it was.
    async fn end_export(&self, record: &ExportRecord) -> Result<bool, StoreError>;

    /// A page of exports, newest first; of the same moment by falling id.
    async fn exports(&self, page: &ExportPage) -> Result<Vec<ExportRecord>, StoreError>;
}
