//! Searches that people have saved, as rows.

use async_trait::async_trait;
use client_app::ports::{SavedView, SavedViews, StoreError, ViewBounds, ViewId, ViewSaving};
use client_domain::ActorId;
use client_domain::value::{EmailAddress, ViewName};

use crate::columns::Columns;
use crate::error::corrupt;
use crate::parameters::{Parameters, to_i64};
use crate::sql::{COPIED_VIEWS, COUNT_VIEWS, DELETE_VIEW, SAVE_VIEW, VIEWS_OF};
use crate::store::SqliteStore;

const TABLE: &str = "client_saved_view";

#[async_trait]
impl SavedViews for SqliteStore {
    async fn save_view(&self, view: &SavedView, bounds: ViewBounds) -> Result<ViewSaving, StoreError> {
        let view = view.clone();
        self.write(move |connection| {
            let id =
                || Parameters::new().with(":owner", view.by.id.as_str()).with(":name", view.name.as_str());
            let count = |columns: &Columns<'_>, name: &str| {
                columns.known(name, |number: i64| usize::try_from(number).ok())
            };
            let others = id().first(connection, (TABLE, COUNT_VIEWS), |columns| {
                Ok::<_, StoreError>((count(columns, "own")?, count(columns, "shared")?))
            })?;
            let (own, shared) = others.ok_or_else(|| corrupt("a count of saved views"))?;
            let saving = ViewSaving::of(&view, own, shared, bounds);
            if saving == ViewSaving::Done {
                id().with(":owner_email", view.by.email.as_ref().map(EmailAddress::as_str))
                    .with(":shared", view.shared)
                    .with(":search", view.search.as_str())
                    .with(":columns", serde_json::json!(view.columns).to_string())
                    .with(":saved_at", view.saved_at)
                    .execute(connection, SAVE_VIEW)?;
            }
            Ok(saving)
        })
        .await
    }

    async fn delete_view(&self, id: &ViewId, only_shared: bool) -> Result<bool, StoreError> {
        let id = id.clone();
        self.write(move |connection| {
            let one = Parameters::new().with(":owner", id.owner.as_str()).with(":name", id.name.as_str());
            Ok(one.with(":only_shared", only_shared).execute(connection, DELETE_VIEW)? > 0)
        })
        .await
    }

    async fn views_of(&self, actor: &ActorId) -> Result<Vec<SavedView>, StoreError> {
        let actor = actor.clone();
        self.read(move |connection| {
            let of_actor = Parameters::new().with(":actor", actor.as_str());
            of_actor.rows(connection, (TABLE, VIEWS_OF), view)
        })
        .await
    }
}

impl SqliteStore {
    /// Up to `limit` saved views after this one, for a copy to another store.
    ///
    /// # Errors
    ///
    /// [`StoreError`], as a read.
    pub async fn views_after(
        &self,
        after: Option<&SavedView>,
        limit: usize,
    ) -> Result<Vec<SavedView>, StoreError> {
        let after = after.map(SavedView::id);
        self.read(move |connection| {
            let after = after.as_ref();
            let page = Parameters::new()
                .with(":owner", after.map_or("", |id| id.owner.as_str()))
                .with(":name", after.map_or("", |id| id.name.as_str()))
                .with(":limit", to_i64(limit));
            page.rows(connection, (TABLE, COPIED_VIEWS), view)
        })
        .await
    }
}

fn view(columns: &Columns<'_>) -> Result<SavedView, StoreError> {
    Ok(SavedView {
        by: columns.actor("owner", "owner_email")?,
        name: columns.parsed("name", ViewName::parse)?,
        shared: columns.get("shared")?,
        search: columns.text("search")?.to_owned(),
        columns: columns.parsed("columns", |text| serde_json::from_str(text))?,
        saved_at: columns.moment("saved_at")?,
    })
}
