//! Opening a connection: to the first server that is the one that is wanted, with the settings of every session.
//!
//! The settings are set by a statement and not by the start of the connection: a pooler refuses or drops what it does not
//! know there.

mod open_error;
mod pooling;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgRow};
use sqlx::{ConnectOptions as _, PgConnection, Row as _};
use tokio::time::timeout;

pub(crate) use self::open_error::{OpenError, Outlook};
pub(crate) use self::pooling::Pooling;
use crate::error::Cause;
use crate::settings::Settings;
use crate::settings::address::{WantedServer, place};
use crate::sql::{POOLED_SESSION, START_SESSION};
use crate::time::Timestamp;

/// How many of the limits, the first ones, are set in a session.
const OF_A_SESSION: usize = 6;

/// A process of the server: its number and its start, because numbers are used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Backend {
    pub(crate) pid: i32,
    pub(crate) started: Timestamp,
}

/// An open connection.
pub(crate) struct Session {
    pub(crate) link: PgConnection,
    pub(crate) backend: Backend,
    pub(crate) pooling: Pooling,
    /// Why a session that is lent for one transaction will not do: limits that do not hold and cannot be set.
    pub(crate) complaint: Option<Cause>,
}

/// The servers of an address, and how a session begins.
pub(crate) struct Servers {
    all: Vec<PgConnectOptions>,
    wanted: WantedServer,
    /// Whether a pooler stands in between; every connection finds it out where it is not known.
    pooling: Option<Pooling>,
    names: Vec<&'static str>,
    values: Vec<String>,
    /// How long one of several servers may take; a lone one may take as long as its caller waits.
    attempt_timeout: Option<Duration>,
    /// How long all of them together may take.
    pub(crate) open_timeout: Duration,
    /// The one that was wanted the last time.
    last: AtomicUsize,
}

impl Servers {
    pub(crate) fn of(settings: &Settings, pooling: Option<Pooling>) -> Self {
        let milliseconds = |limit: Duration| limit.as_millis().max(1).to_string();
        let mut limits = vec![
            ("statement_timeout", milliseconds(settings.statement_timeout)),
            ("lock_timeout", milliseconds(settings.lock_timeout)),
            ("idle_in_transaction_session_timeout", milliseconds(settings.idle_in_transaction_timeout)),
            ("synchronous_commit", "on".to_owned()),
            ("default_transaction_isolation", "read committed".to_owned()),
            ("jit", "off".to_owned()),
        ];
        if pooling != Some(Pooling::Session) {
            // There every statement has a name, and a search needs a plan for its values all the same.
            limits.push(("plan_cache_mode", "force_custom_plan".to_owned()));
        }
        let (names, values) = limits.into_iter().unzip();
        let servers = settings.address.servers.clone();
        let number = u32::try_from(servers.len()).unwrap_or(u32::MAX).max(1);
        let (share, all) = match pooling {
            Some(_) => (settings.acquire_timeout / number, settings.acquire_timeout),
            // A second connection is opened beside the first, and no caller waits for it yet.
            None => (settings.acquire_timeout, settings.acquire_timeout * number.saturating_add(1)),
        };
        Self {
            attempt_timeout: (number > 1).then_some(share),
            open_timeout: all,
            all: servers,
            wanted: settings.address.wanted,
            pooling,
            names,
            values,
            last: AtomicUsize::new(0),
        }
    }

    /// Whether a server that takes no writes is another one than is wanted.
    pub(crate) const fn take_writes(&self) -> bool {
        self.wanted.takes_writes()
    }

    /// Opens a connection to the first server that is wanted. Where only one can be, the last one that was is asked first.
    pub(crate) async fn open(&self) -> Result<Session, OpenError> {
        let first = if self.take_writes() { self.last.load(Ordering::Relaxed) } else { 0 };
        let rounds: &[WantedServer] = match self.wanted {
            WantedServer::PreferStandby => &[WantedServer::Standby, WantedServer::Any],
            _ => std::slice::from_ref(&self.wanted),
        };
        let mut refusals = Vec::new();
        for wanted in rounds {
            refusals.clear();
            for offset in 0..self.all.len() {
                let index = (first + offset) % self.all.len();
                let Some(server) = self.all.get(index) else { continue };
                match self.open_one(server, *wanted).await {
                    Ok(opened) => {
                        self.last.store(index, Ordering::Relaxed);
                        return Ok(opened);
                    }
                    Err(error) => refusals.push((place(server), error)),
                }
            }
        }
        Err(OpenError::of_all(refusals))
    }

    async fn open_one(&self, server: &PgConnectOptions, wanted: WantedServer) -> Result<Session, OpenError> {
        let starting = self.start(server, wanted);
        match self.attempt_timeout {
            None => starting.await,
            Some(limit) => timeout(limit, starting).await.unwrap_or_else(|_| Err(OpenError::silent())),
        }
    }

    async fn start(&self, server: &PgConnectOptions, wanted: WantedServer) -> Result<Session, OpenError> {
        let mut link = server.connect().await?;
        let pooling = match self.pooling {
            Some(pooling) => pooling,
            None => Pooling::find_out(server, &mut link).await?,
        };
        let (statement, limits) = match pooling {
            Pooling::Session => (START_SESSION, self.names.len().min(OF_A_SESSION)),
            Pooling::Transaction => (POOLED_SESSION, self.names.len()),
        };
        let (names, values) = (self.names.get(..limits), self.values.get(..limits));
        let statement =
            sqlx::query(statement).bind(names.unwrap_or_default()).bind(values.unwrap_or_default());
        let row = statement.fetch_one(&mut link).await.map_err(pooling::explained)?;
        let (is_standby, is_read_only) = (row.try_get("is_standby")?, row.try_get("is_read_only")?);
        if let Some(complaint) = complaint(wanted, is_standby, is_read_only) {
            // In order, so that the log of the server has no broken connection; nobody waits for it.
            tokio::spawn(sqlx::Connection::close(link));
            return Err(OpenError::new(Cause::new(complaint), Outlook::Soon));
        }
        let complaint = match pooling {
            Pooling::Session => None,
            Pooling::Transaction => self.missing(&row)?,
        };
        let backend = Backend { pid: row.try_get("pid")?, started: row.try_get("started")? };
        Ok(Session { link, backend, pooling, complaint })
    }

    /// The limits that do not hold, with the lines to run.
    fn missing(&self, row: &PgRow) -> Result<Option<Cause>, OpenError> {
        let missing: Vec<String> = row.try_get("missing")?;
        if missing.is_empty() {
            return Ok(None);
        }
        let (role, database): (String, String) = (row.try_get("role")?, row.try_get("database")?);
        let settings = self.names.iter().zip(&self.values);
        let lines: Vec<_> = settings
            .filter(|(name, _)| missing.iter().any(|missing| missing == *name))
            .map(|(name, value)| format!("ALTER ROLE {role} IN DATABASE {database} SET {name} = '{value}';"))
            .collect();
        let sentence = format!(
            "the pooler lends its connections for one transaction, so the limits of the service have to be those of its role; \
             run these lines as an administrator, and have the pooler open its connections again (PgBouncer: RECONNECT): {}",
            lines.join(" ")
        );
        Ok(Some(Cause::new(sentence)))
    }
}

/// Why a server is not the one that is wanted.
const fn complaint(wanted: WantedServer, is_standby: bool, is_read_only: bool) -> Option<&'static str> {
    match wanted {
        WantedServer::ReadWrite | WantedServer::Primary if is_standby => Some("it is a standby"),
        WantedServer::ReadWrite if is_read_only => Some("it is read-only"),
        WantedServer::ReadOnly if !is_read_only => Some("it takes writes"),
        WantedServer::Standby if !is_standby => Some("it is no standby"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_fits_as_libpq_has_it() {
        use WantedServer::{Any, Primary, ReadOnly, ReadWrite, Standby};
        // A primary, one whose default is to take no writes, and a standby.
        for (wanted, expected) in [
            (Any, [true, true, true]),
            (ReadWrite, [true, false, false]),
            (ReadOnly, [false, true, true]),
            (Primary, [true, true, false]),
            (Standby, [false, false, true]),
        ] {
            let fits = [(false, false), (false, true), (true, true)]
                .map(|(is_standby, is_read_only)| complaint(wanted, is_standby, is_read_only).is_none());
            assert_eq!(fits, expected, "{wanted:?}");
        }
    }
}
