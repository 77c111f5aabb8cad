//! The first connection of a start: the server may not be up yet.

use tokio::time::{Duration, Instant, sleep, timeout_at};

use crate::session::{OpenError, Outlook, Servers, Session};
use crate::settings::{Settings, StartError};

/// The pauses between two attempts, from short to long.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Connects. A server that is not up yet is asked again for as long as [`Settings::start_timeout`]; what will not pass by
/// itself, such as a wrong password, fails at once.
pub(crate) async fn connect(settings: &Settings) -> Result<Session, StartError> {
    let deadline = Instant::now() + settings.start_timeout;
    let mut pause = FIRST_PAUSE;
    let servers = Servers::of(settings, None);
    loop {
        let until = Instant::now() + servers.open_timeout;
        let error = match timeout_at(until, servers.open(until)).await {
            Ok(Ok(session)) => return Ok(session),
            Ok(Err(error)) => error,
            Err(_) => OpenError::silent(),
        };
        let unreachable = settings.unreachable(&error.cause);
        if error.outlook == Outlook::Never || Instant::now() >= deadline {
            return Err(unreachable);
        }
        tracing::warn!("{unreachable}; trying again");
        sleep(pause.min(deadline.duration_since(Instant::now()))).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}
