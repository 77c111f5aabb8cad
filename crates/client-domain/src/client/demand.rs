use jiff::civil::Date;

use super::aggregate::Client;
use crate::kyc::{KycPolicy, KycRequirements};

impl KycPolicy {
    /// What the approval of this client needs today, for [`Facts::kyc`](crate::lifecycle::Facts::kyc); `None` if nothing
    /// is required of clients of its type.
    ///
    /// ```
    /// use client_domain::kyc::{Evidence, KycPolicy, Requirement};
    /// use client_domain::lifecycle::{Action, Facts};
    /// use client_domain::value::CustomerType;
    /// use client_domain::{Actor, AuditStamp, Client, Justification, example};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let address = Requirement::any_of([Evidence::Address]).ok_or("no evidence")?;
    /// let policy =
    ///     KycPolicy { required: [(CustomerType::Individual, vec![address])].into(), ..KycPolicy::default() };
    /// let checker = AuditStamp::new(Actor::parse("checker-7")?, "2026-01-06T10:30:00Z".parse()?);
    /// let client = Client::onboard(example::application()?, &checker).client;
    ///
    /// let today = "2026-01-06".parse()?;
    /// let facts = Facts { kyc: policy.demand(&client, today), ..Facts::without_controls() };
    /// let refusal = client.perform(Action::Approve, Justification::default(), &facts, &checker).unwrap_err();
    /// assert_eq!(refusal.code(), "kyc_incomplete");
    /// assert!(KycPolicy::default().demand(&client, today).is_none());
    /// # Ok(())
    /// # }
    /// ```
    pub fn demand(&self, client: &Client, today: Date) -> Option<KycRequirements> {
        let required = self.required_of(client.customer_type());
        (!required.is_empty()).then(|| KycRequirements { required: required.to_vec(), today })
    }
}
