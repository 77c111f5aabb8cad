use jiff::civil::Date;

use super::{Client, Decision, Grounds};
use crate::actor::Stamp;
use crate::lifecycle::{Action, Activity, Facts, transition};
use crate::refusal::Refusal;
use crate::value::TransactionReference;

/// A transaction as the ledger reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// The ledger's own reference.
    pub reference: TransactionReference,
    /// The day of the transaction, where the ledger says it.
    pub date: Option<Date>,
}

impl Transaction {
    /// A transaction of which only the reference is known.
    pub const fn of(reference: TransactionReference) -> Self {
        Self { reference, date: None }
    }
}

impl Client {
    /// Takes note that the ledger saw a transaction: the first one activates an approved client.
    ///
    /// An active client stays as it is, and so does an approved one whom this very transaction activated before
    /// its last review: a ledger may report twice. Any other state refuses.
    ///
    /// ```
    /// use client_domain::client::Transaction;
    /// use client_domain::lifecycle::{Action, Facts};
    /// use client_domain::value::TransactionReference;
    /// use client_domain::{Actor, Client, ClientState, Decision, Grounds, Stamp, example};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let ledger = Stamp::new(Actor::parse("ledger")?, "2026-01-06T10:30:00Z".parse()?);
    /// let first = Transaction::of(TransactionReference::parse("TX-1")?);
    /// let client = Client::onboard(example::application()?, &ledger).client;
    /// assert!(client.record_transaction(first.clone(), &ledger).is_err());
    ///
    /// let approved = client.perform(Action::Approve, Grounds::default(), &Facts::default(), &ledger)?.client;
    /// let active = approved.record_transaction(first.clone(), &ledger)?.change().unwrap().client;
    /// assert_eq!(active.state(), ClientState::Active);
    /// assert_eq!(active.record_transaction(first, &ledger)?, Decision::Unchanged);
    /// # Ok(())
    /// # }
    /// ```
    pub fn record_transaction(&self, transaction: Transaction, stamp: &Stamp) -> Result<Decision, Refusal> {
        self.allow(Activity::Transact)?;
        let old_news = self.snapshot.activations.contains(&transaction.reference);
        if old_news || transition(self.state(), Action::Activate).is_none() {
            return Ok(Decision::Unchanged);
        }
        let mut change = self.perform(Action::Activate, Grounds::default(), &Facts::default(), stamp)?;
        change.client.snapshot.activations.push(transaction.reference.clone());
        change.event.transaction = Some(transaction);
        Ok(Decision::Changed(Box::new(change)))
    }
}
