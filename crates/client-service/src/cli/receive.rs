//! `client-service receive`: a webhook for development, which verifies deliveries and prints them.

use std::net::SocketAddr;
use std::sync::Arc;

use clap::Args;
use clients_testkit::{Delivery, WebhookReceiver};
use signed_http::SigningSecrets;

use crate::config::error::SettingsError;
use crate::config::listen;
use crate::config::log::LogFormat;
use crate::config::secret::Secret;
use crate::exit::ExitError;
use crate::system::SystemClock;
use crate::wiring::listener;
use crate::{runtime, shutdown, stdout, telemetry};

#[derive(Args, Debug)]
pub(crate) struct ReceiveArgs {
    /// The secret that signs messages, whsec_…: the one that serve has as --webhook-secret
    #[arg(long, env = "CLIENTS_WEBHOOK_SECRET", value_name = "SECRETS", hide_env_values = true)]
    secret: Option<String>,

    /// The same from a file
    #[arg(long, env = "CLIENTS_WEBHOOK_SECRET_FILE", value_name = "FILE")]
    secret_file: Option<String>,

    /// Where to listen on this machine; port 0 lets the system choose
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8090")]
    listen: String,

    /// The status that verified deliveries are answered with, such as 503 to see them repeated; others get 401
    #[arg(long, value_name = "STATUS", default_value_t = 204, value_parser = clap::value_parser!(u16).range(200..=599))]
    answer: u16,
}

/// Receives deliveries until a signal stops the process.
pub(crate) fn run(arguments: &ReceiveArgs) -> Result<(), ExitError> {
    let secret = Secret {
        flag: "--secret",
        value: arguments.secret.as_deref(),
        file: arguments.secret_file.as_deref(),
    };
    let text = secret.read()?.ok_or_else(|| {
        SettingsError("give --secret or CLIENTS_WEBHOOK_SECRET: the secret that signs messages".to_owned())
    })?;
    let wrong = |problem: String| SettingsError(format!("{} {problem}", secret.subject()));
    let secrets = SigningSecrets::parse(&text).map_err(|error| wrong(error.to_string()))?;
    let addresses = listen::listen(&arguments.listen)?;
    listen::this_machine_only(
        &addresses,
        "deliveries are received from this machine only; give 127.0.0.1 or [::1]",
    )?;
    let status =
        arguments.answer.try_into().map_err(|_| SettingsError("--answer: no such status".to_owned()))?;
    telemetry::start(LogFormat::Text)?;
    runtime::run_to_end(runtime::start_until_stopped()?, async {
        let stop = shutdown::on_signal()?;
        let listener = listener::listen("--listen", &arguments.listen, &addresses)?;
        let address = listener.local_addr().map_err(|error| failed(&error))?;
        stdout::print(&first_line(address));
        let receiver = WebhookReceiver::new(secrets, Arc::new(SystemClock)).answering(status);
        let served = receiver.serve(listener, |delivery| stdout::print(&shown(&delivery)), stop).await;
        served.map_err(|error| failed(&error))
    })
}

fn failed(error: &std::io::Error) -> ExitError {
    ExitError::Failed(error.to_string())
}

fn first_line(address: SocketAddr) -> String {
    format!("Receiving deliveries. Start the service with --webhook http://{address}/\n")
}

/// One line of the verdict, and the event. Events hold no personal data.
fn shown(delivery: &Delivery) -> String {
    match delivery.verified {
        Ok(()) => format!("verified {}\n{:#}\n", printable(&delivery.id), delivery.event),
        // What is not from the service is not printed: nothing is known of it.
        Err(why) => format!("REFUSED {}: {why}\n", printable(&delivery.id)),
    }
}

/// An id that a stranger may have chosen, without characters that a terminal obeys.
fn printable(id: &str) -> String {
    id.chars().filter(char::is_ascii_graphic).take(64).collect()
}
