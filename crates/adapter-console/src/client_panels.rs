//! Reads the panels of a client, all of one version.

use client_wire::{Code, Failure, Item as FailureItem};
use serde_json::json;

use crate::command::table::Subject;
use crate::curl;
use crate::offering::{explain, of_item};
use crate::part::{Change, Item, Offers, Pair, Panel, pairs};
use crate::record::Record;
use crate::timeline::or_nothing;
use crate::url;
use crate::visit::Visit;

/// How often the panels are read again if the client changed meanwhile.
const TRIES: usize = 4;
/// How many lines of the history are shown.
const LINES: usize = 50;

/// What was read of a client. A panel that the person may not see has the failure.
pub(crate) struct Panels {
    pub(crate) client: Record,
    pub(crate) actions: Vec<Record>,
    pub(crate) history: Result<Record, Failure>,
    kyc: Result<Record, Failure>,
    documents: Result<Record, Failure>,
    addresses: Result<Record, Failure>,
    amendments: Result<Record, Failure>,
    look_alikes: Result<Record, Failure>,
}

/// Reads the panels of a client.
pub(crate) async fn read(visit: &Visit, key: &str) -> Result<Panels, Failure> {
    for _ in 0..TRIES {
        let panels = read_once(visit, key).await?;
        if panels.are_of_one_version() {
            return Ok(panels);
        }
    }
    Err(Failure::of(FailureItem::new(Code::StaleVersion, Code::StaleVersion.meaning())))
}

async fn read_once(visit: &Visit, key: &str) -> Result<Panels, Failure> {
    let data = json!({ "contactEncodedKey": key });
    let client: Record = visit.ask("RetrieveContactByIdQuery", data.clone()).await?;
    let lines = json!({ "contactEncodedKey": key, "pageSize": LINES });
    Ok(Panels {
        client,
        actions: explain(visit, key).await?,
        kyc: visit.ask("GetCustomerKycInformationQuery", data.clone()).await,
        documents: visit.ask("GetCustomerIdentityDetailsQuery", data.clone()).await,
        addresses: visit.ask("GetCustomerAddressDetailsQuery", data.clone()).await,
        amendments: visit.ask("GetCustomerAmendmentsQuery", data.clone()).await,
        look_alikes: visit.ask("RetrieveLookAlikesQuery", data).await,
        history: visit.ask("RetrieveContactHistoryQuery", lines).await,
    })
}

impl Panels {
    fn are_of_one_version(&self) -> bool {
        let version = self.client.number("version");
        let panels = [&self.kyc, &self.documents, &self.addresses, &self.amendments, &self.look_alikes];
        let found = panels.into_iter().filter_map(|panel| panel.as_ref().ok());
        let newest = self.history.as_ref().ok().and_then(|found| found.records("entries").first().cloned());
        found.map(|panel| panel.number("version")).all(|found| found == version)
            && newest.is_none_or(|entry| entry.number("version") == version)
    }

    /// The panels of a page.
    pub(crate) async fn write(&self, visit: &Visit, key: &str, version: u64) -> Vec<Panel> {
        let data = json!({ "contactEncodedKey": key });
        let panel = |id: &'static str, query: &str| Panel {
            id,
            title: visit.text(&format!("panel.{id}")),
            refused: Vec::new(),
            empty: visit.text(&format!("panel.{id}.empty")),
            items: Vec::new(),
            curl: curl::query(&visit.console, query, &data),
        };
        let mut kyc = panel("kyc", "GetCustomerKycInformationQuery");
        fill(visit, &mut kyc, &self.kyc, |found| missing(visit, found));
        let mut documents = panel("documents", "GetCustomerIdentityDetailsQuery");
        fill(visit, &mut documents, &self.documents, |found| {
            found.records("documents").iter().map(|one| document(visit, one, key)).collect()
        });
        let mut addresses = panel("addresses", "GetCustomerAddressDetailsQuery");
        fill(visit, &mut addresses, &self.addresses, |found| {
            found.records("addresses").iter().map(|one| address(visit, one)).collect()
        });
        let mut amendments = panel("amendments", "GetCustomerAmendmentsQuery");
        fill(visit, &mut amendments, &self.amendments, |found| {
            found.records("amendments").iter().map(|one| amendment(visit, one)).collect()
        });
        let mut look_alikes = panel("lookalikes", "RetrieveLookAlikesQuery");
        fill(visit, &mut look_alikes, &self.look_alikes, |found| {
            found.records("lookAlikes").iter().map(|one| look_alike(visit, one)).collect()
        });
        for (panel, found, list, subject) in [
            (&mut documents, &self.documents, "documents", Subject::Document),
            (&mut addresses, &self.addresses, "addresses", Subject::Address),
            (&mut amendments, &self.amendments, "amendments", Subject::Amendment),
        ] {
            let Ok(found) = found else { continue };
            for (item, record) in panel.items.iter_mut().zip(found.records(list)) {
                let id = record.text(subject.member());
                item.offers = Offers::new(of_item(visit, key, &self.actions, version, (subject, &id)).await);
            }
        }
        vec![kyc, documents, addresses, amendments, look_alikes]
    }
}

fn fill(
    visit: &Visit,
    panel: &mut Panel,
    found: &Result<Record, Failure>,
    items: impl FnOnce(&Record) -> Vec<Item>,
) {
    match found {
        Ok(found) => panel.items = items(found),
        Err(failure) => panel.refused = visit.sentences(failure),
    }
}

/// The requirements that are missing, and how the contact points stand.
fn missing(visit: &Visit, found: &Record) -> Vec<Item> {
    let requirements = found.records("missing").into_iter().map(|requirement| Item {
        title: requirement.text("requirement"),
        badge: visit.language.word("standing", &requirement.text("standing")),
        ..Item::default()
    });
    let points = ["mobile", "email"].into_iter().map(|point| {
        let part = found.record(point);
        Item {
            title: visit.language.word("point", point),
            badge: visit.language.word("status", &part.text("verificationStatusDesc")),
            facts: pairs(visit.language, &part, &["verifiedBy", "verifiedAt", "comment", "reference"]),
            ..Item::default()
        }
    });
    requirements.chain(points).collect()
}

fn document(visit: &Visit, one: &Record, key: &str) -> Item {
    Item {
        title: visit.language.word("choice.identityType", &one.text("identityType")),
        path: Some(url::document(key, &one.text("identityId"))),
        badge: visit.language.word("status", &one.text("verificationStatusDesc")),
        facts: document_facts(visit, one),
        ..Item::default()
    }
}

/// What was typed from a document, and who did what with it.
pub(crate) fn document_facts(visit: &Visit, one: &Record) -> Vec<Pair> {
    let names = [
        "idNumber",
        "issuingAuthority",
        "issueDate",
        "expiryDate",
        "contentSize",
        "createdBy",
        "createdAt",
        "uploadedBy",
        "uploadedAt",
        "verifiedBy",
        "verifiedAt",
        "comment",
        "reasonText",
    ];
    pairs(visit.language, one, &names)
}

fn address(visit: &Visit, one: &Record) -> Item {
    let names = [
        "addressLine1",
        "addressLine2",
        "city",
        "state",
        "country",
        "postalCode",
        "createdBy",
        "createdAt",
        "verifiedBy",
        "verifiedAt",
        "comment",
        "reasonText",
    ];
    Item {
        title: one.text("addressLine1"),
        badge: visit.language.word("status", &one.text("verificationStatusDesc")),
        facts: pairs(visit.language, one, &names),
        ..Item::default()
    }
}

fn amendment(visit: &Visit, one: &Record) -> Item {
    Item {
        title: visit.language.filled("panel.amendment", &[("person", &one.text("proposedBy"))]),
        facts: pairs(visit.language, one, &["proposedAt", "reason", "reasonText"]),
        changes: changes(visit, one),
        ..Item::default()
    }
}

/// The values of an amendment: live beside proposed.
pub(crate) fn changes(visit: &Visit, amendment: &Record) -> Vec<Change> {
    let changes = amendment.records("changes");
    let change = |change: &Record| Change {
        label: visit.language.word("field", &change.text("field")),
        before: or_nothing(visit.language, &change.text("live")),
        after: or_nothing(visit.language, &change.text("proposed")),
        conflict: change.flag("conflict"),
    };
    changes.iter().map(change).collect()
}

fn look_alike(visit: &Visit, one: &Record) -> Item {
    let common: Vec<_> =
        one.names("resemblances").iter().map(|name| visit.language.word("resemblance", name)).collect();
    let state = one.text("clientStateDescription").replace(' ', "");
    Item {
        title: format!("{} {} · {}", one.text("firstName"), one.text("lastName"), one.text("customerNumber")),
        path: Some(url::client(&one.text("contactEncodedKey"))),
        badge: visit.language.word("state", &state),
        facts: vec![Pair { label: visit.text("panel.common"), value: common.join(", ") }],
        ..Item::default()
    }
}
