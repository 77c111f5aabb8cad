//! Settings of the bank's rules.

use clap::{Args, ValueEnum};

use super::Switch;

#[derive(Args, Debug)]
pub(crate) struct RuleArgs {
    /// Whether nobody approves a client whom they have touched since its last decision
    #[arg(long, env = "CLIENTS_FOUR_EYES", value_enum, default_value_t = Switch::On)]
    pub(crate) four_eyes: Switch,

    /// Whether approving and rejecting need an open approval request
    #[arg(long, env = "CLIENTS_APPROVAL_NEEDS_REQUEST", value_enum, default_value_t = Switch::Off)]
    pub(crate) approval_needs_request: Switch,

    /// Whether decisions and reviews must name what was seen, by If-Match or contentSha256
    #[arg(long, env = "CLIENTS_DECISIONS_NEED_VERSION", value_enum, default_value_t = Switch::Off)]
    pub(crate) decisions_need_version: Switch,

    /// When two clients have the same identification type and number
    #[arg(long, env = "CLIENTS_SAME_IDENTIFICATION", value_enum, default_value_t = Duplicate::Refuse)]
    pub(crate) same_identification: Duplicate,

    /// When two clients have the same e-mail address
    #[arg(long, env = "CLIENTS_SAME_EMAIL", value_enum, default_value_t = Duplicate::Refuse)]
    pub(crate) same_email: Duplicate,

    /// When two clients have the same phone number
    #[arg(long, env = "CLIENTS_SAME_PHONE", value_enum, default_value_t = Duplicate::Off)]
    pub(crate) same_phone: Duplicate,

    /// Duplicates that one caller may meet in a day (UTC), then CBS_429; off is no limit
    #[arg(long, env = "CLIENTS_DUPLICATE_QUOTA", value_name = "NUMBER", default_value = "50")]
    pub(crate) duplicate_quota: String,

    /// What must be verified before a client is approved, and what document numbers look like: a JSON file, see docs/kyc.md
    #[arg(long, env = "CLIENTS_KYC_POLICY", value_name = "FILE")]
    pub(crate) kyc_policy: Option<String>,

    /// Names of branches and account officers: a JSON file, see the README
    #[arg(long, env = "CLIENTS_DIRECTORY", value_name = "FILE")]
    pub(crate) directory: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Duplicate {
    /// Nothing happens
    Off,
    /// The command is done and its answer warns
    Warn,
    /// The command is refused
    Refuse,
}
