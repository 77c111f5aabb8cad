//! The bank of `clients-testkit`, with what the tests here send to it and expect of its answers.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use adapter_http::Limits;
use adapter_inmem::{CountingKeys, FixedClock, MemoryAccounts, MemoryBranches, MemoryContents, MemoryStore};
use client_app::ports::{ClientStore, ContentLedger, DocumentContents, KeyGenerator};
use client_app::{Clients, DuplicateQuota, Policy, StandingCheck};
use client_domain::kyc::KycPolicy;
use client_domain::value::{DigitsOnly, NumberingPlan};
use client_domain::{BankCalendar, Permissions};
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

/// When every test begins.
pub const NOW: &str = "2026-01-05T09:00:00Z";

/// A service to be tested; it stops when this is dropped.
pub struct Bank {
    pub address: SocketAddr,
    pub store: MemoryStore,
    pub contents: MemoryContents,
    /// The application behind the socket, for what the service does by itself.
    pub clients: Clients,
    pub clock: FixedClock,
    pub accounts: MemoryAccounts,
    pub branches: MemoryBranches,
    http: reqwest::Client,
    _running: clients_testkit::Bank,
}

/// What differs from an ordinary bank.
pub struct Setup {
    pub policy: Policy,
    pub duplicate_quota: DuplicateQuota,
    /// Checks of readiness besides those of the application.
    pub checks: Vec<Arc<dyn StandingCheck>>,
    pub limits: Limits,
    pub keys: Arc<dyn KeyGenerator>,
    pub kyc_policy: KycPolicy,
    pub calendar: BankCalendar,
    pub numbering: Arc<dyn NumberingPlan>,
    /// Whether commands are refused.
    pub read_only: bool,
    /// Clients and files elsewhere than in memory.
    pub storage: Option<Storage>,
}

/// Where clients and files are stored.
pub struct Storage {
    pub store: Arc<dyn ClientStore>,
    pub contents: Arc<dyn DocumentContents>,
    pub ledger: Arc<dyn ContentLedger>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            policy: Policy::default(),
            duplicate_quota: DuplicateQuota::default(),
            checks: Vec::new(),
            limits: Limits { drain_notice: Duration::ZERO, ..Limits::default() },
            keys: Arc::new(CountingKeys::default()),
            kyc_policy: KycPolicy::default(),
            calendar: BankCalendar::utc(),
            numbering: Arc::new(DigitsOnly),
            read_only: false,
            storage: None,
        }
    }
}

impl Bank {
    pub async fn open() -> Self {
        Self::with(Setup::default()).await
    }

    pub async fn with(setup: Setup) -> Self {
        let Setup {
            policy,
            duplicate_quota,
            checks,
            limits,
            keys,
            kyc_policy,
            calendar,
            numbering,
            read_only,
            storage,
        } = setup;
        let mut builder =
            clients_testkit::Bank::builder().limits(limits).keys(keys).configure(move |clients| {
                let clients = clients
                    .with_policy(policy)
                    .with_duplicate_quota(duplicate_quota)
                    .with_kyc_policy(kyc_policy)
                    .with_calendar(calendar)
                    .with_numbering(numbering);
                let clients = if read_only { clients.read_only() } else { clients };
                checks.into_iter().fold(clients, Clients::with_check)
            });
        if let Some(Storage { store, contents, ledger }) = storage {
            builder = builder.storage(store, contents, ledger);
        }
        let bank = builder.start().await.unwrap();
        Self {
            address: bank.address(),
            store: bank.store().clone(),
            contents: bank.contents().clone(),
            clients: bank.clients().clone(),
            clock: bank.clock().clone(),
            accounts: bank.accounts().clone(),
            branches: bank.branches().clone(),
            http: reqwest::Client::new(),
            _running: bank,
        }
    }

    /// A token with all permissions, of the branch `ikeja-01`.
    pub fn everything(subject: &str) -> String {
        Self::token(subject, Permissions::all())
    }

    /// A token with these permissions.
    pub fn token(subject: &str, permissions: Permissions) -> String {
        clients_testkit::Bank::token_at(NOW.parse().unwrap(), subject, permissions).unwrap()
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// Sends a command as the maker, who may do everything.
    pub async fn maker(&self, name: &str, data: Value) -> Answer {
        self.command(&Self::everything("maker"), name, data, &[]).await
    }

    /// Sends a command as the checker, who may do everything.
    pub async fn checker(&self, name: &str, data: Value) -> Answer {
        self.command(&Self::everything("checker"), name, data, &[]).await
    }

    pub async fn command(&self, token: &str, name: &str, data: Value, headers: &[(&str, &str)]) -> Answer {
        self.post("/api/bpm/cmd", token, &json!({ "commandName": name, "data": data }), headers).await
    }

    pub async fn query(&self, name: &str, data: Value) -> Answer {
        let body = json!({ "queryName": name, "data": data });
        self.post("/api/bpm/qry", &Self::everything("reader"), &body, &[]).await
    }

    pub async fn post(&self, path: &str, token: &str, body: &Value, headers: &[(&str, &str)]) -> Answer {
        let mut request = self.http.post(self.url(path)).bearer_auth(token).json(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answer::of(request).await
    }

    /// A client who waits for approval, by customer number.
    pub async fn pending(&self) -> String {
        self.maker("CreateContactCommand", adaeze()).await.data()["customerNumber"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// An approved client, by customer number.
    pub async fn approved(&self) -> String {
        let number = self.pending().await;
        self.checker("ApproveCustomerCommand", json!({ "contactEncodedKey": number })).await.data();
        number
    }

    /// The newest lines of the client's history, up to a hundred.
    pub async fn history_of(&self, number: &str) -> Vec<Value> {
        let data = json!({ "contactEncodedKey": number, "pageSize": 100 });
        let answer = self.query("RetrieveContactHistoryQuery", data).await;
        answer.data()["entries"].as_array().unwrap().clone()
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Answer {
    pub async fn of(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Self { status, headers, body: response.json().await.unwrap() }
    }

    /// The data of a success; anything else ends the test.
    #[track_caller]
    pub fn data(&self) -> Value {
        assert_eq!((self.status, &self.body["statusCode"]), (200, &json!("00")), "{}", self.body);
        self.body["data"].clone()
    }

    /// The codes of a failure, in order.
    #[track_caller]
    pub fn codes(&self) -> Vec<String> {
        assert_eq!(self.body["isSuccessful"], json!(false), "{}", self.body);
        assert_eq!(self.body["data"], Value::Null);
        assert_eq!(self.body["statusCode"], format!("CBS_{}", self.status));
        let items = self.body["errors"].as_array().unwrap();
        items.iter().map(|item| item["code"].as_str().unwrap().to_owned()).collect()
    }

    /// The first reason of a failure.
    pub fn details(&self) -> &Value {
        &self.body["errors"][0]["details"]
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// The made-up applicant of the documentation, as a form sends her.
pub fn adaeze() -> Value {
    json!({
        "firstName": "Adaeze", "lastName": "Okafor", "emailAddress": "adaeze.okafor@example.com",
        "phoneNumber": "+234 803 123 4567", "dateOfBirth": "1991-04-23", "gender": "Female",
        "address": "12 Allen Avenue", "city": "Ikeja", "state": "Lagos", "country": "Nigeria",
        "identificationType": "International Passport", "identificationNumber": "A01234567",
    })
}

/// Another applicant, distinguished by a number.
pub fn applicant(n: usize) -> Value {
    adaeze().with(json!({
        "firstName": format!("Applicant{n}"),
        "emailAddress": format!("applicant{n}@example.com"),
        "phoneNumber": format!("+23480300{n:05}"),
        "identificationNumber": format!("B{n:07}"),
    }))
}

/// An object with some members replaced; null takes a member away.
pub trait With {
    fn with(self, other: Value) -> Self;
}

impl With for Value {
    fn with(mut self, other: Value) -> Self {
        for (name, value) in other.as_object().unwrap() {
            let members = self.as_object_mut().unwrap();
            if value.is_null() {
                members.remove(name);
            } else {
                members.insert(name.clone(), value.clone());
            }
        }
        self
    }
}
