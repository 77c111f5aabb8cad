//! Searches that people save. A search is stored in the form in which the adapter of the wire has read it.

use client_domain::value::ViewName;
use client_domain::{ActorId, Permission};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::clients::Clients;
use crate::error::Error;
use crate::ports::saved_views::{SavedView, ViewBounds, ViewId, ViewSaving};
use crate::request::RequestContext;
use crate::request_digest::RequestDigest;
use crate::spine::admission::permit;
use crate::standalone::StandaloneCommand;
use crate::standalone::sealed::Sealed;

/// How many saved views there are at most.
const BOUNDS: ViewBounds = ViewBounds { own: 50, shared: 200 };

/// Saves a search of clients under a name, in the place of the caller's view with this name.
#[derive(Clone, PartialEq, Eq)]
pub struct SaveView {
    /// The name.
    pub name: ViewName,
    /// Whether everybody who may find clients sees it, which takes a permission of its own.
    pub shared: bool,
    /// What is searched for and in which order, as an object in JSON.
    pub search: String,
    /// The names of the columns.
    pub columns: Vec<String>,
}

impl std::fmt::Debug for SaveView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SaveView").field("shared", &self.shared).finish_non_exhaustive()
    }
}

/// A view was saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewSaved {
    /// Whether it is shared.
    pub shared: bool,
}

impl Sealed for SaveView {}

impl StandaloneCommand for SaveView {
    const NAME: &'static str = "SaveViewCommand";
    const PERMISSION: Permission = Permission::Read;
    type Outcome = ViewSaved;

    fn digest(&self, digest: &mut RequestDigest) {
        digest.text(self.name.as_str());
        digest.text(if self.shared { "shared" } else { "own" });
        digest.text(&*self.search);
        for column in &self.columns {
            digest.text(&**column);
        }
    }

    async fn perform(
        self,
        clients: &Clients,
        context: &RequestContext,
        now: Timestamp,
    ) -> Result<ViewSaved, Error> {
        let Self { name, shared, search, columns } = self;
        permit(&context.caller, shared.then_some(Permission::ViewsShare))?;
        let by = context.caller.actor.clone();
        let view = SavedView { by, name, shared, search, columns, saved_at: now };
        let views = &clients.back_office()?.views;
        let saved = if context.dry_run {
            let others = views.views_of(&view.by.id).await.map_err(Error::of_load)?;
            let others: Vec<_> = others.iter().filter(|other| other.id() != view.id()).collect();
            let own = others.iter().filter(|other| other.by.id == view.by.id).count();
            let shared = others.iter().filter(|other| other.shared).count();
            ViewSaving::of(&view, own, shared, BOUNDS)
        } else {
            views.save_view(&view, BOUNDS).await.map_err(Error::of_commit)?
        };
        match saved {
            ViewSaving::Done => Ok(ViewSaved { shared }),
            ViewSaving::TooManyOwn => Err(Error::TooManyViews { max: BOUNDS.own, shared: false }),
            ViewSaving::TooManyShared => Err(Error::TooManyViews { max: BOUNDS.shared, shared: true }),
        }
    }
}

/// Deletes a saved view: one's own, or one that another person shares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteView {
    /// Whose it is; `None` for the caller.
    pub owner: Option<ActorId>,
    /// Its name.
    pub name: ViewName,
}

/// A view is there no longer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewDeleted {
    /// Whether there was one.
    pub deleted: bool,
}

impl Sealed for DeleteView {}

impl StandaloneCommand for DeleteView {
    const NAME: &'static str = "DeleteViewCommand";
    const PERMISSION: Permission = Permission::Read;
    type Outcome = ViewDeleted;

    fn digest(&self, digest: &mut RequestDigest) {
        digest.text(self.owner.as_ref().map(ActorId::as_str));
        digest.text(self.name.as_str());
    }

    async fn perform(
        self,
        clients: &Clients,
        context: &RequestContext,
        _now: Timestamp,
    ) -> Result<ViewDeleted, Error> {
        let caller = &context.caller;
        let owner = self.owner.unwrap_or_else(|| caller.actor.id.clone());
        let is_own = owner == caller.actor.id;
        // Shared views outlive the people who saved them, and a person with the permission clears up.
        permit(caller, (!is_own).then_some(Permission::ViewsShare))?;
        let id = ViewId { owner, name: self.name };
        let views = &clients.back_office()?.views;
        let deleted = if context.dry_run {
            let seen = views.views_of(&caller.actor.id).await.map_err(Error::of_load)?;
            seen.iter().any(|view| view.id() == id)
        } else {
            views.delete_view(&id, !is_own).await.map_err(Error::of_commit)?
        };
        Ok(ViewDeleted { deleted })
    }
}
