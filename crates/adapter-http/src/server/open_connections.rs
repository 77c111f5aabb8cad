//! The connections that are open: how many in all, how many of each address, and which one closes for another.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::server::connection_state::{ConnectionState, StateCell};

/// A connection that has been idle for less than this is not closed for another: its next request may be on its way.
const MIN_IDLE: Duration = Duration::from_millis(500);
/// How often a connection that waits for a permit checks whether another one has become idle for long enough.
const RECHECK_INTERVAL: Duration = Duration::from_millis(50);

/// Limits the connections that are open.
///
/// Each address has a limit. At the limit, a new connection closes the longest idle connection of its own address.
/// Where no permit is left at all, a new connection closes the longest idle one of the address that has the most.
pub(super) struct OpenConnections {
    permits: Arc<Semaphore>,
    max_per_address: usize,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    next: u64,
    all: HashMap<u64, Connection>,
    /// How many each address has, without connections that have been signalled to close.
    by_address: HashMap<IpAddr, usize>,
}

struct Connection {
    address: IpAddr,
    state: StateCell,
    close: CancellationToken,
}

/// The right of one connection to be open, until it is dropped.
pub(super) struct ConnectionPermit {
    number: u64,
    /// Cancelled when the connection has to close for another one.
    pub(super) close: CancellationToken,
    connections: Arc<OpenConnections>,
    _permit: OwnedSemaphorePermit,
}

impl OpenConnections {
    pub(super) fn new(max: usize, max_per_address: usize) -> Arc<Self> {
        Arc::new(Self { permits: Arc::new(Semaphore::new(max)), max_per_address, open: Mutex::default() })
    }

    /// A permit for a connection from this address, or none if the address is at its limit and none of its connections
    /// is idle. It waits while all permits are taken and no connection is idle.
    pub(super) async fn admit(
        self: &Arc<Self>,
        address: IpAddr,
        state: StateCell,
    ) -> Option<ConnectionPermit> {
        if !self.open().make_room(address, self.max_per_address) {
            return None;
        }
        let permit = self.acquire().await;
        let close = CancellationToken::new();
        let mut open = self.open();
        let number = open.next;
        open.next += 1;
        *open.by_address.entry(address).or_default() += 1;
        open.all.insert(number, Connection { address, state, close: close.clone() });
        drop(open);
        Some(ConnectionPermit { number, close, connections: self.clone(), _permit: permit })
    }

    async fn acquire(&self) -> OwnedSemaphorePermit {
        loop {
            if let Ok(permit) = self.permits.clone().try_acquire_owned() {
                return permit;
            }
            self.open().close_longest_idle(|_| true);
            // The semaphore is never closed, so the only error is the timeout.
            if let Ok(Ok(permit)) = timeout(RECHECK_INTERVAL, self.permits.clone().acquire_owned()).await {
                return permit;
            }
        }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    /// Whether the address may have one more connection; at the limit, its longest idle one is signalled to close.
    fn make_room(&mut self, address: IpAddr, max: usize) -> bool {
        let full = self.by_address.get(&address).is_some_and(|count| *count >= max);
        !full || self.close_longest_idle(|other| other == address)
    }

    /// Signals the longest idle connection of these addresses to close; returns whether there is one.
    ///
    /// The address with the most connections comes first.
    fn close_longest_idle(&mut self, of: impl Fn(IpAddr) -> bool) -> bool {
        let idle_since = |connection: &Connection| match connection.state.get() {
            ConnectionState::Idle(since) | ConnectionState::ReadingHeader(since)
                if since.elapsed() >= MIN_IDLE =>
            {
                Some(since)
            }
            _ => None,
        };
        let open = self.all.values().filter(|connection| !connection.close.is_cancelled());
        let idle = open.filter(|connection| of(connection.address));
        let idle = idle.filter_map(|connection| Some((connection, idle_since(connection)?)));
        let count = |connection: &Connection| self.by_address.get(&connection.address).copied();
        let longest = idle.max_by_key(|(connection, since)| (count(connection), since.elapsed()));
        let Some((connection, _)) = longest else { return false };
        connection.close.cancel();
        let address = connection.address;
        self.uncount(address);
        true
    }

    fn uncount(&mut self, address: IpAddr) {
        if let Some(count) = self.by_address.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                self.by_address.remove(&address);
            }
        }
    }
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        let mut open = self.connections.open();
        let Some(connection) = open.all.remove(&self.number) else { return };
        if !connection.close.is_cancelled() {
            open.uncount(connection.address);
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    const ONE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    const OTHER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(127, 0, 0, 2));

    fn idle_for(milliseconds: u64) -> StateCell {
        let since = Instant::now().checked_sub(Duration::from_millis(milliseconds)).unwrap();
        StateCell::new(ConnectionState::Idle(since))
    }

    #[tokio::test]
    async fn closed_connection_frees_the_limit_of_its_address() {
        let connections = OpenConnections::new(10, 2);
        let first = connections.admit(ONE, idle_for(0)).await.unwrap();
        let _second = connections.admit(ONE, idle_for(0)).await.unwrap();
        assert!(connections.admit(ONE, idle_for(0)).await.is_none());
        assert!(connections.admit(OTHER, idle_for(0)).await.is_some());
        drop(first);
        assert!(connections.admit(ONE, idle_for(0)).await.is_some());
    }

    #[tokio::test]
    async fn address_at_its_limit_closes_its_longest_idle_connection() {
        let connections = OpenConnections::new(10, 2);
        let other = connections.admit(OTHER, idle_for(9000)).await.unwrap();
        let newer = connections.admit(ONE, idle_for(1000)).await.unwrap();
        let longest = connections.admit(ONE, idle_for(2000)).await.unwrap();
        let third = connections.admit(ONE, StateCell::new(ConnectionState::Processing)).await.unwrap();
        assert!(longest.close.is_cancelled());
        assert!(!other.close.is_cancelled() && !newer.close.is_cancelled());
        let _fourth = connections.admit(ONE, StateCell::new(ConnectionState::Processing)).await.unwrap();
        assert!(newer.close.is_cancelled());
        assert!(connections.admit(ONE, idle_for(0)).await.is_none(), "no connection of this address is idle");
        // Connections that have been signalled to close are no longer counted, and are not subtracted twice.
        drop((longest, newer));
        assert!(connections.admit(ONE, idle_for(0)).await.is_none());
        drop(third);
        assert!(connections.admit(ONE, idle_for(0)).await.is_some());
        assert!(!other.close.is_cancelled());
    }

    #[tokio::test]
    async fn full_server_closes_the_longest_idle_connection_of_the_largest_address() {
        let connections = OpenConnections::new(3, 2);
        let longest = connections.admit(OTHER, idle_for(9000)).await.unwrap();
        let older = connections.admit(ONE, idle_for(2000)).await.unwrap();
        let newer = connections.admit(ONE, idle_for(1000)).await.unwrap();
        let (close, waiting) = (older.close.clone(), connections.clone());
        let admitted = tokio::spawn(async move { waiting.admit(OTHER, idle_for(0)).await.is_some() });
        close.cancelled().await;
        assert!(!longest.close.is_cancelled() && !newer.close.is_cancelled());
        drop(older);
        assert!(admitted.await.unwrap());
    }

    #[tokio::test]
    async fn processing_connection_is_not_closed_for_another() {
        let connections = OpenConnections::new(1, 1);
        let busy = connections.admit(ONE, StateCell::new(ConnectionState::Processing)).await.unwrap();
        let late = timeout(Duration::from_millis(200), connections.admit(OTHER, idle_for(0))).await;
        assert!(late.is_err() && !busy.close.is_cancelled());
    }
}
