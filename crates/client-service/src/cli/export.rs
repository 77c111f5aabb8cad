//! `client-service export`: every client that a search finds as one file, over HTTP.

use clap::Args;
use client_wire::spec::EXPORT_PATH;
use reqwest::Response;
use serde_json::{Value, json};

use crate::calls::connection::{Connection, ConnectionArgs};
use crate::calls::request::{add, without_nothing};
use crate::calls::{Delimiter, Download, Format, SearchArgs, wire_name};
use crate::exit::ExitError;
use crate::runtime;

/// The headers that belong to the next incremental load and to the log of exports.
const HEADERS: [(&str, &str); 2] = [("exportId", "export-id"), ("changedSince", "export-changed-since")];
/// How the last line of a whole NDJSON file begins.
const END: &str = "{\"_end\":";

#[derive(Args, Debug)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    connection: ConnectionArgs,
    #[command(flatten)]
    search: SearchArgs,
    /// The format of the file
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,
    /// The character between two cells of CSV; a comma by default
    #[arg(long, value_enum)]
    delimiter: Option<Delimiter>,
    /// Only clients that have changed since this moment, which an earlier export has named
    #[arg(long, value_name = "MOMENT")]
    changed_since: Option<String>,
    #[command(flatten)]
    to: Download,
}

/// Writes the file, and returns what the next export needs to know, unless standard output has the file.
pub(crate) fn run(arguments: &ExportArgs) -> Result<String, ExitError> {
    let connection = Connection::new(&arguments.connection)?;
    arguments.to.check()?;
    let data = arguments.data()?;
    let to = match arguments.format {
        Format::Csv | Format::Xlsx => arguments.to.clone(),
        Format::Ndjson => arguments.to.up_to(END),
    };
    runtime::run_to_end(runtime::start()?, async {
        let answer = connection.export(EXPORT_PATH, &data).await?;
        let export = described(&answer);
        to.write(answer).await?;
        Ok(if to.is_named() { arguments.connection.output.object(&export) } else { String::new() })
    })
}

impl ExportArgs {
    fn data(&self) -> Result<Value, ExitError> {
        let mut data = self.search.data()?;
        add(&mut data, "format", wire_name(self.format));
        add(&mut data, "delimiter", self.delimiter.and_then(wire_name));
        add(&mut data, "changedSince", self.changed_since.clone());
        Ok(without_nothing(data))
    }
}

fn described(answer: &Response) -> Value {
    let text = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok());
    HEADERS.iter().map(|(member, header)| ((*member).to_owned(), json!(text(header)))).collect()
}
