//! What of a client waits for a person: decisions, and documents that expire soon.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::activity_part::ActivityPart;
use super::aggregate::Client;
use super::amendment::AmendmentId;
use super::amendment_table::AmendmentDecision;
use super::approval::Approval;
use super::decision::Change;
use super::explanation::{Explanation, explain};
use crate::actor::{Actor, AuditStamp};
use crate::kyc::{AddressId, DocumentId, Notice, ReviewAction, ReviewJustification, VerificationStatus};
use crate::lifecycle::{Action, Activity, Facts, Operation};
use crate::permission::{Permission, Permissions};
use crate::refusal::{Blocker, Refusal};

/// What a person is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WorkKind {
    /// To decide about a client whose approval was requested.
    Approval,
    /// To review a document.
    Document,
    /// To review address information.
    Address,
    /// To decide about an open amendment.
    Amendment,
    /// To obtain the successor of a document that expires soon.
    Expiring,
}

impl WorkKind {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::Approval, Self::Document, Self::Address, Self::Amendment, Self::Expiring];

    /// The name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Approval => "Approval",
            Self::Document => "Document",
            Self::Address => "Address",
            Self::Amendment => "Amendment",
            Self::Expiring => "Expiring",
        }
    }

    /// The kind with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The permission that shows the subject of such an item.
    pub const fn permission(self) -> Permission {
        match self {
            Self::Approval | Self::Amendment => Permission::Read,
            Self::Document | Self::Address | Self::Expiring => Permission::KycRead,
        }
    }
}

/// Which item of a client waits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WorkSubject {
    /// The client itself.
    Approval,
    /// A document whose review is pending.
    Document(DocumentId),
    /// Address information whose review is pending.
    Address(AddressId),
    /// An open amendment.
    Amendment(AmendmentId),
    /// An approved document that expires soon.
    Expiring(DocumentId),
}

impl WorkSubject {
    /// What is to do.
    pub const fn kind(&self) -> WorkKind {
        match self {
            Self::Approval => WorkKind::Approval,
            Self::Document(_) => WorkKind::Document,
            Self::Address(_) => WorkKind::Address,
            Self::Amendment(_) => WorkKind::Amendment,
            Self::Expiring(_) => WorkKind::Expiring,
        }
    }

    /// The id of the item within its client, as it is stored; empty for the client itself.
    pub fn id(&self) -> String {
        match self {
            Self::Approval => String::new(),
            Self::Document(id) | Self::Expiring(id) => id.as_str().to_owned(),
            Self::Address(id) => id.as_str().to_owned(),
            Self::Amendment(id) => id.to_string(),
        }
    }

    /// The subject with this kind and id, as they are stored.
    pub fn from_stored(kind: WorkKind, id: &str) -> Option<Self> {
        Some(match kind {
            WorkKind::Approval => return id.is_empty().then_some(Self::Approval),
            WorkKind::Document => Self::Document(DocumentId::parse(id).ok()?),
            WorkKind::Address => Self::Address(AddressId::parse(id).ok()?),
            WorkKind::Amendment => Self::Amendment(AmendmentId::parse(id).ok()?),
            WorkKind::Expiring => Self::Expiring(DocumentId::parse(id).ok()?),
        })
    }
}

/// An item that waits.
#[derive(Clone, Debug, PartialEq)]
pub struct WaitingItem {
    /// Which one.
    pub subject: WorkSubject,
    /// Since when it waits; of a document that expires soon, the beginning of its last day.
    pub since: Timestamp,
    /// Who asked for the decision, or submitted the document.
    pub by: Actor,
}

/// What a person can do about an item now.
#[derive(Clone, Debug, PartialEq)]
pub struct Decidability {
    /// Whether one of the decisions is possible: an approval or a rejection; for a document that expires soon, the
    /// submission of another one.
    pub is_decidable: bool,
    /// Why the approval, or the submission, would be refused; empty if it would not.
    pub blockers: Vec<Blocker>,
    /// The client after the approval of a document or an amendment; `None` if that would be refused. The approval is refused
    /// too if another client has a value that this one would claim then, which only the storage knows.
    pub approved: Option<Box<Client>>,
}

impl Decidability {
    /// Whether it is blocked because the person has taken part in it.
    pub fn is_own(&self) -> bool {
        self.blockers.iter().any(|blocker| match blocker {
            Blocker::OwnUpload | Blocker::OwnAmendment => true,
            Blocker::FourEyes { touches, .. } => !touches.is_empty(),
            _ => false,
        })
    }
}

impl Client {
    /// Everything of the client that waits.
    ///
    /// ```
    /// use client_domain::client::WorkSubject;
    /// use client_domain::{Actor, AuditStamp, Client, example};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let maker = AuditStamp::new(Actor::parse("maker-1")?, "2026-01-05T09:00:00Z".parse()?);
    /// let client = Client::onboard(example::application()?, &maker).client;
    /// assert!(client.waiting().is_empty(), "the approval was not requested yet");
    /// let client = client.request_approval(None, &maker)?.client;
    /// assert_eq!(client.waiting()[0].subject, WorkSubject::Approval);
    /// # Ok(())
    /// # }
    /// ```
    pub fn waiting(&self) -> Vec<WaitingItem> {
        let (snapshot, kyc) = (&self.snapshot, self.kyc());
        let allows = |activity: Activity| activity.allowance().allows(self.state());
        let item =
            |subject, stamp: &AuditStamp| WaitingItem { subject, since: stamp.at, by: stamp.by.clone() };
        let mut items = Vec::new();
        if let Approval::Requested(stamp) = &snapshot.approval {
            items.push(item(WorkSubject::Approval, stamp));
        }
        if allows(Activity::ReviewKyc) {
            let pending = VerificationStatus::Pending;
            let documents = kyc.documents.iter().filter(|one| one.verification.status() == pending);
            items.extend(documents.map(|one| item(WorkSubject::Document(one.id.clone()), &one.submitted)));
            let addresses = kyc.addresses.iter().filter(|one| one.verification.status() == pending);
            items.extend(addresses.map(|one| item(WorkSubject::Address(one.id.clone()), &one.submitted)));
        }
        if allows(Activity::DecideAmendment) {
            let open = snapshot.amendments.iter();
            items.extend(open.map(|one| item(WorkSubject::Amendment(one.id.clone()), &one.proposed)));
        }
        if allows(Activity::ChangeKyc) {
            let approved = VerificationStatus::Approved;
            let expiring = kyc
                .documents
                .iter()
                .filter(|one| one.verification.status() == approved && one.noticed == Notice::Expiring);
            items.extend(expiring.filter_map(|one| {
                let last = one.validity.expires_on().and_then(start_of)?;
                let subject = WorkSubject::Expiring(one.id.clone());
                Some(WaitingItem { subject, since: last, by: one.submitted.by.clone() })
            }));
        }
        items
    }

    /// What this person can do about an item now: what the commands would answer.
    ///
    /// `today` is the day of the bank. Look-alikes of the client count as reviewed, because a reviewer names them with
    /// the decision.
    pub fn decidability(
        &self,
        subject: &WorkSubject,
        permissions: &Permissions,
        facts: &Facts,
        today: Date,
        stamp: &AuditStamp,
    ) -> Decidability {
        let lacking = |permission: Permission| {
            (!permissions.holds(permission)).then_some(Blocker::Permission(permission))
        };
        let explained = |operation| {
            let all = explain(self, &stamp.by, permissions, facts).into_iter();
            let mut of_operation = all.filter(|one: &Explanation| one.operation == operation);
            of_operation.next()
        };
        let blockers_of =
            |operation| explained(operation).map(|one: Explanation| one.blockers).unwrap_or_default();
        let mut approved = None;
        let mut keep = |answer: &Result<Change, Refusal>, is_approval: bool| {
            if let (Ok(change), true) = (answer, is_approval) {
                approved = Some(Box::new(change.client.clone()));
            }
        };
        let (approval, rejection) = match subject {
            WorkSubject::Approval => {
                let of_action = |action| blockers_of(Operation::Action(action));
                (of_action(Action::Approve), of_action(Action::Reject))
            }
            WorkSubject::Document(id) => {
                let mut review = |action: ReviewAction| {
                    let answer = self.review_seen_document(
                        id,
                        None,
                        action,
                        ReviewJustification::default(),
                        today,
                        stamp,
                    );
                    keep(&answer, action == ReviewAction::Approve);
                    blockers(answer, lacking(action.row().permission))
                };
                (review(ReviewAction::Approve), review(ReviewAction::Reject))
            }
            WorkSubject::Address(id) => {
                let review = |action: ReviewAction| {
                    let answer = self.review_address(id, action, ReviewJustification::default(), stamp);
                    blockers(answer, lacking(action.row().permission))
                };
                (review(ReviewAction::Approve), review(ReviewAction::Reject))
            }
            WorkSubject::Amendment(id) => {
                let mut decide = |decision: AmendmentDecision| {
                    let answer = self.decide_amendment(id, decision, None, stamp);
                    keep(&answer, decision == AmendmentDecision::Approve);
                    blockers(answer, lacking(decision.row().permission))
                };
                (decide(AmendmentDecision::Approve), decide(AmendmentDecision::Reject))
            }
            WorkSubject::Expiring(_) => {
                let change = explained(Operation::Activity(Activity::ChangeKyc));
                let parts = change.into_iter().flat_map(|one| one.parts);
                let mut submission = parts.filter(|one| one.part == ActivityPart::NewDocument);
                let submission = submission.next().map(|one| one.blockers).unwrap_or_default();
                (submission.clone(), submission)
            }
        };
        let is_decidable = approval.is_empty() || rejection.is_empty();
        Decidability { is_decidable, blockers: approval, approved }
    }
}

/// The blockers of a decision that was tried without a reason, which the person gives with the decision.
fn blockers(answer: Result<Change, Refusal>, lacking: Option<Blocker>) -> Vec<Blocker> {
    let refused = answer.err().map(|refusal| refusal.blockers).unwrap_or_default();
    refused.into_iter().filter(|blocker| *blocker != Blocker::ReasonMissing).chain(lacking).collect()
}

/// The beginning of a day, UTC.
fn start_of(day: Date) -> Option<Timestamp> {
    TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok()
}
