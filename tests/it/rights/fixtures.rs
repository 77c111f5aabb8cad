//! A client in a state, in two worlds that differ in nothing but KYC information.

use std::sync::Arc;

use adapter_inmem::{CountingKeys, FixedClock, MemoryAccounts, MemoryContents, MemoryStore};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use client_app::batch::{Batch, BatchRules, BatchState};
use client_app::export::ExportRules;
use client_app::ports::{Batches as _, ExportLog as _};
use client_app::{BackOffice, Caller, Clients, RequestContext, RequestId};
use client_domain::client::TwoPersons;
use client_domain::{Actor, ClientState, Permission, Permissions};
use client_wire::spec::{OperationKind, OperationSpec};
use client_wire::{Failure, Operations as _, Reply};
use document_inspection::samples;
use serde_json::{Map, Value, json};
use store_conformance::fixtures::batches::batch;
use store_conformance::fixtures::exports::export;

use crate::bank::{NOW, With as _, adaeze};

/// The result of an operation.
pub type Outcome = Result<Reply, Failure>;

/// The client of every world.
pub const NUMBER: &str = "CUST1000001";

/// Texts of the client that only callers with the permission to read clients may see.
pub const PERSONAL: [&str; 8] = [
    "Adaeze",
    "Okafor",
    "adaeze.okafor@example.com",
    "2348031234567",
    "1991-04-23",
    "14 Opebi Road",
    "D5550123",
    "Ngozi",
];

/// Texts that only the history shows.
pub const REMARKED: [&str; 1] = ["remarked when approval was requested"];

/// The differences between the two worlds.
pub struct Evidence {
    number: &'static str,
    kind: u8,
    issuer: &'static str,
    expires: &'static str,
    open_expires: &'static str,
    street: &'static str,
    comment: &'static str,
    /// Whether the second document was approved and the third rejected, or vice versa.
    second_approved: bool,
}

pub const ONE: Evidence = Evidence {
    number: "Z9876543",
    kind: 2,
    issuer: "Consular Section Abuja",
    expires: "2029-12-31",
    open_expires: "2028-12-31",
    street: "1 First Close",
    comment: "seen at the counter",
    second_approved: true,
};

pub const OTHER: Evidence = Evidence {
    number: "Q1122334",
    kind: 8,
    issuer: "Federal Road Safety Corps",
    expires: "2026-02-01",
    open_expires: "2027-06-30",
    street: "2 Second Close",
    comment: "copy only",
    second_approved: false,
};

impl Evidence {
    /// Texts of the submitted documents and of their reviews.
    pub fn texts(&self) -> [&'static str; 4] {
        [self.number, self.issuer, self.street, self.comment]
    }
}

pub struct World {
    pub clients: Clients,
    pub open_document: String,
    pub open_address: String,
    /// An amendment that waits, in the states that have some.
    open_amendment: String,
}

pub fn caller(subject: &str, permissions: Permissions) -> Caller {
    Caller::new(Actor::parse(subject).unwrap(), permissions)
}

pub fn all_but(missing: Permission) -> Permissions {
    Permission::ALL.into_iter().filter(|permission| *permission != missing).collect()
}

pub fn only(permissions: &[Permission]) -> Permissions {
    permissions.iter().copied().collect()
}

impl World {
    /// A client in this state, with reviewed and open documents and addresses.
    pub async fn new(state: ClientState, evidence: &Evidence) -> Self {
        let clock = FixedClock::new(NOW.parse().unwrap());
        let store = Arc::new(MemoryStore::new());
        let clients = Clients::new(store.clone(), Arc::new(clock.clone()), Arc::new(CountingKeys::default()))
            .with_accounts(Arc::new(MemoryAccounts::default()))
            .with_back_office(BackOffice::new(store.clone(), store.clone(), store.clone()))
            .with_batches(store.clone(), BatchRules::default())
            .with_exports(store.clone(), ExportRules::default())
            .with_contents(Arc::new(MemoryContents::new()), store.clone());
        for (n, uploader, state) in BATCHES {
            let there = Batch { state, ..batch(n, uploader) };
            store.announce_batch(&there, 99).await.unwrap();
        }
        store.begin_export(&export(1, "officer")).await.unwrap();
        let mut world = Self {
            clients,
            open_document: String::new(),
            open_address: String::new(),
            open_amendment: String::new(),
        };
        let person = adaeze().with(
            json!({ "middleName": "Ngozi", "address": "14 Opebi Road", "identificationNumber": "D5550123" }),
        );
        world.does("maker", "CreateContactCommand", person).await;
        world.submit(evidence).await;
        if state != ClientState::PendingApproval {
            let remark = json!({ "contactEncodedKey": NUMBER, "notes": REMARKED[0] });
            world.does("maker", "RequestCustomerApprovalCommand", remark).await;
        }
        for (command, data) in way_to(state) {
            let named = json!({ "contactEncodedKey": NUMBER }).with(data);
            world.does("officer", command, named).await;
        }
        world.open_amendment = world.amend(state).await;
        // Meanwhile a document has expired in one of the worlds.
        clock.set("2026-03-01T09:00:00Z".parse().unwrap());
        world
    }

    /// The id of an open amendment; where the state has none, one of this client that is not there.
    async fn amend(&self, state: ClientState) -> String {
        if TwoPersons::STATES.contains(&state) {
            let correction = json!({ "contactEncodedKey": NUMBER, "gender": "Other", "reason": "as agreed" });
            let corrected = self.does("officer", "CorrectContactCommand", correction).await;
            return corrected.data["amendmentId"].as_str().unwrap().to_owned();
        }
        let client = json!({ "contactEncodedKey": NUMBER }).as_object().unwrap().clone();
        let reader = caller("officer", Permissions::all());
        let found = self.clients.query_by_name("RetrieveContactByIdQuery", client, reader).await.unwrap();
        format!("{}.99", found.data["encodedKey"].as_str().unwrap())
    }

    async fn submit(&mut self, evidence: &Evidence) {
        for (at, approved) in
            [Some(true), Some(evidence.second_approved), Some(!evidence.second_approved), None]
                .into_iter()
                .enumerate()
        {
            // The reviewer of the open document is warned that it has expired.
            let expires = if approved.is_none() { evidence.open_expires } else { evidence.expires };
            let document = json!({
                "contactEncodedKey": NUMBER, "identityType": evidence.kind,
                "idNumber": format!("{}{at}", evidence.number), "issuingAuthority": evidence.issuer,
                "expiryDate": expires, "docExtension": ".png", "base64Doc": STANDARD.encode(samples::png()),
            });
            let id =
                self.does("uploader", "CreateIdentityDocumentCommand", document).await.data["identityId"]
                    .clone();
            let review = json!({ "identityId": id, "comment": evidence.comment });
            match approved {
                Some(true) => drop(self.does("reviewer", "ApproveIdentityDocumentCommand", review).await),
                Some(false) => drop(self.does("reviewer", "RejectIdentityDocumentCommand", review).await),
                None => id.as_str().unwrap().clone_into(&mut self.open_document),
            }
        }
        for reviewed in [true, false] {
            let address = json!({
                "contactEncodedKey": NUMBER, "addressLine1": evidence.street, "city": "Ikeja", "state": "Lagos",
                "country": "NG",
            });
            let id =
                self.does("uploader", "CreateAddressInformationCommand", address).await.data["addressId"]
                    .clone();
            if reviewed {
                let review = json!({ "addressId": id, "comment": evidence.comment });
                self.does("reviewer", "ApproveCustomerAddressInformationCommand", review).await;
            } else {
                id.as_str().unwrap().clone_into(&mut self.open_address);
            }
        }
    }

    async fn does(&self, subject: &str, name: &str, data: Value) -> Reply {
        let caller = caller(subject, Permissions::all());
        let context = RequestContext::new(caller, RequestId::parse("r-0").unwrap());
        self.clients.command_by_name(name, data.as_object().unwrap().clone(), context).await.unwrap()
    }

    /// What `permissions` let a caller who has done nothing yet do.
    pub async fn ask(&self, spec: &OperationSpec, permissions: Permissions, dry_run: bool) -> Outcome {
        self.ask_with(spec, self.request(spec), permissions, dry_run).await
    }

    pub async fn ask_with(
        &self,
        spec: &OperationSpec,
        data: Map<String, Value>,
        permissions: Permissions,
        dry_run: bool,
    ) -> Outcome {
        let caller = caller("newcomer", permissions);
        match spec.kind {
            OperationKind::Query => self.clients.query_by_name(spec.name, data, caller).await,
            OperationKind::Command => {
                let context = RequestContext::new(caller, RequestId::parse("r-1").unwrap());
                self.clients.command_by_name(spec.name, data, RequestContext { dry_run, ..context }).await
            }
        }
    }

    /// The example of the operation, with ids that exist.
    fn request(&self, spec: &OperationSpec) -> Map<String, Value> {
        let mut data: Value = serde_json::from_str(spec.example).unwrap();
        for (name, value) in [
            ("identityId", &self.open_document),
            ("addressId", &self.open_address),
            ("amendmentId", &self.open_amendment),
        ] {
            if data.get(name).is_some() {
                data[name] = json!(value);
            }
        }
        let of_command = match spec.name {
            "ConfirmBatchCommand" => 1,
            "PauseBatchCommand" => 2,
            "ResumeBatchCommand" => 3,
            _ => 4,
        };
        if data.get("batchId").is_some() {
            data["batchId"] = json!(batch(of_command, "newcomer").id.as_str());
        }
        if spec.name == "CreateContactCommand" {
            data =
                data.with(json!({ "emailAddress": "other@example.com", "identificationNumber": "C7654321" }));
        }
        data.as_object().unwrap().clone()
    }
}

/// A batch for each command that moves one on, in a state that has the action.
const BATCHES: [(i64, &str, BatchState); 4] = [
    (1, "officer", BatchState::Checked),
    (2, "newcomer", BatchState::Running),
    (3, "newcomer", BatchState::Paused),
    (4, "newcomer", BatchState::Checked),
];

/// The commands that take a client who waits for approval to this state.
fn way_to(state: ClientState) -> Vec<(&'static str, Value)> {
    let approve = ("ApproveCustomerCommand", json!({}));
    let reason = json!({ "reason": "as agreed" });
    match state {
        ClientState::PendingApproval => Vec::new(),
        ClientState::Approved => vec![approve],
        ClientState::Active => {
            vec![approve, ("RecordCustomerTransactionCommand", json!({ "transactionReference": "TX-1" }))]
        }
        ClientState::Rejected => vec![("RejectCustomerCommand", json!({ "rejectionReason": "as agreed" }))],
        ClientState::BlackListed => vec![approve, ("BlacklistCustomerCommand", reason)],
        ClientState::Exited => vec![approve, ("ExitCustomerCommand", reason)],
    }
}
