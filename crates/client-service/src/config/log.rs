//! Settings of the log.

use adapter_http::{CallerHashKey, RequestLog};
use clap::{Args, ValueEnum};

use super::error::SettingsError;
use super::secret::Secret;
use super::value::Switch;

/// The log of a service.
#[derive(Args, Clone, Debug)]
pub(crate) struct LogArgs {
    /// The format of the log on standard error; RUST_LOG sets its level (info by default)
    #[arg(long, env = "CLIENTS_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub(crate) log_format: LogFormat,

    /// Whether every request has a line in the log, without personal data; with off only requests that fail have one
    #[arg(long, env = "CLIENTS_REQUEST_LOG", value_enum, default_value_t = Switch::On)]
    pub(crate) request_log: Switch,

    /// The key with which the log hashes the subjects of callers, at least 16 bytes; give every instance the same one. By
    /// default each start makes its own, and the hashes of a caller differ from start to start
    #[arg(long, env = "CLIENTS_CALLER_HASH_KEY", value_name = "KEY", hide_env_values = true)]
    pub(crate) caller_hash_key: Option<String>,

    /// The same from a file
    #[arg(long, env = "CLIENTS_CALLER_HASH_KEY_FILE", value_name = "FILE")]
    pub(crate) caller_hash_key_file: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

/// Which requests have a line in the log.
pub(crate) fn request_log(arguments: &LogArgs) -> Result<RequestLog, SettingsError> {
    let secret = Secret {
        flag: "--caller-hash-key",
        value: arguments.caller_hash_key.as_deref(),
        file: arguments.caller_hash_key_file.as_deref(),
    };
    let wrong = |error| SettingsError(format!("{}: {error}", secret.source()));
    let key = match secret.read()? {
        Some(text) => Some(CallerHashKey::parse(&text).map_err(wrong)?),
        None => CallerHashKey::random(),
    };
    let log = if arguments.request_log == Switch::On { RequestLog::all() } else { RequestLog::failures() };
    Ok(match key {
        Some(key) => log.with_callers(key),
        None => log,
    })
}
