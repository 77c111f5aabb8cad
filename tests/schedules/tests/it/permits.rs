//! The connection pool: permits in shares, and connections between two statements.
//!
//! Connections are made here; the files of `concurrency` decide which caller gets which connection, as in
//! `crates/adapter-postgres/src/pool/lease.rs`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use schedules::idle_stack::{IdleStack, Next, Opened};
use schedules::permits::{NoPermit, Permit, PermitShares};
use shuttle::future::{block_on, spawn, yield_now};
use tokio::time::Instant;

use crate::leaving::{below, in_every_schedule, stays_or_leaves};

const TOTAL: u32 = 3;
/// More than the total, so that they overlap.
const SHARES: [u32; 2] = [2, 2];
const CALLERS: usize = 6;

#[derive(Default)]
struct Counts {
    open: AtomicUsize,
    running: [AtomicUsize; 2],
}

/// An open connection, which is counted.
struct Connection(Arc<Counts>, Instant);

impl Connection {
    fn open(counts: &Arc<Counts>) -> Self {
        let open = counts.open.fetch_add(1, SeqCst) + 1;
        assert!(open <= to_usize(TOTAL), "{open} connections");
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
    shares: PermitShares,
    idle: IdleStack<Connection>,
    counts: Arc<Counts>,
}

impl Pool {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            shares: PermitShares::new(TOTAL, &SHARES),
            idle: IdleStack::new(Duration::MAX, Duration::MAX),
            counts: Arc::default(),
        })
    }

    async fn acquire(self: Arc<Self>, share: usize) -> Result<Lease, NoPermit> {
        let permit = match self.shares.try_permit(share) {
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
            Next::Unchecked(_) | Next::Expired(_) => panic!("no connection expires"),
        };
        Ok(Lease { held: Some((connection, permit)), pool: self })
    }
}

struct Lease {
    held: Option<(Connection, Permit)>,
    pool: Arc<Pool>,
}

impl Lease {
    fn release(mut self) {
        let (connection, permit) = self.held.take().unwrap();
        drop(self.pool.idle.release(connection));
        drop(permit);
    }

    fn discard(mut self) {
        drop(self.held.take());
    }
}

impl Drop for Lease {
    /// The caller has left in the middle of a statement: another task waits for its end.
    fn drop(&mut self) {
        let Some((connection, permit)) = self.held.take() else { return };
        let pool = self.pool.clone();
        spawn(async move {
            yield_now().await;
            drop(pool.idle.release(connection));
            drop(permit);
        });
    }
}

async fn statement(pool: Arc<Pool>, share: usize) -> Result<(), NoPermit> {
    let lease = pool.clone().acquire(share).await?;
    let running = pool.counts.running[share].fetch_add(1, SeqCst) + 1;
    let ends = Ends(&pool.counts.running[share]);
    assert!(running <= to_usize(SHARES[share]), "{running} of share {share}");
    yield_now().await;
    // The permit is released only after this: from then on another statement may run.
    drop(ends);
    match below(3) {
        0 => lease.release(),
        1 => lease.discard(),
        // The statement failed: the connection is used again after it was reset.
        _ => drop(lease),
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
                    let share = caller % SHARES.len();
                    let done = stays_or_leaves(statement(pool, share), true).await;
                    assert!(is_closed_meanwhile || !matches!(done, Some(Err(_))), "refused by an open pool");
                })
            })
            .collect();
        if is_closed_meanwhile {
            pool.idle.close();
            pool.shares.drained().await;
            pool.shares.close();
        }
        for caller in callers {
            caller.await.unwrap();
        }
        if is_closed_meanwhile {
            assert_eq!(pool.shares.permit(0).await.err(), Some(NoPermit));
            return;
        }
        // Every permit comes back: otherwise this waits for ever, and Shuttle reports it.
        pool.shares.drained().await;
        for (share, of_share) in SHARES.iter().enumerate() {
            let held: Vec<_> = (0..*of_share).map(|_| pool.shares.try_permit(share)).collect();
            assert!(held.iter().all(Result::is_ok), "a permit of share {share} is lost");
            assert_eq!(pool.shares.try_permit(share).err(), Some(NoPermit));
        }
        assert_eq!(pool.counts.open.load(SeqCst), pool.idle.count(), "a connection is lost");
    });
}

#[test]
fn connections_never_exceed_permits_and_none_is_lost() {
    in_every_schedule(|| play(false));
}

#[test]
fn a_closed_pool_ends_every_wait() {
    in_every_schedule(|| play(true));
}
