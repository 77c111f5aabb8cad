//! What is copied, and in which state: an interrupted copy goes on only with the same.

use client_app::ports::InstallationId;

use super::target::{Import, failed, unreachable};
use crate::error::Cause;
use crate::settings::StartError;
use crate::sql::{INSTALLATION, MAKE_INSTALLATION};

/// The store that is copied, in one state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportSource {
    /// The id of its installation.
    pub installation: InstallationId,
    /// A digest of everything that it holds.
    pub digest: String,
}

// The table is there while a copy is unfinished. A line of history is of the version that its client has, except in a copy,
// which brings all lines at once. Statements that are sent together are done together, and take no parameters.
const MARK_UNFINISHED: &str = "CREATE TABLE client_copy AS SELECT current_setting('clients.copied') AS source; \
     ALTER TABLE client_history DISABLE TRIGGER client_history_line_has_version";
const REMEMBER: &str = "SELECT set_config('clients.copied', $1, false)";
/// No row where an earlier release has begun the copy, whose table has no columns.
const REMEMBERED: &str = "SELECT to_jsonb(c) ->> 'source' FROM client_copy c";

impl Import {
    pub(super) async fn go_on(&mut self, source: &ImportSource) -> Result<(), StartError> {
        let unfit = |sentence: &str| Err(StartError::Unfit(sentence.to_owned()));
        if self.installed().await? != Some(source.installation.as_str().to_owned()) {
            return unfit("it holds a part of a copy of another data folder; make the database anew");
        }
        let remembered = sqlx::query_scalar::<_, Option<String>>(REMEMBERED)
            .fetch_optional(&mut self.connection)
            .await
            .map_err(|error| unreachable(&failed(&error)))?;
        if remembered.flatten().as_ref() == Some(&source.digest) {
            return Ok(());
        }
        unfit(
            "it holds a part of a copy that was begun before the data folder changed, or by another release; make the database \
             anew, and copy again",
        )
    }

    pub(super) async fn begin_anew(&mut self, source: &ImportSource) -> Result<(), StartError> {
        let counts = self.copied_rows().await.map_err(|error| unreachable(&error))?;
        if let Some((name, _)) = counts.iter().find(|(_, number)| *number > 0) {
            return Err(StartError::Unfit(format!(
                "a copy needs an empty database, and the table {name} has rows"
            )));
        }
        self.execute(sqlx::query(MAKE_INSTALLATION).bind(source.installation.as_str()))
            .await
            .map_err(|error| unreachable(&error))?;
        if self.installed().await? != Some(source.installation.as_str().to_owned()) {
            let sentence = "it is the database of another installation; make a new one";
            return Err(StartError::Unfit(sentence.to_owned()));
        }
        let begun = self.mark(&source.digest).await;
        begun.map_err(|error| StartError::Migration(Cause::of(&error).to_string()))
    }

    async fn mark(&mut self, digest: &str) -> Result<(), sqlx::Error> {
        sqlx::query(REMEMBER).bind(digest).execute(&mut self.connection).await?;
        sqlx::raw_sql(MARK_UNFINISHED).execute(&mut self.connection).await.map(drop)
    }

    async fn installed(&mut self) -> Result<Option<String>, StartError> {
        let read = sqlx::query_scalar(INSTALLATION).fetch_optional(&mut self.connection).await;
        read.map_err(|error: sqlx::Error| unreachable(&failed(&error)))
    }
}
