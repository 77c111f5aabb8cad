//! The connection to a service.

use std::time::Duration;

use clap::Args;
use client_wire::find_operation;
use client_wire::spec::OperationKind;
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, IF_MATCH, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Body, Certificate, Client, ClientBuilder, Method, RequestBuilder, Response, Url};
use serde_json::{Value, json};
use signed_http::{Address, is_loopback};

use super::answer::Refusal;
use super::attempts::Attempts;
use super::body::bytes_of;
use super::command::CommandArgs;
use super::output::Output;
use super::sign_in::{self, PersonName};
use crate::config::error::SettingsError;
use crate::config::value::non_empty;
use crate::exit::{ExitError, FailureClass};
use crate::system::random_secret;

const CONNECT: Duration = Duration::from_secs(10);
/// How long a service may be silent. It answers within its own time limit, which is shorter.
const SILENCE: Duration = Duration::from_secs(100);
/// How long a file may take to be sent and answered. The service waits five minutes for its bytes, and then as long as for any
/// request; nothing is read in all this time, so the limit of silence does not fit.
const UPLOAD: Duration = Duration::from_mins(15);
/// The same for an export: the service waits five minutes for the storage, which may sort every client before the first one comes.
const EXPORT_SILENCE: Duration = Duration::from_mins(6);

/// Which service is asked, and as whom.
#[derive(Args, Debug)]
pub(crate) struct ConnectionArgs {
    /// The address of the service: https, or http on this machine
    #[arg(
        long,
        env = "CLIENTS_URL",
        value_name = "ADDRESS",
        default_value = "http://127.0.0.1:8080",
        global = true
    )]
    pub(super) url: String,

    /// The file with the token of the caller; the variable CLIENTS_TOKEN may hold the token itself
    #[arg(long, env = "CLIENTS_TOKEN_FILE", value_name = "FILE", global = true)]
    pub(super) token_file: Option<String>,

    /// For development: be this person of a service on this machine, with the development key in its data folder
    #[arg(long = "as", value_enum, value_name = "PERSON", global = true)]
    pub(super) person: Option<PersonName>,

    /// The data folder with that key; clients-data by default
    #[arg(long, env = "CLIENTS_DATA", value_name = "FOLDER", global = true)]
    pub(super) data: Option<String>,

    /// Certificates of authorities that are trusted besides those of the system, as a PEM file
    #[arg(long, env = "CLIENTS_CA_FILE", value_name = "FILE", global = true)]
    pub(super) ca_file: Option<String>,

    /// What is printed
    #[arg(long, value_enum, default_value_t = Output::Table, global = true)]
    pub(crate) output: Output,
}

/// A service, and the token of the caller.
pub(crate) struct Connection {
    client: Client,
    base: Url,
    authorities: Vec<Certificate>,
    token: String,
}

/// What a sent request has become.
pub(super) enum Sent {
    Done(Response),
    Refused(Refusal),
    Failed(ExitError),
}

impl Connection {
    /// A connection with these settings. Nothing is sent yet.
    pub(crate) fn new(arguments: &ConnectionArgs) -> Result<Self, ExitError> {
        Self::with_silence(arguments, SILENCE)
    }

    fn with_silence(arguments: &ConnectionArgs, silence: Duration) -> Result<Self, ExitError> {
        let address =
            Address::parse(arguments.url.trim()).map_err(|error| SettingsError(format!("--url {error}")))?;
        let token = sign_in::token(
            arguments.token_file.as_deref(),
            arguments.person,
            arguments.data.as_deref(),
            address.is_loopback(),
        )?;
        let authorities = authorities(non_empty(arguments.ca_file.as_deref()))?;
        let base = address.url();
        let client = built(client_for(&base, &authorities).read_timeout(silence))?;
        Ok(Self { client, base, authorities, token })
    }

    /// The data of the answer to a query, which is repeated while the service cannot answer it.
    pub(crate) async fn ask(&self, query: &str, data: Value) -> Result<Value, ExitError> {
        self.operation(query, data, &CommandArgs::default(), None).await
    }

    /// The data of the answer to a command. It is repeated under one key, so it is done once.
    pub(crate) async fn give(
        &self,
        command: &str,
        data: Value,
        how: &CommandArgs,
    ) -> Result<Value, ExitError> {
        let made = || random_secret().split_off(32);
        let key = how.idempotency_key.clone().unwrap_or_else(made);
        let given = self.operation(command, data, how, Some(&key)).await;
        given.map_err(|error| match error {
            ExitError::Answered { class: FailureClass::Unavailable, sentence } if how.idempotency_key.is_none() => {
                let sentence = format!("{sentence} (to find out whether it was done, and do it if it was not: --idempotency-key {key})");
                ExitError::Answered { class: FailureClass::Unavailable, sentence }
            }
            other => other,
        })
    }

    /// The same for a command that is done once without a key, because its result follows from what it says.
    pub(crate) async fn give_once(
        &self,
        command: &str,
        data: Value,
        key: Option<&str>,
    ) -> Result<Value, ExitError> {
        self.operation(command, data, &CommandArgs::default(), key).await
    }

    async fn operation(
        &self,
        name: &str,
        data: Value,
        how: &CommandArgs,
        key: Option<&str>,
    ) -> Result<Value, ExitError> {
        let kind = find_operation(name).map_or(OperationKind::Query, |spec| spec.kind);
        let mut body = json!({ kind.name_member(): name, "data": data });
        if how.dry_run
            && let Some(members) = body.as_object_mut()
        {
            members.insert("dryRun".to_owned(), true.into());
        }
        let body = body.to_string();
        let request = || {
            let mut request =
                self.request(Method::POST, kind.path()).header(CONTENT_TYPE, "application/json");
            if let Some(key) = key.filter(|_| kind == OperationKind::Command) {
                request = request.header("Idempotency-Key", key);
            }
            if let Some(version) = how.if_version {
                request = request.header(IF_MATCH, format!("\"{version}\""));
            }
            request.body(body.clone())
        };
        data_of(self.repeated(request).await?).await
    }

    /// The answer to a request for a file.
    pub(crate) async fn get(&self, path: &str) -> Result<Response, ExitError> {
        self.repeated(|| self.request(Method::GET, path)).await
    }

    /// The file that answers a request with data, which may take a while to begin.
    pub(crate) async fn export(&self, path: &str, data: &Value) -> Result<Response, ExitError> {
        let client = built(client_for(&self.base, &self.authorities).read_timeout(EXPORT_SILENCE))?;
        let body = data.to_string();
        let request = || {
            let request = self.request_of(&client, Method::POST, path);
            request.header(CONTENT_TYPE, "application/json").body(body.clone())
        };
        self.repeated(request).await
    }

    /// The data of the answer to a file that is sent. It is not repeated, because it is read while it is sent.
    pub(crate) async fn put(
        &self,
        path: &str,
        length: u64,
        media_type: &str,
        body: Body,
    ) -> Result<Value, ExitError> {
        let client = built(client_for(&self.base, &self.authorities).timeout(UPLOAD))?;
        let request = self.request_of(&client, Method::PUT, path);
        let request = request.header(CONTENT_LENGTH, length).header(CONTENT_TYPE, media_type);
        match self.send(request.body(body)).await {
            Sent::Done(answer) => data_of(answer).await,
            Sent::Refused(refusal) => Err(refusal.into()),
            Sent::Failed(error) => Err(error),
        }
    }

    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.request_of(&self.client, method, path)
    }

    fn request_of(&self, client: &Client, method: Method, path: &str) -> RequestBuilder {
        let mut address = self.base.clone();
        address.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        client.request(method, address).bearer_auth(&self.token)
    }

    /// The answer to a request that can be sent again.
    async fn repeated(&self, request: impl Fn() -> RequestBuilder) -> Result<Response, ExitError> {
        let mut attempts = Attempts::default();
        loop {
            let (wait, error) = match self.send(request()).await {
                Sent::Done(answer) => return Ok(answer),
                Sent::Refused(refusal) if !refusal.is_passing() => return Err(refusal.into()),
                Sent::Refused(refusal) => (attempts.next(refusal.retry_after), refusal.into()),
                Sent::Failed(error @ ExitError::Usage(_)) => return Err(error),
                Sent::Failed(error) => (attempts.next(None), error),
            };
            match wait {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return Err(error),
            }
        }
    }

    pub(super) async fn send(&self, request: RequestBuilder) -> Sent {
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(error) if error.is_builder() => return Sent::Failed(unsendable()),
            Err(error) => return Sent::Failed(self.silent(&error)),
        };
        if answer.status() == 200 {
            return Sent::Done(answer);
        }
        let retry_after =
            answer.headers().get(RETRY_AFTER).and_then(|seconds| seconds.to_str().ok()?.parse().ok());
        let status = answer.status().as_u16();
        let body = bytes_of(answer).await.unwrap_or_default();
        Sent::Refused(Refusal::read(status, retry_after, &body))
    }

    /// A service that does not answer.
    fn silent(&self, error: &reqwest::Error) -> ExitError {
        let host = self.base.host_str().unwrap_or_default();
        let port = self.base.port_or_known_default().unwrap_or_default();
        let what = if error.is_timeout() { "did not answer in time" } else { "does not answer" };
        let sentence = format!("the service at {host}:{port} {what}: {}", cause(error));
        ExitError::Answered { class: FailureClass::Unavailable, sentence }
    }
}

/// A client without a limit of time for answers.
fn client_for(base: &Url, authorities: &[Certificate]) -> ClientBuilder {
    let client = Client::builder().redirect(Policy::none()).connect_timeout(CONNECT);
    let is_here = base.host_str().is_some_and(is_loopback);
    let client = if is_here { client.no_proxy() } else { client };
    client.tls_certs_merge(authorities.to_vec())
}

fn built(client: ClientBuilder) -> Result<Client, ExitError> {
    client.build().map_err(|_| ExitError::Failed("TLS is not available".to_owned()))
}

/// The first cause of an error, which names no address.
fn cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    super::visible::line(&cause.to_string())
}

/// A request that was not sent: a header cannot hold what it was given.
fn unsendable() -> ExitError {
    let sentence =
        "an argument holds a character that a request cannot have, such as a line break in --idempotency-key";
    SettingsError(sentence.to_owned()).into()
}

async fn data_of(answer: Response) -> Result<Value, ExitError> {
    let foreign =
        || ExitError::Failed("the answer is not one of this service; is --url its address?".to_owned());
    let body = bytes_of(answer).await?;
    let envelope: Value = serde_json::from_slice(&body).map_err(|_| foreign())?;
    envelope.get("data").cloned().ok_or_else(foreign)
}

fn authorities(file: Option<&str>) -> Result<Vec<Certificate>, SettingsError> {
    let Some(file) = file else { return Ok(Vec::new()) };
    let refused = |what: &str| SettingsError(format!("--ca-file: the file {file} {what}"));
    let text = std::fs::read(file).map_err(|error| refused(&format!("cannot be read: {error}")))?;
    let found = Certificate::from_pem_bundle(&text).unwrap_or_default();
    if found.is_empty() { Err(refused("holds no certificate in PEM form")) } else { Ok(found) }
}

#[cfg(test)]
mod tests {
    use super::super::scripted_service::{ScriptedService, connection};
    use super::*;

    const DATA: &str = "{\"data\": {}}";

    #[tokio::test]
    async fn file_may_be_sent_for_longer_than_a_service_may_be_silent() {
        let pause = Duration::from_millis(300);
        let service = ScriptedService::start(pause, &[(200, DATA), (200, DATA)]);
        let connection = connection(&service, |arguments| {
            Connection::with_silence(arguments, Duration::from_millis(50)).unwrap()
        });
        assert_eq!(connection.put("/", 1, "text/csv", Body::from("x")).await.unwrap(), json!({}));
        let silent = connection.send(connection.request(Method::GET, "/")).await;
        assert!(matches!(silent, Sent::Failed(ExitError::Answered { class: FailureClass::Unavailable, .. })));
    }

    #[tokio::test]
    async fn request_that_cannot_be_made_is_a_wrong_call() {
        let service = ScriptedService::start(Duration::ZERO, &[]);
        let connection = connection(&service, |arguments| Connection::new(arguments).unwrap());
        let how = CommandArgs::under(Some("two\nlines".to_owned()));
        let refused = connection.give("StopBatchCommand", json!({}), &how).await.unwrap_err();
        assert!(refused.code() == 2 && !refused.sentence().contains("lines"), "{refused:?}");
    }
}
