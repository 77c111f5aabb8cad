use jiff::civil::Date;

use super::{Change, Client, ClientField, Decision};
use crate::actor::AuditStamp;
use crate::event::EventKind;
use crate::kyc::{
    Content, DocumentDraft, DocumentId, IdentityDocument, Kyc, KycItem, Notice, Review, ReviewAction, Sha256,
    Verification, VerificationStatus,
};
use crate::lifecycle::{Activity, Operation};
use crate::refusal::{Blocker, Refusal};
use crate::value::Notes;

impl Client {
    /// Submits an identity document; its review is pending afterwards.
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
        let status = document.verification.status();
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
    /// even if the file was replaced since. An expired document is not approved.
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
        comment: Option<Notes>,
        stamp: &AuditStamp,
    ) -> Result<Change, Refusal> {
        self.review_seen_document(id, None, action, comment, stamp)
    }

    /// Reviews a document whose file has this digest. If the file was replaced since the reviewer saw it, the
    /// review is refused.
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
    /// let review = |seen| client.review_seen_document(&passport.id, seen, ReviewAction::Approve, None, &checker);
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
        comment: Option<Notes>,
        stamp: &AuditStamp,
    ) -> Result<Change, Refusal> {
        self.allow(Activity::ReviewKyc)?;
        let refuse = |blockers| self.kyc_refusal(Activity::ReviewKyc, blockers);
        let document = self.snapshot.kyc.document(id).ok_or_else(|| refuse(vec![Blocker::NotSubmitted]))?;
        let own = document.is_of(&stamp.by.id);
        let mut blockers = review_blockers(action, &document.verification, own, comment.as_ref());
        if action == ReviewAction::Approve && document.uploaders.is_full() && !own {
            blockers.push(Blocker::TooManyUploaders);
        }
        if seen.is_some_and(|seen| seen != document.content.sha256) {
            blockers.push(Blocker::ContentChanged);
        }
        let today = stamp.at.to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
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
        let notes = comment.clone();
        let mut change = self.kyc_changed(kind, KycItem::Document(id.clone()), stamp, |kyc| {
            if let Some(document) = document_of(kyc, id) {
                document.verification = reviewed(action, comment, stamp);
            }
        });
        change.event.notes = notes;
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
        if self.state().is_final() {
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
    verification: &Verification,
    own: bool,
    comment: Option<&Notes>,
) -> Vec<Blocker> {
    let row = action.row();
    let status = verification.status();
    let mut blockers = Vec::new();
    if status != row.from {
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

/// The verification after the review.
pub(super) fn reviewed(action: ReviewAction, comment: Option<Notes>, stamp: &AuditStamp) -> Verification {
    let review = Review { stamp: stamp.clone(), comment };
    match action {
        ReviewAction::Approve => Verification::Approved(review),
        ReviewAction::Reject => Verification::Rejected(review),
    }
}
