//! Closes connections that were idle for too long.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use super::state::State;

/// Closes connections that were idle for too long, for as long as the pool exists.
pub(super) fn start(state: &Arc<State>) {
    let pause = (state.idle.idle_timeout() / 4).clamp(Duration::from_millis(100), Duration::from_secs(15));
    let weak = Arc::downgrade(state);
    tokio::spawn(async move {
        loop {
            sleep(pause).await;
            let Some(state) = weak.upgrade() else { return };
            for connection in state.idle.take_expired() {
                connection.close().await;
            }
        }
    });
}
