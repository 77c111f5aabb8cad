use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use client_app::CheckState;
use client_app::ports::{
    Changeset, ClientRef, ClientStore, Committed, DueDocuments, Found, HistoryEntry, HistoryPage, Loaded,
    RequestKey, Search, StoreError, StoreReadiness,
};
use client_domain::kyc::ContentKey;
use client_domain::value::{ClientId, ClientKey, Version};
use client_domain::{Claim, ClaimKind, Client};
use jiff::{Timestamp, ToSpan as _};
use jiff_sqlx::ToSqlx as _;
use sqlx::postgres::PgRow;

use crate::client_row::Columns;
use crate::commits::Commits;
use crate::digest::digests;
use crate::id_blocks::IdBlocks;
use crate::loads::{self, Loads};
use crate::lookups::Lookups;
use crate::pool::{Bound, Pool, Share};
use crate::schema::Schema;
use crate::settings::{Settings, StartError};
use crate::statements::reads::{
    FIND_BY_ADDRESS, FIND_BY_DOCUMENT, FIND_BY_ID, FIND_BY_KEY, FIND_BY_KEYS, LOAD_BY_ADDRESS,
    LOAD_BY_DOCUMENT, LOAD_BY_ID, LOAD_BY_KEY,
};
use crate::statements::{
    CLAIMED, CONTENTS_IN_USE, DUE_DOCUMENTS, FORGET_OUTCOMES, HISTORY, READY, SERVER_TIME,
};
use crate::trouble::{Cause, Trouble};
use crate::{client_row, commit, history_row, outcome_row, schema, search, server};

/// Clients, their history and their events in PostgreSQL.
///
/// It is a handle: clones share the connections. See the [crate] for how it commits.
#[derive(Clone)]
pub struct PostgresStore {
    pool: Pool,
    id_blocks: Arc<IdBlocks>,
    lookups: Arc<Lookups>,
    loads: Arc<Loads>,
    commits: Arc<Commits>,
}

impl PostgresStore {
    /// Connects and makes sure that the server is one that the data is safe on. The schema must be there already;
    /// see [`migrate`](crate::migrate).
    pub async fn open(settings: &Settings) -> Result<Self, StartError> {
        server::check(settings).await?;
        let pool = Pool::new(settings);
        schema::check(&pool).await?;
        let loads = Arc::<Loads>::default();
        let commits = Arc::new(Commits::new(loads.clone()));
        Ok(Self { pool, id_blocks: Arc::default(), lookups: Arc::default(), loads, commits })
    }

    /// Waits for what has begun and closes every connection; whatever comes later is refused as unavailable.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// Forgets up to `limit` outcomes of idempotency keys that are older than `before`, and answers how many
    /// there were. Called again until it answers less than `limit`, it forgets all in small steps.
    pub async fn forget_outcomes(&self, before: Timestamp, limit: usize) -> Result<u64, StoreError> {
        let statement = sqlx::query(FORGET_OUTCOMES).bind(before.to_sqlx()).bind(whole(limit));
        Ok(self.write(statement).await?.rows_affected())
    }

    pub(crate) const fn pool(&self) -> &Pool {
        &self.pool
    }

    pub(crate) async fn read<'q>(
        &self,
        share: Share,
        statement: impl Fn() -> Bound<'q>,
    ) -> Result<Vec<PgRow>, StoreError> {
        self.pool.read(share, statement).await.map_err(Trouble::of_read)
    }

    /// Writes what is no commit and may be written twice.
    pub(crate) async fn put<'q>(&self, statement: impl Fn() -> Bound<'q>) -> Result<Vec<PgRow>, StoreError> {
        self.pool.write(statement).await.map_err(Trouble::of_read)
    }
}

#[async_trait]
impl ClientStore for PostgresStore {
    async fn load(&self, client: &ClientRef, request: Option<&RequestKey>) -> Result<Loaded, StoreError> {
        // A command name with U+0000 has no outcome, because none was ever written.
        let request = request.filter(|request| !request.command.contains('\0'));
        if let ClientRef::Key(key) = client {
            return self.loads.load(&self.pool, key, request).await;
        }
        let statement = || outcome_row::bind_key(named(client, &LOAD), request);
        let rows = self.read(Share::CommandReads, statement).await?;
        rows.first().map_or_else(|| Ok(Loaded::default()), |row| loads::loaded(row, request))
    }

    async fn commit(&self, changeset: Changeset) -> Result<Committed, StoreError> {
        // In a task of its own: a commit that has begun runs to its end, whoever stops waiting for it.
        let (pool, commits) = (self.pool.clone(), self.commits.clone());
        let task = tokio::spawn(async move { commits.commit(&pool, changeset).await });
        // A task is lost only with the program, and then nobody knows how far it came.
        task.await
            .unwrap_or_else(|_| Err(StoreError::TimedOut(Some(Box::new(Cause::new("the task of a commit"))))))
    }

    async fn reserve_id(&self) -> Result<ClientId, StoreError> {
        self.id_blocks.next(&self.pool).await
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
        let kind = |row| Columns { row, table: "client_claim" }.known("kind", commit::kind);
        self.read(Share::CommandReads, statement).await?.iter().map(kind).collect()
    }

    async fn find(&self, client: &ClientRef) -> Result<Option<Client>, StoreError> {
        if let ClientRef::Key(key) = client {
            return self.lookups.find(&self.pool, key).await;
        }
        let rows = self.read(Share::LookUps, || named(client, &FIND)).await?;
        rows.first().map(client_row::read).transpose()
    }

    async fn find_all(&self, keys: &[ClientKey]) -> Result<Vec<Client>, StoreError> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let names: Vec<_> = keys.iter().map(ClientKey::as_str).collect();
        let rows = self.read(Share::LookUps, || sqlx::query(FIND_BY_KEYS).bind(names.clone())).await?;
        let clients: Vec<_> = rows.iter().map(client_row::read).collect::<Result<_, _>>()?;
        let clients: HashMap<_, _> =
            clients.into_iter().map(|client| (client.key().clone(), client)).collect();
        Ok(keys.iter().filter_map(|key| clients.get(key).cloned()).collect())
    }

    async fn search(&self, search: &Search) -> Result<Found, StoreError> {
        search::search(self, search).await
    }

    async fn history(&self, key: &ClientKey, page: HistoryPage) -> Result<Vec<HistoryEntry>, StoreError> {
        let version = |version: Option<Version>| version.map(|version| version.get().cast_signed());
        let statement = || {
            sqlx::query(HISTORY)
                .bind(key.as_str())
                .bind(version(page.before))
                .bind(version(page.after))
                .bind(whole(page.limit))
        };
        self.read(Share::LookUps, statement).await?.iter().map(|row| history_row::read(row, key)).collect()
    }

    async fn due_documents(&self, due: &DueDocuments) -> Result<Vec<ClientKey>, StoreError> {
        let horizon = due.today.saturating_add(i32::from(due.notice_days).days());
        let statement = || {
            sqlx::query(DUE_DOCUMENTS)
                .bind(due.today.to_sqlx())
                .bind(horizon.to_sqlx())
                .bind(due.after.as_ref().map(ClientKey::as_str))
                .bind(whole(due.limit))
        };
        let key = |row| Columns { row, table: "client_document" }.parsed("client_key", ClientKey::parse);
        self.read(Share::LookUps, statement).await?.iter().map(key).collect()
    }

    async fn contents_in_use(&self, keys: &[ContentKey]) -> Result<BTreeSet<ContentKey>, StoreError> {
        let names: Vec<_> = keys.iter().map(ContentKey::as_str).collect();
        let key = |row| Columns { row, table: "client_document" }.parsed("content_key", ContentKey::parse);
        self.read(Share::LookUps, || sqlx::query(CONTENTS_IN_USE).bind(names.clone()))
            .await?
            .iter()
            .map(key)
            .collect()
    }

    async fn server_time(&self) -> Result<Option<Timestamp>, StoreError> {
        let rows = self.read(Share::LookUps, || sqlx::query(SERVER_TIME)).await?;
        rows.first().map(|row| Columns { row, table: "clock_timestamp" }.moment("at")).transpose()
    }

    async fn schema(&self) -> Result<CheckState, StoreError> {
        Schema::read(&self.pool).await.map(Schema::state)
    }

    async fn ready(&self) -> StoreReadiness {
        let read_only = |rows: Vec<PgRow>| {
            let column = |row| Columns { row, table: "client" }.get::<bool>("read_only");
            Ok(rows.first().map(column).transpose()?.unwrap_or(true))
        };
        let first = self.read(Share::LookUps, || sqlx::query(READY)).await.and_then(read_only);
        let commands = match first {
            Ok(false) => self.pool.circuit().check(),
            // This session may be of a time before the server was promoted; what counts is what a command would get.
            Ok(true) => {
                let again = self.pool.again(Share::Commands, self.pool.deadline(), sqlx::query(READY)).await;
                match again.map_err(Trouble::of_read).and_then(read_only) {
                    Ok(false) => self.pool.circuit().check(),
                    _ => Err(Cause::new("the server only reads")),
                }
            }
            Err(error) => return StoreReadiness::failed(error),
        };
        let unavailable = |cause: Cause| StoreError::Unavailable(Some(Box::new(cause)));
        StoreReadiness { reads: Ok(()), commands: commands.map_err(unavailable) }
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore")
            .field("unused_connections", &self.pool.unused())
            .finish_non_exhaustive()
    }
}

/// The statements of one purpose, by how the client is named.
struct Named {
    key: &'static str,
    id: &'static str,
    document: &'static str,
    address: &'static str,
}

const LOAD: Named =
    Named { key: LOAD_BY_KEY, id: LOAD_BY_ID, document: LOAD_BY_DOCUMENT, address: LOAD_BY_ADDRESS };

const FIND: Named =
    Named { key: FIND_BY_KEY, id: FIND_BY_ID, document: FIND_BY_DOCUMENT, address: FIND_BY_ADDRESS };

fn named<'q>(client: &'q ClientRef, statements: &Named) -> Bound<'q> {
    match client {
        ClientRef::Key(key) => sqlx::query(statements.key).bind(key.as_str()),
        ClientRef::Id(id) => sqlx::query(statements.id).bind(id.get()),
        ClientRef::Document(id) => sqlx::query(statements.document).bind(id.as_str()),
        ClientRef::Address(id) => sqlx::query(statements.address).bind(id.as_str()),
    }
}

/// A number of rows as the server takes it.
pub(crate) fn whole(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
