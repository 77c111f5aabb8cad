//! The connections that are open, of all addresses and of each.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::phase::{CurrentPhase, Phase};

/// A connection that has been idle for less than this is not closed for another one: its next request may be on its way.
const MIN_IDLE: Duration = Duration::from_millis(500);
/// How often a connection that waits looks for one that has become idle enough.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Which connections are open.
///
/// One address may have only so many: one more takes the place of its own longest idle connection. Where all places are
/// taken, the connection that has been idle the longest, of the address that has the most, makes room for a new one.
pub(crate) struct OpenConnections {
    places: Arc<Semaphore>,
    of_one_address: usize,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    next: u64,
    all: HashMap<u64, Connection>,
    /// How many each address has, without those that were asked to close.
    by_address: HashMap<IpAddr, usize>,
}

struct Connection {
    address: IpAddr,
    phase: CurrentPhase,
    close: CancellationToken,
}

/// A place among the open connections, given back when it is dropped.
pub(crate) struct Place {
    number: u64,
    /// Cancelled when the connection has to make room.
    pub(crate) close: CancellationToken,
    connections: Arc<OpenConnections>,
    _permit: OwnedSemaphorePermit,
}

impl OpenConnections {
    pub(crate) fn new(all: usize, of_one_address: usize) -> Arc<Self> {
        Arc::new(Self { places: Arc::new(Semaphore::new(all)), of_one_address, open: Mutex::default() })
    }

    /// A place for a connection from this address, or none if the address has as many as one may have and none of them is
    /// idle. It waits where all are taken and none is idle.
    pub(crate) async fn admit(self: &Arc<Self>, address: IpAddr, phase: CurrentPhase) -> Option<Place> {
        if !self.open().makes_room(address, self.of_one_address) {
            return None;
        }
        let permit = self.permit().await;
        let close = CancellationToken::new();
        let mut open = self.open();
        let number = open.next;
        open.next += 1;
        *open.by_address.entry(address).or_default() += 1;
        open.all.insert(number, Connection { address, phase, close: close.clone() });
        drop(open);
        Some(Place { number, close, connections: self.clone(), _permit: permit })
    }

    async fn permit(&self) -> OwnedSemaphorePermit {
        loop {
            if let Ok(permit) = self.places.clone().try_acquire_owned() {
                return permit;
            }
            self.open().close_idle(|_| true);
            // The semaphore is never closed, so an error is only that of the time.
            if let Ok(Ok(permit)) = timeout(LOOK_AGAIN, self.places.clone().acquire_owned()).await {
                return permit;
            }
        }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    /// Whether the address may have one more connection, if need be in the place of its longest idle one.
    fn makes_room(&mut self, address: IpAddr, most: usize) -> bool {
        let full = self.by_address.get(&address).is_some_and(|count| *count >= most);
        !full || self.close_idle(|holder| holder == address)
    }

    /// Asks the longest idle connection of these addresses to close; whether there is one.
    fn close_idle(&mut self, of: impl Fn(IpAddr) -> bool) -> bool {
        let idle_since = |connection: &Connection| match connection.phase.get() {
            Phase::Idle(since) | Phase::Header(since) if since.elapsed() >= MIN_IDLE => Some(since),
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

impl Drop for Place {
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

    fn idle_for(milliseconds: u64) -> CurrentPhase {
        let since = Instant::now().checked_sub(Duration::from_millis(milliseconds)).unwrap();
        CurrentPhase::new(Phase::Idle(since))
    }

    #[tokio::test]
    async fn one_address_has_a_share_and_gives_it_back() {
        let connections = OpenConnections::new(10, 2);
        let first = connections.admit(ONE, idle_for(0)).await.unwrap();
        let _second = connections.admit(ONE, idle_for(0)).await.unwrap();
        assert!(connections.admit(ONE, idle_for(0)).await.is_none());
        assert!(connections.admit(OTHER, idle_for(0)).await.is_some());
        drop(first);
        assert!(connections.admit(ONE, idle_for(0)).await.is_some());
    }

    #[tokio::test]
    async fn one_more_takes_the_place_of_the_longest_idle_connection_of_its_own_address() {
        let connections = OpenConnections::new(10, 2);
        let other = connections.admit(OTHER, idle_for(9000)).await.unwrap();
        let newer = connections.admit(ONE, idle_for(1000)).await.unwrap();
        let longest = connections.admit(ONE, idle_for(2000)).await.unwrap();
        let third = connections.admit(ONE, CurrentPhase::new(Phase::Busy)).await.unwrap();
        assert!(longest.close.is_cancelled());
        assert!(!other.close.is_cancelled() && !newer.close.is_cancelled());
        let _fourth = connections.admit(ONE, CurrentPhase::new(Phase::Busy)).await.unwrap();
        assert!(newer.close.is_cancelled());
        assert!(connections.admit(ONE, idle_for(0)).await.is_none(), "none of its own is idle");
        // Those that were asked to close have left the share already, and do not leave it twice.
        drop((longest, newer));
        assert!(connections.admit(ONE, idle_for(0)).await.is_none());
        drop(third);
        assert!(connections.admit(ONE, idle_for(0)).await.is_some());
        assert!(!other.close.is_cancelled());
    }

    #[tokio::test]
    async fn the_longest_idle_connection_of_the_largest_holder_makes_room() {
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
    async fn a_connection_at_work_is_not_closed_for_another() {
        let connections = OpenConnections::new(1, 1);
        let busy = connections.admit(ONE, CurrentPhase::new(Phase::Busy)).await.unwrap();
        let late = timeout(Duration::from_millis(200), connections.admit(OTHER, idle_for(0))).await;
        assert!(late.is_err() && !busy.close.is_cancelled());
    }
}
