//! What a person can do with a client now: what the service explains, and for the things of a client what a dry run says.

use client_wire::spec::FieldSpec;
use client_wire::{Code, Failure};
use serde_json::{Map, Value, json};

use crate::command::table::{CommandForm, FORMS, Subject};
use crate::operation::{Mode, Sent};
use crate::part::Offer;
use crate::record::Record;
use crate::sentence::{Reason, Sentence, reason};
use crate::url;
use crate::visit::Visit;

/// What the service explains about one operation, with the codes that its reason needs.
pub(crate) struct Explained {
    operation: Record,
    /// Whether it is possible, and why not: of the part of the operation that the form is about, else of the operation.
    standing: Record,
}

impl Explained {
    /// The explanation of what the form is about.
    pub(crate) fn find(actions: &[Record], form: &CommandForm) -> Option<Self> {
        let whole = Self::find_whole(actions, form.action)?;
        let is_it = |part: &Record| form.part.is_some_and(|name| part.text("part") == name);
        let part = whole.operation.records("parts").into_iter().find(is_it);
        Some(Self { standing: part.unwrap_or(whole.standing), ..whole })
    }

    /// The explanation of an operation with all its parts.
    pub(crate) fn find_whole(actions: &[Record], action: &str) -> Option<Self> {
        let operation = actions.iter().find(|found| found.text("action") == action)?;
        Some(Self { operation: operation.clone(), standing: operation.clone() })
    }

    /// Whether the command is possible, perhaps with what its form asks for: a review names the look-alikes that it has
    /// compared.
    pub(crate) fn is_possible(&self, form: &CommandForm) -> bool {
        let asks = form.members().iter().any(|member| member.name == "reviewedLookAlikes");
        let unmet = self.standing.records("unmet");
        self.standing.flag("allowed")
            || (asks
                && !unmet.is_empty()
                && unmet.iter().all(|blocker| blocker.text("code") == "look_alikes"))
    }

    /// Whether there is nothing that waits for it.
    fn has_nothing_to_decide(&self) -> bool {
        let unmet = self.standing.records("unmet");
        unmet
            .iter()
            .any(|blocker| matches!(blocker.text("code").as_str(), "nothing_to_review" | "no_amendment"))
    }

    /// Why it is not possible.
    pub(crate) fn reasons(&self, visit: &Visit) -> Vec<Reason> {
        let unmet = self.standing.value("unmet").and_then(Value::as_array);
        unmet.into_iter().flatten().map(|blocker| reason(visit.language, blocker)).collect()
    }

    /// The codes of a reason that the bank lists for it, with their texts.
    pub(crate) fn codes(&self, form: &CommandForm) -> Vec<(String, String)> {
        let listed = self.operation.records("reasonCodes");
        let of_form = listed.iter().filter(|entry| entry.text("operation") == form.reasons);
        of_form.map(|entry| (entry.text("code"), entry.text("text"))).collect()
    }

    /// The state after it, if it changes the state.
    pub(crate) fn to_state(&self) -> Option<String> {
        Some(self.operation.text("toState")).filter(|state| !state.is_empty())
    }
}

/// What the service explains about every operation on a client.
pub(crate) async fn explain(visit: &Visit, key: &str) -> Result<Vec<Record>, Failure> {
    let found: Record = visit.ask("RetrieveContactActionsQuery", json!({ "contactEncodedKey": key })).await?;
    Ok(found.records("actions"))
}

/// The commands about the client itself.
pub(crate) fn of_client(visit: &Visit, key: &str, actions: &[Record]) -> Vec<Offer> {
    let forms = FORMS.iter().filter(|form| form.subject == Subject::Client);
    forms.filter_map(|form| offer(visit, form, actions, url::command(key, form.slug))).collect()
}

fn offer(visit: &Visit, form: &CommandForm, actions: &[Record], path: String) -> Option<Offer> {
    let explained = Explained::find(actions, form)?;
    Some(Offer {
        slug: form.slug.to_owned(),
        path,
        label: label(visit, form),
        allowed: explained.is_possible(form),
        reasons: explained.reasons(visit),
    })
}

/// What a command is called.
pub(crate) fn label(visit: &Visit, form: &CommandForm) -> String {
    visit.text(&format!("do.{}", form.slug))
}

/// The commands about one thing of a client. The service explains the operation for the client as a whole; a dry run says
/// whether this person may decide about this thing. What has been decided already is not offered.
pub(crate) async fn of_item(
    visit: &Visit,
    key: &str,
    actions: &[Record],
    version: u64,
    (subject, item): (Subject, &str),
) -> Vec<Offer> {
    let mut offers = Vec::new();
    for form in FORMS.iter().filter(|form| form.subject == subject) {
        let path = url::item_command(key, form.slug, item);
        let Some(mut offer) = offer(visit, form, actions, path) else { continue };
        if Explained::find(actions, form).is_some_and(|explained| explained.has_nothing_to_decide()) {
            continue;
        }
        if offer.allowed {
            match probe(visit, form, actions, item, version).await {
                Ok(()) => offer.allowed = true,
                Err(failure) if failure.has(Code::AlreadyReviewed) => continue,
                Err(failure) => {
                    offer.allowed = false;
                    offer.reasons = why(visit.sentences(&failure));
                }
            }
        }
        offers.push(offer);
    }
    offers
}

/// The conditions of a refusal, else its sentences.
pub(crate) fn why(sentences: Vec<Sentence>) -> Vec<Reason> {
    let unmet: Vec<_> = sentences.iter().flat_map(|sentence| sentence.reasons.clone()).collect();
    let whole = |sentence: Sentence| Reason { text: sentence.text, links: sentence.links };
    if unmet.is_empty() { sentences.into_iter().map(whole).collect() } else { unmet }
}

/// Whether the command would be accepted, with a text for each member that it requires.
async fn probe(
    visit: &Visit,
    form: &CommandForm,
    actions: &[Record],
    item: &str,
    version: u64,
) -> Result<(), Failure> {
    let codes = Explained::find(actions, form).map(|explained| explained.codes(form)).unwrap_or_default();
    let mut data = Map::new();
    data.insert(form.subject.member().to_owned(), item.into());
    let required = form.members().into_iter().filter(|member| member.is_required());
    data.extend(required.map(|member: &FieldSpec| (member.name.to_owned(), Value::from("-"))));
    if let Some((code, _)) = codes.first() {
        data.insert("reasonCode".to_owned(), code.as_str().into());
    }
    let sent =
        Sent { name: form.command, data: &data, version: Some(version), key: None, mode: Mode::DryRun };
    visit.tell(sent).await.map(drop)
}
