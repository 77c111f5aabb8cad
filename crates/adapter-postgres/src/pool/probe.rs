//! Closes the circuit once the server confirms a write.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::lease;
use super::share::Share;
use super::state::State;
use crate::sql::CONFIRM;

/// The pause between two probes.
const PAUSE: Duration = Duration::from_millis(500);
/// How long one probe may take. It waits as the abandoned commits do, and is answered when they are.
const PROBE_TIMEOUT: Duration = Duration::from_mins(1);

/// Has the server confirm a write, again and again, until it does; then the circuit is closed.
pub(super) fn start(state: &Arc<State>) {
    let weak = Arc::downgrade(state);
    tokio::spawn(async move {
        while let Some(state) = weak.upgrade() {
            if !state.circuit.is_open() || confirms(&state).await {
                state.circuit.close();
                tracing::info!("commits are let through: the database confirms what is written");
                return;
            }
            drop(state);
            sleep(PAUSE).await;
        }
    });
}

/// Whether the server confirms what is written; also true once the pool is closed.
async fn confirms(state: &Arc<State>) -> bool {
    let Ok(permit) = state.permits.permit(Share::Commands.index()).await else { return true };
    drop(permit);
    let deadline = Instant::now() + state.acquire_timeout.max(state.answer_timeout);
    let Ok(mut lease) = lease::acquire(state, Share::Commands, deadline, Duration::ZERO).await else {
        return false;
    };
    let confirmed = sqlx::query(CONFIRM).execute(lease.connection());
    match timeout(PROBE_TIMEOUT, confirmed).await {
        Ok(Ok(_)) => lease.release(),
        Ok(Err(_)) => return false,
        Err(_) => {
            lease.abandon();
            return false;
        }
    }
    true
}
