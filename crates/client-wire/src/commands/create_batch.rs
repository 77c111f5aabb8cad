use client_app::batch::{BatchForm, BatchFormat, ColumnMapping};
use client_app::commands::AnnounceBatch;
use client_app::{Clients, RequestContext};
use client_domain::kyc::Sha256;
use client_domain::{Invalid, Permission};
use serde_json::Value;

use super::batch::moved;
use super::standalone::{StandaloneOperation, perform};
use crate::code::Code;
use crate::failure::{Failure, Item};
use crate::form::Form;
use crate::reply::Reply;
use crate::shape;
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape};

/// By name: clients that are generated from the description make a constant of each choice.
const DELIMITERS: &[&str] = &["comma", "semicolon", "pipe", "tab"];
const NAME: Shape = Shape::Text { min: 1, max: 100 };

const MAPPING: &[FieldSpec] = &[
    FieldSpec::required("column", NAME, "The name of the column in the head of the file."),
    FieldSpec::optional(
        "member",
        NAME,
        "The member of the command that it holds, or ifMatch; null leaves the column out.",
    ),
];

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "CreateBatchCommand",
    kind: OperationKind::Command,
    about: "Creates a batch of commands, whose file is sent next. The same file of the same caller is the same batch, unless \
         an Idempotency-Key is sent. Sending the file needs the permissions of its rows and customers.read, because checking a \
         row reveals as much as a query.",
    permission: Some(Permission::Batches),
    fields: &[
        FieldSpec::required(
            "format",
            Shape::Choice(shape::FILE_FORMATS),
            "csv (RFC 4180, UTF-8), ndjson (a command on each line), or xlsx (a workbook with one table).",
        ),
        FieldSpec::required("contentSha256", shape::SHA256, "The SHA-256 of the file, which is sent next."),
        FieldSpec::optional(
            "commandName",
            NAME,
            "The command of every row of a CSV file or a workbook, whose columns are named as its members; a column ifMatch holds the \
             version of the client that was seen. Absent for NDJSON.",
        ),
        FieldSpec::optional(
            "delimiter",
            Shape::Choice(DELIMITERS),
            "The character between two cells of a CSV file; a comma by default.",
        ),
        FieldSpec::optional(
            "mapping",
            Shape::List { of: &Shape::Object(MAPPING), max: 200 },
            "The columns that are not named as a member; absent for NDJSON. Names that begin with _ are left out by themselves.",
        ),
    ],
    reply: super::batch::REPLY,
    refusals: &[],
    example: r#"{
        "format": "csv", "commandName": "CreateContactCommand", "delimiter": "semicolon",
        "contentSha256": "3f79bb7b435b05321651daefd374cdc681dc06faa65e374e38337b88ca046dea",
        "mapping": [{ "column": "Surname", "member": "lastName" }, { "column": "Comment" }]
    }"#,
};

pub(crate) static OPERATION: StandaloneOperation = StandaloneOperation {
    spec: &SPEC,
    perform: |clients, form, context| Box::pin(create(clients, form, context)),
};

async fn create(clients: &Clients, mut form: Form<'_>, context: &RequestContext) -> Result<Reply, Failure> {
    let command = read(&mut form);
    let command = form.finish(command)?;
    perform(clients, context, command, "Batch created successfully.", moved).await
}

fn read(form: &mut Form<'_>) -> Option<AnnounceBatch> {
    let format = form.required("format", |raw| {
        BatchFormat::parse(raw).ok_or(Invalid::Choice { choices: shape::FILE_FORMATS })
    });
    let sha256 = form.required("contentSha256", Sha256::parse);
    let command = form.optional("commandName", |raw| Ok(raw.to_owned()));
    let delimiter = form.optional("delimiter", |raw| match raw {
        "comma" => Ok(b','),
        "semicolon" => Ok(b';'),
        "pipe" => Ok(b'|'),
        "tab" => Ok(b'\t'),
        _ => Err(Invalid::Choice { choices: DELIMITERS }),
    });
    let mapping = form.list("mapping", 200, |form, path, value| mapping(form, path, value));
    let format = format?;
    match format {
        BatchFormat::Csv | BatchFormat::Xlsx => {
            if form.is_absent("commandName") {
                let message = "The rows of a CSV file or a workbook are one command; name it.";
                form.fail("commandName", Item::new(Code::Required, message));
            }
            if format == BatchFormat::Xlsx && !form.is_absent("delimiter") {
                let message = "A workbook has no delimiter; leave it out.";
                form.fail("delimiter", Item::new(Code::UnknownMember, message));
            }
        }
        BatchFormat::NdJson => {
            for name in ["commandName", "delimiter", "mapping"] {
                if !form.is_absent(name) {
                    let message = "NDJSON takes no such member: each line names its command and its members.";
                    form.fail(name, Item::new(Code::UnknownMember, message));
                }
            }
        }
    }
    let form = BatchForm {
        format,
        command,
        delimiter: delimiter.unwrap_or(b','),
        mapping: mapping.unwrap_or_default(),
    };
    Some(AnnounceBatch { form, sha256: sha256? })
}

fn mapping(form: &mut Form<'_>, path: &str, value: &Value) -> Option<ColumnMapping> {
    let Some(members) = value.as_object() else { return form.wrong_type(path, "an object") };
    let mut inner = Form::within(form.path_of(path), MAPPING, members);
    let name = |raw: &str| {
        let length = raw.chars().count();
        if (1..=100).contains(&length) { Ok(raw.to_owned()) } else { Err(Invalid::TooLong { max: 100 }) }
    };
    let column = inner.required("column", name);
    let member = inner.optional("member", name);
    form.extend(inner.into_items());
    Some(ColumnMapping { column: column?, member })
}
