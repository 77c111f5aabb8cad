//! The log: to standard error, as text or JSON.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

use crate::cli::LogFormat;
use crate::settings::{SettingsError, said};

/// Starts the log. `RUST_LOG` says how much; without it, `info` and more.
pub(crate) fn start(format: LogFormat) -> Result<(), SettingsError> {
    #[expect(clippy::disallowed_methods, reason = "this is where configuration is read")]
    let asked = std::env::var("RUST_LOG").ok();
    let filter = EnvFilter::try_new(said(asked.as_deref()).unwrap_or("info"))
        .map_err(|_| SettingsError("RUST_LOG must be a level, or a list of target=level".to_owned()))?;
    let log = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => log.with_ansi(false).init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
    quiet_panics();
    Ok(())
}

/// A panic is logged by its place only: its message may quote what it was working on.
fn quiet_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "a panic was caught");
    }));
}
