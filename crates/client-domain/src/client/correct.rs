use super::aggregate::Client;
use super::blockers::activity_blockers;
use super::decision::Decision;
use super::field_value::FieldValue;
use super::transition::Justification;
use crate::actor::AuditStamp;
use crate::event::EventKind;
use crate::lifecycle::{Activity, Facts, Operation};
use crate::refusal::{Blocker, Refusal};
use crate::value::{BirthDate, BranchKey, CustomerType, Gender, IdentificationNumber, IdentificationType};

/// Corrected values; absent fields stay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Correction {
    /// The day of birth.
    pub birth_date: Option<BirthDate>,
    /// The gender in the identification.
    pub gender: Option<Gender>,
    /// The type of the identification.
    pub identification_type: Option<IdentificationType>,
    /// The number of the identification.
    pub identification_number: Option<IdentificationNumber>,
    /// Person or company.
    pub customer_type: Option<CustomerType>,
    /// The branch.
    pub branch: Option<BranchKey>,
}

impl Correction {
    /// Whether it names no field.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn values(self) -> Vec<FieldValue> {
        [
            self.birth_date.map(FieldValue::DateOfBirth),
            self.gender.map(FieldValue::Gender),
            self.identification_type.map(FieldValue::IdentificationType),
            self.identification_number.map(FieldValue::IdentificationNumber),
            self.customer_type.map(FieldValue::CustomerType),
            self.branch.map(|branch| FieldValue::BranchEncodedKey(Some(branch))),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

impl Client {
    /// Corrects what an update cannot change. While the approval is pending the values change immediately; later
    /// they wait for a second person, whatever the bank has set. A reason must be given.
    ///
    /// ```
    /// use client_domain::client::{ClientField, Correction};
    /// use client_domain::lifecycle::Facts;
    /// use client_domain::value::{Gender, Reason};
    /// use client_domain::{Actor, AuditStamp, Client, example};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let maker = AuditStamp::new(Actor::parse("maker-1")?, "2026-01-05T09:00:00Z".parse()?);
    /// let client = Client::onboard(example::application()?, &maker).client;
    /// let typing_error = Reason::parse("Typed wrongly")?;
    ///
    /// let correction = Correction { gender: Some(Gender::Other), ..Correction::default() };
    /// let facts = Facts::without_controls();
    /// let change = client.correct(correction, typing_error, &facts, &maker)?.change().unwrap();
    /// assert_eq!(change.event.changed, [ClientField::Gender]);
    /// assert_eq!(change.client.snapshot().gender, Gender::Other);
    /// # Ok(())
    /// # }
    /// ```
    pub fn correct(
        &self,
        correction: Correction,
        justification: impl Into<Justification>,
        facts: &Facts,
        stamp: &AuditStamp,
    ) -> Result<Decision, Refusal> {
        let how = (Activity::Correct, EventKind::Corrected);
        let justification = justification.into();
        if justification.reason.is_none() {
            let mut blockers = activity_blockers(self, Activity::Correct);
            blockers.push(Blocker::ReasonMissing);
            let operation = Operation::Activity(Activity::Correct);
            return Err(Refusal { operation, state: self.state(), blockers });
        }
        self.change_values(how, correction.values(), justification, facts.two_persons, stamp)
    }
}
