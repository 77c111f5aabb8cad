//! The port [`ClientStore`]. It binds the parameters of reads, and leaves commits, loads and searches to their modules.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::time::ToSql as _;
use async_trait::async_trait;
use client_app::CheckState;
use client_app::ports::{
    ActivityPage, Changeset, ClientRef, ClientStore, Committed, Counted, Counting, DueDocuments, Found,
    FoundClient, HistoryEntry, HistoryPage, KycRenewal, KycRenewed, Loaded, RequestKey, Search,
    SelectedClients, Selection, StoreError, StoreReadiness, Tallied, Tallying,
};
use client_domain::kyc::ContentKey;
use client_domain::value::{ClientId, ClientKey};
use client_domain::{Claim, ClaimKind};
use jiff::{Timestamp, ToSpan as _};
use sqlx::postgres::PgRow;
use tracing::Instrument as _;

use crate::commit::GroupCommit;
use crate::confirmed::{Commit, Confirmed};
use crate::error::{Cause, DbError, corrupt};
use crate::id_allocator::IdAllocator;
use crate::load::{CommandLoader, KeyLoader, activity, by_name, tally};
use crate::pool::{Idempotence, Pool, Share};
use crate::rows::claim::{self, digests};
use crate::rows::columns::Columns;
use crate::rows::{convert::to_i64, ending};
use crate::schema_check::{self, Schema};
use crate::search::{self, Newest};
use crate::settings::{Settings, StartError};
use crate::sql::{
    CLAIMED, CONTENTS_IN_USE, DELETE_OUTCOMES, DUE_DOCUMENTS, FIND_BY_KEYS, READY, SERVER_TIME, Statement,
};
use crate::{selections, server_check};

/// Clients, their history and their events in PostgreSQL.
///
/// It is a handle: clones share the connections. See the [crate] for how it commits.
#[derive(Clone)]
pub struct PostgresStore {
    pub(crate) pool: Pool,
    ids: Arc<IdAllocator>,
    key_loader: Arc<KeyLoader>,
    command_loader: Arc<CommandLoader>,
    commits: Arc<GroupCommit>,
    pub(crate) confirmed: Arc<Confirmed>,
    newest: Arc<Newest>,
}

impl PostgresStore {
    /// Connects, and checks that the server keeps what it confirms and that the schema is the one that this program needs; see
    /// [`migrate`](crate::migrate()).
    ///
    /// # Errors
    ///
    /// [`StartError::Unreachable`], [`StartError::Unfit`] or [`StartError::Schema`].
    pub async fn open(settings: &Settings) -> Result<Self, StartError> {
        let pooling = server_check::check(settings).await?;
        let pool = Pool::new(settings, pooling);
        schema_check::check(&pool).await?;
        Ok(Self::over(pool))
    }

    /// A store over these connections, whose database was checked.
    pub(crate) fn over(pool: Pool) -> Self {
        let command_loader = Arc::<CommandLoader>::default();
        let commits = Arc::new(GroupCommit::new(command_loader.clone()));
        let (ids, key_loader, confirmed) = (Arc::default(), Arc::default(), Arc::default());
        let newest = Arc::new(Newest::new(pool.newest_clients()));
        Self { pool, ids, key_loader, command_loader, commits, confirmed, newest }
    }

    /// The connections.
    pub(crate) const fn pool(&self) -> &Pool {
        &self.pool
    }

    /// Waits for running statements and closes every connection. Every later call fails as unavailable.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// Deletes up to `limit` outcomes of idempotency keys from before `before`, and returns how many there were. Called
    /// until it returns less than `limit`, it deletes all of them in small steps.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`], or [`StoreError::TimedOut`] where the outcome is unknown.
    pub async fn delete_outcomes_before(&self, before: Timestamp, limit: usize) -> Result<u64, StoreError> {
        self.execute(sqlx::query(DELETE_OUTCOMES).bind(before.to_sql()).bind(to_i64(limit))).await
    }

    /// What is known of the schema.
    pub(crate) async fn schema_version(&self) -> Result<Schema, StoreError> {
        Schema::read(&self.pool).await
    }

    pub(crate) async fn read<'q>(
        &self,
        share: Share,
        statement: impl Fn() -> Statement<'q>,
    ) -> Result<Vec<PgRow>, StoreError> {
        self.pool.read(share, statement).await.map_err(DbError::of_read)
    }

    /// Writes what is no commit and may be written twice.
    pub(crate) async fn write_idempotent<'q>(
        &self,
        statement: impl Fn() -> Statement<'q>,
    ) -> Result<Vec<PgRow>, StoreError> {
        self.pool.write(Idempotence::Idempotent, statement).await.map_err(DbError::of_write)
    }

    /// Writes what is no commit and must not be written twice.
    pub(crate) async fn write_once<'q>(
        &self,
        statement: impl Fn() -> Statement<'q>,
    ) -> Result<Vec<PgRow>, StoreError> {
        self.pool.write(Idempotence::NotIdempotent, statement).await.map_err(DbError::of_write)
    }

    /// Writes what is no commit and what a unique index may refuse; `None` if it does.
    pub(crate) async fn write_unless_taken<'q>(
        &self,
        statement: impl Fn() -> Statement<'q>,
    ) -> Result<Option<Vec<PgRow>>, StoreError> {
        match self.pool.write(Idempotence::NotIdempotent, statement).await {
            Ok(rows) => Ok(Some(rows)),
            Err(DbError::UniqueViolation) => Ok(None),
            Err(error) => Err(error.of_write()),
        }
    }

    /// Runs a statement that writes and returns no rows, and returns how many rows it wrote.
    pub(crate) async fn execute(&self, statement: Statement<'_>) -> Result<u64, StoreError> {
        Ok(self.pool.execute(statement).await.map_err(DbError::of_write)?.rows_affected())
    }
}

#[async_trait]
impl ClientStore for PostgresStore {
    async fn load(&self, client: &ClientRef, request: Option<&RequestKey>) -> Result<Loaded, StoreError> {
        // A command name with U+0000 has no outcome, because none was ever written.
        let request = request.filter(|request| !request.command.contains('\0'));
        if let ClientRef::Key(key) = client {
            return self.command_loader.load(&self.pool, key, request).await;
        }
        let rows = self.read(Share::CommandReads, || by_name::load(client, request)).await?;
        rows.first().map_or_else(|| Ok(Loaded::default()), |row| by_name::loaded(row, request))
    }

    async fn commit(&self, changeset: Changeset) -> Result<Committed, StoreError> {
        // In a task of its own: a commit that has begun runs to its end, even if its caller stops waiting.
        let (pool, commits, confirmed) = (self.pool.clone(), self.commits.clone(), self.confirmed.clone());
        let (commit, changeset) = (changeset.history.last().map(Commit::of), Arc::new(changeset));
        let task = async move {
            let committed = commits.commit(&pool, changeset).await;
            confirmed.note(&committed, commit);
            committed
        };
        let task = tokio::spawn(task.in_current_span());
        // A task is lost only with the program, and then its outcome is unknown.
        task.await
            .unwrap_or_else(|_| Err(StoreError::TimedOut(Some(Box::new(Cause::new("the task of a commit"))))))
    }

    async fn reserve_id(&self) -> Result<ClientId, StoreError> {
        self.ids.next(&self.pool).await
    }

    async fn claimed(
        &self,
        claims: &[Claim],
        except: Option<&ClientKey>,
    ) -> Result<BTreeSet<ClaimKind>, StoreError> {
        if claims.is_empty() {
            return Ok(BTreeSet::new());
        }
        let (kinds, digests) = digests(claims);
        let statement = || {
            sqlx::query(CLAIMED).bind(kinds.clone()).bind(digests.clone()).bind(except.map(ClientKey::as_str))
        };
        let kind = |row| Columns { row, table: "client_claim" }.known("kind", claim::kind);
        self.read(Share::CommandReads, statement).await?.iter().map(kind).collect()
    }

    async fn find_with_ending(&self, client: &ClientRef) -> Result<Option<FoundClient>, StoreError> {
        if let ClientRef::Key(key) = client {
            return self.key_loader.find(&self.pool, key).await;
        }
        let rows = self.read(Share::KeyReads, || by_name::find(client)).await?;
        rows.first().map(ending::read_found).transpose()
    }

    async fn find_all_with_endings(&self, keys: &[ClientKey]) -> Result<Vec<FoundClient>, StoreError> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let names: Vec<_> = keys.iter().map(ClientKey::as_str).collect();
        let rows = self.read(Share::KeyReads, || sqlx::query(FIND_BY_KEYS).bind(names.clone())).await?;
        let clients: Vec<_> = rows.iter().map(ending::read_found).collect::<Result<_, _>>()?;
        let clients: HashMap<_, _> =
            clients.into_iter().map(|found| (found.client.key().clone(), found)).collect();
        Ok(keys.iter().filter_map(|key| clients.get(key).cloned()).collect())
    }

    async fn search(&self, search: &Search) -> Result<Found, StoreError> {
        search::search(&self.pool, &self.newest, search).await
    }

    async fn select_all(&self, selection: &Selection) -> Result<SelectedClients, StoreError> {
        selections::select_all(&self.pool, selection).await
    }

    async fn count(&self, counting: &Counting) -> Result<Counted, StoreError> {
        search::count(&self.pool, counting).await
    }

    async fn history(&self, key: &ClientKey, page: HistoryPage) -> Result<Vec<HistoryEntry>, StoreError> {
        activity::of_client(&self.pool, key, page).await
    }

    async fn activity(&self, page: &ActivityPage) -> Result<Vec<HistoryEntry>, StoreError> {
        activity::page(&self.pool, page).await
    }

    async fn tally(&self, tallying: &Tallying) -> Result<Tallied, StoreError> {
        tally::tally(&self.pool, tallying).await
    }

    async fn due_documents(&self, due: &DueDocuments) -> Result<Vec<ClientKey>, StoreError> {
        let horizon = due.today.saturating_add(i32::from(due.notice_days).days());
        let statement = || {
            sqlx::query(DUE_DOCUMENTS)
                .bind(due.today.to_sql())
                .bind(horizon.to_sql())
                .bind(due.after.as_ref().map(ClientKey::as_str))
                .bind(to_i64(due.limit))
        };
        let key = |row| Columns { row, table: "client_document" }.parsed("client_key", ClientKey::parse);
        self.read(Share::KeyReads, statement).await?.iter().map(key).collect()
    }

    async fn contents_in_use(&self, keys: &[ContentKey]) -> Result<BTreeSet<ContentKey>, StoreError> {
        let names: Vec<_> = keys.iter().map(ContentKey::as_str).collect();
        let key = |row| Columns { row, table: "client_document" }.parsed("content_key", ContentKey::parse);
        self.read(Share::KeyReads, || sqlx::query(CONTENTS_IN_USE).bind(names.clone()))
            .await?
            .iter()
            .map(key)
            .collect()
    }

    async fn server_time(&self) -> Result<Option<Timestamp>, StoreError> {
        let rows = self.read(Share::KeyReads, || sqlx::query(SERVER_TIME)).await?;
        rows.first().map(|row| Columns { row, table: "clock_timestamp" }.moment("at")).transpose()
    }

    async fn renew_kyc_statuses(&self, renewal: &KycRenewal) -> Result<KycRenewed, StoreError> {
        search::renew_kyc_statuses(&self.pool, renewal).await
    }

    async fn schema(&self) -> Result<CheckState, StoreError> {
        Schema::read(&self.pool).await.map(Schema::state)
    }

    async fn ready(&self) -> StoreReadiness {
        let read_only = |rows: Vec<PgRow>| {
            let row = rows.first().ok_or_else(|| corrupt("a readiness check without a row"))?;
            Columns { row, table: "client" }.get::<bool>("read_only")
        };
        let first = self.read(Share::KeyReads, || sqlx::query(READY)).await.and_then(read_only);
        let commands = match first {
            Ok(false) => self.pool.circuit().check(),
            // This connection may be older than the promotion of the server; what counts is what a command would get.
            Ok(true) => {
                let again = self.pool.retry(Share::Commands, self.pool.deadline(), sqlx::query(READY)).await;
                match again.map_err(DbError::of_read).and_then(read_only) {
                    Ok(false) => self.pool.circuit().check(),
                    _ => Err(Cause::new("the server is read-only")),
                }
            }
            Err(error) => return StoreReadiness::failed(error),
        };
        let unavailable = |cause: Cause| StoreError::Unavailable(Some(Box::new(cause)));
        StoreReadiness { reads: Ok(()), commands: commands.map_err(unavailable) }
    }
}

impl std::fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let idle = self.pool.idle_count();
        f.debug_struct("PostgresStore").field("idle_connections", &idle).finish_non_exhaustive()
    }
}
