//! `client-service health`: asks a service that runs on this machine whether it is ready, for images without another HTTP
//! client.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use clap::Args;
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client};
use signed_http::{Address, Timeouts};

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

    /// The certificate of a service that speaks TLS, as serve has it: it is trusted, or what it was issued by if the file holds
    /// that as well
    #[arg(long, env = "CLIENTS_TLS_CERTIFICATE", value_name = "FILE")]
    tls_certificate: Option<String>,

    /// Certificates of the authorities that are trusted instead, as a PEM file
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

/// The certificates that a service is trusted by, if it speaks TLS.
fn trusted(arguments: &HealthArgs) -> Result<Option<Vec<Certificate>>, SettingsError> {
    let authorities = non_empty(arguments.ca_file.as_deref()).map(|file| ("--ca-file", file));
    let own = non_empty(arguments.tls_certificate.as_deref()).map(|file| ("--tls-certificate", file));
    let Some((flag, file)) = authorities.or(own) else { return Ok(None) };
    let found = Certificate::from_pem_bundle(port::read(flag, file)?.as_bytes()).unwrap_or_default();
    if found.is_empty() {
        return Err(SettingsError(format!("{flag}: the file {file} holds no certificate in PEM")));
    }
    Ok(Some(found))
}

async fn ask(address: SocketAddr, trusted: Option<Vec<Certificate>>) -> Result<String, ExitError> {
    let failed = |what: String| ExitError::Failed(format!("the service at {address} {what}"));
    let no_answer = if trusted.is_some() {
        "does not answer with a certificate that is trusted"
    } else {
        "does not answer"
    };
    let scheme = if trusted.is_some() { "https" } else { "http" };
    let url = Address::parse(&format!("{scheme}://{address}/readyz")).map_err(|_| {
        SettingsError("health asks a service on this machine: give 127.0.0.1, [::1] or localhost".to_owned())
    })?;
    let client = match trusted {
        Some(trusted) => client_that_trusts(trusted).map_err(|error| error.to_string()),
        None => signed_http::client(&url, TIMEOUTS).map_err(|error| error.to_string()),
    };
    let client = client.map_err(ExitError::Failed)?;
    let answer = client.get(url.url()).send().await.map_err(|_| failed(no_answer.to_owned()))?;
    let status = answer.status().as_u16();
    if status == 200 {
        return Ok("ready\n".to_owned());
    }
    let body = answer.bytes().await.unwrap_or_default();
    Err(failed(format!("is not ready: status {status}{}", messages(&body))))
}

/// A client for a service that is asked by its address on this machine, so its certificate may be for any name. Nothing is sent
/// that another service must not see.
fn client_that_trusts(trusted: Vec<Certificate>) -> reqwest::Result<Client> {
    let client = Client::builder().no_proxy().redirect(Policy::none());
    let client = client.connect_timeout(TIMEOUTS.connect).timeout(TIMEOUTS.answer);
    client.tls_certs_only(trusted).tls_danger_accept_invalid_hostnames(true).build()
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
