//! Searches that people have saved, as rows.

use async_trait::async_trait;
use client_app::ports::{SavedView, SavedViews, StoreError, ViewBounds, ViewId, ViewSaving};
use client_domain::ActorId;
use client_domain::value::{EmailAddress, ViewName};
use sqlx::postgres::PgRow;

use crate::error::corrupt;
use crate::pool::Share;
use crate::rows::columns::Columns;
use crate::rows::convert::to_i64;
use crate::sql::{COPY_VIEWS, DELETE_VIEW, SAVE_VIEW, Statement, VIEWS_OF};
use crate::store::PostgresStore;
use crate::time::ToSql as _;

#[async_trait]
impl SavedViews for PostgresStore {
    async fn save_view(&self, view: &SavedView, bounds: ViewBounds) -> Result<ViewSaving, StoreError> {
        let statement = || {
            sqlx::query(SAVE_VIEW)
                .bind(view.by.id.as_str())
                .bind(view.name.as_str())
                .bind(view.by.email.as_ref().map(EmailAddress::as_str))
                .bind(view.shared)
                .bind(view.search.as_str())
                .bind(columns_json(view))
                .bind(view.saved_at.to_sql())
                .bind(to_i64(bounds.own))
                .bind(to_i64(bounds.shared))
        };
        let rows = self.write_idempotent(statement).await?;
        let row = rows.first().ok_or_else(|| corrupt("a saved view without an answer"))?;
        let columns = Columns { row, table: "client_saved_view" };
        Ok(match (columns.get("is_saved")?, columns.get("has_room")?) {
            (true, _) => ViewSaving::Done,
            (false, false) => ViewSaving::TooManyOwn,
            (false, true) => ViewSaving::TooManyShared,
        })
    }

    async fn delete_view(&self, id: &ViewId, only_shared: bool) -> Result<bool, StoreError> {
        let of_owner = sqlx::query(DELETE_VIEW).bind(id.owner.as_str()).bind(id.name.as_str());
        Ok(self.execute(of_owner.bind(only_shared)).await? > 0)
    }

    async fn views_of(&self, actor: &ActorId) -> Result<Vec<SavedView>, StoreError> {
        let rows = self.read(Share::KeyReads, || sqlx::query(VIEWS_OF).bind(actor.as_str())).await?;
        rows.iter().map(view).collect()
    }
}

/// Binds views of a copy.
pub(crate) fn bind_all(views: &[SavedView]) -> Statement<'_> {
    sqlx::query(COPY_VIEWS)
        .bind(views.iter().map(|view| view.by.id.as_str()).collect::<Vec<_>>())
        .bind(views.iter().map(|view| view.name.as_str()).collect::<Vec<_>>())
        .bind(views.iter().map(|view| view.by.email.as_ref().map(EmailAddress::as_str)).collect::<Vec<_>>())
        .bind(views.iter().map(|view| view.shared).collect::<Vec<_>>())
        .bind(views.iter().map(|view| view.search.as_str()).collect::<Vec<_>>())
        .bind(views.iter().map(columns_json).collect::<Vec<_>>())
        .bind(views.iter().map(|view| view.saved_at.to_sql()).collect::<Vec<_>>())
}

fn columns_json(view: &SavedView) -> String {
    serde_json::json!(view.columns).to_string()
}

fn view(row: &PgRow) -> Result<SavedView, StoreError> {
    let columns = Columns { row, table: "client_saved_view" };
    Ok(SavedView {
        by: columns.actor("owner", "owner_email")?,
        name: columns.parsed("name", ViewName::parse)?,
        shared: columns.get("shared")?,
        search: columns.get("search")?,
        columns: columns.parsed("columns", |text| serde_json::from_str(text))?,
        saved_at: columns.moment("saved_at")?,
    })
}
