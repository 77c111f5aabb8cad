//! `client-service documents`: documents of clients and their files, over HTTP.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::{Args, Subcommand};
use client_app::MAX_CONTENT;
use client_domain::kyc::DocumentKind;
use reqwest::Body;
use serde_json::{Value, json};

use crate::calls::connection::{Connection, ConnectionArgs};
use crate::calls::output::Output;
use crate::calls::request::{add, path_of, text_of, without_nothing};
use crate::calls::{CommandArgs, Download, ReasonArgs};
use crate::config::error::SettingsError;
use crate::exit::ExitError;
use crate::runtime;

const COLUMNS: &[&str] =
    &["identityId", "identityTypeDesc", "idNumber", "verificationStatusDesc", "expiryDate", "isExpired"];

const REQUESTED: &[&str] = &["identityType", "identityTypeDesc", "requestedBy", "requestDate", "notes"];

#[derive(Args, Debug)]
pub(crate) struct DocumentsArgs {
    #[command(flatten)]
    connection: ConnectionArgs,
    #[command(subcommand)]
    command: DocumentsCommand,
}

#[derive(Subcommand, Debug)]
enum DocumentsCommand {
    /// List the documents of a client
    List {
        /// The key of the client, or its customer number
        client: String,
    },
    /// List the documents that a client was asked for and has not submitted since
    Requested {
        /// The key of the client, or its customer number
        client: String,
    },
    /// Get the file of a document
    Get {
        /// The id of the document
        document: String,
        #[command(flatten)]
        to: Download,
    },
    /// Submit a document with its file
    Put(PutArgs),
    /// Replace the file of a document that waits for its review
    Replace {
        /// The id of the document
        document: String,
        /// The file
        file: PathBuf,
    },
    /// Approve a document
    Approve {
        #[command(flatten)]
        document: DocumentArgs,
        /// Notes for the history
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
    },
    /// Reject a document
    Reject {
        #[command(flatten)]
        document: DocumentArgs,
        #[command(flatten)]
        why: ReasonArgs,
    },
}

#[derive(Args, Debug)]
struct PutArgs {
    /// The key of the client, or its customer number
    client: String,
    /// The file: JPEG, PNG or PDF
    file: PathBuf,
    /// The type of the document, by its name or its number
    #[arg(long = "type", value_name = "TYPE")]
    kind: String,
    /// The number on the document: @FILE or - for standard input, or itself, which other accounts of the machine can see
    #[arg(long, value_name = "NUMBER")]
    number: String,
    /// Who has issued it
    #[arg(long, value_name = "TEXT")]
    authority: Option<String>,
    /// When it was issued
    #[arg(long, value_name = "DAY")]
    issued: Option<String>,
    /// When it expires
    #[arg(long, value_name = "DAY")]
    expires: Option<String>,
    #[command(flatten)]
    how: CommandArgs,
}

#[derive(Args, Debug)]
struct DocumentArgs {
    /// The id of the document
    document: String,
    /// Refuse the review if the document has another file by now than the one with this SHA-256
    #[arg(long, value_name = "SHA256")]
    seen: Option<String>,
    #[command(flatten)]
    how: CommandArgs,
}

/// Runs the command, and returns what it prints.
pub(crate) fn run(arguments: &DocumentsArgs) -> Result<String, ExitError> {
    let connection = Connection::new(&arguments.connection)?;
    let output = arguments.connection.output;
    runtime::run_to_end(runtime::start()?, perform(&connection, &arguments.command, output))
}

async fn perform(
    connection: &Connection,
    command: &DocumentsCommand,
    output: Output,
) -> Result<String, ExitError> {
    let done = match command {
        DocumentsCommand::List { client } => {
            let data = json!({ "contactEncodedKey": client });
            let found = connection.ask("GetCustomerIdentityDetailsQuery", data).await?;
            let documents = found.get("documents").and_then(Value::as_array).cloned().unwrap_or_default();
            return Ok(output.list(&documents, COLUMNS));
        }
        DocumentsCommand::Requested { client } => {
            let data = json!({ "contactEncodedKey": client });
            let found = connection.ask("GetCustomerKycInformationQuery", data).await?;
            let open = found.get("requestedDocuments").and_then(Value::as_array).cloned();
            return Ok(output.list(&open.unwrap_or_default(), REQUESTED));
        }
        DocumentsCommand::Get { document, to } => {
            to.check()?;
            to.write(connection.get(&content_of(document)?).await?).await?;
            return Ok(String::new());
        }
        DocumentsCommand::Put(put) => put.give(connection).await?,
        DocumentsCommand::Replace { document, file } => {
            let bytes = content(file)?;
            let length = bytes.len() as u64;
            connection.put(&content_of(document)?, length, media_type(file)?, Body::from(bytes)).await?
        }
        DocumentsCommand::Approve { document, note } => {
            document.give(connection, "ApproveIdentityDocumentCommand", json!({ "comment": note })).await?
        }
        DocumentsCommand::Reject { document, why } => {
            let data = json!({ "comment": why.reason, "reasonCode": why.reason_code });
            document.give(connection, "RejectIdentityDocumentCommand", data).await?
        }
    };
    Ok(output.object(&done))
}

impl PutArgs {
    async fn give(&self, connection: &Connection) -> Result<Value, ExitError> {
        let extension = self.file.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        let data = json!({
            "contactEncodedKey": self.client,
            "identityType": kind(&self.kind)?,
            "idNumber": text_of("--number", &self.number)?,
            "issuingAuthority": self.authority,
            "issueDate": self.issued,
            "expiryDate": self.expires,
            "docExtension": format!(".{}", extension.to_lowercase()),
            "base64Doc": STANDARD.encode(content(&self.file)?),
        });
        connection.give("CreateIdentityDocumentCommand", without_nothing(data), &self.how).await
    }
}

impl DocumentArgs {
    async fn give(
        &self,
        connection: &Connection,
        command: &str,
        mut data: Value,
    ) -> Result<Value, ExitError> {
        add(&mut data, "identityId", self.document.as_str());
        add(&mut data, "contentSha256", self.seen.clone());
        connection.give(command, without_nothing(data), &self.how).await
    }
}

/// The number of a type of document.
fn kind(text: &str) -> Result<u8, SettingsError> {
    let is_named = |kind: &DocumentKind| {
        kind.name().eq_ignore_ascii_case(text.trim()) || kind.number().to_string() == text
    };
    let found = DocumentKind::ALL.into_iter().find(is_named);
    found.map(DocumentKind::number).ok_or_else(|| {
        let names = DocumentKind::ALL.map(DocumentKind::name).join(", ");
        SettingsError(format!("--type must be one of: {names}"))
    })
}

fn content_of(document: &str) -> Result<String, SettingsError> {
    path_of("documents", document, "content")
}

/// The bytes of a file that the service may take.
fn content(file: &Path) -> Result<Vec<u8>, SettingsError> {
    let refused = |what: &str| SettingsError(format!("the file {} {what}", file.display()));
    let mut bytes = Vec::new();
    let read = File::open(file).and_then(|file| file.take(MAX_CONTENT + 1).read_to_end(&mut bytes));
    read.map_err(|error| refused(&format!("cannot be read: {}", error.kind())))?;
    if bytes.len() as u64 > MAX_CONTENT {
        return Err(refused(&format!("is longer than {} MiB", MAX_CONTENT / 1024 / 1024)));
    }
    Ok(bytes)
}

fn media_type(file: &Path) -> Result<&'static str, SettingsError> {
    let extension = file.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    match extension.to_lowercase().as_str() {
        "png" => Ok("image/png"),
        "jpg" | "jpeg" => Ok("image/jpeg"),
        "pdf" => Ok("application/pdf"),
        _ => Err(SettingsError("the name of the file must end in .jpg, .jpeg, .png or .pdf".to_owned())),
    }
}
