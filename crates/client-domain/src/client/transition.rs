use super::aggregate::Client;
use super::approval::Approval;
use super::blockers::action_blockers;
use super::decision::Change;
use super::field::ClientField;
use super::snapshot::ClientSnapshot;
use super::two_persons::TwoPersons;
use crate::actor::AuditStamp;
use crate::lifecycle::{Action, Facts, Operation, transition};
use crate::reason::CodedReason;
use crate::refusal::{Blocker, Refusal};
use crate::value::{Notes, Reason};

/// The justification of a decision: in the actor's own words, and by a code of the bank.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Justification {
    /// The reason, mandatory for some actions.
    pub reason: Option<Reason>,
    /// The reason from the bank's catalogue.
    pub code: Option<CodedReason>,
    /// The notes.
    pub notes: Option<Notes>,
}

impl From<Reason> for Justification {
    fn from(reason: Reason) -> Self {
        Self { reason: Some(reason), ..Self::default() }
    }
}

impl From<Option<Notes>> for Justification {
    fn from(notes: Option<Notes>) -> Self {
        Self { notes, ..Self::default() }
    }
}

impl Client {
    /// Whether an action leads an ended application back into a state in which the client claims its values.
    pub(super) fn is_taken_up_by(&self, action: Action) -> bool {
        let row = transition(self.state(), action);
        self.state().has_ended() && row.is_some_and(|row| !row.to.has_ended())
    }

    /// The client as it would be if its ended application were taken up again, with the claims that it would have; `None` if
    /// no action does that now.
    ///
    /// ```
    /// use client_domain::lifecycle::{Action, Facts};
    /// use client_domain::value::Reason;
    /// use client_domain::{Actor, AuditStamp, Client, Justification, example};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let maker = AuditStamp::new(Actor::parse("maker-1")?, "2026-01-05T09:00:00Z".parse()?);
    /// let client = Client::onboard(example::application()?, &maker).client;
    /// assert_eq!(client.as_taken_up(), None);
    ///
    /// let reason = Justification::from(Reason::parse("Forged.")?);
    /// let rejected = client.perform(Action::Reject, reason, &Facts::without_controls(), &maker)?.client;
    /// assert!(rejected.claims().is_empty());
    /// assert_eq!(rejected.as_taken_up().map(|again| again.claims()), Some(client.claims()));
    /// # Ok(())
    /// # }
    /// ```
    pub fn as_taken_up(&self) -> Option<Self> {
        let action = Action::ALL.into_iter().find(|action| self.is_taken_up_by(*action))?;
        let mut again = self.clone();
        again.snapshot.state = transition(self.state(), action)?.to;
        Some(again)
    }

    /// Performs an action of the lifecycle, or refuses it with every blocker.
    ///
    /// To activate, use [`Client::record_transaction`], which also stores the transaction.
    ///
    /// ```
    /// use client_domain::lifecycle::{Action, Facts};
    /// use client_domain::value::Reason;
    /// use client_domain::{Actor, Client, ClientState, Justification, AuditStamp, example};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let checker = AuditStamp::new(Actor::parse("checker-7")?, "2026-01-06T10:30:00Z".parse()?);
    /// let client = Client::onboard(example::application()?, &checker).client;
    ///
    /// let bare = client.perform(Action::Reject, Justification::default(), &Facts::without_controls(), &checker);
    /// assert_eq!(bare.unwrap_err().code(), "reason_missing");
    ///
    /// let reason = Reason::parse("Forged passport")?;
    /// let change = client.perform(Action::Reject, reason.into(), &Facts::without_controls(), &checker)?;
    /// assert_eq!(change.client.state(), ClientState::Rejected);
    /// # Ok(())
    /// # }
    /// ```
    pub fn perform(
        &self,
        action: Action,
        justification: Justification,
        facts: &Facts,
        stamp: &AuditStamp,
    ) -> Result<Change, Refusal> {
        let refuse =
            |blockers| Refusal { operation: Operation::Action(action), state: self.state(), blockers };
        let mut blockers = action_blockers(self, action, &stamp.by, facts);
        let Some(row) = transition(self.state(), action) else {
            return Err(refuse(blockers));
        };
        if row.reason_needed && justification.reason.is_none() {
            blockers.push(Blocker::ReasonMissing);
        }
        if !blockers.is_empty() {
            return Err(refuse(blockers));
        }
        let before = self.snapshot.approval.status();
        let mut change = self.changed(row.event, vec![ClientField::ClientState], stamp, |snapshot| {
            snapshot.state = row.to;
            follow(action, snapshot, stamp);
            if !TwoPersons::STATES.contains(&row.to) {
                snapshot.amendments.clear();
            }
        });
        if change.client.snapshot.amendments != self.snapshot.amendments {
            change.event.changed.push(ClientField::Amendments);
        }
        if change.client.snapshot.approval.status() != before {
            change.event.changed.push(ClientField::ApprovalStatus);
        }
        change.event.reason = justification.reason;
        change.event.reason_code = justification.code;
        change.event.notes = justification.notes;
        Ok(change)
    }
}

/// The effects of an action on the client besides its state.
fn follow(action: Action, snapshot: &mut ClientSnapshot, stamp: &AuditStamp) {
    match action {
        Action::Approve => snapshot.approval = Approval::Approved(stamp.clone()),
        // However an application ends, it is not approved.
        Action::Reject | Action::Withdraw | Action::Lapse => {
            snapshot.approval = Approval::Rejected(stamp.clone());
        }
        Action::UndoReject | Action::UndoBlacklist => {
            // A fresh review begins; results of the former one are void.
            snapshot.approval = Approval::NotRequested;
            snapshot.activated_at = None;
        }
        Action::Activate => snapshot.activated_at = Some(stamp.at),
        Action::Create | Action::Blacklist | Action::Exit => {}
    }
}
