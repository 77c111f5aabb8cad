use client_app::batch::{Batch, BatchForm};

use super::upload_fault::{column, file};
use crate::code::Code;
use crate::commands::operation::CommandOperation;
use crate::commands::{COMMANDS, create_address_information};
use crate::failure::Failure;
use crate::nearest::nearest;
use crate::spec::{FieldSpec, OperationSpec, Shape};

/// The command of this name, if a batch may hold it: one that changes a client and has no file, and whose result is not
/// reviewed by itself. An address keeps its submitter, and not the person who has confirmed the batch, who could review it.
pub(super) fn command(name: &str) -> Option<&'static CommandOperation> {
    let operation = COMMANDS.into_iter().find(|operation| operation.spec.name == name)?;
    let has_file = operation.spec.fields.iter().any(|field| matches!(field.shape, Shape::Base64 { .. }));
    let is_reviewed = name == create_address_information::OPERATION.spec.name;
    (!has_file && !is_reviewed).then_some(operation)
}

/// The names of the commands that a batch may hold.
///
/// ```
/// assert!(client_wire::batch_commands().any(|name| name == "CreateContactCommand"));
/// assert!(!client_wire::batch_commands().any(|name| name == "CreateIdentityDocumentCommand"));
/// ```
pub fn names() -> impl Iterator<Item = &'static str> + Clone {
    COMMANDS.into_iter().map(|operation| operation.spec.name).filter(|name| command(name).is_some())
}

/// The member beside the command with the version of the client that was seen, on a line of NDJSON and as a column of CSV.
pub(super) const VERSION: &str = "ifMatch";

/// What a column holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Column {
    /// A member of the command.
    Member(&'static FieldSpec),
    /// The version of the client that was seen.
    Version,
    /// Nothing of the command: its name begins with `_`, or the mapping leaves it out.
    LeftOut,
}

impl Column {
    fn holds_the_same_as(self, other: &Self) -> bool {
        match (self, other) {
            (Self::Member(one), Self::Member(other)) => one.name == other.name,
            (Self::Version, Self::Version) => true,
            _ => false,
        }
    }
}

/// Whether a cell can hold a member of this form: a single value, or a list of them.
const fn fits_a_cell(shape: &Shape) -> bool {
    match shape {
        Shape::List { of, .. } | Shape::SomeOf { of, .. } => is_single(of),
        single => is_single(single),
    }
}

const fn is_single(shape: &Shape) -> bool {
    !matches!(
        shape,
        Shape::List { .. }
            | Shape::SomeOf { .. }
            | Shape::Object(_)
            | Shape::Map { .. }
            | Shape::Either(_)
            | Shape::Base64 { .. }
            | Shape::Filters
            | Shape::Details
    )
}

/// Reads the head of a table.
pub(super) fn read(
    form: &BatchForm,
    spec: &'static OperationSpec,
    head: &[String],
) -> Result<Vec<Column>, Failure> {
    let mut columns: Vec<Column> = Vec::new();
    for name in head {
        let found = of(form, spec, name)?;
        if columns.iter().any(|other| found.holds_the_same_as(other)) {
            return Err(column(name, "This member has two columns; leave one of them out."));
        }
        columns.push(found);
    }
    let has_column = |field: &FieldSpec| {
        columns.iter().any(|column| matches!(column, Column::Member(one) if one.name == field.name))
    };
    match spec.fields.iter().find(|field| field.is_required() && !has_column(field)) {
        Some(missing) => Err(column(missing.name, "This member is mandatory and has no column.")),
        None if !columns.iter().any(|column| matches!(column, Column::Member(_))) => {
            Err(file("No column of the file holds a member of the command."))
        }
        None => Ok(columns),
    }
}

fn of(form: &BatchForm, spec: &'static OperationSpec, name: &str) -> Result<Column, Failure> {
    if name.starts_with('_') {
        return Ok(Column::LeftOut);
    }
    let mapped = form.mapping.iter().find(|mapping| mapping.column == name);
    let member = match mapped {
        Some(mapping) => match &mapping.member {
            Some(member) => member.as_str(),
            None => return Ok(Column::LeftOut),
        },
        None => name,
    };
    let takes_version = spec.refusals.contains(&Code::StaleVersion);
    if member == VERSION && takes_version {
        return Ok(Column::Version);
    }
    let version = takes_version.then_some(VERSION);
    let known = || spec.fields.iter().map(|field| field.name).chain(version);
    let Some(field) = spec.fields.iter().find(|field| field.name == member) else {
        let similar = nearest(member, known()).map(|similar| format!(" Did you mean {similar}?"));
        let message = format!(
            "{} has no such member.{} A mapping can name the member, or leave the column out.",
            spec.name,
            similar.unwrap_or_default()
        );
        return Err(column(name, message));
    };
    if fits_a_cell(&field.shape) {
        Ok(Column::Member(field))
    } else {
        Err(column(name, "A cell cannot hold this member; send the rows as NDJSON."))
    }
}

/// The columns of a batch whose file has arrived.
pub(super) fn of_batch(batch: &Batch) -> Result<(&'static OperationSpec, Vec<Column>), Failure> {
    let name = batch.form.command.as_deref().unwrap_or_default();
    let spec = command(name).ok_or_else(|| file("A batch cannot hold this command."))?.spec;
    let head = batch.content.as_ref().map(|content| content.columns.as_slice()).unwrap_or_default();
    Ok((spec, read(&batch.form, spec, head)?))
}
