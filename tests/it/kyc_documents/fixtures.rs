//! A bank on each store, and documents as a form sends them.

use std::sync::Arc;
use std::time::Duration;

use adapter_postgres::{PostgresStore, Settings, migrate};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use client_app::ports::DocumentContents as _;
use client_domain::kyc::KycPolicy;
use client_wire::read_kyc_policy;
use document_inspection::samples;
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};
use throwaway_postgres::Cluster;

use crate::bank::{Answer, Bank, Setup, Storage, With as _};

/// A PostgreSQL server, a store on it, and further objects for tests.
pub struct Postgres {
    pub store: PostgresStore,
    /// Ends when this is dropped.
    server: Cluster,
}

impl Postgres {
    pub async fn start() -> Self {
        let server = Cluster::own(&["-c", "fsync=off", "-c", "full_page_writes=off"]);
        let mut settings = Settings::parse(&server.url("postgres")).unwrap();
        settings.accept_data_loss = true;
        // The machine may be busy with other tests.
        settings.acquire_timeout = Duration::from_secs(30);
        settings.statement_timeout = Duration::from_secs(30);
        migrate(&settings).await.unwrap();
        Self { store: PostgresStore::open(&settings).await.unwrap(), server }
    }

    /// The answer to a statement, as text.
    pub async fn ask(&self, statement: &str) -> String {
        let mut connection = self.connect().await;
        sqlx::query_scalar(sqlx::AssertSqlSafe(statement)).fetch_one(&mut connection).await.unwrap()
    }

    /// A connection beside the service.
    pub async fn connect(&self) -> PgConnection {
        PgConnection::connect(&self.server.url("postgres")).await.unwrap()
    }

    pub async fn bank(&self, kyc_policy: KycPolicy) -> Bank {
        self.bank_with(Setup { kyc_policy, ..Setup::default() }).await
    }

    pub async fn bank_with(&self, setup: Setup) -> Bank {
        let store = Arc::new(self.store.clone());
        let storage = Some(Storage { store: store.clone(), contents: store.clone(), ledger: store });
        Bank::with(Setup { storage, ..setup }).await
    }
}

/// A passport or a national id, a utility bill, and an address.
pub fn demanding() -> KycPolicy {
    let policy = json!({
        "version": "2026-01",
        "required": { "Individual": [["International Passport", "National ID"], "Utility Bill", "Address"] },
    });
    read_kyc_policy(policy.as_object().unwrap()).unwrap()
}

/// A passport with a PNG, valid until the end of 2029.
pub fn passport(number: &str) -> Value {
    json!({
        "contactEncodedKey": number, "identityType": 2, "idNumber": "A01234567",
        "issuingAuthority": "Nigeria Immigration Service", "issueDate": "2020-01-01", "expiryDate": "2029-12-31",
        "docExtension": ".png", "base64Doc": STANDARD.encode(samples::png()),
    })
}

/// A utility bill with a PDF, which does not expire.
pub fn bill(number: &str) -> Value {
    passport(number).with(json!({
        "identityType": 5, "idNumber": "BILL-77", "issuingAuthority": null, "issueDate": null, "expiryDate": null,
        "docExtension": ".pdf", "base64Doc": STANDARD.encode(samples::pdf()),
    }))
}

pub fn home(number: &str) -> Value {
    json!({
        "contactEncodedKey": number, "addressLine1": "12 Allen Avenue", "addressLine2": "Flat 3", "city": "Ikeja",
        "state": "Lagos", "country": "NG", "postalCode": "100271",
    })
}

impl Bank {
    /// Submits a document as the maker, and returns its id.
    pub async fn submit(&self, document: Value) -> String {
        let data = self.maker("CreateIdentityDocumentCommand", document).await.data();
        data["identityId"].as_str().unwrap().to_owned()
    }

    pub async fn approve_document(&self, id: &str) -> Answer {
        self.checker("ApproveIdentityDocumentCommand", json!({ "identityId": id })).await
    }

    pub fn content_url(&self, id: &str) -> String {
        self.url(&format!("/api/bpm/documents/{id}/content"))
    }

    pub fn put(&self, id: &str, bytes: impl Into<reqwest::Body>) -> reqwest::RequestBuilder {
        self.http().put(self.content_url(id)).bearer_auth(Self::everything("maker")).body(bytes)
    }

    pub async fn get(&self, id: &str) -> reqwest::Response {
        let request = self.http().get(self.content_url(id)).bearer_auth(Self::everything("reader"));
        request.send().await.unwrap()
    }

    /// How many files are kept in memory.
    pub async fn stored(&self) -> usize {
        self.contents.keys(None, 1_000).await.unwrap().len()
    }
}
