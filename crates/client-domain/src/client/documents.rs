use jiff::civil::Date;

use super::aggregate::Client;
use super::decision::{Change, Decision};
use super::field::ClientField;
use super::field_value::FieldValue;
use super::kyc_status::verified_by;
use crate::actor::AuditStamp;
use crate::bank_calendar::BankCalendar;
use crate::event::{ClientEvent, EventKind};
use crate::kyc::{
    Content, DocumentDraft, DocumentId, IdentityDocument, Kyc, KycItem, Notice, Review, ReviewAction,
    ReviewJustification, Sha256, Verification, VerificationStatus,
};
use crate::lifecycle::{Activity, Operation};
use crate::refusal::{Blocker, Refusal};
use crate::value::Notes;

impl Client {
    /// Submits an identity document; its review is pending afterwards. A document that was rejected for good is not
    /// submitted again.
    ///
    /// ```
    /// use client_domain::{Actor, Client, EventKind, AuditStamp, example};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let maker = AuditStamp::new(Actor::parse("maker-1")?, "2026-01-05T09:00:00Z".parse()?);
    /// let client = Client::onboard(example::application()?, &maker).client;
    /// let change = client.submit_document(example::passport(&maker)?, &maker)?;
    /// assert_eq!(change.event.kind, EventKind::DocumentSubmitted);
    /// assert_eq!(change.client.snapshot().kyc.documents.len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn submit_document(&self, draft: DocumentDraft, stamp: &AuditStamp) -> Result<Change, Refusal> {
        self.allow(Activity::ChangeKyc)?;
        self.kyc_room(self.snapshot.kyc.documents.len())?;
        if self.snapshot.kyc.is_rejected_finally(draft.kind, &draft.number) {
            return Err(self.kyc_refusal(Activity::ChangeKyc, vec![Blocker::RejectedFinally]));
        }
        let item = KycItem::Document(draft.id.clone());
        Ok(self.kyc_changed(EventKind::DocumentSubmitted, item, stamp, |kyc| {
            kyc.documents.push(IdentityDocument::of(draft, stamp));
        }))
    }

    /// Replaces the file of a document, as long as the document is not reviewed.
    pub fn replace_content(
        &self,
        id: &DocumentId,
        content: Content,
        stamp: &AuditStamp,
    ) -> Result<Change, Refusal> {
        self.allow(Activity::ChangeKyc)?;
        let refuse = |blocker| self.kyc_refusal(Activity::ChangeKyc, vec![blocker]);
        let document = self.snapshot.kyc.document(id).ok_or_else(|| refuse(Blocker::NotSubmitted))?;
        let status = self.status_of(&document.verification);
        if status != VerificationStatus::Pending {
            return Err(refuse(Blocker::Reviewed { status }));
        }
        let item = KycItem::Document(id.clone());
        Ok(self.kyc_changed(EventKind::DocumentReplaced, item, stamp, |kyc| {
            if let Some(document) = document_of(kyc, id) {
                document.replace_content(content);
            }
        }))
    }

    /// Reviews a document. A person who submitted the document or uploaded a file for it does not review it,
    /// even if the file was replaced since. An expired document is not approved; its day is that of UTC here.
    ///
    /// ```
    /// use client_domain::kyc::ReviewAction;
    /// use client_domain::{Actor, Client, AuditStamp, example};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let maker = AuditStamp::new(Actor::parse("maker-1")?, "2026-01-05T09:00:00Z".parse()?);
    /// let checker = AuditStamp::new(Actor::parse("checker-7")?, "2026-01-06T10:30:00Z".parse()?);
    /// let client = Client::onboard(example::application()?, &maker).client;
    /// let passport = example::passport(&maker)?;
    /// let client = client.submit_document(passport.clone(), &maker)?.client;
    ///
    /// let own = client.review_document(&passport.id, ReviewAction::Approve, None, &maker);
    /// assert_eq!(own.unwrap_err().code(), "four_eyes");
    /// assert!(client.review_document(&passport.id, ReviewAction::Approve, None, &checker).is_ok());
    /// # Ok(())
    /// # }
    /// ```
    pub fn review_document(
        &self,
        id: &DocumentId,
        action: ReviewAction,
        justification: impl Into<ReviewJustification>,
        stamp: &AuditStamp,
    ) -> Result<Change, Refusal> {
        self.review_seen_document(
            id,
            None,
            action,
            justification,
            BankCalendar::utc().day_of(stamp.at),
            stamp,
        )
    }

    /// Reviews a document whose file has this digest. If the file was replaced since the reviewer saw it, the
    /// review is refused. Whether the document has expired is decided by `today`, a day of the bank's calendar.
    ///
    /// ```
    /// use client_domain::kyc::{ReviewAction, Sha256};
    /// use client_domain::{Actor, Client, AuditStamp, example};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let maker = AuditStamp::new(Actor::parse("maker-1")?, "2026-01-05T09:00:00Z".parse()?);
    /// let checker = AuditStamp::new(Actor::parse("checker-7")?, "2026-01-06T10:30:00Z".parse()?);
    /// let client = Client::onboard(example::application()?, &maker).client;
    /// let passport = example::passport(&maker)?;
    /// let client = client.submit_document(passport.clone(), &maker)?.client;
    ///
    /// let review = |seen| {
    ///     let today = jiff::civil::date(2026, 1, 6);
    ///     client.review_seen_document(&passport.id, seen, ReviewAction::Approve, None, today, &checker)
    /// };
    /// assert_eq!(review(Some(Sha256([0; 32]))).unwrap_err().code(), "content_changed");
    /// assert!(review(Some(passport.content.sha256)).is_ok());
    /// # Ok(())
    /// # }
    /// ```
    pub fn review_seen_document(
        &self,
        id: &DocumentId,
        seen: Option<Sha256>,
        action: ReviewAction,
        justification: impl Into<ReviewJustification>,
        today: Date,
        stamp: &AuditStamp,
    ) -> Result<Change, Refusal> {
        self.allow(Activity::ReviewKyc)?;
        let refuse = |blockers| self.kyc_refusal(Activity::ReviewKyc, blockers);
        let document = self.snapshot.kyc.document(id).ok_or_else(|| refuse(vec![Blocker::NotSubmitted]))?;
        let own = document.is_of(&stamp.by.id);
        let status = self.status_of(&document.verification);
        let justification = justification.into();
        let mut blockers = review_blockers(action, status, own, justification.comment.as_ref());
        if action == ReviewAction::Approve
            && self.snapshot.kyc.is_rejected_finally(document.kind, &document.number)
        {
            blockers.push(Blocker::RejectedFinally);
        }
        if action == ReviewAction::Approve && document.uploaders.is_full() && !own {
            blockers.push(Blocker::TooManyUploaders);
        }
        if seen.is_some_and(|seen| seen != document.content.sha256) {
            blockers.push(Blocker::ContentChanged);
        }
        if let Some(last) = document.validity.expires_on()
            && action.row().must_be_unexpired
            && !document.validity.is_good(today)
        {
            blockers.push(Blocker::DocumentExpired { last });
        }
        if !blockers.is_empty() {
            return Err(refuse(blockers));
        }
        let kind = match action {
            ReviewAction::Approve => EventKind::DocumentApproved,
            ReviewAction::Reject => EventKind::DocumentRejected,
        };
        let verified = verified_by(&self.snapshot, document);
        let verification = reviewed(action, justification, verified, stamp);
        let mut change = self.kyc_changed(kind, KycItem::Document(id.clone()), stamp, |kyc| {
            if let Some(document) = document_of(kyc, id) {
                document.verification = verification.clone();
            }
        });
        record(verification, &mut change.event);
        Ok(change)
    }

    /// Records the first notice that is due: a document has expired or expires within `notice_days`. A notice
    /// that was given too early is withdrawn. Clients in a final state get no notices.
    ///
    /// ```
    /// use client_domain::{Actor, Client, EventKind, AuditStamp, example};
    /// use jiff::civil::date;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let stamp = AuditStamp::new(Actor::parse("maker-1")?, "2026-01-05T09:00:00Z".parse()?);
    /// let client = Client::onboard(example::application()?, &stamp).client;
    /// let client = client.submit_document(example::passport(&stamp)?, &stamp)?.client;
    ///
    /// let wrong_clock = date(2199, 1, 1);
    /// let expired = client.note_expiry(wrong_clock, 30, &stamp).change().unwrap();
    /// assert_eq!(expired.event.kind, EventKind::DocumentExpired);
    /// let withdrawn = expired.client.note_expiry(date(2026, 1, 5), 30, &stamp).change().unwrap();
    /// assert_eq!(withdrawn.event.kind, EventKind::DocumentNoticeWithdrawn);
    /// # Ok(())
    /// # }
    /// ```
    pub fn note_expiry(&self, today: Date, notice_days: u16, stamp: &AuditStamp) -> Decision {
        let Some((document, notice)) = self.snapshot.kyc.due(today, notice_days) else {
            return Decision::Unchanged;
        };
        if self.state().has_ended() {
            return Decision::Unchanged;
        }
        let kind = match notice {
            Notice::Nothing => EventKind::DocumentNoticeWithdrawn,
            Notice::Expiring => EventKind::DocumentExpiring,
            Notice::Expired => EventKind::DocumentExpired,
        };
        let id = document.id.clone();
        let change = self.kyc_changed(kind, KycItem::Document(id.clone()), stamp, |kyc| {
            if let Some(document) = document_of(kyc, &id) {
                document.noticed = notice;
            }
        });
        Decision::Changed(Box::new(change))
    }

    /// A change of documents or addresses, with its event.
    pub(super) fn kyc_changed(
        &self,
        kind: EventKind,
        item: KycItem,
        stamp: &AuditStamp,
        write: impl FnOnce(&mut Kyc),
    ) -> Change {
        let field = match item {
            KycItem::Document(_) => ClientField::IdentityDocuments,
            KycItem::Address(_) => ClientField::AddressInformation,
        };
        let mut change = self.changed(kind, vec![field], stamp, |snapshot| write(&mut snapshot.kyc));
        change.event.kyc = Some(item);
        change
    }

    pub(super) fn kyc_refusal(&self, activity: Activity, blockers: Vec<Blocker>) -> Refusal {
        Refusal { operation: Operation::Activity(activity), state: self.state(), blockers }
    }

    /// Refuses a submission beyond the limit.
    pub(super) fn kyc_room(&self, count: usize) -> Result<(), Refusal> {
        let full = count >= Kyc::MAX_ITEMS;
        let refusal =
            || self.kyc_refusal(Activity::ChangeKyc, vec![Blocker::TooMany { max: Kyc::MAX_ITEMS }]);
        if full { Err(refusal()) } else { Ok(()) }
    }
}

fn document_of<'a>(kyc: &'a mut Kyc, id: &DocumentId) -> Option<&'a mut IdentityDocument> {
    kyc.documents.iter_mut().find(|document| document.id == *id)
}

/// The blockers of this review, for documents and addresses alike.
pub(super) fn review_blockers(
    action: ReviewAction,
    status: VerificationStatus,
    own: bool,
    comment: Option<&Notes>,
) -> Vec<Blocker> {
    let row = action.row();
    let mut blockers = Vec::new();
    if !row.from.contains(&status) {
        blockers.push(Blocker::Reviewed { status });
    }
    if own {
        blockers.push(Blocker::OwnUpload);
    }
    if row.comment_needed && comment.is_none_or(|comment| comment.as_str().is_empty()) {
        blockers.push(Blocker::ReasonMissing);
    }
    blockers
}

/// Records in the event what the reviewer said.
pub(super) fn record(verification: Verification, event: &mut ClientEvent) {
    if let Verification::Approved(review) | Verification::Rejected(review) = verification {
        event.notes = review.comment;
        event.reason_code = review.rejection.map(|rejection| rejection.reason);
    }
}

/// The verification after the review. An approval is given for the values that the client has now.
pub(super) fn reviewed(
    action: ReviewAction,
    justification: ReviewJustification,
    verified: Vec<FieldValue>,
    stamp: &AuditStamp,
) -> Verification {
    let stamp = stamp.clone();
    let ReviewJustification { comment, rejection } = justification;
    match action {
        ReviewAction::Approve => Verification::Approved(Review { stamp, comment, verified, rejection: None }),
        ReviewAction::Reject => {
            Verification::Rejected(Review { stamp, comment, verified: Vec::new(), rejection })
        }
    }
}
