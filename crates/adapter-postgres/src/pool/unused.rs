use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};
use turns::idle::Opened;

use super::Inner;
use super::connection::Connection;

impl Opened for Connection {
    fn opened(&self) -> Instant {
        self.opened
    }
}

/// Closes connections that were unused for too long, for as long as the pool is there.
pub(crate) fn close_unused(pool: &Arc<Inner>) {
    let pause = (pool.idle.longest_unused() / 4).clamp(Duration::from_millis(100), Duration::from_secs(15));
    let pool = Arc::downgrade(pool);
    tokio::spawn(async move {
        loop {
            sleep(pause).await;
            let Some(pool) = pool.upgrade() else { return };
            for connection in pool.idle.expired() {
                connection.close().await;
            }
        }
    });
}
