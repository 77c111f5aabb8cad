//! The panels of a client, all of one version.

use client_wire::{Code, Failure, Item as FailureItem};
use serde_json::json;

use crate::command::table::Subject;
use crate::curl;
use crate::decision::look_alike_name;
use crate::offering::of_item;
use crate::part::{Change, Item, Offers, Pair, Panel, pairs};
use crate::record::Record;
use crate::sentence::Sentence;
use crate::timeline::or_nothing;
use crate::url;
use crate::visit::Visit;

/// How many lines of the history are shown.
const LINES: usize = 50;

/// Everything about one client that the person may see.
pub(crate) struct Panels(Record);

/// Reads the panels of a client.
pub(crate) async fn read(visit: &Visit, key: &str) -> Result<Panels, Failure> {
    let data = json!({ "contactEncodedKey": key, "historyLines": LINES });
    visit.ask("RetrieveClientViewQuery", data).await.map(Panels)
}

impl Panels {
    pub(crate) fn client(&self) -> Record {
        self.0.record("client")
    }

    /// What the service explains about every operation.
    pub(crate) fn actions(&self) -> Vec<Record> {
        self.0.records("actions")
    }

    /// The newest lines of the history, or why the person does not see them.
    pub(crate) fn history(&self, visit: &Visit) -> Result<Record, Vec<Sentence>> {
        self.part(visit, "history")
    }

    /// A part of the view, or the sentence about the permission that the person lacks.
    fn part(&self, visit: &Visit, member: &str) -> Result<Record, Vec<Sentence>> {
        let withheld = self.0.records("withheld").into_iter().find(|one| one.text("member") == member);
        match withheld {
            None => Ok(self.0.record(member)),
            Some(withheld) => {
                let item = FailureItem::new(Code::PermissionMissing, Code::PermissionMissing.meaning());
                let item = item.detail("permission", withheld.text("permission"));
                Err(visit.sentences(&Failure::of(item)))
            }
        }
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
        let mut documents = panel("documents", "GetCustomerIdentityDetailsQuery");
        let mut addresses = panel("addresses", "GetCustomerAddressDetailsQuery");
        match self.part(visit, "kyc") {
            Ok(found) => {
                kyc.items = standing(visit, &found);
                documents.items =
                    found.records("documents").iter().map(|one| document(visit, one, key)).collect();
                addresses.items = found.records("addresses").iter().map(|one| address(visit, one)).collect();
                self.offer(
                    visit,
                    key,
                    version,
                    (Subject::Document, &found.records("documents")),
                    &mut documents,
                )
                .await;
                let requested = found.records("requestedDocuments");
                documents.items.extend(requested.iter().map(|one| request(visit, one)));
                self.offer(
                    visit,
                    key,
                    version,
                    (Subject::Address, &found.records("addresses")),
                    &mut addresses,
                )
                .await;
            }
            Err(sentences) => {
                for panel in [&mut kyc, &mut documents, &mut addresses] {
                    panel.refused.clone_from(&sentences);
                }
            }
        }
        let mut amendments = panel("amendments", "GetCustomerAmendmentsQuery");
        let open = self.0.records("amendments");
        amendments.items = open.iter().map(|one| amendment(visit, one)).collect();
        self.offer(visit, key, version, (Subject::Amendment, &open), &mut amendments).await;
        let mut look_alikes = panel("lookalikes", "RetrieveLookAlikesQuery");
        look_alikes.items = self.0.records("lookAlikes").iter().map(|one| look_alike(visit, one)).collect();
        vec![kyc, documents, addresses, amendments, look_alikes]
    }

    /// Adds to the items of a panel what can be decided about each.
    async fn offer(
        &self,
        visit: &Visit,
        key: &str,
        version: u64,
        (subject, records): (Subject, &[Record]),
        panel: &mut Panel,
    ) {
        let actions = self.actions();
        for (item, record) in panel.items.iter_mut().zip(records) {
            let id = record.text(subject.member());
            item.offers = Offers::new(of_item(visit, key, &actions, version, (subject, &id)).await);
        }
    }
}

/// The requirements of the policy and the contact points, and how each stands.
fn standing(visit: &Visit, found: &Record) -> Vec<Item> {
    let requirements = found.records("requirements").into_iter().map(|requirement| Item {
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

/// A document that the client was asked for and that is not there yet.
fn request(visit: &Visit, one: &Record) -> Item {
    let notes = Some(one.text("notes")).filter(|notes| !notes.is_empty());
    let mut facts = vec![
        Pair::new(visit.text("panel.requested.by"), one.text("requestedBy")),
        Pair::at(visit.text("panel.requested.at"), &one.text("requestDate")),
    ];
    facts.extend(notes.map(|notes| Pair::new(visit.language.word("field", "notes"), notes)));
    Item {
        title: visit.language.word("choice.identityType", &one.text("identityType")),
        badge: visit.text("panel.requested"),
        facts,
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
        title: look_alike_name(one),
        path: Some(url::client(&one.text("contactEncodedKey"))),
        badge: visit.language.word("state", &state),
        facts: vec![Pair::new(visit.text("panel.common"), common.join(", "))],
        ..Item::default()
    }
}
