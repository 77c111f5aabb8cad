//! A program that was built without traces.

use tokio::runtime::Handle;

use crate::config::error::SettingsError;
use crate::config::traces::TraceSettings;

/// Nothing sends spans.
pub(crate) enum Traces {}

impl Traces {
    pub(super) fn start(_settings: &TraceSettings, _runtime: &Handle) -> Result<Self, SettingsError> {
        Err(SettingsError(
            "--otlp-endpoint: this program was built without traces (the feature otlp)".to_owned(),
        ))
    }

    pub(super) fn layer(&self) -> Option<tracing_subscriber::layer::Identity> {
        match *self {}
    }

    #[expect(clippy::unused_async, reason = "with traces the last ones are sent")]
    pub(super) async fn finish(self) {
        match self {}
    }
}

/// There is nothing to count.
pub(super) const fn describe() {}
