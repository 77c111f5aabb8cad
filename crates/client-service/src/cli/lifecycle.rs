//! `client-service lifecycle`: prints the lifecycle of a client.

use clap::{Args, ValueEnum};
use client_domain::lifecycle::{allowances_markdown, edges_sql, mermaid, transitions_markdown};

#[derive(Args, Debug)]
pub(crate) struct LifecycleArgs {
    /// The format of the output
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A Markdown table
    Table,
    /// A state diagram
    Mermaid,
    /// The answer of RetrieveLifecycleQuery
    Json,
    /// The legal transitions as rows for a database
    Sql,
}

/// The lifecycle in the format that was asked for.
pub(crate) fn run(arguments: &LifecycleArgs) -> String {
    match arguments.format {
        Format::Table => format!("{}\n{}", transitions_markdown(), allowances_markdown()),
        Format::Mermaid => mermaid(),
        Format::Json => format!("{:#}\n", client_wire::lifecycle_json()),
        Format::Sql => edges_sql(),
    }
}
