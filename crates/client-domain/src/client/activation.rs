use super::aggregate::Client;
use super::decision::Decision;
use super::transaction::Transaction;
use super::transition::Justification;
use crate::actor::AuditStamp;
use crate::lifecycle::{Action, Activity, Facts, transition};
use crate::refusal::Refusal;

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
