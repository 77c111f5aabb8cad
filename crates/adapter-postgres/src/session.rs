//! Opening a connection: to the first server that is the one that is wanted, with the settings of every session.
//!
//! The settings are set by a statement and not by the start of the connection: a pooler refuses or drops what it does not
//! know there.

mod connecting;
mod open_error;
mod pooling;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgRow};
use sqlx::{PgConnection, Row as _};
use tokio::time::{Instant, timeout};

pub(crate) use self::open_error::{OpenError, Outlook};
pub(crate) use self::pooling::Pooling;
use crate::error::Cause;
use crate::settings::Settings;
use crate::settings::address::{WantedServer, place};
use crate::sql::{POOLED_SESSION, START_SESSION};
use crate::time::Timestamp;

/// How many of the limits, the first ones, are set in a session.
const OF_A_SESSION: usize = 6;
/// How often the server looks whether the connection of a statement is still there, in milliseconds.
const CLIENT_CHECKS: &str = "2000";

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
    pub(crate) wanted: WantedServer,
    /// Whether a pooler stands in between; every connection finds it out where it is not known.
    pooling: Option<Pooling>,
    names: Vec<&'static str>,
    values: Vec<String>,
    /// How many of them, the first ones, are set in a session.
    of_a_session: usize,
    /// How long all of them together may take where no caller waits.
    pub(crate) open_timeout: Duration,
    /// The one that was wanted the last time, or the one after the last that was not to be had.
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
        let open_timeout = match pooling {
            Some(_) => settings.acquire_timeout,
            // A second connection is opened beside the first, and no caller waits for it yet.
            None => settings.acquire_timeout * number.saturating_add(1),
        };
        Self {
            open_timeout,
            all: servers,
            wanted: settings.address.wanted,
            pooling,
            names,
            values,
            of_a_session: OF_A_SESSION,
            last: AtomicUsize::new(0),
        }
    }

    /// Has a statement end soon after its connection is cut. In a session that is lent for one transaction it cannot be set.
    pub(crate) fn checking_the_client(mut self) -> Self {
        if self.pooling == Some(Pooling::Session) {
            self.names.insert(0, "client_connection_check_interval");
            self.values.insert(0, CLIENT_CHECKS.to_owned());
            self.of_a_session += 1;
        }
        self
    }

    /// Whether a server that takes no writes is another one than is wanted.
    pub(crate) const fn take_writes(&self) -> bool {
        self.wanted.takes_writes()
    }

    /// Opens a connection to the first server that is wanted. Where only one can be, the last one that was is asked first.
    /// The time until `deadline` is shared by the servers that are still to be asked, so that a silent one leaves some of it.
    pub(crate) async fn open(&self, deadline: Instant) -> Result<Session, OpenError> {
        let first = if self.take_writes() { self.last.load(Ordering::Relaxed) } else { 0 };
        let rounds: &[WantedServer] = match self.wanted {
            WantedServer::PreferStandby => &[WantedServer::Standby, WantedServer::Any],
            _ => std::slice::from_ref(&self.wanted),
        };
        let mut refusals = Vec::new();
        let mut attempts = rounds.len() * self.all.len();
        let mut order: Vec<_> = (0..self.all.len()).map(|offset| (first + offset) % self.all.len()).collect();
        for wanted in rounds {
            refusals.clear();
            let mut silent = Vec::new();
            for index in order.clone() {
                let Some(server) = self.all.get(index) else { continue };
                let left = deadline.saturating_duration_since(Instant::now());
                let share = left / u32::try_from(attempts).unwrap_or(u32::MAX).max(1);
                attempts = attempts.saturating_sub(1);
                let turn = Turn { last: &self.last, index, next: (index + 1) % self.all.len() };
                match self.open_one(server, *wanted, share).await {
                    Some(Ok(opened)) => {
                        turn.found();
                        return Ok(opened);
                    }
                    Some(Err(error)) => refusals.push((place(server), error)),
                    None => {
                        silent.push(index);
                        refusals.push((place(server), OpenError::silent()));
                    }
                }
            }
            // In another round those that have answered come first.
            order.sort_by_key(|index| silent.contains(index));
        }
        Err(OpenError::of_all(refusals))
    }

    /// One of several servers may take this long, and is silent otherwise; a lone one may take as long as its caller waits.
    async fn open_one(
        &self,
        server: &PgConnectOptions,
        wanted: WantedServer,
        limit: Duration,
    ) -> Option<Result<Session, OpenError>> {
        let starting = self.start(server, wanted);
        if self.all.len() == 1 {
            return Some(starting.await);
        }
        timeout(limit, starting).await.ok()
    }

    async fn start(&self, server: &PgConnectOptions, wanted: WantedServer) -> Result<Session, OpenError> {
        let mut link = connecting::connect(server).await?;
        let pooling = match self.pooling {
            Some(pooling) => pooling,
            None => Pooling::find_out(server, &mut link).await?,
        };
        let (statement, limits) = match pooling {
            Pooling::Session => (START_SESSION, self.names.len().min(self.of_a_session)),
            Pooling::Transaction => (POOLED_SESSION, self.names.len()),
        };
        let (names, values) = (self.names.get(..limits), self.values.get(..limits));
        let statement =
            sqlx::query(statement).bind(names.unwrap_or_default()).bind(values.unwrap_or_default());
        let row = statement.fetch_one(&mut link).await.map_err(pooling::explained)?;
        let (is_standby, is_read_only) = (row.try_get("is_standby")?, row.try_get("is_read_only")?);
        if let Some(complaint) = complaint(wanted, is_standby, is_read_only) {
            // In order, so that the log of the server has no broken connection; in the background.
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

/// The turn of a server. Ended without success, also because the caller has left, it has the next caller begin with the server
/// after it: one that is silent would use up the time of each of them.
struct Turn<'a> {
    last: &'a AtomicUsize,
    index: usize,
    next: usize,
}

impl Turn<'_> {
    fn found(mut self) {
        self.last.store(self.index, Ordering::Relaxed);
        self.next = self.index;
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        // Another caller may have found the right one meanwhile.
        let _other = self.last.compare_exchange(self.index, self.next, Ordering::Relaxed, Ordering::Relaxed);
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
    use std::net::TcpListener;

    use super::*;

    /// A server that accepts connections and never answers, and the servers of an address: it, and one that is not there.
    fn silent_and_absent(parameters: &str) -> (TcpListener, Servers) {
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let absent = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let url = format!("postgres://u@{},{absent}/db{parameters}", silent.local_addr().unwrap());
        (silent, Servers::of(&Settings::parse(&url).unwrap(), Some(Pooling::Session)))
    }

    #[tokio::test]
    async fn a_silent_server_leaves_time_for_the_others_before_the_deadline() {
        let (_silent, servers) = silent_and_absent("");
        let limit = Duration::from_millis(300);
        // The deadline of a read while the server is known to be silent is far shorter than the time to open a connection.
        assert!(servers.open_timeout > 2 * limit);
        let opening = timeout(limit * 3, servers.open(Instant::now() + limit)).await;
        let Ok(Err(error)) = opening else { panic!("not ended by its deadline") };
        let words = error.cause.to_string();
        assert!(words.contains("it does not answer; ") && words.contains("connection refused"), "{words}");
    }

    #[tokio::test]
    async fn a_second_round_begins_with_those_that_have_answered() {
        let (silent, servers) = silent_and_absent("?target_session_attrs=prefer-standby");
        let outcome = servers.open(Instant::now() + Duration::from_millis(300)).await;
        let Err(error) = outcome else { panic!("nothing answers") };
        let words = error.cause.to_string();
        let last = format!("{}: it does not answer", silent.local_addr().unwrap());
        assert!(words.ends_with(&last), "{words}");
    }

    #[tokio::test]
    async fn a_caller_that_leaves_has_the_next_one_ask_another_server_first() {
        let (_silent, servers) = silent_and_absent("");
        let opening = servers.open(Instant::now() + Duration::from_mins(1));
        assert!(timeout(Duration::from_millis(50), opening).await.is_err());
        assert_eq!(servers.last.load(Ordering::Relaxed), 1);
    }

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
