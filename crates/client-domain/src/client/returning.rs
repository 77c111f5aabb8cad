use super::aggregate::Client;
use super::blockers::return_blocker;
use super::contact_entry::ContactEntries;
use super::correct::Correction;
use super::decision::Change;
use super::details::DetailsPatch;
use super::onboard::Application;
use super::transition::Justification;
use crate::actor::AuditStamp;
use crate::lifecycle::{Activity, Facts, Operation};
use crate::refusal::{Blocker, Refusal};
use crate::value::{BranchKey, ClientId, ClientKey};

/// What is new about a client that returns; all else is copied from its former record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renewal {
    /// A fresh key.
    pub key: ClientKey,
    /// A fresh number.
    pub id: ClientId,
    /// The details that are other ones now.
    pub details: DetailsPatch,
    /// What else is another value now, such as the number of a new passport.
    pub correction: Correction,
    /// The branch where neither the former record nor the correction has one.
    pub default_branch: Option<BranchKey>,
}

impl Client {
    /// Whether this client may return: it has exited, and has not returned already.
    pub fn may_return(&self, facts: &Facts) -> Result<(), Refusal> {
        self.allow(Activity::Return)?;
        let operation = Operation::Activity(Activity::Return);
        let refuse = |blocker| Err(Refusal { operation, state: self.state(), blockers: vec![blocker] });
        return_blocker(facts).map_or(Ok(()), refuse)
    }

    /// Applies again for an exited client, as a new client that is linked to this one. This one stays as it is.
    ///
    /// Copied are the values of the client. What people have judged is not: documents, address information and
    /// verifications of contact points are given anew, and the approval is pending. A reason must be given.
    ///
    /// ```
    /// use client_domain::client::{Correction, DetailsPatch, Renewal};
    /// use client_domain::lifecycle::{Action, Facts};
    /// use client_domain::value::{ClientId, ClientKey, Reason};
    /// use client_domain::{Actor, AuditStamp, Client, ClientState, Justification, example};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let maker = AuditStamp::new(Actor::parse("maker-1")?, "2026-01-05T09:00:00Z".parse()?);
    /// let checker = AuditStamp::new(Actor::parse("checker-7")?, "2026-01-06T10:30:00Z".parse()?);
    /// let facts = Facts::without_controls();
    /// let renewal = || Renewal {
    ///     key: ClientKey::from_bits(2),
    ///     id: ClientId::new(1_000_002).unwrap(),
    ///     details: DetailsPatch::default(),
    ///     correction: Correction::default(),
    ///     default_branch: None,
    /// };
    /// let back = || Justification::from(Reason::parse("Back from abroad").unwrap());
    ///
    /// let client = Client::onboard(example::application()?, &maker).client;
    /// assert_eq!(client.return_as(renewal(), back(), &facts, &maker).unwrap_err().code(), "invalid_status");
    ///
    /// let client = client.perform(Action::Approve, Justification::default(), &facts, &checker)?.client;
    /// let client = client.perform(Action::Exit, Reason::parse("Moved abroad")?.into(), &facts, &checker)?.client;
    /// let returned = client.return_as(renewal(), back(), &facts, &maker)?.client;
    /// assert_eq!(returned.state(), ClientState::PendingApproval);
    /// assert_eq!(returned.snapshot().former_client.as_ref(), Some(client.key()));
    /// assert_eq!(returned.snapshot().details, client.snapshot().details);
    /// # Ok(())
    /// # }
    /// ```
    pub fn return_as(
        &self,
        renewal: Renewal,
        justification: impl Into<Justification>,
        facts: &Facts,
        stamp: &AuditStamp,
    ) -> Result<Change, Refusal> {
        self.may_return(facts)?;
        let justification = justification.into();
        if justification.reason.is_none() {
            let operation = Operation::Activity(Activity::Return);
            let blockers = vec![Blocker::ReasonMissing];
            return Err(Refusal { operation, state: self.state(), blockers });
        }
        let Renewal { key, id, details, correction, default_branch } = renewal;
        let former = &self.snapshot;
        let application = Application {
            key,
            id,
            details: former.details.clone(),
            birth_date: former.birth_date,
            gender: former.gender,
            identification: former.identification.clone(),
            customer_type: former.customer_type,
            branch: former.branch.clone().or(default_branch),
        };
        let mut change = Self::onboard(application, stamp);
        let snapshot = &mut change.client.snapshot;
        let copier = std::mem::take(&mut snapshot.contact_entries);
        snapshot.contact_entries = ContactEntries::copied(&former.contact_entries, copier);
        for value in details.values().into_iter().chain(correction.values()) {
            snapshot.enter(value, &stamp.by.id);
        }
        snapshot.former_client = Some(former.key.clone());
        change.event.reason = justification.reason;
        change.event.reason_code = justification.code;
        change.event.notes = justification.notes;
        Ok(change)
    }
}
