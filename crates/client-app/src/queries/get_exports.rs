use client_domain::{ActorId, Permission};
use jiff::Timestamp;

use crate::caller::Caller;
use crate::clients::Clients;
use crate::error::Error;
use crate::export::id::ExportId;
use crate::export::record::ExportRecord;
use crate::ports::export_log::ExportPage;
use crate::query::Query;
use crate::query::sealed::Sealed;

/// Who exported which clients, newest first.
#[derive(Clone, Debug)]
pub struct GetExports {
    /// Only exports of this person.
    pub by: Option<ActorId>,
    /// Only those after this one.
    pub after: Option<(Timestamp, ExportId)>,
    /// The maximum number.
    pub limit: usize,
}

impl Sealed for GetExports {}

impl Query for GetExports {
    const PERMISSION: Option<Permission> = Some(Permission::History);
    type Answer = Vec<ExportRecord>;

    async fn answer(
        self,
        clients: &Clients,
        _caller: &Caller,
        _now: Timestamp,
    ) -> Result<Vec<ExportRecord>, Error> {
        let Self { by, after, limit } = self;
        let page = ExportPage { by, after, limit };
        clients.export_office()?.log.exports(&page).await.map_err(Error::of_query)
    }
}
