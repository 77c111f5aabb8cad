//! The baseline: the statements that the service itself sends, as scripts for pgbench.
//!
//! Each command is carried out once, by the adapter, on a connection whose statements the server writes into its log. What
//! is found there, text and values, is what pgbench repeats for other clients. So the baseline cannot drift from the code:
//! there is no copy of a statement here, and none of the order of its parameters.

use std::sync::Arc;

use adapter_postgres::{PostgresStore, Settings};
use client_app::ports::Clock;
use client_app::{Caller, Clients, IdempotencyKey, RequestContext, RequestId};
use client_domain::{Actor, Permissions};
use client_wire::Operations as _;
use clients_campaigns::{Cluster, RunError};
use serde_json::{Map, Value, json};

use crate::person::Person;
use crate::ports::{Keys, StandingClock};
use crate::statement::{Statement, bare};
use crate::template::{Mark, Script};

/// The user whose statements are logged.
pub(crate) const PROBE: &str = "probe";
/// The number of the first client that is not loaded: what begins a block of 32.
pub(crate) const FIRST_NEW: u64 = 10_000_001;
/// The person who is onboarded and approved once.
const PERSON: Person = Person(987_654_321);
/// The version that is put in before the approval, so that it is found again in what is bound.
const VERSION: u64 = 88_888_887;
/// When that client is onboarded and approved, so that both moments are found again.
const MOMENTS: [&str; 2] = ["2026-03-04T05:06:07.123456Z", "2026-03-04T05:06:08.234567Z"];
/// This moment as it is written in JSON.
const NOW_AS_JSON: &str = r#"to_char(now() AT TIME ZONE 'UTC', E'YYYY-MM-DD"T"HH24\x3AMI\x3ASS.US"Z"')"#;
/// Statements that one command in 32 needs: numbers are reserved in blocks.
const IGNORED: [&str; 2] = ["NEXT_BLOCK", "BLOCK_IN_USE"];

/// The scripts, and the names of the statements in them.
#[derive(Clone, Debug)]
pub(crate) struct Baseline {
    pub(crate) create: Script,
    pub(crate) approve: Script,
    pub(crate) get: Script,
    /// For each script what it does: `create: COMMIT_INSERT`.
    pub(crate) statements: Vec<String>,
}

/// The adapter on a connection whose statements are logged.
struct Probe<'a> {
    cluster: &'a Cluster,
    clients: Clients,
    clock: Arc<StandingClock>,
    read: usize,
}

impl Baseline {
    /// Carries out every command once and writes the scripts.
    pub(crate) async fn learn(cluster: &Cluster) -> Result<Self, RunError> {
        let [_, approved] = MOMENTS;
        let mut probe = Probe::start(cluster).await?;
        let maker = RequestContext::new(caller("maker")?, RequestId::parse("bench-request").map_err(fault)?);
        let (create, reply) = probe.command("CreateContactCommand", PERSON.data(), maker).await?;
        let text = |name: &str| reply.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (key, number) = (text("contactEncodedKey"), text("customerNumber"));
        let id = reply.get("id").and_then(Value::as_u64).unwrap_or_default();
        let customer = "'CUST' || (1000000 + :n::bigint)::text".to_owned();
        let mut marks = vec![
            Mark::new(&key, "md5(:n::text)"),
            Mark::new(&number, format!("({customer})")),
            Mark::new(number.to_lowercase(), format!("lower({customer})")),
            Mark::new(id.to_string(), ":n::text"),
            Mark::new("bench-request", "'bench-' || :n::text"),
            Mark::new("bench-key", "'bench-' || :n::text || '-' || :case::text"),
        ];
        marks.extend(PERSON.marks());
        for moment in MOMENTS {
            marks.push(Mark::new(moment, NOW_AS_JSON));
            marks.push(Mark::new(moment.replace('T', " ").replace('Z', "+00"), "now()::text"));
        }
        let counter = "\\set i :i + 1\n\\set n :base + :client_id + :step * :i\n".to_owned();
        let mut script = Script { text: counter.clone(), variables: Vec::new() };
        let mut statements = vec![names("create", &create)];
        for statement in &create {
            script.push(statement, &probe.types(statement).await?, &marks, &[])?;
            script.text.push_str(";\n");
        }
        let create = script;

        let before = probe.row_before_approval(id).await?;
        probe.clock.go_on_to(approved.parse().map_err(fault)?);
        let checker =
            RequestContext::new(caller("checker")?, RequestId::parse("bench-request").map_err(fault)?);
        let data = json!({ "contactEncodedKey": key, "approvalNotes": "All papers in order." });
        let data = data.as_object().cloned().unwrap_or_default();
        let (approve, _) = probe.command("ApproveCustomerCommand", data, checker).await?;
        marks.push(Mark::new(VERSION.to_string(), ":version::text"));
        marks.push(Mark::new((VERSION + 1).to_string(), ":next::text"));
        statements.push(names("approve", &approve));
        let mut script = Script { text: counter, variables: Vec::new() };
        for (at, statement) in approve.iter().enumerate() {
            let kept = kept(statement, &before);
            script.push(statement, &probe.types(statement).await?, &marks, &kept)?;
            let is_first = at == 0;
            script.text.push_str(if is_first { " \\gset\n\\set next :version + 1\n" } else { ";\n" });
        }
        let approve = script;

        let get = probe.query("RetrieveContactByIdQuery", json!({ "contactEncodedKey": key })).await?;
        statements.push(names("get", &get));
        let mut script = Script { text: "\\set n random(1, :clients)\n".to_owned(), variables: Vec::new() };
        for statement in &get {
            script.push(statement, &probe.types(statement).await?, &marks, &[])?;
            script.text.push_str(";\n");
        }
        Ok(Self { create, approve, get: script, statements })
    }
}

impl<'a> Probe<'a> {
    async fn start(cluster: &'a Cluster) -> Result<Self, RunError> {
        let role = format!(
            "CREATE ROLE {PROBE} LOGIN SUPERUSER; ALTER ROLE {PROBE} SET log_statement = 'all'; \
             ALTER ROLE {PROBE} SET timezone = 'UTC'; ALTER SEQUENCE client_number_block RESTART WITH {FIRST_NEW}"
        );
        cluster.sql(&role).await?;
        let url = cluster.url().replace("//clients@", &format!("//{PROBE}@"));
        let mut settings = Settings::parse(&url).map_err(fault)?;
        settings.max_connections = 1;
        let store = PostgresStore::open(&settings).await.map_err(fault)?;
        let [created, _] = MOMENTS;
        let clock = Arc::new(StandingClock::at(created.parse().map_err(fault)?));
        let time: Arc<dyn Clock> = clock.clone();
        let clients = Clients::new(Arc::new(store), time, Arc::new(Keys::new(42)));
        let mut probe = Self { cluster, clients, clock, read: 0 };
        probe.sent()?;
        Ok(probe)
    }

    /// The statements sent since the last call, without those that few commands need.
    fn sent(&mut self) -> Result<Vec<Statement>, RunError> {
        let log = std::fs::read(self.cluster.log())?;
        let new = String::from_utf8_lossy(log.get(self.read..).unwrap_or_default()).into_owned();
        self.read = log.len();
        let mut statements = Statement::all(&new, PROBE);
        statements.retain(|statement| !IGNORED.contains(&name(statement)));
        Ok(statements)
    }

    async fn command(
        &mut self,
        name: &str,
        data: Map<String, Value>,
        mut context: RequestContext,
    ) -> Result<(Vec<Statement>, Value), RunError> {
        context.idempotency_key = Some(IdempotencyKey::parse("bench-key").map_err(fault)?);
        let reply = self
            .clients
            .command_by_name(name, data, context)
            .await
            .map_err(|no| RunError::new(format!("{name}: {no:?}")))?;
        Ok((self.sent()?, reply.data.into_value()))
    }

    async fn query(&mut self, name: &str, data: Value) -> Result<Vec<Statement>, RunError> {
        let data = data.as_object().cloned().unwrap_or_default();
        self.clients
            .query_by_name(name, data, caller("maker")?)
            .await
            .map_err(|no| RunError::new(format!("{name}: {no:?}")))?;
        self.sent()
    }

    /// The types of a statement's parameters, as the server finds them.
    async fn types(&self, statement: &Statement) -> Result<Vec<String>, RunError> {
        let ask = format!(
            "PREPARE asked AS {}; SELECT unnest(parameter_types)::text FROM pg_prepared_statements",
            statement.text
        );
        Ok(self.cluster.sql(&ask).await?.concat())
    }

    /// The columns of the one client as text, as they are before the approval.
    async fn row_before_approval(&self, id: u64) -> Result<Map<String, Value>, RunError> {
        let ask = format!(
            "SET timezone = 'UTC'; SET session_replication_role = replica; \
             UPDATE client SET version = {VERSION} WHERE id = {id}; RESET session_replication_role; \
             SELECT string_agg(format('%L, %I::text', attname, attname), ', ') FROM pg_attribute \
             WHERE attrelid = 'client'::regclass AND attnum > 0 AND NOT attisdropped"
        );
        let columns = self.cluster.sql(&ask).await?.concat().concat();
        let ask =
            format!("SET timezone = 'UTC'; SELECT json_object(ARRAY[{columns}]) FROM client WHERE id = {id}");
        let row: Value =
            serde_json::from_str(&self.cluster.sql(&ask).await?.concat().concat()).map_err(fault)?;
        row.as_object().cloned().ok_or_else(|| RunError::new("the client that was onboarded is not there"))
    }
}

/// The parameters of an update whose columns keep what they have, each with its column: what pgbench knows nothing of
/// but the number of the client.
fn kept(statement: &Statement, before: &Map<String, Value>) -> Vec<(usize, String)> {
    let lists = statement.text.split_once("UPDATE client SET (").and_then(|(_, rest)| rest.split_once(')'));
    let Some((columns, rest)) = lists else { return Vec::new() };
    let Some(values) = rest.split_once('(').and_then(|(_, rest)| rest.split_once(')')) else {
        return Vec::new();
    };
    let numbers = values.0.split(',').map(|value| value.trim().trim_start_matches('$').parse::<usize>());
    let pairs = columns
        .split(',')
        .map(str::trim)
        .zip(numbers)
        .filter_map(|(column, number)| Some((column, number.ok()?)));
    pairs
        .filter(|(column, number)| {
            let bound = number.checked_sub(1).and_then(|at| statement.values.get(at));
            let same =
                bound.is_some_and(|bound| before.get(*column).map(Value::as_str) == Some(bound.as_deref()));
            same && uses(&statement.text, *number) == 1
        })
        .map(|(column, number)| (number, column.to_owned()))
        .collect()
}

/// How often a statement uses a parameter.
fn uses(text: &str, number: usize) -> usize {
    let parameter = format!("${number}");
    let whole = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_digit());
    text.split(&parameter).skip(1).filter(|rest| whole(rest)).count()
}

/// The name of a statement in the code.
fn name(statement: &Statement) -> &'static str {
    let known = adapter_postgres::statements();
    known.into_iter().find(|(_, text)| bare(text) == statement.text).map_or("a search", |(name, _)| name)
}

fn names(script: &str, statements: &[Statement]) -> String {
    let all: Vec<_> = statements.iter().map(name).collect();
    format!("{script}: {}", all.join(", "))
}

pub(crate) fn caller(subject: &str) -> Result<Caller, RunError> {
    Ok(Caller::new(Actor::parse(subject).map_err(fault)?, Permissions::all()))
}

fn fault(error: impl std::fmt::Display) -> RunError {
    RunError::new(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unchanged_column_is_bound_to_itself_unless_its_parameter_is_shared() {
        let statement = Statement {
            text:
                "UPDATE client SET (client_key, state, city) = ($1, $2, $3) WHERE client_key = $1 AND x = $30"
                    .into(),
            values: vec![Some("k".into()), Some("4".into()), Some("Ikeja".into())],
        };
        let before = json!({ "client_key": "k", "state": "3", "city": "Ikeja" });
        assert_eq!(kept(&statement, before.as_object().unwrap()), [(3, "city".to_owned())]);
    }

    #[test]
    fn ignored_statements_still_exist() {
        let names: Vec<_> = adapter_postgres::statements().into_iter().map(|(name, _)| name).collect();
        assert!(IGNORED.iter().all(|name| names.contains(name)));
    }
}
