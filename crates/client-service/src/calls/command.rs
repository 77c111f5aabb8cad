//! What every command takes.

use clap::Args;

/// The version that was seen, and the key under which a repetition is done once.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct CommandArgs {
    /// Refuse the command if the client has another version by now
    #[arg(long, value_name = "VERSION")]
    pub(super) if_version: Option<u64>,

    /// The key under which the command is done once, however often it is given; made anew by default
    #[arg(long, value_name = "KEY")]
    pub(super) idempotency_key: Option<String>,

    /// Decide the command, and write nothing
    #[arg(long)]
    pub(super) dry_run: bool,
}

impl CommandArgs {
    /// Only the key, for a command that is about no client.
    pub(crate) fn under(idempotency_key: Option<String>) -> Self {
        Self { idempotency_key, ..Self::default() }
    }
}

/// Why something is refused.
#[derive(Args, Debug)]
pub(crate) struct ReasonArgs {
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    /// The code of the reason, where the policy of the bank has codes for it
    #[arg(long, value_name = "CODE")]
    pub(crate) reason_code: Option<String>,
}
