use jiff::civil::Date;

use super::{Client, Decision, Justification};
use crate::actor::AuditStamp;
use crate::lifecycle::{Action, Activity, Facts, transition};
use crate::refusal::Refusal;
use crate::value::{Invalid, TransactionReference};

/// A transaction as the ledger reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// The ledger's own reference.
    pub reference: TransactionReference,
    /// The day of the transaction, if the ledger reports it; see [`Transaction::parse_date`].
    pub date: Option<Date>,
}

impl Transaction {
    /// A transaction of which only the reference is known.
    pub const fn of(reference: TransactionReference) -> Self {
        Self { reference, date: None }
    }

    /// The first day allowed.
    pub const EARLIEST: Date = Date::constant(1900, 1, 1);

    /// Reads the day of a transaction, which is not before 1900-01-01 and not after tomorrow.
    ///
    /// Days here are in UTC; in the time zone of the ledger it may already be tomorrow.
    ///
    /// ```
    /// use client_domain::Invalid;
    /// use client_domain::client::Transaction;
    /// use jiff::civil::date;
    ///
    /// let today = date(2026, 1, 5);
    /// assert_eq!(Transaction::parse_date("2026-01-06", today)?, date(2026, 1, 6));
    /// assert_eq!(Transaction::parse_date("2026-01-07", today), Err(Invalid::InFuture));
    /// # Ok::<(), Invalid>(())
    /// ```
    pub fn parse_date(raw: &str, today: Date) -> Result<Date, Invalid> {
        let date = crate::value::parse_date(raw)?;
        let tomorrow = today.tomorrow().unwrap_or(today);
        if date < Self::EARLIEST {
            Err(Invalid::TooEarly { earliest: Self::EARLIEST })
        } else if date > tomorrow {
            Err(Invalid::InFuture)
        } else {
            Ok(date)
        }
    }
}

impl Client {
    /// Records a transaction of the ledger: the first one activates an approved client.
    ///
    /// An active client stays unchanged. So does an approved client whom this transaction activated before
    /// its last approval, because a ledger may report twice. Any other state refuses.
    ///
    /// ```
    /// use client_domain::client::Transaction;
    /// use client_domain::lifecycle::{Action, Facts};
    /// use client_domain::value::TransactionReference;
    /// use client_domain::{Actor, Client, ClientState, Decision, Justification, AuditStamp, example};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let ledger = AuditStamp::new(Actor::parse("ledger")?, "2026-01-06T10:30:00Z".parse()?);
    /// let first = Transaction::of(TransactionReference::parse("TX-1")?);
    /// let client = Client::onboard(example::application()?, &ledger).client;
    /// assert!(client.record_transaction(first.clone(), &ledger).is_err());
    ///
    /// let approved = client.perform(Action::Approve, Justification::default(), &Facts::without_controls(), &ledger)?.client;
    /// let active = approved.record_transaction(first.clone(), &ledger)?.change().unwrap().client;
    /// assert_eq!(active.state(), ClientState::Active);
    /// assert_eq!(active.record_transaction(first, &ledger)?, Decision::Unchanged);
    /// # Ok(())
    /// # }
    /// ```
    pub fn record_transaction(
        &self,
        transaction: Transaction,
        stamp: &AuditStamp,
    ) -> Result<Decision, Refusal> {
        self.allow(Activity::Transact)?;
        let old_news = self.snapshot.activations.contains(&transaction.reference);
        if old_news || transition(self.state(), Action::Activate).is_none() {
            return Ok(Decision::Unchanged);
        }
        let mut change =
            self.perform(Action::Activate, Justification::default(), &Facts::without_controls(), stamp)?;
        change.client.snapshot.activations.push(transaction.reference.clone());
        change.event.transaction = Some(transaction);
        Ok(Decision::Changed(Box::new(change)))
    }
}
