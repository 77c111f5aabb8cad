//! The application on the store in memory and on PostgreSQL, with the same requests.

use std::sync::Arc;
use std::time::Duration;

use adapter_inmem::{CountingKeys, FixedClock, MemoryContents, MemoryStore};
use adapter_postgres::{PostgresStore, Settings, migrate};
use client_app::ports::{ClientStore, ContentLedger, Outbox, SavedViews, WorkItems};
use client_app::{BackOffice, Caller, Clients, RequestContext, RequestId};
use client_domain::{Actor, Permissions};
use client_wire::{Failure, Operations as _, Reply};
use serde_json::{Map, Value, json};
use sqlx::{Connection as _, PgConnection};
use throwaway_postgres::Cluster;

use crate::bank::{With as _, applicant};

/// Everything that a search could have changed: rows and tables.
const CONTENTS: &str = "SELECT concat_ws(' ',
    (SELECT count(*) FROM client),
    (SELECT md5(string_agg(client::text, '|' ORDER BY id)) FROM client),
    (SELECT md5(string_agg(client_document::text, '|' ORDER BY document_id)) FROM client_document),
    (SELECT count(*) FROM client_history), (SELECT count(*) FROM client_outbox),
    (SELECT string_agg(oid::text, ',' ORDER BY oid) FROM pg_class WHERE relnamespace = 'public'::regnamespace),
    (SELECT client::text FROM client WHERE id = 1))";

pub struct Fixture {
    memory: Clients,
    postgres: Clients,
    /// Last, so that it is dropped after its connections.
    server: Cluster,
}

fn clients(store: impl ClientStore + ContentLedger + Outbox + WorkItems + SavedViews + 'static) -> Clients {
    let store = Arc::new(store);
    let clock = FixedClock::new("2026-01-05T09:00:00Z".parse().unwrap());
    Clients::new(store.clone(), Arc::new(clock), Arc::new(CountingKeys::default()))
        .with_back_office(BackOffice::new(store.clone(), store.clone(), store.clone()))
        .with_contents(Arc::new(MemoryContents::new()), store)
}

fn caller() -> Caller {
    Caller::new(Actor::parse("maker").unwrap(), Permissions::all())
}

fn members(data: Value) -> Map<String, Value> {
    match data {
        Value::Object(members) => members,
        other => panic!("no object: {other}"),
    }
}

/// The code of the first reason.
pub fn code(failure: &Failure) -> &'static str {
    failure.items[0].code.name()
}

impl Fixture {
    /// A server of its own, so that its log has no other entries, with one client: the canary.
    pub async fn make() -> Self {
        let server = Cluster::own(&["-c", "fsync=off", "-c", "full_page_writes=off"]);
        let mut settings = Settings::parse(&server.url("postgres")).unwrap();
        settings.accept_data_loss = true;
        // The machine may be busy with other tests.
        settings.acquire_timeout = Duration::from_secs(30);
        settings.statement_timeout = Duration::from_secs(30);
        migrate(&settings).await.unwrap();
        let store = PostgresStore::open(&settings).await.unwrap();
        let fixture = Self { memory: clients(MemoryStore::new()), postgres: clients(store), server };
        assert_eq!(fixture.keep(0, "Canary").await, [true; 2]);
        fixture
    }

    /// Creates a client who is called so on both stores, if that is a name, with a document whose number begins so, if
    /// that is a number; answers whether they are.
    pub async fn keep(&self, n: usize, text: &str) -> [bool; 2] {
        let data = applicant(n + 1_000).with(
            json!({ "lastName": text, "address": format!("1 {text}"), "city": format!("{text} Town") }),
        );
        let Ok(created) = self.command(n, "CreateContactCommand", &data).await else { return [false; 2] };
        let command = client_wire::find_operation("CreateIdentityDocumentCommand").unwrap();
        let document = serde_json::from_str::<Value>(command.example).unwrap().with(json!({
            "contactEncodedKey": created.data["contactEncodedKey"], "identityType": 8, "idNumber": format!("{text} 1"),
        }));
        [true, self.command(n, command.name, &document).await.is_ok()]
    }

    /// Sends a command to both stores, which answer the same.
    async fn command(&self, n: usize, name: &str, data: &Value) -> Result<Reply, Failure> {
        let context = || RequestContext::new(caller(), RequestId::parse(&format!("request-{n}")).unwrap());
        let memory = self.memory.command_by_name(name, members(data.clone()), context()).await;
        let postgres = self.postgres.command_by_name(name, members(data.clone()), context()).await;
        assert_eq!(postgres, memory, "{data}");
        memory
    }

    /// The answer of both stores, which is one.
    pub async fn search(&self, data: &Value) -> Result<Reply, Failure> {
        let data = data.clone().with(json!({ "pageSize": 100 }));
        let name = "RetrieveContactListQuery";
        let memory = self.memory.query_by_name(name, members(data.clone()), caller()).await;
        let postgres = self.postgres.query_by_name(name, members(data.clone()), caller()).await;
        assert_eq!(postgres, memory, "{data}");
        memory
    }

    pub async fn contents(&self) -> String {
        let mut connection = PgConnection::connect(&self.server.url("postgres")).await.unwrap();
        let contents = sqlx::query_scalar(CONTENTS).fetch_one(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        contents
    }

    /// The log of the server so far.
    pub fn log(&self) -> String {
        self.server.log()
    }
}
