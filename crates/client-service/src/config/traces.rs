//! Settings of traces.

#[cfg(feature = "otlp")]
use std::time::Duration;

use clap::Args;
use signed_http::Address;
#[cfg(feature = "otlp")]
use signed_http::Timeouts;

use super::error::SettingsError;
use super::value::{Switch, non_empty, refuse_without};

/// How long a request to the collector may take.
#[cfg(feature = "otlp")]
pub(crate) const TIMEOUTS: Timeouts =
    Timeouts { connect: Duration::from_secs(3), answer: Duration::from_secs(10) };
/// Where a collector takes spans (OTLP over HTTP).
const PATH: &str = "/v1/traces";

/// The traces of a service or of a relay.
#[derive(Args, Clone, Debug)]
pub(crate) struct TraceArgs {
    /// The address of an OpenTelemetry collector that takes spans by OTLP over HTTP, such as http://127.0.0.1:4318; https, or
    /// http to this machine
    #[arg(
        long = "otlp-endpoint",
        env = "CLIENTS_OTLP_ENDPOINT",
        value_name = "ADDRESS",
        hide_env_values = true
    )]
    pub(crate) endpoint: Option<String>,

    /// Whether the address may be http on another machine, where the network protects the traffic
    #[arg(long = "otlp-plain-http", env = "CLIENTS_OTLP_PLAIN_HTTP", value_enum, default_value_t = Switch::Off)]
    pub(crate) plain_http: Switch,

    /// The share of traces that are sent, in percent from 0 to 100, of those whose caller does not decide it
    #[arg(long = "otlp-sample", env = "CLIENTS_OTLP_SAMPLE", value_name = "PERCENT", default_value_t = 1.0)]
    pub(crate) sample: f64,

    /// Whether a caller decides if its trace is recorded, by the header traceparent; on behind a proxy that removes the header of
    /// strangers
    #[arg(long, env = "CLIENTS_TRUST_TRACEPARENT", value_enum, default_value_t = Switch::Off)]
    pub(crate) trust_traceparent: Switch,
}

/// Where spans are sent, and how many.
#[derive(Clone, Debug)]
#[cfg_attr(not(feature = "otlp"), expect(dead_code, reason = "without the feature the settings are refused"))]
pub(crate) struct TraceSettings {
    pub(crate) address: Address,
    /// From 0 to 1.
    pub(crate) share: f64,
    /// Whether a caller decides if its trace is recorded.
    pub(crate) trusts_callers: bool,
}

/// The settings of traces; none without a collector.
pub(crate) fn traces(arguments: &TraceArgs) -> Result<Option<TraceSettings>, SettingsError> {
    let share = arguments.sample / 100.0;
    if !(0.0..=1.0).contains(&share) {
        return Err(SettingsError("--otlp-sample must be a number from 0 to 100".to_owned()));
    }
    let Some(text) = non_empty(arguments.endpoint.as_deref()) else {
        let settings = [("--otlp-plain-http", arguments.plain_http == Switch::On)];
        return refuse_without("--otlp-endpoint", &settings).map(|()| None);
    };
    if text.contains(['@', '?', '#']) {
        let sentence = "--otlp-endpoint is an address without user, password and parameters; a key belongs into \
            OTEL_EXPORTER_OTLP_HEADERS";
        return Err(SettingsError(sentence.to_owned()));
    }
    let is_plain = arguments.plain_http == Switch::On;
    let parse = if is_plain { Address::parse_plain } else { Address::parse };
    let address = parse(&with_path(text));
    let address = address.map_err(|error| SettingsError(format!("--otlp-endpoint {error}")))?;
    let trusts_callers = arguments.trust_traceparent == Switch::On;
    Ok(Some(TraceSettings { address, share, trusts_callers }))
}

/// The address with the path of spans, which may be a part of it already.
fn with_path(text: &str) -> String {
    let base = text.trim_end_matches('/');
    if base.ends_with(PATH) { base.to_owned() } else { format!("{base}{PATH}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(endpoint: &str, plain: Switch, sample: f64) -> Result<Option<TraceSettings>, SettingsError> {
        let trust_traceparent = Switch::Off;
        traces(&TraceArgs {
            endpoint: Some(endpoint.to_owned()),
            plain_http: plain,
            sample,
            trust_traceparent,
        })
    }

    #[test]
    fn collector_is_https_or_on_this_machine_and_its_path_is_added() {
        let url = |endpoint: &str, plain| {
            let settings = settings(endpoint, plain, 1.0).unwrap().unwrap();
            settings.address.url().to_string()
        };
        assert_eq!(url("http://127.0.0.1:4318", Switch::Off), "http://127.0.0.1:4318/v1/traces");
        assert_eq!(url("https://otel.example/base/", Switch::Off), "https://otel.example/base/v1/traces");
        assert_eq!(url("http://collector:4318/v1/traces", Switch::On), "http://collector:4318/v1/traces");
        assert!(settings(" ", Switch::Off, 1.0).unwrap().is_none());
        for wrong in [
            "http://collector:4318",
            "collector:4318",
            "ftp://collector",
            "https://user:key@collector",
            "https://collector/?key=k",
        ] {
            let error = settings(wrong, Switch::Off, 1.0).unwrap_err().to_string();
            assert!(error.starts_with("--otlp-endpoint ") && !error.contains("collector"), "{error}");
        }
    }

    #[test]
    fn share_is_a_percentage() {
        let share = |sample| settings("http://127.0.0.1:1", Switch::Off, sample);
        for (sample, expected) in [(0.0, 0.0), (1.0, 0.01), (100.0, 1.0)] {
            assert!((share(sample).unwrap().unwrap().share - expected).abs() < 1e-9);
        }
        for wrong in [-1.0, 100.5, f64::NAN, f64::INFINITY] {
            assert!(share(wrong).is_err(), "{wrong}");
        }
    }
}
