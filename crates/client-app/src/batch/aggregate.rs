use std::fmt;

use client_domain::kyc::Sha256;
use client_domain::{Actor, Permission, Permissions, Person};
use jiff::Timestamp;

use super::form::BatchForm;
use super::id::BatchId;
use super::state::{BatchAction, BatchRole, BatchState, transition};
use crate::caller::Caller;

/// Who confirms a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmation {
    /// Another person than the uploader.
    SecondPerson,
    /// Everybody with the permission, the uploader too.
    AnyPerson,
}

/// Who asks for an action.
#[derive(Clone, Copy, Debug)]
pub enum Requester<'a> {
    /// A person.
    Person(&'a Caller),
    /// The service itself.
    Service,
}

/// Why an action is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BatchRefusal {
    /// The table does not have it.
    #[error("a batch that is {} cannot be {}", state.name(), action.participle())]
    State {
        /// The state of the batch.
        state: BatchState,
        /// The action.
        action: BatchAction,
    },
    /// The caller is not the one who does this.
    #[error("another one does this with a batch")]
    Role,
    /// The caller uploaded the batch, and another person must confirm it.
    #[error("the uploader does not confirm the batch")]
    SamePerson,
    /// The caller lacks permissions of the rows.
    #[error("the caller lacks permissions of the rows")]
    PermissionMissing(Vec<Permission>),
    /// The uploader had not these permissions of the rows when it last dealt with the batch.
    #[error("the uploader lacks permissions of the rows")]
    UploaderLacks(Vec<Permission>),
}

/// A list of commands that one person uploads, as it stands. Its rows are stored beside it.
#[derive(Clone, PartialEq, Eq)]
pub struct Batch {
    /// Its id.
    pub id: BatchId,
    /// Who uploads it, with the permissions of that person when it last dealt with the batch. The rows run as this person.
    pub uploader: Caller,
    /// How its rows are read.
    pub form: BatchForm,
    /// The digest of its file.
    pub sha256: Sha256,
    /// Where it is in its life.
    pub state: BatchState,
    /// The number of its changes.
    pub version: u64,
    /// The upload that may add rows: the latest that was begun.
    pub upload: Option<String>,
    /// What the file holds; `None` until it has arrived.
    pub content: Option<BatchContent>,
    /// When it was announced.
    pub announced_at: Timestamp,
    /// When an action was last done with it.
    pub moved_at: Timestamp,
    /// Who has confirmed it, and when.
    pub confirmed: Option<(Actor, Timestamp)>,
    /// Since when its rows are executed without a pause, and how many were executed before.
    pub running: Option<(Timestamp, u64)>,
    /// When it was finished or stopped.
    pub ended_at: Option<Timestamp>,
}

/// What the file of a batch holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchContent {
    /// How many rows.
    pub rows: u64,
    /// The names of its columns; empty where rows name their members.
    pub columns: Vec<String>,
    /// The permissions that its rows need.
    pub needs: Permissions,
    /// The command of every row, if it is the same; else the rows name several, or one that there is not.
    pub command: Option<String>,
}

impl Batch {
    /// The command of every row, if it is the same: known from the beginning where the form names it, else once the file is
    /// there.
    pub fn command(&self) -> Option<&str> {
        let content = self.content.as_ref().and_then(|content| content.command.as_deref());
        self.form.command.as_deref().or(content)
    }

    /// Whether it keeps the other batches of its uploader from being started.
    pub fn keeps_from_starting(&self, other: &Self) -> bool {
        matches!(self.state, BatchState::Running | BatchState::Stopping)
            && self.id != other.id
            && self.uploader.actor.id == other.uploader.actor.id
    }

    /// Whether it has not ended and counts, when the uploader of another batch announces that one.
    pub fn is_open_beside(&self, other: &Self) -> bool {
        self.ended_at.is_none() && self.uploader.actor.id == other.uploader.actor.id
    }

    /// Whether this caller uploaded it.
    pub fn is_of(&self, caller: &Caller) -> bool {
        Person::of(&self.uploader.actor.id) == Person::of(&caller.actor.id)
    }

    /// Whether this caller sees it: its own, and with the permission to confirm those of others.
    pub fn is_seen_by(&self, caller: &Caller) -> bool {
        self.uploader.actor.id == caller.actor.id || caller.may(Permission::BatchesConfirm)
    }

    /// Who has confirmed it, if that is another person than the uploader: that person has touched every client of a row.
    pub fn second_person(&self) -> Option<&Actor> {
        let uploader = Person::of(&self.uploader.actor.id);
        self.confirmed.as_ref().map(|(by, _)| by).filter(|by| Person::of(&by.id) != uploader)
    }

    /// The batch after an action, if the table has it and the requester may do it.
    ///
    /// # Errors
    ///
    /// [`BatchRefusal`].
    pub fn after(
        &self,
        action: BatchAction,
        requester: Requester<'_>,
        confirmation: Confirmation,
        now: Timestamp,
    ) -> Result<Self, BatchRefusal> {
        let row = transition(self.state, action);
        let row = row.ok_or(BatchRefusal::State { state: self.state, action })?;
        let mut next = Self { state: row.to, version: self.version + 1, moved_at: now, ..self.clone() };
        match (row.by, requester) {
            (BatchRole::Service, Requester::Service) => {}
            (BatchRole::Service, Requester::Person(_)) | (_, Requester::Service) => {
                return Err(BatchRefusal::Role);
            }
            (role, Requester::Person(caller)) => {
                self.check_role(role, caller, confirmation)?;
                if self.uploader.actor.id == caller.actor.id {
                    next.uploader = caller.clone();
                }
                if row.checks_permissions {
                    next.check_permissions(action, caller)?;
                }
            }
        }
        match action {
            BatchAction::Confirm => {
                if let Requester::Person(caller) = requester {
                    next.confirmed = Some((caller.actor.clone(), now));
                }
            }
            BatchAction::Pause => next.running = None,
            _ => {}
        }
        if next.state.is_final() {
            next.ended_at = Some(now);
        }
        Ok(next)
    }

    fn check_role(
        &self,
        role: BatchRole,
        caller: &Caller,
        confirmation: Confirmation,
    ) -> Result<(), BatchRefusal> {
        let is_uploader = self.uploader.actor.id == caller.actor.id;
        let may_confirm = caller.may(Permission::BatchesConfirm);
        let fits = match role {
            BatchRole::Uploader => is_uploader,
            BatchRole::Confirmer => may_confirm,
            BatchRole::Either => is_uploader || may_confirm,
            BatchRole::Service => false,
        };
        if role == BatchRole::Confirmer && !fits {
            return Err(BatchRefusal::PermissionMissing(vec![Permission::BatchesConfirm]));
        }
        if !fits {
            return Err(BatchRefusal::Role);
        }
        let is_alone = self.is_of(caller) && confirmation == Confirmation::SecondPerson;
        if role == BatchRole::Confirmer && is_alone { Err(BatchRefusal::SamePerson) } else { Ok(()) }
    }

    /// The rows run with the permissions of the uploader. Another person decides about them and executes none, but reads them.
    fn check_permissions(&self, action: BatchAction, caller: &Caller) -> Result<(), BatchRefusal> {
        let Some(content) = &self.content else { return Ok(()) };
        if action == BatchAction::Confirm && !caller.may(Permission::Read) {
            return Err(BatchRefusal::PermissionMissing(vec![Permission::Read]));
        }
        let lacking = content.needs.iter().filter(|permission| !self.uploader.may(*permission));
        match lacking.collect::<Vec<_>>() {
            missing if missing.is_empty() => Ok(()),
            missing if self.uploader.actor.id == caller.actor.id => {
                Err(BatchRefusal::PermissionMissing(missing))
            }
            missing => Err(BatchRefusal::UploaderLacks(missing)),
        }
    }
}

impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch")
            .field("id", &self.id)
            .field("state", &self.state)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}
