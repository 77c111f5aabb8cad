//! A command as it is sent, and the same as the domain takes it.

use client_app::ports::{ClientRef, RequestKey};
use client_app::{IdempotencyKey, RequestContext, RequestId};
use client_domain::client::{AmendmentDecision, ContactValue, ContactVerification, Transaction};
use client_domain::kyc::{DocumentKind, KycPolicy, RequestedDocuments, ReviewAction, ReviewJustification};
use client_domain::lifecycle::Action;
use client_domain::reason::{ReasonEntry, ReasonedOperation};
use client_domain::value::{
    BirthDate, Notes, PersonName, Reason, ReasonCode, TransactionReference, Version, parse_date,
};
use client_domain::{AuditStamp, Justification, Permission};
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::evidence::{Evidence, Review};
use super::person::Fix;
use super::samples::{BIRTHDAYS, REASON, Who};
use super::step::{Choice, Contact, Renewed, Spoilt, What};

/// An error of a request: the code, and the field if it concerns one.
pub type Wrong = (String, Option<String>);

/// The changed member of a broken body; none if it is removed.
type Member = (&'static str, Option<Value>);

#[derive(Clone, Debug)]
pub struct Order {
    pub who: Who,
    pub what: What,
    pub named: Named,
    pub remark: u8,
    pub code: Option<&'static str>,
    pub key: Option<u8>,
    pub expected_version: Option<Version>,
    pub dry: bool,
    pub spoilt: Option<Spoilt>,
}

/// How the request names its client.
#[derive(Clone, Debug)]
pub struct Named {
    pub client: ClientRef,
    pub member: &'static str,
    pub text: String,
}

pub fn wrong(code: &str, field: &str) -> Wrong {
    (code.to_owned(), Some(field.to_owned()))
}

impl Order {
    /// The command's name, its permission, its action, and its members for a reason and a remark.
    fn table(&self) -> (&'static str, Permission, Option<Action>, Option<&'static str>, &'static str) {
        let reason = Some("reason");
        match self.what {
            What::Create(_) => ("CreateContactCommand", Permission::Write, None, None, "middleName"),
            What::Update(_) => ("UpdateContactCommand", Permission::Write, None, None, "middleName"),
            What::Correct(_) => ("CorrectContactCommand", Permission::Write, None, reason, "reason"),
            What::Decide(Choice { decision: AmendmentDecision::Approve, .. }) => {
                ("ApproveAmendmentCommand", Permission::Approve, None, None, "comment")
            }
            What::Decide(Choice { decision: AmendmentDecision::Reject, .. }) => {
                ("RejectAmendmentCommand", Permission::Approve, None, None, "comment")
            }
            What::RequestApproval => {
                ("RequestCustomerApprovalCommand", Permission::Write, None, None, "notes")
            }
            What::Approve => {
                ("ApproveCustomerCommand", Permission::Approve, Some(Action::Approve), None, "approvalNotes")
            }
            What::Reject => (
                "RejectCustomerCommand",
                Permission::Approve,
                Some(Action::Reject),
                Some("rejectionReason"),
                "rejectionNotes",
            ),
            What::UndoReject => {
                ("UndoRejectCustomerCommand", Permission::Approve, Some(Action::UndoReject), reason, "notes")
            }
            What::Blacklist => {
                ("BlacklistCustomerCommand", Permission::Blacklist, Some(Action::Blacklist), reason, "notes")
            }
            What::UndoBlacklist => (
                "UndoBlacklistCustomerCommand",
                Permission::Blacklist,
                Some(Action::UndoBlacklist),
                reason,
                "notes",
            ),
            What::Exit => ("ExitCustomerCommand", Permission::Exit, Some(Action::Exit), reason, "notes"),
            What::Withdraw => {
                ("WithdrawCustomerCommand", Permission::Write, Some(Action::Withdraw), reason, "notes")
            }
            What::Return(_) => ("ReturnCustomerCommand", Permission::Write, None, reason, "notes"),
            What::Verify(_) => {
                ("VerifyContactPointCommand", Permission::KycReview, None, Some("means"), "reference")
            }
            What::RequestDocuments(_) => {
                ("RequestIdentityDocumentsCommand", Permission::KycReview, None, None, "notes")
            }
            What::Transaction(_) => {
                ("RecordCustomerTransactionCommand", Permission::Transactions, None, None, "transactionDate")
            }
            What::SubmitDocument(_) => {
                ("CreateIdentityDocumentCommand", Permission::KycWrite, None, None, "issuingAuthority")
            }
            What::SubmitAddress(_) => {
                ("CreateAddressInformationCommand", Permission::KycWrite, None, None, "addressLine2")
            }
            What::Review(Review { evidence, action, .. }) => {
                let name = match (evidence, action) {
                    (Evidence::Document, ReviewAction::Approve) => "ApproveIdentityDocumentCommand",
                    (Evidence::Document, ReviewAction::Reject) => "RejectIdentityDocumentCommand",
                    (Evidence::Address, ReviewAction::Approve) => "ApproveCustomerAddressInformationCommand",
                    (Evidence::Address, ReviewAction::Reject) => "RejectCustomerAddressInformationCommand",
                };
                let reason = (action == ReviewAction::Reject).then_some("comment");
                (name, Permission::KycReview, None, reason, "comment")
            }
        }
    }

    pub fn name(&self) -> &'static str {
        self.table().0
    }

    pub fn permission(&self) -> Permission {
        self.table().1
    }

    pub fn action(&self) -> Option<Action> {
        self.table().2
    }

    pub fn request_key(&self) -> Option<RequestKey> {
        let key = IdempotencyKey::parse(&format!("key-{}", self.key?)).unwrap();
        Some(RequestKey { actor: self.who.caller().actor.id, command: self.name().to_owned(), key })
    }

    pub fn context(&self, request_id: RequestId) -> RequestContext {
        RequestContext {
            idempotency_key: self.request_key().map(|request| request.key),
            expected_version: self.expected_version,
            dry_run: self.dry,
            ..RequestContext::new(self.who.caller(), request_id)
        }
    }

    /// The remark as it is sent.
    pub fn remark(&self) -> Option<String> {
        let day = matches!(self.what, What::Transaction(_));
        let text = if day { format!("2026-01-0{}", self.remark) } else { format!("Remark {}", self.remark) };
        (self.remark > 0).then_some(text)
    }

    /// The body, broken or not.
    pub fn data(&self) -> Map<String, Value> {
        let (_, _, _, reason, remark) = self.table();
        let mut data = match &self.what {
            What::Create(applicant) => applicant.members(),
            What::Update(change) => change.members(),
            What::Correct(fix) => fix.members(),
            What::Return(Renewed { change, fix }) => {
                change.members().into_iter().chain(fix.members()).collect()
            }
            What::Transaction(n) => object(json!({ "transactionReference": format!("TX-{n}") })),
            What::Verify(contact) => {
                object(json!({ "contactPoint": contact.point.name(), "value": contact.value }))
            }
            What::RequestDocuments(kinds) => object(json!({ "identityTypes": kinds })),
            What::SubmitDocument(document) => document.members(),
            What::SubmitAddress(home) => home.members(),
            What::Review(review) => {
                let seen = review.seen().map(|seen| ("contentSha256".to_owned(), seen.to_string().into()));
                seen.into_iter().collect()
            }
            _ => Map::new(),
        };
        if !matches!(self.what, What::Create(_)) {
            data.insert(self.named.member.to_owned(), self.named.text.clone().into());
        }
        data.extend(reason.map(|name| (name.to_owned(), REASON.into())));
        data.extend(self.code.map(|code| ("reasonCode".to_owned(), code.into())));
        data.extend(self.remark().map(|text| (remark.to_owned(), text.into())));
        if let Some((broken, _)) = self.broken() {
            for (name, value) in broken {
                match value {
                    Some(value) => data.insert(name.to_owned(), value),
                    None => data.remove(name),
                };
            }
        }
        data
    }

    /// The member of the body that differs (none: it is missing), and the refusal that reports it.
    fn broken(&self) -> Option<(Vec<Member>, Wrong)> {
        let (_, _, _, reason, remark) = self.table();
        let create = matches!(self.what, What::Create(_));
        let target = self.named.member;
        // Such an order names no client.
        let review = matches!(self.what, What::Review(_) | What::Decide(_));
        // What is mandatory and neither the client nor a remark.
        let main = match self.what {
            What::Create(_) => "lastName",
            What::Transaction(_) => "transactionReference",
            What::SubmitDocument(_) => "idNumber",
            What::SubmitAddress(_) => "addressLine1",
            _ => reason.unwrap_or(target),
        };
        // A wrong client reference counts as a missing one.
        let blamed = if main == target && !review { "contactEncodedKey" } else { main };
        let with = |name, value: Value, code: &str| (vec![(name, Some(value))], wrong(code, name));
        let other = if target == "customerNumber" { "contactEncodedKey" } else { "customerNumber" };
        Some(match self.spoilt? {
            Spoilt::UnknownMember => with("nickname", "Ada".into(), "unknown_member"),
            Spoilt::Missing => (vec![(main, None)], wrong("required", blamed)),
            Spoilt::WrongType => with(main, 7.into(), "wrong_type"),
            Spoilt::TooLong if matches!(self.what, What::Transaction(_)) => {
                with("transactionDate", "the day before".into(), "format")
            }
            Spoilt::TooLong => with(remark, "x".repeat(501).into(), "too_long"),
            Spoilt::Twice if create || review => {
                with("customerNumber", "CUST1000001".into(), "unknown_member")
            }
            Spoilt::Twice => {
                (vec![(other, Some("CUST1000001".into()))], wrong("exactly_one", "customerNumber"))
            }
            Spoilt::Null if matches!(self.what, What::Update(_)) => {
                with("lastName", Value::Null, "cannot_be_cleared")
            }
            Spoilt::Null => (vec![(main, Some(Value::Null))], wrong("required", blamed)),
            Spoilt::Empty if main == target && review => with(main, "".into(), "format"),
            Spoilt::Empty if main == target => {
                (vec![(target, None), ("contactEncodedKey", Some("".into()))], wrong("too_short", blamed))
            }
            Spoilt::Empty => with(main, " ".into(), "too_short"),
        })
    }

    /// Everything that is wrong with the body.
    pub fn wrong(&self, today: Date, kyc: &KycPolicy) -> Vec<Wrong> {
        let mut all: Vec<_> = self.broken().map(|(_, refusal)| refusal).into_iter().collect();
        if let Some(operation) = self.reasoned()
            && let Err(refused) = kyc.reasons.choose(operation, self.reason_code().as_ref())
        {
            all.push(wrong(
                if refused.is_missing { "required" } else { "unknown_reason_code" },
                "reasonCode",
            ));
        }
        match &self.what {
            What::Create(applicant) if BirthDate::parse(BIRTHDAYS[applicant.born], today).is_err() => {
                all.push(wrong("in_future", "dateOfBirth"));
            }
            What::Correct(Fix { born: Some(born), .. })
            | What::Return(Renewed { fix: Fix { born: Some(born), .. }, .. })
                if BirthDate::parse(BIRTHDAYS[*born], today).is_err() =>
            {
                all.push(wrong("in_future", "dateOfBirth"));
            }
            What::Update(_) | What::Correct(_) => {
                let nothing = ["contactEncodedKey", "customerNumber", "reason", "reasonCode", "nickname"];
                if self.data().keys().all(|name| nothing.contains(&name.as_str())) {
                    all.push(("nothing_to_update".to_owned(), None));
                }
            }
            What::SubmitDocument(document) => {
                let numbered = !all.iter().any(|(_, field)| field.as_deref() == Some("idNumber"));
                all.extend(document.wrong(numbered, today, kyc));
            }
            What::SubmitAddress(home) => all.extend(home.wrong()),
            _ => {}
        }
        all.sort();
        all
    }

    /// What the code of its reason is for.
    pub fn reasoned(&self) -> Option<ReasonedOperation> {
        let action = self.action().map(ReasonedOperation::Action);
        action.filter(|action| ReasonedOperation::ALL.contains(action)).or(match &self.what {
            What::Review(Review { evidence, action: ReviewAction::Reject, .. }) => Some(match evidence {
                Evidence::Document => ReasonedOperation::RejectDocument,
                Evidence::Address => ReasonedOperation::RejectAddress,
            }),
            What::Correct(_) => Some(ReasonedOperation::Correct),
            What::Return(_) => Some(ReasonedOperation::Return),
            What::Decide(Choice { decision: AmendmentDecision::Reject, .. }) => {
                Some(ReasonedOperation::RejectAmendment)
            }
            _ => None,
        })
    }

    fn reason_code(&self) -> Option<ReasonCode> {
        self.code.map(|code| ReasonCode::parse(code).unwrap())
    }

    /// The chosen reason of a policy that accepts it.
    fn chosen<'a>(&self, kyc: &'a KycPolicy) -> Option<&'a ReasonEntry> {
        let code = self.reason_code();
        self.reasoned().and_then(|operation| kyc.reasons.choose(operation, code.as_ref()).unwrap())
    }

    pub fn justification(&self, kyc: &KycPolicy) -> Justification {
        let reason = self.table().3.map(|_| Reason::parse(REASON).unwrap());
        Justification { reason, code: self.chosen(kyc).map(ReasonEntry::coded), notes: self.notes() }
    }

    pub fn review_justification(&self, kyc: &KycPolicy) -> ReviewJustification {
        let rejection = self.chosen(kyc).map(ReasonEntry::rejection);
        ReviewJustification { comment: self.comment(), rejection }
    }

    /// Why a value is corrected.
    pub fn why(&self, kyc: &KycPolicy) -> Justification {
        let reason = Reason::parse(&self.remark().unwrap_or_else(|| REASON.to_owned())).unwrap();
        Justification { reason: Some(reason), code: self.chosen(kyc).map(ReasonEntry::coded), notes: None }
    }

    /// How a contact point was verified.
    pub fn verification(&self, contact: &Contact, stamp: &AuditStamp) -> ContactVerification {
        ContactVerification {
            value: ContactValue::parse(contact.point, contact.value.as_deref().unwrap()).unwrap(),
            stamp: stamp.clone(),
            means: Reason::parse(REASON).unwrap(),
            reference: self.remark().map(|text| TransactionReference::parse(&text).unwrap()),
        }
    }

    /// The documents that are asked for.
    pub fn requested(kinds: &[u8]) -> RequestedDocuments {
        let kinds = kinds.iter().map(|kind| DocumentKind::from_number(i64::from(*kind)).unwrap());
        RequestedDocuments::new(kinds.collect()).unwrap()
    }

    pub fn notes(&self) -> Option<Notes> {
        self.remark().map(|text| Notes::parse(&text).unwrap())
    }

    pub fn transaction(&self, n: u8) -> Transaction {
        let reference = TransactionReference::parse(&format!("TX-{n}")).unwrap();
        Transaction { reference, date: self.remark().map(|day| parse_date(&day).unwrap()) }
    }

    /// Whether it is a decision without the version that was reviewed, or for a rejection of a document its file.
    pub fn decides_unseen(&self) -> bool {
        let named = match &self.what {
            What::Review(review) => review.action == ReviewAction::Reject && review.seen().is_some(),
            _ => self.action().is_none(),
        };
        !named && self.expected_version.is_none()
    }

    /// The comment of a reviewer: a rejection needs one.
    fn comment(&self) -> Option<Notes> {
        self.notes().or(self.table().3.map(|_| Notes::parse(REASON).unwrap()))
    }

    pub fn middle_name(&self) -> Option<PersonName> {
        self.remark().map(|text| PersonName::parse(&text).unwrap())
    }
}

pub fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        other => panic!("no object: {other}"),
    }
}
