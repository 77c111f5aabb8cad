//! Sends the file of a batch.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::PathBuf;

use clap::Args;
use client_wire::WORKBOOK;
use reqwest::Body;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::watch::watch;
use crate::calls::connection::Connection;
use crate::calls::output::Output;
use crate::calls::request::{path_of, without_nothing};
use crate::calls::{Delimiter, Format, wire_name};
use crate::config::error::SettingsError;
use crate::exit::ExitError;

#[derive(Args, Debug)]
pub(super) struct PutArgs {
    /// The file
    file: PathBuf,
    /// The format of the file; by the end of its name by default
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// The command of all rows of a CSV file or a workbook, such as CreateContactCommand
    #[arg(long, value_name = "COMMAND")]
    command: Option<String>,
    /// The character between two cells of a CSV file; a comma by default
    #[arg(long, value_enum)]
    delimiter: Option<Delimiter>,
    /// A column with another name than its member, COLUMN=MEMBER, or COLUMN= for one that is left out; once for each
    #[arg(long, value_name = "COLUMN=MEMBER")]
    map: Vec<String>,
    /// Makes a batch of its own; without a key the same file is the same batch, however often it is sent
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
    /// Return when the file has arrived, without waiting for the check
    #[arg(long)]
    no_watch: bool,
}

impl PutArgs {
    pub(super) async fn send(&self, connection: &Connection, output: Output) -> Result<String, ExitError> {
        let data = without_nothing(self.data()?);
        let key = self.idempotency_key.as_deref();
        let created = connection.give_once("CreateBatchCommand", data, key).await?;
        let text = |name: &str| created.get(name).and_then(Value::as_str).unwrap_or_default();
        let (batch, state) = (text("batchId"), text("state"));
        // A file that has arrived before is not sent again.
        let received =
            if state == "announced" { self.content(connection, batch).await? } else { created.clone() };
        if self.no_watch { Ok(output.object(&received)) } else { watch(connection, batch, output).await }
    }

    async fn content(&self, connection: &Connection, batch: &str) -> Result<Value, ExitError> {
        let file = tokio::fs::File::open(&self.file).await.map_err(|error| self.unreadable(&error))?;
        let length = file.metadata().await.map_err(|error| self.unreadable(&error))?.len();
        let media_type = match self.format()? {
            Format::Csv => "text/csv",
            Format::Ndjson => "application/x-ndjson",
            Format::Xlsx => WORKBOOK,
        };
        connection.put(&path_of("batches", batch, "content")?, length, media_type, Body::from(file)).await
    }

    fn data(&self) -> Result<Value, SettingsError> {
        Ok(json!({
            "format": wire_name(self.format()?),
            "contentSha256": self.sha256()?,
            "commandName": self.command,
            "delimiter": self.delimiter.and_then(wire_name),
            "mapping": self.mapping()?,
        }))
    }

    fn format(&self) -> Result<Format, SettingsError> {
        let end = self.file.extension().and_then(|end| end.to_str()).unwrap_or_default().to_lowercase();
        let by_name = match end.as_str() {
            "csv" => Some(Format::Csv),
            "ndjson" | "jsonl" => Some(Format::Ndjson),
            "xlsx" => Some(Format::Xlsx),
            _ => None,
        };
        let unknown = || {
            let message = "give --format: the name of the file ends in none of .csv, .ndjson and .xlsx";
            SettingsError(message.to_owned())
        };
        self.format.or(by_name).ok_or_else(unknown)
    }

    fn mapping(&self) -> Result<Option<Value>, SettingsError> {
        let pair = |text: &String| match text.rsplit_once('=') {
            Some((column, "")) => Ok(json!({ "column": column })),
            Some((column, member)) => Ok(json!({ "column": column, "member": member })),
            None => Err(SettingsError("--map must be COLUMN=MEMBER".to_owned())),
        };
        let pairs = self.map.iter().map(pair).collect::<Result<Vec<_>, _>>()?;
        Ok((!pairs.is_empty()).then(|| pairs.into()))
    }

    /// The digest of the file, which is read as it is sent: in pieces.
    fn sha256(&self) -> Result<String, SettingsError> {
        let mut file = File::open(&self.file).map_err(|error| self.unreadable(&error))?;
        let (mut digest, mut piece) = (Sha256::new(), vec![0; 64 * 1024]);
        loop {
            let length = file.read(&mut piece).map_err(|error| self.unreadable(&error))?;
            if length == 0 {
                return Ok(client_domain::kyc::Sha256(digest.finalize().into()).to_string());
            }
            digest.update(piece.get(..length).unwrap_or_default());
        }
    }

    fn unreadable(&self, error: &io::Error) -> SettingsError {
        SettingsError(format!("the file {} cannot be read: {}", self.file.display(), error.kind()))
    }
}
