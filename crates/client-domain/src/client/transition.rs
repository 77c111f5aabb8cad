use super::{Approval, Change, Client, ClientField, ClientSnapshot};
use crate::actor::AuditStamp;
use crate::lifecycle::{Action, Facts, Operation, action_blockers, transition};
use crate::refusal::{Blocker, Refusal};
use crate::value::{Notes, Reason};

/// The justification of a decision, in the actor's own words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Justification {
    /// The reason, mandatory for some actions.
    pub reason: Option<Reason>,
    /// The notes.
    pub notes: Option<Notes>,
}

impl Client {
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
    /// let justification = Justification { reason: Some(Reason::parse("Forged passport")?), notes: None };
    /// let change = client.perform(Action::Reject, justification, &Facts::without_controls(), &checker)?;
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
        });
        if change.client.snapshot.approval.status() != before {
            change.event.changed.push(ClientField::ApprovalStatus);
        }
        change.event.reason = justification.reason;
        change.event.notes = justification.notes;
        Ok(change)
    }
}

/// The effects of an action on the client besides its state.
fn follow(action: Action, snapshot: &mut ClientSnapshot, stamp: &AuditStamp) {
    match action {
        Action::Approve => snapshot.approval = Approval::Approved(stamp.clone()),
        Action::Reject => snapshot.approval = Approval::Rejected(stamp.clone()),
        Action::UndoBlacklist => {
            // A fresh review begins; results of the former one are void.
            snapshot.approval = Approval::NotRequested;
            snapshot.activated_at = None;
        }
        Action::Activate => snapshot.activated_at = Some(stamp.at),
        Action::Create | Action::Blacklist | Action::Exit => {}
    }
}
