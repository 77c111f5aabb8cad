//! The connection pool: permits in shares, and connections between two statements.
//!
//! Connections are made here; who may have one, and which, is decided by the files of `turns` as in
//! `crates/adapter-postgres/src/pool/session.rs`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use schedules::idle::{Idle, Next, Opened};
use schedules::shares::{NoPermit, Permit, Shares};
use shuttle::future::{block_on, spawn, yield_now};
use tokio::time::Instant;

use crate::leaving::{below, in_every_schedule, stays_or_leaves};

const ALL: u32 = 3;
/// More than there are in all, so that they overlap.
const OF_EACH: [u32; 2] = [2, 2];
const CALLERS: usize = 6;

#[derive(Default)]
struct Counts {
    open: AtomicUsize,
    at_work: [AtomicUsize; 2],
}

/// An open connection, which is counted.
struct Connection(Arc<Counts>, Instant);

impl Connection {
    fn open(counts: &Arc<Counts>) -> Self {
        let open = counts.open.fetch_add(1, SeqCst) + 1;
        assert!(open <= to_usize(ALL), "{open} connections");
        Self(counts.clone(), Instant::now())
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, SeqCst);
    }
}

impl Opened for Connection {
    fn opened(&self) -> Instant {
        self.1
    }
}

fn to_usize(number: u32) -> usize {
    usize::try_from(number).unwrap()
}

struct Pool {
    shares: Shares,
    idle: Idle<Connection>,
    counts: Arc<Counts>,
}

impl Pool {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            shares: Shares::new(ALL, &OF_EACH),
            idle: Idle::new(Duration::MAX, Duration::MAX),
            counts: Arc::default(),
        })
    }

    async fn acquire(self: Arc<Self>, share: usize) -> Result<Session, NoPermit> {
        let permit = match self.shares.free_permit(share) {
            Ok(permit) => permit,
            Err(_) => self.shares.permit(share).await?,
        };
        let connection = match self.idle.next(Duration::MAX) {
            Next::Trusted(connection) => connection,
            Next::Closed => return Err(NoPermit),
            Next::None => {
                // It takes a while to open one.
                yield_now().await;
                Connection::open(&self.counts)
            }
            Next::Unchecked(_) | Next::Old(_) => panic!("none is too old"),
        };
        Ok(Session { held: Some((connection, permit)), pool: self })
    }
}

struct Session {
    held: Option<(Connection, Permit)>,
    pool: Arc<Pool>,
}

impl Session {
    fn keep(mut self) {
        let (connection, permit) = self.held.take().unwrap();
        drop(self.pool.idle.keep(connection));
        drop(permit);
    }

    fn discard(mut self) {
        drop(self.held.take());
    }
}

impl Drop for Session {
    /// The caller has left in the middle of a statement: its end is waited for elsewhere.
    fn drop(&mut self) {
        let Some((connection, permit)) = self.held.take() else { return };
        let pool = self.pool.clone();
        spawn(async move {
            yield_now().await;
            drop(pool.idle.keep(connection));
            drop(permit);
        });
    }
}

async fn statement(pool: Arc<Pool>, share: usize) -> Result<(), NoPermit> {
    let session = pool.clone().acquire(share).await?;
    let at_work = pool.counts.at_work[share].fetch_add(1, SeqCst) + 1;
    let ends = Ends(&pool.counts.at_work[share]);
    assert!(at_work <= to_usize(OF_EACH[share]), "{at_work} of share {share}");
    yield_now().await;
    // The permit is given back only after this: from then on another statement may be at work.
    drop(ends);
    match below(3) {
        0 => session.keep(),
        1 => session.discard(),
        // Its statement failed, and it is used again once it has come to rest.
        _ => drop(session),
    }
    Ok(())
}

struct Ends<'a>(&'a AtomicUsize);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

fn play(is_closed_meanwhile: bool) {
    block_on(async move {
        let pool = Pool::new();
        let callers: Vec<_> = (0..CALLERS)
            .map(|caller| {
                let pool = pool.clone();
                spawn(async move {
                    let share = caller % OF_EACH.len();
                    let done = stays_or_leaves(statement(pool, share), true).await;
                    assert!(is_closed_meanwhile || !matches!(done, Some(Err(_))), "refused by an open pool");
                })
            })
            .collect();
        if is_closed_meanwhile {
            pool.idle.close();
            pool.shares.all_returned().await;
            pool.shares.close();
        }
        for caller in callers {
            caller.await.unwrap();
        }
        if is_closed_meanwhile {
            assert_eq!(pool.shares.permit(0).await.err(), Some(NoPermit));
            return;
        }
        // Every permit comes back: without that, this waits for ever, and Shuttle says so.
        pool.shares.all_returned().await;
        for (share, of_share) in OF_EACH.iter().enumerate() {
            let most: Vec<_> = (0..*of_share).map(|_| pool.shares.free_permit(share)).collect();
            assert!(most.iter().all(Result::is_ok), "a permit of share {share} is lost");
            assert_eq!(pool.shares.free_permit(share).err(), Some(NoPermit));
        }
        assert_eq!(pool.counts.open.load(SeqCst), pool.idle.count(), "a connection is lost");
    });
}

#[test]
fn there_are_never_more_connections_than_permits_and_none_is_lost() {
    in_every_schedule(|| play(false));
}

#[test]
fn a_pool_that_is_closed_ends_every_wait() {
    in_every_schedule(|| play(true));
}
