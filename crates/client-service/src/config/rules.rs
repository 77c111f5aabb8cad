//! Settings of the bank's rules.

use std::num::NonZeroU32;

use clap::{Args, ValueEnum};
use client_app::{DuplicateQuota, OnDuplicate, OnLookAlike, Policy};
use client_domain::BankCalendar;
use client_domain::kyc::KycPolicy;
use client_domain::value::Country;
use client_wire::read_kyc_policy;
use jiff::tz::TimeZone;
use phone_numbering::{NationalNumbers, WorldNumbering};

use super::error::SettingsError;
use super::json_file;
use super::ledger::LedgerArgs;
use super::value::{Switch, non_empty};
use crate::system::random_key;

#[derive(Args, Clone, Debug)]
pub(crate) struct RuleArgs {
    /// Whether a caller who has touched a client since its last approval is refused to approve it
    #[arg(long, env = "CLIENTS_FOUR_EYES", value_enum, default_value_t = Switch::On)]
    pub(crate) four_eyes: Switch,

    /// Whether approving and rejecting need an open approval request
    #[arg(long, env = "CLIENTS_APPROVAL_NEEDS_REQUEST", value_enum, default_value_t = Switch::Off)]
    pub(crate) approval_needs_request: Switch,

    /// Whether decisions and reviews must name what the caller has seen, by If-Match; contentSha256 suffices to reject a document
    #[arg(long, env = "CLIENTS_DECISIONS_NEED_VERSION", value_enum, default_value_t = Switch::Off)]
    pub(crate) decisions_need_version: Switch,

    /// What to do when two clients have the same identification type and number
    #[arg(long, env = "CLIENTS_SAME_IDENTIFICATION", value_enum, default_value_t = Duplicate::Refuse)]
    pub(crate) same_identification: Duplicate,

    /// What to do when two clients have the same e-mail address
    #[arg(long, env = "CLIENTS_SAME_EMAIL", value_enum, default_value_t = Duplicate::Refuse)]
    pub(crate) same_email: Duplicate,

    /// What to do when two clients have the same phone number
    #[arg(long, env = "CLIENTS_SAME_PHONE", value_enum, default_value_t = Duplicate::Off)]
    pub(crate) same_phone: Duplicate,

    /// The time zone of the bank, by its name in the IANA database, such as Africa/Lagos: it decides what today is, when a
    /// document expires, and when a day of a search begins and ends; answers stay in UTC
    #[arg(long, env = "CLIENTS_TIME_ZONE", value_name = "NAME", default_value = "UTC")]
    pub(crate) time_zone: String,

    /// What to do when a client looks like another one of any state: same name and birth date, phone or document number
    #[arg(long, env = "CLIENTS_LOOK_ALIKES", value_enum, default_value_t = LookAlikes::Off)]
    pub(crate) look_alikes: LookAlikes,

    /// The country of phone numbers that are given without one: its two letters in ISO 3166, such as NG, or client for the
    /// country of the client; without it such a number is kept as its digits
    #[arg(long, env = "CLIENTS_DEFAULT_COUNTRY", value_name = "COUNTRY")]
    pub(crate) default_country: Option<String>,

    /// Duplicates that one caller may meet in a day, then CBS_429; off means no limit
    #[arg(long, env = "CLIENTS_DUPLICATE_QUOTA", value_name = "NUMBER", default_value = "50")]
    pub(crate) duplicate_quota: String,

    /// The largest number of clients for which a search that no index serves is accepted, or off for no limit
    #[arg(long, env = "CLIENTS_BROAD_SEARCH_LIMIT", value_name = "NUMBER", default_value = "2000000",
        value_parser = broad_search_limit)]
    pub(crate) broad_search_limit: u64,

    /// What must be verified before a client is approved, and the formats of document numbers: a JSON file, see docs/kyc.md
    #[arg(long, env = "CLIENTS_KYC_POLICY", value_name = "FILE")]
    pub(crate) kyc_policy: Option<String>,

    /// For how many minutes an item of the work queue is held by the person who claims it
    #[arg(long, env = "CLIENTS_WORK_CLAIM_MINUTES", value_name = "MINUTES", default_value_t = 10,
        value_parser = clap::value_parser!(u16).range(1..=240))]
    pub(crate) work_claim_minutes: u16,

    /// Names of branches and account officers: a JSON file, see docs/settings.md
    #[arg(long, env = "CLIENTS_DIRECTORY", value_name = "FILE")]
    pub(crate) directory: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Duplicate {
    /// The duplicate is accepted
    Off,
    /// The command succeeds with a warning
    Warn,
    /// The command is refused
    Refuse,
}

/// The numbering plan of phone numbers.
pub(crate) fn numbering(rules: &RuleArgs) -> Result<WorldNumbering, SettingsError> {
    let national = match rules.default_country.as_deref().map(str::trim) {
        None => NationalNumbers::Unknown,
        Some(word) if word.eq_ignore_ascii_case("client") => NationalNumbers::OfClient,
        Some(code) => {
            let country = Country::all().find(|country| country.alpha2().eq_ignore_ascii_case(code));
            NationalNumbers::Of(country.ok_or_else(|| {
                SettingsError(
                    "--default-country must be the two letters of a country in ISO 3166, such as NG, GB or IN, or \
                     client for the country of the client"
                        .to_owned(),
                )
            })?)
        }
    };
    Ok(WorldNumbering::new(national))
}

/// The calendar of the bank's time zone.
pub(crate) fn calendar(rules: &RuleArgs) -> Result<BankCalendar, SettingsError> {
    let found = TimeZone::get(rules.time_zone.trim()).ok().filter(|zone| !zone.is_unknown());
    found.map(BankCalendar::new).ok_or_else(|| {
        SettingsError(
            "--time-zone must be the name of a time zone in the IANA database, such as Africa/Lagos, \
             Europe/Berlin or UTC"
                .to_owned(),
        )
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LookAlikes {
    /// Nothing
    Off,
    /// The maker is warned
    Warn,
    /// The maker is warned, and an approval must name every look-alike
    Review,
}

/// The bank's own rules.
pub(crate) fn policy(rules: &RuleArgs, ledger: &LedgerArgs) -> Policy {
    let on_duplicate = |duplicate| match duplicate {
        Duplicate::Off => OnDuplicate::Off,
        Duplicate::Warn => OnDuplicate::Warn,
        Duplicate::Refuse => OnDuplicate::Refuse,
    };
    Policy {
        four_eyes: rules.four_eyes == Switch::On,
        decisions_need_version: rules.decisions_need_version == Switch::On,
        approval_needs_request: rules.approval_needs_request == Switch::On,
        same_identification: on_duplicate(rules.same_identification),
        same_email: on_duplicate(rules.same_email),
        same_phone: on_duplicate(rules.same_phone),
        unanswered_accounts: ledger.accounts_unknown.into(),
        look_alikes: match rules.look_alikes {
            LookAlikes::Off => OnLookAlike::Off,
            LookAlikes::Warn => OnLookAlike::Warn,
            LookAlikes::Review => OnLookAlike::Review,
        },
        broad_search_limit: rules.broad_search_limit,
    }
}

/// How many clients a search may read that no index serves. Only the word `off` allows any number.
fn broad_search_limit(text: &str) -> Result<u64, String> {
    match text {
        "off" => Ok(u64::MAX),
        number => number
            .parse()
            .ok()
            .filter(|number| *number > 0)
            .ok_or_else(|| "a number from 1, or off".to_owned()),
    }
}

/// The quota of duplicates that one caller may meet in a day. Only the word `off` disables it.
pub(crate) fn duplicate_quota(rules: &RuleArgs) -> Result<DuplicateQuota, SettingsError> {
    let limit =
        match rules.duplicate_quota.trim() {
            "off" => None,
            number => Some(number.parse::<NonZeroU32>().map_err(|_| {
                SettingsError("--duplicate-quota must be a number from 1, or off".to_owned())
            })?),
        };
    Ok(DuplicateQuota::new(limit, random_key()))
}

/// The KYC policy of the bank, from a file that docs/kyc.md describes.
pub(crate) fn kyc_policy(rules: &RuleArgs) -> Result<KycPolicy, SettingsError> {
    let Some(file) = non_empty(rules.kyc_policy.as_deref()) else {
        return Ok(KycPolicy::default());
    };
    let wrong = |problem: &str| SettingsError(format!("--kyc-policy: {problem}"));
    let members = json_file::object("--kyc-policy", file)?;
    read_kyc_policy(&members).map_err(|failure| {
        let faults = failure.items.iter().map(|item| {
            let field = item.field.as_deref().unwrap_or("the policy");
            format!("{field}: {}", item.message.trim_end_matches('.'))
        });
        wrong(&faults.collect::<Vec<_>>().join("; "))
    })
}
