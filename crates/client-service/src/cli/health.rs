//! `client-service health`: asks a service that runs on this machine whether it is ready, for images without another HTTP
//! client.

mod trust;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use clap::Args;
use reqwest::Client;
use reqwest::redirect::Policy;
use signed_http::{Address, Timeouts};
use tokio_rustls::rustls::ClientConfig;

use crate::config::error::SettingsError;
use crate::config::value::non_empty;
use crate::config::{listen, port};
use crate::exit::ExitError;
use crate::runtime;

/// A check of readiness that writes a file may take longer than one that reads.
const TIMEOUTS: Timeouts = Timeouts { connect: Duration::from_secs(1), answer: Duration::from_secs(4) };

#[derive(Args, Debug)]
pub(crate) struct HealthArgs {
    /// The address that the service listens on; it is asked where there is no --admin-listen
    #[arg(long, env = "CLIENTS_LISTEN", value_name = "HOST:PORT", default_value = "127.0.0.1:8080")]
    listen: String,

    /// The address that serve or relay has for health, readiness and metrics
    #[arg(long, env = "CLIENTS_ADMIN_LISTEN", value_name = "ADDRESS:PORT")]
    admin_listen: Option<SocketAddr>,

    /// The certificate of a service that speaks TLS, as serve has it: the certificates of the file are trusted, and what they
    /// have issued
    #[arg(long, env = "CLIENTS_TLS_CERTIFICATE", value_name = "FILE")]
    tls_certificate: Option<String>,

    /// Certificates that are trusted instead, such as that of an authority, as a PEM file
    // Not by CLIENTS_CA_FILE, which says whom callers trust in the same environment.
    #[arg(long, value_name = "FILE")]
    ca_file: Option<String>,
}

/// Succeeds if the service answers that it is ready.
pub(crate) fn run(arguments: &HealthArgs) -> Result<String, ExitError> {
    let (address, trusted) = match arguments.admin_listen {
        // It never speaks TLS.
        Some(address) => (address, None),
        None => (*listen::listen(&arguments.listen)?.first().ok_or_else(no_address)?, trusted(arguments)?),
    };
    let address = on_this_machine(address);
    runtime::run_to_end(runtime::start()?, ask(address, trusted))
}

/// TLS with the certificates that a service is trusted by, if it speaks TLS.
fn trusted(arguments: &HealthArgs) -> Result<Option<ClientConfig>, SettingsError> {
    let authorities = non_empty(arguments.ca_file.as_deref()).map(|file| ("--ca-file", file));
    let own = non_empty(arguments.tls_certificate.as_deref()).map(|file| ("--tls-certificate", file));
    let Some((flag, file)) = authorities.or(own) else { return Ok(None) };
    let refused = |what: &str| SettingsError(format!("{flag}: the file {file} {what}"));
    let certificates = trust::certificates(&port::read(flag, file)?);
    let certificates = certificates.ok_or_else(|| refused("holds no certificate in PEM"))?;
    let configuration = trust::configuration(certificates);
    configuration.map(Some).ok_or_else(|| refused("holds a certificate that cannot be used"))
}

async fn ask(address: SocketAddr, trusted: Option<ClientConfig>) -> Result<String, ExitError> {
    let failed = |what: String| ExitError::Failed(format!("the service at {address} {what}"));
    let no_answer = if trusted.is_some() {
        "does not answer with a certificate that is trusted"
    } else {
        "does not answer"
    };
    let scheme = if trusted.is_some() { "https" } else { "http" };
    // It may listen on an address of its machine that is not the loopback. Nothing is sent that another machine must not see.
    let url = Address::parse_plain(&format!("{scheme}://{address}/readyz"));
    let url =
        url.map_err(|_| SettingsError(format!("{address} cannot be asked; give an address and a port")))?;
    let client = client(trusted).map_err(|error| ExitError::Failed(error.to_string()))?;
    let answer = client.get(url.url()).send().await.map_err(|_| failed(no_answer.to_owned()))?;
    let status = answer.status().as_u16();
    if status == 200 {
        return Ok("ready\n".to_owned());
    }
    let body = answer.bytes().await.unwrap_or_default();
    Err(failed(format!("is not ready: status {status}{}", messages(&body))))
}

/// A client that no proxy stands before: the service is on this machine.
fn client(trusted: Option<ClientConfig>) -> reqwest::Result<Client> {
    let client = Client::builder().no_proxy().redirect(Policy::none());
    let client = client.connect_timeout(TIMEOUTS.connect).timeout(TIMEOUTS.answer);
    match trusted {
        Some(trusted) => client.tls_backend_preconfigured(trusted).build(),
        None => client.build(),
    }
}

/// The messages of the checks that failed, for the log of the platform.
fn messages(body: &[u8]) -> String {
    let answer: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let errors = answer.get("errors").and_then(|errors| errors.as_array());
    let messages = errors.into_iter().flatten().filter_map(|error| error.get("message")?.as_str());
    messages.fold(String::new(), |mut text, message| {
        text.push_str("; ");
        text.push_str(message);
        text
    })
}

/// A service that listens on every address of its machine is asked on the loopback.
fn on_this_machine(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

fn no_address() -> SettingsError {
    SettingsError("--listen names a host without an address".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_of_the_machine_is_asked_on_the_loopback() {
        for (listens, asked) in [
            ("0.0.0.0:8080", "127.0.0.1:8080"),
            ("[::]:8080", "[::1]:8080"),
            ("127.0.0.1:9", "127.0.0.1:9"),
            ("10.1.2.3:9", "10.1.2.3:9"),
        ] {
            assert_eq!(on_this_machine(listens.parse().unwrap()).to_string(), asked);
        }
    }

    #[test]
    fn messages_of_failed_checks_are_told() {
        let body = br#"{"errors":[{"message":"one"},{"code":"x"},{"message":"two"}]}"#;
        assert_eq!(messages(body), "; one; two");
        assert_eq!(messages(b"no JSON"), "");
    }
}
