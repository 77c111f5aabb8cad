//! Settings of batches.

use clap::{Args, ValueEnum};
use client_app::batch::{BatchRules, Confirmation};
use jiff::SignedDuration;

use super::database::Retention;

#[derive(Args, Clone, Debug)]
pub(crate) struct BatchArgs {
    /// Who confirms a batch before its rows are executed
    #[arg(long, env = "CLIENTS_BATCH_CONFIRMATION", value_enum, default_value_t = BatchConfirmation::SecondPerson)]
    pub(crate) batch_confirmation: BatchConfirmation,

    /// Rows that a batch may have
    #[arg(long, env = "CLIENTS_MAX_BATCH_ROWS", value_name = "NUMBER", default_value_t = 200_000,
        value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    pub(crate) max_batch_rows: u64,

    /// MiB that the file of a batch may have
    #[arg(long, env = "CLIENTS_MAX_BATCH_SIZE", value_name = "MIB", default_value_t = 200,
        value_parser = clap::value_parser!(u64).range(1..=10_240))]
    pub(crate) max_batch_size: u64,

    /// Batches of one caller that may not have ended; another one is refused
    #[arg(long, env = "CLIENTS_MAX_OPEN_BATCHES", value_name = "NUMBER", default_value_t = 10,
        value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub(crate) max_open_batches: u16,

    /// Days for which a batch waits for its file or a person; then it ends by itself
    #[arg(long, env = "CLIENTS_BATCH_EXPIRY", value_name = "DAYS", default_value_t = 14,
        value_parser = clap::value_parser!(u16).range(1..=3_650))]
    pub(crate) batch_expiry: u16,

    /// Rows of batches that this process executes at a time; requests of people go beside them
    #[arg(long, env = "CLIENTS_BATCH_ROWS_AT_ONCE", value_name = "NUMBER", default_value_t = 32,
        value_parser = clap::value_parser!(u16).range(1..=512))]
    pub(crate) batch_rows_at_once: u16,

    /// For how many seconds a process has the rows of a batch that it takes; those of one that ended wait as long for another
    #[arg(long, env = "CLIENTS_BATCH_LEASE", value_name = "SECONDS", default_value_t = 60,
        value_parser = clap::value_parser!(u16).range(5..=3_600))]
    pub(crate) batch_lease: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum BatchConfirmation {
    /// Another person than the uploader
    SecondPerson,
    /// Everybody with the permission, the uploader too
    AnyPerson,
}

impl BatchArgs {
    /// The settings for the application.
    pub(crate) fn rules(&self, retention: &Retention) -> BatchRules {
        BatchRules {
            confirmation: match self.batch_confirmation {
                BatchConfirmation::SecondPerson => Confirmation::SecondPerson,
                BatchConfirmation::AnyPerson => Confirmation::AnyPerson,
            },
            max_rows: self.max_batch_rows,
            max_bytes: self.max_batch_size * 1024 * 1024,
            max_open: self.max_open_batches.into(),
            expires_after: SignedDuration::from_hours(24 * i64::from(self.batch_expiry)),
            rows_at_once: self.batch_rows_at_once.into(),
            lease: SignedDuration::from_secs(self.batch_lease.into()),
            outcomes_kept: retention.outcomes,
        }
    }
}
