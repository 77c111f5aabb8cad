//! Settings of the database.

use clap::Args;

use super::Switch;

#[derive(Args, Debug)]
pub(crate) struct DatabaseArgs {
    #[command(flatten)]
    pub(crate) place: DatabasePlace,

    /// Whether to bring the schema up to date at the start; off for a role that does not own it: then
    /// client-service migrate does it first, as the owner
    #[arg(long, env = "CLIENTS_MIGRATE", value_enum, default_value_t = Switch::On)]
    pub(crate) migrate: Switch,

    /// Connections to the database
    #[arg(long, env = "CLIENTS_DATABASE_CONNECTIONS", value_name = "NUMBER", default_value_t = 16)]
    pub(crate) database_connections: u32,

    /// How many of them searches may hold at a time; a quarter if nothing is said
    #[arg(long, env = "CLIENTS_DATABASE_SEARCH_CONNECTIONS", value_name = "NUMBER")]
    pub(crate) database_search_connections: Option<u32>,

    /// Days for which the outcome of an Idempotency-Key is kept, 7 to 36500
    #[arg(long, env = "CLIENTS_KEEP_OUTCOMES", value_name = "DAYS", default_value_t = 7)]
    pub(crate) keep_outcomes: u32,

    /// Days for which events are kept after they were delivered, 1 to 36500
    #[arg(long, env = "CLIENTS_KEEP_DELIVERED", value_name = "DAYS", default_value_t = 7)]
    pub(crate) keep_delivered: u32,
}

/// What serving and migrating share.
#[derive(Args, Debug)]
pub(crate) struct DatabasePlace {
    /// The PostgreSQL database, postgres://user@host/name; serve without it keeps clients in memory only
    #[arg(long, env = "DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub(crate) database_url: Option<String>,

    /// The same from a file
    #[arg(long, env = "CLIENTS_DATABASE_URL_FILE", value_name = "FILE")]
    pub(crate) database_url_file: Option<String>,

    /// For tests only: be content with a server that may lose what it has confirmed (fsync off)
    #[arg(long, env = "CLIENTS_ACCEPT_DATA_LOSS", value_enum, default_value_t = Switch::Off)]
    pub(crate) accept_data_loss: Switch,
}
