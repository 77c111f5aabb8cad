use client_domain::kyc::KycStatusRule;
use jiff::civil::Date;

/// What a storage that keeps KYC statuses beside the clients brings up to date: where something has changed since they were
/// computed, the day is another one, or the rule. Repeated until fewer than the limit are due, or none is renewed, it brings
/// all of them up to date in small steps, while others write; it may be stopped at any moment.
#[derive(Clone, Debug)]
pub struct KycRenewal {
    /// The rule that the statuses follow from.
    pub rule: KycStatusRule,
    /// Today, by the calendar of the bank.
    pub today: Date,
    /// The maximum number of clients.
    pub limit: usize,
    /// Whether statuses by another rule are renewed as well. Looking for them takes longer where another instance, which has
    /// another policy, still needs many.
    pub other_rules: bool,
}

/// What a renewal has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KycRenewed {
    /// How many clients were due, up to the limit.
    pub due: u64,
    /// How many have their status now. The others were being written.
    pub renewed: u64,
}
