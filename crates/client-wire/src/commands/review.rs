//! What the four reviews have in common: a paper, a row of the table of reviews, and a comment. Their files say what
//! differs.

use client_domain::client::Decision;
use client_domain::kyc::{AddressId, DocumentId, KycItem, ReviewAction, Sha256};
use client_domain::lifecycle::{Activity, Facts, Operation};
use client_domain::value::Notes;
use client_domain::{Client, ClientEvent, Invalid, Refusal, Stamp};
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::{approve_address, approve_document, reject_address, reject_document};
use crate::Failure;
use crate::command::{ClientCommand, Command};
use crate::form::Form;
use crate::kyc_view::{CONTENT_SHA256, address_json, document_json};
use crate::ports::ClientRef;
use crate::spec::OperationSpec;

/// What one of these commands is called and reviews.
pub(crate) struct PaperReview {
    pub(crate) spec: &'static OperationSpec,
    pub(crate) action: ReviewAction,
    pub(crate) paper: Paper,
    pub(crate) message: &'static str,
}

/// What is reviewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paper {
    Document,
    Address,
}

const ALL: [&PaperReview; 4] =
    [&approve_document::REVIEW, &reject_document::REVIEW, &approve_address::REVIEW, &reject_address::REVIEW];

struct ReviewPapers {
    review: &'static PaperReview,
    client: ClientRef,
    item: KycItem,
    comment: Option<Notes>,
    /// The digest of the file that was looked at.
    seen: Option<Sha256>,
}

/// The review that this operation is, if it is one.
pub(crate) fn find(spec: &OperationSpec) -> Option<&'static PaperReview> {
    ALL.into_iter().find(|review| review.spec.name == spec.name)
}

pub(crate) fn parse(review: &'static PaperReview, mut form: Form<'_>) -> Result<Command, Failure> {
    let named = match review.paper {
        Paper::Document => form
            .required("identityId", DocumentId::parse)
            .map(|id| (ClientRef::Document(id.clone()), KycItem::Document(id))),
        Paper::Address => form
            .required("addressId", AddressId::parse)
            .map(|id| (ClientRef::Address(id.clone()), KycItem::Address(id))),
    };
    let comment = if review.action.row().comment_needed {
        form.required("comment", some_notes)
    } else {
        form.optional("comment", Notes::parse)
    };
    let seen = match review.paper {
        Paper::Document => form.optional(CONTENT_SHA256, any_case),
        Paper::Address => None,
    };
    let command = named.map(|(client, item)| ReviewPapers { review, client, item, comment, seen });
    form.finish(command).map(|command| Command::Existing(Box::new(command)))
}

/// A digest; some tools write it in capitals.
fn any_case(raw: &str) -> Result<Sha256, Invalid> {
    Sha256::parse(&raw.to_ascii_lowercase())
}

/// A comment that says something.
fn some_notes(raw: &str) -> Result<Notes, Invalid> {
    let notes = Notes::parse(raw)?;
    if notes.as_str().is_empty() { Err(Invalid::TooShort { min: 1 }) } else { Ok(notes) }
}

impl ClientCommand for ReviewPapers {
    fn spec(&self) -> &'static OperationSpec {
        self.review.spec
    }

    fn client(&self) -> &ClientRef {
        &self.client
    }

    fn decides_unseen(&self) -> bool {
        self.seen.is_none() && Operation::Activity(Activity::ReviewKyc).is_decision()
    }

    fn decide(&self, client: &Client, _facts: &Facts, stamp: &Stamp) -> Result<Decision, Refusal> {
        let (action, comment) = (self.review.action, self.comment.clone());
        let change = match &self.item {
            KycItem::Document(id) => client.review_seen_document(id, self.seen, action, comment, stamp)?,
            KycItem::Address(id) => client.review_address(id, action, comment, stamp)?,
        };
        Ok(Decision::Changed(Box::new(change)))
    }

    fn reply(
        &self,
        client: &Client,
        _event: Option<&ClientEvent>,
        stamp: &Stamp,
    ) -> (String, Map<String, Value>) {
        let today = stamp.at.to_zoned(TimeZone::UTC).date();
        let shown = match &self.item {
            KycItem::Document(id) => {
                client.kyc().document(id).map(|document| document_json(client.key(), document, today))
            }
            KycItem::Address(id) => {
                client.kyc().address(id).map(|address| address_json(client.key(), address))
            }
        };
        let mut data = shown.unwrap_or_default();
        data.insert("version".to_owned(), client.version().get().into());
        (self.review.message.to_owned(), data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_review_asks_for_a_comment_and_a_permission_exactly_as_the_table_does() {
        for review in ALL {
            let row = review.action.row();
            let comment = review.spec.fields.iter().find(|field| field.name == "comment").unwrap();
            assert_eq!(comment.is_required(), row.comment_needed, "{}", review.spec.name);
            assert_eq!(review.spec.permission, row.permission, "{}", review.spec.name);
        }
    }
}
