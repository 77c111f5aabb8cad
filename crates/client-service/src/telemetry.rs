//! The log: to standard error, as text or JSON.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

use crate::config::error::SettingsError;
use crate::config::log::LogFormat;
use crate::config::value::non_empty;

/// Starts the log. `RUST_LOG` sets its level; without it, the level is `info`.
pub(crate) fn start(format: LogFormat) -> Result<(), SettingsError> {
    #[expect(clippy::disallowed_methods, reason = "this is where configuration is read")]
    let directives = std::env::var("RUST_LOG").ok();
    let filter = EnvFilter::try_new(non_empty(directives.as_deref()).unwrap_or("info"))
        .map_err(|_| SettingsError("RUST_LOG must be a level, or a list of target=level".to_owned()))?;
    let log = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => log.with_ansi(false).init(),
        LogFormat::Json => log.json().flatten_event(true).with_span_list(false).init(),
    }
    log_panics();
    Ok(())
}

/// Logs the location of a panic and not its message, which may quote personal data.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let location = panic.location().map(ToString::to_string);
        tracing::error!(location, "a panic was caught");
    }));
}
