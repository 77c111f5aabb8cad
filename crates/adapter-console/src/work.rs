//! An item of the work queue.

use client_domain::client::WorkKind;
use serde_json::Value;

use crate::command::table::{CommandForm, Subject};
use crate::offering::label;
use crate::part::{ClientHead, moment};
use crate::record::Record;
use crate::sentence::{Reason, reason};
use crate::url;
use crate::visit::Visit;

/// A kind of work.
pub(crate) struct Kind {
    pub(crate) work: WorkKind,
    /// Its name on the wire.
    pub(crate) name: &'static str,
    /// The member that names its subject.
    subject: Subject,
    /// The commands that decide about it; the first one is where a person goes next.
    pub(crate) commands: &'static [&'static str],
}

/// The kinds, in the order of the page.
pub(crate) const KINDS: [Kind; 5] = [
    Kind {
        work: WorkKind::Approval,
        name: WorkKind::Approval.name(),
        subject: Subject::Client,
        commands: &["approve", "reject"],
    },
    Kind {
        work: WorkKind::Document,
        name: WorkKind::Document.name(),
        subject: Subject::Document,
        commands: &["approve-document", "reject-document"],
    },
    Kind {
        work: WorkKind::Address,
        name: WorkKind::Address.name(),
        subject: Subject::Address,
        commands: &["approve-address", "reject-address"],
    },
    Kind {
        work: WorkKind::Amendment,
        name: WorkKind::Amendment.name(),
        subject: Subject::Amendment,
        commands: &["approve-amendment", "reject-amendment"],
    },
    Kind {
        work: WorkKind::Expiring,
        name: WorkKind::Expiring.name(),
        subject: Subject::Document,
        commands: &["submit-document"],
    },
];

/// A link with its words.
pub(crate) struct Link {
    pub(crate) slug: &'static str,
    pub(crate) path: String,
    pub(crate) label: String,
}

/// An item of the work queue as a page shows it.
pub(crate) struct Work {
    pub(crate) name: String,
    pub(crate) number: String,
    pub(crate) path: String,
    pub(crate) since: Option<String>,
    pub(crate) moment: String,
    pub(crate) age: String,
    pub(crate) by: String,
    pub(crate) decidable: bool,
    /// Why an approval by this person would be refused.
    pub(crate) reasons: Vec<Reason>,
    pub(crate) links: Vec<Link>,
    pub(crate) claimed_by: Option<String>,
    pub(crate) mine: bool,
    pub(crate) may_claim: bool,
    pub(crate) member: &'static str,
    pub(crate) id: String,
    /// How the item is chosen for an approval together with others: the client, and its version as it is shown.
    pub(crate) pick: Option<String>,
}

/// The item of an answer. Its links say where the person comes from.
pub(crate) fn work(visit: &Visit, kind: &str, item: &Record, from: &str) -> Work {
    let kind = KINDS.iter().find(|known| known.name == kind).unwrap_or(&KINDS[0]);
    let contact = item.record("contact");
    let head = ClientHead::new(visit.language, &contact);
    let key = contact.text("contactEncodedKey");
    let (subject, decidable) = (kind.subject, item.flag("decidable"));
    let id = if subject == Subject::Client { key.clone() } else { item.text(subject.member()) };
    let link = |slug: &&str| {
        let form = CommandForm::find(slug)?;
        let path = match form.subject {
            Subject::Client => url::command(&key, form.slug),
            _ => url::item_command(&key, form.slug, &id),
        };
        Some(Link {
            slug: form.slug,
            path: format!("{path}?{}", url::from_parameter(from)),
            label: label(visit, form),
        })
    };
    let blocked = item.value("blockedBy").and_then(Value::as_array);
    let reasons: Vec<_> =
        blocked.into_iter().flatten().map(|blocker| reason(visit.language, blocker)).collect();
    // What blocks an approval leaves the rejection.
    let possible = match (decidable, reasons.is_empty()) {
        (false, _) => &[],
        (true, true) => kind.commands,
        (true, false) => kind.commands.get(1..).unwrap_or_default(),
    };
    let since = Some(item.text("since")).filter(|at| !at.is_empty());
    let claimed_by = Some(item.text("claimedBy")).filter(|name| !name.is_empty());
    let age = item
        .number("ageDays")
        .map(|days| visit.language.filled("queue.days", &[("days", &days.to_string())]));
    let mine = item.flag("claimedByMe");
    let can_be_picked = kind.work == WorkKind::Approval && decidable && reasons.is_empty();
    Work {
        name: head.name,
        number: head.number,
        path: url::client(&key),
        moment: since.as_deref().map_or_else(|| item.text("expiryDate"), moment),
        since,
        age: age.unwrap_or_default(),
        by: item.text("requestedBy"),
        decidable,
        reasons,
        links: possible.iter().filter_map(link).collect(),
        may_claim: decidable && (claimed_by.is_none() || mine),
        claimed_by,
        mine,
        member: subject.member(),
        pick: can_be_picked.then(|| format!("{key}:{}", head.version)),
        id,
    }
}
