//! A bank in memory with a console, and clients in every state.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use adapter_console::{Console, DevelopmentPerson, Lifetime, SignIn};
use adapter_inmem::{CountingKeys, FixedClock, MemoryContents, MemoryStore};
use axum::Router;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use client_app::batch::BatchRules;
use client_app::export::ExportRules;
use client_app::ports::Clock;
use client_app::{BackOffice, Caller, Clients, OnLookAlike, Policy, RequestContext, RequestId};
use client_domain::{Actor, Permission, Permissions};
use client_wire::{Failure, Operations, read_kyc_policy};
use serde_json::{Value, json};

use crate::faults::{Faults, Faulty};

/// A bank with a console.
pub(crate) struct Bank {
    pub(crate) clients: Clients,
    pub(crate) clock: FixedClock,
    /// What the operations of the console fail at.
    pub(crate) faults: Faults,
    pub(crate) store: MemoryStore,
    pub(crate) router: Router,
}

/// Who signs in, with what it may do.
pub(crate) const PEOPLE: [&str; 7] =
    ["maker", "checker", "reader", "reviewer", "lister", "second", "nothing"];

/// The permissions of a person.
pub(crate) fn caller(name: &str) -> Caller {
    use Permission::{
        Approve, Batches, BatchesConfirm, Blacklist, Exit, History, HistoryValues, KycRead, KycReview,
        KycWrite, Read, Transactions, ViewsShare, Write,
    };
    let permissions: Permissions = match name {
        "maker" => [Read, Write, Approve, Batches, Transactions, Exit, History, KycRead, KycWrite]
            .into_iter()
            .collect(),
        "checker" => {
            [Read, Approve, Batches, BatchesConfirm, Blacklist, History, KycRead, KycReview, ViewsShare]
                .into_iter()
                .collect()
        }
        "reader" => [Read, KycRead, History, HistoryValues].into_iter().collect(),
        "reviewer" => [Read, KycRead, KycReview].into_iter().collect(),
        "lister" => [Read].into_iter().collect(),
        "second" => Permissions::all(),
        _ => Permissions::default(),
    };
    Caller::new(Actor::parse(name).unwrap(), permissions)
}

const POLICY: &str = r#"{
    "version": "2026-01",
    "required": { "Individual": ["International Passport"] },
    "twoPersons": { "Approved": ["lastName", "emailAddress"], "Active": ["lastName", "emailAddress"] },
    "reasons": { "reject": [{ "code": "FORGED", "text": "The document is forged" }] }
}"#;

fn policy_json() -> Value {
    serde_json::from_str(POLICY).unwrap()
}

impl Bank {
    pub(crate) fn open() -> Self {
        Self::with(false, Lifetime::default())
    }

    pub(crate) fn with(secure: bool, lifetime: Lifetime) -> Self {
        let people = PEOPLE.map(|name| DevelopmentPerson { name, caller: caller(name) });
        Self::with_sign_in(SignIn::Development(people.to_vec()), secure, lifetime)
    }

    pub(crate) fn with_sign_in(sign_in: SignIn, secure: bool, lifetime: Lifetime) -> Self {
        let clock = FixedClock::new("2026-01-05T09:00:00Z".parse().unwrap());
        let (store, contents) = (MemoryStore::new(), MemoryContents::new());
        let policy = Policy { look_alikes: OnLookAlike::Review, ..Policy::default() };
        let clients =
            Clients::new(Arc::new(store.clone()), Arc::new(clock.clone()), Arc::new(CountingKeys::default()))
                .with_contents(Arc::new(contents), Arc::new(store.clone()))
                .with_policy(policy)
                .with_back_office({
                    let shared = Arc::new(store.clone());
                    BackOffice::new(shared.clone(), shared.clone(), shared)
                })
                .with_batches(Arc::new(store.clone()), BatchRules::default())
                .with_exports(Arc::new(store.clone()), ExportRules::default())
                .with_kyc_policy(read_kyc_policy(policy_json().as_object().unwrap()).unwrap());
        let count = AtomicU64::new(0);
        let faults = Faults::default();
        let console = Console {
            operations: Arc::new(Faulty { clients: clients.clone(), faults: faults.clone() }),
            sessions: Arc::new(store.clone()),
            clock: Arc::new(clock.clone()),
            random: Arc::new(move || format!("{:064x}", count.fetch_add(1, Ordering::Relaxed))),
            sign_in,
            lifetime,
            secure,
            address: "https://bank.example".to_owned(),
        };
        Self { clients, clock, faults, store, router: console.routes() }
    }

    pub(crate) async fn command(&self, person: &str, name: &str, data: Value) -> Result<Value, Failure> {
        let id = RequestId::parse("r-1").unwrap();
        let context = RequestContext::new(caller(person), id);
        let reply = self.clients.command_by_name(name, data.as_object().unwrap().clone(), context).await?;
        Ok(reply.data.into_value())
    }

    pub(crate) async fn query(&self, person: &str, name: &str, data: Value) -> Result<Value, Failure> {
        let reply =
            self.clients.query_by_name(name, data.as_object().unwrap().clone(), caller(person)).await?;
        Ok(reply.data.into_value())
    }

    async fn done(&self, person: &str, name: &str, data: Value) -> Value {
        self.command(person, name, data).await.unwrap_or_else(|failure| panic!("{name}: {failure:?}"))
    }

    /// A client of the maker, the `n`th person of the test.
    pub(crate) async fn pending(&self, n: usize) -> String {
        let created = self.done("maker", "CreateContactCommand", application(n)).await;
        created["contactEncodedKey"].as_str().unwrap().to_owned()
    }

    /// The same with an approved passport and a requested approval, so that it waits for nothing but its approval.
    pub(crate) async fn ready(&self, n: usize) -> String {
        let client = self.pending(n).await;
        let passport = json!({ "identityId": self.passport(&client).await });
        self.done("checker", "ApproveIdentityDocumentCommand", passport).await;
        let data = json!({ "contactEncodedKey": client });
        self.done("maker", "RequestCustomerApprovalCommand", data).await;
        client
    }

    /// The first of two clients is withdrawn, and the other one is pending.
    pub(crate) async fn withdrawn_beside_pending(&self) {
        let [withdrawn, _pending] = [self.pending(0).await, self.pending(1).await];
        let withdraw = json!({ "contactEncodedKey": withdrawn, "reason": "as agreed" });
        self.done("maker", "WithdrawCustomerCommand", withdraw).await;
    }

    /// A passport of the client that waits for its review.
    pub(crate) async fn passport(&self, key: &str) -> String {
        let data = json!({
            "contactEncodedKey": key, "identityType": 2, "idNumber": format!("P{}", &key[key.len() - 6..]), "docExtension": ".png",
            "base64Doc": STANDARD.encode(PNG), "expiryDate": "2030-01-01",
        });
        let made = self.done("maker", "CreateIdentityDocumentCommand", data).await;
        made["identityId"].as_str().unwrap().to_owned()
    }

    /// A client in each state, by the name of what was done with it.
    pub(crate) async fn every_state(&self) -> Vec<(&'static str, String)> {
        let mut all = Vec::new();
        let key = |key: &str| json!({ "contactEncodedKey": key });
        let with_reason = |key: &str| json!({ "contactEncodedKey": key, "reason": "as agreed" });
        for (n, name) in STATES.iter().enumerate() {
            let client = self.pending(n).await;
            all.push((*name, client.clone()));
            if *name == "new" {
                continue;
            }
            let passport = self.passport(&client).await;
            let address = json!({ "contactEncodedKey": client, "addressLine1": "1 Broad Street", "city": "Lagos", "state": "Lagos", "country": "NG" });
            self.done("maker", "CreateAddressInformationCommand", address).await;
            match *name {
                "submitted" => continue,
                "requested" => {
                    self.done("maker", "RequestCustomerApprovalCommand", key(&client)).await;
                    continue;
                }
                "rejected" => {
                    let data = json!({ "contactEncodedKey": client, "rejectionReason": "forged", "reasonCode": "FORGED" });
                    self.done("checker", "RejectCustomerCommand", data).await;
                    continue;
                }
                "withdrawn" => {
                    self.done("maker", "WithdrawCustomerCommand", with_reason(&client)).await;
                    continue;
                }
                _ => {}
            }
            self.done("checker", "ApproveIdentityDocumentCommand", json!({ "identityId": passport })).await;
            if *name == "verified" {
                continue;
            }
            self.done("checker", "ApproveCustomerCommand", key(&client)).await;
            match *name {
                "amended" => {
                    let data = json!({ "contactEncodedKey": client, "lastName": "Amended" });
                    self.done("maker", "UpdateContactCommand", data).await;
                }
                "active" => {
                    let data = json!({ "contactEncodedKey": client, "transactionReference": "TX-1" });
                    self.done("maker", "RecordCustomerTransactionCommand", data).await;
                }
                "blacklisted" => {
                    self.done("checker", "BlacklistCustomerCommand", with_reason(&client)).await;
                }
                "exited" => {
                    self.done("maker", "ExitCustomerCommand", with_reason(&client)).await;
                }
                _ => {}
            }
        }
        all
    }

    /// A rejected client whose values another client has by now, and an approved one whose phone number `second` has
    /// entered.
    pub(crate) async fn entangled(&self) -> [(&'static str, String); 2] {
        let taken = self.pending(20).await;
        let reject =
            json!({ "contactEncodedKey": taken, "rejectionReason": "forged", "reasonCode": "FORGED" });
        self.done("checker", "RejectCustomerCommand", reject).await;
        let mut again = application(20);
        again["phoneNumber"] = application(22)["phoneNumber"].clone();
        self.done("second", "CreateContactCommand", again).await;

        let changed = self.pending(21).await;
        let passport = json!({ "identityId": self.passport(&changed).await });
        let phone = json!({ "contactEncodedKey": changed, "phoneNumber": application(23)["phoneNumber"] });
        self.done("second", "UpdateContactCommand", phone).await;
        self.done("checker", "ApproveIdentityDocumentCommand", passport).await;
        let key = json!({ "contactEncodedKey": changed });
        self.done("checker", "ApproveCustomerCommand", key).await;
        [("rejected, its values taken", taken), ("approved, its phone number changed", changed)]
    }

    pub(crate) fn now(&self) -> String {
        self.clock.now().to_string()
    }
}

/// What is done with the clients of [`Bank::every_state`].
pub(crate) const STATES: [&str; 11] = [
    "new",
    "submitted",
    "requested",
    "verified",
    "rejected",
    "withdrawn",
    "approved",
    "amended",
    "active",
    "blacklisted",
    "exited",
];

/// The application of the `n`th person.
pub(crate) fn application(n: usize) -> Value {
    json!({
        "firstName": format!("Adaeze{}", letters(n)), "lastName": format!("Okafor{}", letters(n)),
        "emailAddress": format!("adaeze{n}@example.com"), "phoneNumber": format!("+23480312345{n:02}"),
        "dateOfBirth": format!("1991-04-{:02}", n % 28 + 1), "gender": "Female", "address": "12 Allen Avenue", "city": "Ikeja",
        "state": "Lagos", "country": "NG", "identificationType": "International Passport",
        "identificationNumber": format!("A012345{n:02}"), "branchEncodedKey": "ikeja-01",
    })
}

fn letters(n: usize) -> String {
    let letter = |at: usize| char::from(b'a' + u8::try_from(at % 26).unwrap());
    [letter(n / 26), letter(n)].iter().collect()
}

/// A picture of one point.
pub(crate) const PNG: &[u8] = &[
    0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00, 0x00, 0x00, 0x0D, 0x49, 0x48, 0x44, 0x52, 0x00,
    0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x06, 0x00, 0x00, 0x00, 0x1F, 0x15, 0xC4, 0x89, 0x00,
    0x00, 0x00, 0x0D, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9C, 0x63, 0xF8, 0xCF, 0xC0, 0xF0, 0x1F, 0x00, 0x05,
    0x00, 0x01, 0xFF, 0x89, 0x99, 0x3D, 0x1D, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42,
    0x60, 0x82,
];
