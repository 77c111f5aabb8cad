use std::fmt;

use async_trait::async_trait;
use client_domain::value::ViewName;
use client_domain::{Actor, ActorId};
use jiff::Timestamp;

use crate::ports::error::StoreError;

/// Which saved view: whose it is, and its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ViewId {
    /// The person who saved it.
    pub owner: ActorId,
    /// Its name, which no other view of this person has.
    pub name: ViewName,
}

/// A search of clients that a person has saved.
#[derive(Clone, PartialEq, Eq)]
pub struct SavedView {
    /// The person who saved it.
    pub by: Actor,
    /// Its name.
    pub name: ViewName,
    /// Whether everybody who may find clients sees it.
    pub shared: bool,
    /// What is searched for and in which order: an object in JSON, in the form that the adapter of the wire reads. It is
    /// stored as it was, so that a view outlives the properties in it.
    pub search: String,
    /// The names of the columns, in their order.
    pub columns: Vec<String>,
    /// When it was saved last.
    pub saved_at: Timestamp,
}

impl SavedView {
    /// Which view it is.
    pub fn id(&self) -> ViewId {
        ViewId { owner: self.by.id.clone(), name: self.name.clone() }
    }

    /// Whether this person sees it.
    pub fn is_seen_by(&self, actor: &ActorId) -> bool {
        self.shared || self.by.id == *actor
    }
}

impl fmt::Debug for SavedView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SavedView").field("shared", &self.shared).finish_non_exhaustive()
    }
}

/// How many saved views there are at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ViewBounds {
    /// The views of one person.
    pub own: usize,
    /// The shared views of all people together.
    pub shared: usize,
}

/// What became of a view that was to be saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViewSaving {
    /// It is saved.
    Done,
    /// The person has as many others as one may have. Nothing was changed.
    TooManyOwn,
    /// There are as many other shared ones as there may be. Nothing was changed.
    TooManyShared,
}

impl ViewSaving {
    /// What becomes of a view, where the person has so many others, and so many others are shared.
    pub const fn of(view: &SavedView, own: usize, shared: usize, bounds: ViewBounds) -> Self {
        if own >= bounds.own {
            Self::TooManyOwn
        } else if view.shared && shared >= bounds.shared {
            Self::TooManyShared
        } else {
            Self::Done
        }
    }
}

/// Searches of clients that people have saved, for themselves or for everybody.
///
/// Nothing here changes a client, its version, its history or its events. An adapter promises that a view has one owner and
/// one name, and that the last save of it counts. Saves at the same moment may exceed the bounds by their number.
#[async_trait]
pub trait SavedViews: Send + Sync {
    /// Saves a view, in the place of the one of the same person with the same name.
    async fn save_view(&self, view: &SavedView, bounds: ViewBounds) -> Result<ViewSaving, StoreError>;

    /// Deletes a view, and returns whether there was one; with `only_shared`, one that is shared.
    async fn delete_view(&self, id: &ViewId, only_shared: bool) -> Result<bool, StoreError>;

    /// The views that this person sees: its own and the shared ones, in the order of their ids.
    async fn views_of(&self, actor: &ActorId) -> Result<Vec<SavedView>, StoreError>;
}
