//! Whether what was confirmed outlives its server.

use client_app::ports::StoreError;

use crate::confirmed::ConfirmedCommits;
use crate::error::corrupt;
use crate::pool::Share;
use crate::rows::columns::Columns;
use crate::sql::{COMMITS_HELD, SYNCHRONOUS_STANDBYS};
use crate::standbys::confirming_standbys;
use crate::store::PostgresStore;
use crate::time::ToSql as _;

impl PostgresStore {
    /// The latest commits of this process that the server has confirmed.
    pub fn confirmed(&self) -> ConfirmedCommits {
        self.confirmed.latest()
    }

    /// Whether the database lacks a commit that it has confirmed to this process, in about the last minute of traffic.
    ///
    /// # Errors
    ///
    /// As [`lacks`](Self::lacks).
    pub async fn lacks_own(&self) -> Result<bool, StoreError> {
        self.lacks(&self.confirmed.all()).await
    }

    /// Whether the database lacks one of these commits: it, or the server before it, has confirmed and lost it. A standby is
    /// no answer, because it may have it a little later.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`], or [`StoreError::TimedOut`].
    pub async fn lacks(&self, confirmed: &ConfirmedCommits) -> Result<bool, StoreError> {
        if confirmed.is_empty() {
            return Ok(false);
        }
        let keys: Vec<_> = confirmed.commits().map(|commit| commit.client.as_str()).collect();
        let versions: Vec<_> = confirmed.commits().map(|commit| commit.version.cast_signed()).collect();
        let times: Vec<_> = confirmed.commits().map(|commit| commit.at.to_sql()).collect();
        let statement =
            || sqlx::query(COMMITS_HELD).bind(keys.clone()).bind(versions.clone()).bind(times.clone());
        let rows = self.read(Share::KeyReads, statement).await?;
        let row = rows.first().ok_or_else(|| corrupt("a count without a row"))?;
        let columns = Columns { row, table: "client_history" };
        let held = usize::try_from(columns.get::<i64>("held")?).unwrap_or_default();
        Ok(held < keys.len() && !columns.get::<bool>("is_standby")?)
    }

    /// How many standbys confirm a commit before it counts, as the server is set; 0 where it confirms alone.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`], or [`StoreError::TimedOut`].
    pub async fn synchronous_standbys(&self) -> Result<u32, StoreError> {
        let rows = self.read(Share::KeyReads, || sqlx::query(SYNCHRONOUS_STANDBYS)).await?;
        let row = rows.first().ok_or_else(|| corrupt("a setting without a row"))?;
        let names: String = Columns { row, table: "pg_settings" }.get("names")?;
        Ok(confirming_standbys(&names))
    }
}
