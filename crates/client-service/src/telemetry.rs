//! What the program tells of itself: the log, to standard error, as text or JSON; and traces, to a collector.

#[cfg(feature = "otlp")]
mod collector_client;
mod line_buffer;
#[cfg_attr(not(feature = "otlp"), path = "telemetry/without_traces.rs")]
mod traces;

use std::io::{Stderr, stderr};

use tokio::runtime::Handle;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

use self::line_buffer::LineBuffer;
use self::traces::Traces;
use crate::config;
use crate::config::error::SettingsError;
use crate::config::log::LogFormat;
use crate::config::traces::TraceArgs;
use crate::config::value::non_empty;

/// Spans of traces are no lines of the log, and not a part of its lines.
const WITHOUT_TRACES: &str = "trace=off";

/// What has to be ended with the program. Dropped, it writes the lines of the log that wait.
pub(crate) struct Telemetry {
    traces: Option<Traces>,
    lines: LineBuffer<Stderr>,
}

impl Telemetry {
    /// Sends the spans that were not sent yet.
    pub(crate) async fn finish(mut self) {
        if let Some(traces) = self.traces.take() {
            traces.finish().await;
        }
    }

    /// Describes the metrics of traces, once there is a recorder.
    pub(crate) fn describe(&self) {
        if self.traces.is_some() {
            traces::describe();
        }
    }
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        self.lines.close();
    }
}

/// Starts the log of a command that ends. `RUST_LOG` sets its level; without it, the level is `info`.
pub(crate) fn start(format: LogFormat) -> Result<(), SettingsError> {
    // The filter holds for everything, so that a span or a line that is filtered out costs nothing.
    tracing_subscriber::registry().with(log(format, stderr)).with(filter()?).init();
    log_panics();
    Ok(())
}

/// Starts the log of a server, and traces where the settings name a collector; spans are sent on `runtime`.
pub(crate) fn with_traces(
    format: LogFormat,
    arguments: &TraceArgs,
    runtime: &Handle,
) -> Result<Telemetry, SettingsError> {
    let settings = config::traces::traces(arguments)?;
    let filter = filter()?;
    let lines = LineBuffer::new(stderr());
    let log = log(format, lines.clone());
    let registry = tracing_subscriber::registry();
    let traces = match settings {
        None => {
            // The filter holds for everything, so that a span or a line that is filtered out costs nothing.
            registry.with(log).with(filter).init();
            None
        }
        Some(settings) => {
            let traces = Traces::start(&settings, runtime)?;
            registry.with(log.with_filter(filter)).with(traces.layer()).init();
            Some(traces)
        }
    };
    log_panics();
    Ok(Telemetry { traces, lines })
}

fn log<W>(format: LogFormat, writer: W) -> Box<dyn Layer<Registry> + Send + Sync>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let log = fmt::layer().with_writer(writer);
    match format {
        LogFormat::Text => log.with_ansi(false).boxed(),
        LogFormat::Json => log.json().flatten_event(true).with_span_list(false).boxed(),
    }
}

fn filter() -> Result<EnvFilter, SettingsError> {
    #[expect(clippy::disallowed_methods, reason = "this is where configuration is read")]
    let directives = std::env::var("RUST_LOG").ok();
    let filter = EnvFilter::try_new(non_empty(directives.as_deref()).unwrap_or("info"))
        .map_err(|_| SettingsError("RUST_LOG must be a level, or a list of target=level".to_owned()))?;
    Ok(match WITHOUT_TRACES.parse() {
        Ok(directive) => filter.add_directive(directive),
        Err(_) => filter,
    })
}

/// Logs the location of a panic and not its message, which may quote personal data.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let location = panic.location().map(ToString::to_string);
        tracing::error!(location, "a panic was caught");
    }));
}
