//! `client-service roles`: prints the SQL for the roles of a PostgreSQL database.

use adapter_postgres::RolePrefix;
use clap::{Args, Subcommand};

use crate::config::error::SettingsError;
use crate::exit::ExitError;

#[derive(Args, Debug)]
pub(crate) struct RolesArgs {
    #[command(subcommand)]
    step: Step,

    /// The name of the database, with which the names of its roles begin
    #[arg(long, value_name = "NAME", default_value = "clients", global = true)]
    prefix: String,
}

#[derive(Subcommand, Debug)]
enum Step {
    /// Print what an administrator of the server runs before the first migration: roles, database and extension
    Create,
    /// Print what the owner of the schema runs after each migration: the rights of the other roles
    Grant {
        /// Take all rights away first, also those that only an earlier release needed
        #[arg(long)]
        revoke_first: bool,
    },
}

/// The script, for psql.
pub(crate) fn run(arguments: &RolesArgs) -> Result<String, ExitError> {
    let prefix =
        RolePrefix::parse(&arguments.prefix).map_err(|rule| SettingsError(format!("--prefix {rule}")))?;
    Ok(match arguments.step {
        Step::Create => prefix.create(),
        Step::Grant { revoke_first } => prefix.grants(revoke_first),
    })
}
