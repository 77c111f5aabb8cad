//! The first connection of a start: the server may not be up yet.

use sqlx::postgres::PgConnection;
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::time::{Duration, Instant, sleep, timeout};

use crate::error::Cause;
use crate::pool::connect_options;
use crate::settings::{Settings, StartError};

/// The pauses between two attempts, from short to long.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Connects. A server that is not up yet is asked again for as long as [`Settings::start_timeout`]; what will not pass by
/// itself, such as a wrong password, fails at once.
pub(crate) async fn connect(settings: &Settings) -> Result<PgConnection, StartError> {
    let deadline = Instant::now() + settings.start_timeout;
    let mut pause = FIRST_PAUSE;
    loop {
        let (cause, may_pass) = match timeout(settings.acquire_timeout, attempt(settings)).await {
            Ok(Ok(connection)) => return Ok(connection),
            Ok(Err(error)) => (Cause::of(&error), may_pass(&error)),
            Err(_) => (Cause::new("it does not answer"), true),
        };
        let unreachable = settings.unreachable(&cause);
        if !may_pass || Instant::now() >= deadline {
            return Err(unreachable);
        }
        tracing::warn!("{unreachable}; trying again");
        sleep(pause.min(deadline.duration_since(Instant::now()))).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

async fn attempt(settings: &Settings) -> Result<PgConnection, sqlx::Error> {
    let mut connection = connect_options(settings).connect().await?;
    // A pooler accepts connections for a server that is not there.
    connection.ping().await?;
    Ok(connection)
}

/// Whether the server may be up at the next attempt.
fn may_pass(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) => true,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| {
            // No connection left, shutting down, starting up; and what a pooler says of a server that is not there.
            matches!(&*code, "53300" | "57P01" | "57P02" | "57P03") || code.starts_with("08")
        }),
        _ => false,
    }
}
