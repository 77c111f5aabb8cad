use client_domain::Permission;
use jiff::Timestamp;

use crate::caller::Caller;
use crate::clients::Clients;
use crate::error::Error;
use crate::ports::saved_views::SavedView;
use crate::query::Query;
use crate::query::sealed::Sealed;

/// The saved views that the caller sees: its own and the shared ones.
#[derive(Clone, Copy, Debug)]
pub struct GetViews;

impl Sealed for GetViews {}

impl Query for GetViews {
    const PERMISSION: Option<Permission> = Some(Permission::Read);
    type Answer = Vec<SavedView>;

    async fn answer(
        self,
        clients: &Clients,
        caller: &Caller,
        _now: Timestamp,
    ) -> Result<Vec<SavedView>, Error> {
        clients.back_office()?.views.views_of(&caller.actor.id).await.map_err(Error::of_query)
    }
}
