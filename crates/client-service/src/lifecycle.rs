//! The lifecycle in print.

use client_domain::lifecycle::{allowances_markdown, edges_sql, mermaid, transitions_markdown};

use crate::cli::LifecycleFormat;

/// The lifecycle in the form that was asked for.
pub(crate) fn render(format: LifecycleFormat) -> String {
    match format {
        LifecycleFormat::Table => format!("{}\n{}", transitions_markdown(), allowances_markdown()),
        LifecycleFormat::Mermaid => mermaid(),
        LifecycleFormat::Json => format!("{:#}\n", client_wire::lifecycle_json()),
        LifecycleFormat::Sql => edges_sql(),
    }
}
