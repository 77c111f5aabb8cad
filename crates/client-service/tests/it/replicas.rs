//! A service whose queries a standby answers, and one that only reads a standby.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use throwaway_postgres::Cluster;

use crate::service::{Service, call, shell, wait_a_moment};

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const UNSAFE: [&str; 2] = ["-c", "fsync=off"];
/// The machine may be busy with other tests.
const PATIENCE: Duration = Duration::from_mins(1);

fn start(arguments: &[&str], environment: &[(&str, &str)]) -> Service {
    let common = ["--development", "on", "--accept-data-loss", "on"];
    let arguments: Vec<_> = common.iter().chain(arguments).copied().collect();
    let secret = ("CLIENTS_JWT_HS256_SECRET", SECRET);
    let environment: Vec<_> = environment.iter().copied().chain([secret]).collect();
    Service::start(&arguments, &environment)
}

/// An answer: its status, its headers in small letters, its body.
struct Answer {
    status: u16,
    head: String,
    body: Value,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

fn post(service: &Service, path: &str, headers: &[String], body: &Value) -> Answer {
    let token = call(&["token"], &[("CLIENTS_JWT_HS256_SECRET", SECRET)]);
    let token = String::from_utf8(token.stdout).unwrap();
    let headers = headers.iter().fold(String::new(), |all, header| all + " -H '" + header + "'");
    let text = shell(
        &format!(
            "curl -si http://{}{path} -H 'Content-Type: application/json' -H 'Authorization: Bearer {}'{headers} -d '{body}'",
            service.address,
            token.trim()
        ),
        &[],
    );
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head: head.to_lowercase().replace('\r', ""), body: serde_json::from_str(body).unwrap() }
}

fn create(service: &Service) -> Answer {
    let data = json!({
        "firstName": "Adaeze", "lastName": "Okafor", "emailAddress": "adaeze.okafor@example.com",
        "phoneNumber": "+234 803 123 4567", "dateOfBirth": "1991-04-23", "gender": "Female",
        "address": "12 Allen Avenue", "city": "Ikeja", "state": "Lagos", "country": "NG",
        "identificationType": "International Passport", "identificationNumber": "A01234567",
    });
    post(service, "/api/bpm/cmd", &[], &json!({ "commandName": "CreateContactCommand", "data": data }))
}

fn query(service: &Service, name: &str, headers: &[String], data: &Value) -> Answer {
    post(service, "/api/bpm/qry", headers, &json!({ "queryName": name, "data": data }))
}

/// The answer of a replica, as soon as one gives it.
fn of_replica(service: &Service, name: &str, headers: &[String], data: &Value) -> Answer {
    let begun = Instant::now();
    loop {
        let answer = query(service, name, headers, data);
        assert_eq!(answer.status, 200, "{}", answer.body);
        if answer.header("read-age").is_some() {
            return answer;
        }
        assert!(begun.elapsed() < PATIENCE, "no replica answers");
        wait_a_moment();
    }
}

#[test]
fn queries_are_answered_by_the_replica_with_what_the_caller_has_written() {
    let primary = Cluster::own(&UNSAFE);
    let standby = primary.standby(&UNSAFE);
    let password = "pass-marker";
    let replica = standby.url("postgres").replace("postgres@", &format!("postgres:{password}@"));
    let service = start(
        &["--replica-url", &replica],
        &[("DATABASE_URL", &primary.url("postgres")), ("RUST_LOG", "debug")],
    );
    let created = create(&service);
    assert_eq!(created.status, 200, "{}", created.body);
    assert_eq!(created.header("read-age"), None);
    let token = format!("Read-Token: {}", created.header("read-token").unwrap());
    let version = format!("Read-Version: {}", created.header("etag").unwrap());
    let id = json!({ "id": created.body["data"]["id"] });

    for headers in [vec![token.clone()], vec![version.clone()], vec![token.clone(), version.clone()]] {
        assert_eq!(query(&service, "RetrieveContactByIdQuery", &headers, &id).status, 200);
        let found = of_replica(&service, "RetrieveContactByIdQuery", &headers, &id);
        assert_eq!(found.header("etag"), created.header("etag"));
        let age: f64 = found.header("read-age").unwrap().parse().unwrap();
        assert!((0.0..=5.0).contains(&age), "{age}");
    }
    let list = of_replica(&service, "RetrieveContactListQuery", std::slice::from_ref(&token), &json!({}));
    assert_eq!(list.body["data"]["totalCount"], 1);
    // What people decide by is never of a replica.
    let actions = json!({ "contactEncodedKey": created.body["data"]["contactEncodedKey"] });
    let actions = query(&service, "RetrieveContactActionsQuery", std::slice::from_ref(&token), &actions);
    assert_eq!((actions.status, actions.header("read-age")), (200, None));
    // A list has no version.
    let refused = query(&service, "RetrieveContactListQuery", &[version], &json!({}));
    assert_eq!(refused.status, 400, "{}", refused.body);
    assert_eq!(refused.body["errors"][0]["code"], "header_not_applicable");
    assert_eq!(refused.body["errors"][0]["field"], "Read-Version");

    let ended = service.stop();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(!ended.stderr.contains(password), "{}", ended.stderr);
}

#[test]
fn instance_on_a_standby_answers_queries_and_refuses_commands() {
    let primary = Cluster::own(&UNSAFE);
    let writing = start(&[], &[("DATABASE_URL", &primary.url("postgres"))]);
    // After the migrations: an instance on a standby that has not replayed them refuses to start.
    let standby = primary.standby(&UNSAFE);
    let reading = start(&["--read-only"], &[("DATABASE_URL", &standby.url("postgres"))]);
    let created = create(&writing);
    assert_eq!(created.header("read-token"), None, "there are no replicas");
    let id = json!({ "id": created.body["data"]["id"] });
    let begun = Instant::now();
    while query(&reading, "RetrieveContactByIdQuery", &[], &id).status != 200 {
        assert!(begun.elapsed() < PATIENCE, "the client does not arrive");
        wait_a_moment();
    }
    let ready = shell(&format!("curl -s http://{}/readyz", reading.address), &[]);
    let ready: Value = serde_json::from_str(&ready).unwrap();
    assert_eq!(ready["message"], "Ready.", "{ready}");
    let names: Vec<_> = ready["data"]["checks"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert!(!names.contains(&&json!("commands")) && !names.contains(&&json!("uploads")), "{ready}");

    let refused = create(&reading);
    assert_eq!((refused.status, &refused.body["errors"][0]["code"]), (503, &json!("read_only")));
    let text = refused.body["errors"][0]["message"].as_str().unwrap();
    assert!(text.contains("only reads") && text.contains("--read-only"), "{text}");
    let ended = reading.stop();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(!ended.stderr.contains("read-only transaction"), "{}", ended.stderr);
    for job in ["retention", "delivery", "collection of garbage"] {
        assert!(!ended.stderr.contains(job), "{job}: {}", ended.stderr);
    }
    writing.stop();
}

#[test]
fn settings_that_contradict_each_other_are_refused() {
    for (arguments, sentence) in [
        (["--in-memory", "--read-only"], "standby of PostgreSQL"),
        (["--in-memory", "--replica-url=postgres://db-2/clients"], "needs --database-url"),
        (["--database-url=postgres://db-1/x", "--replica-url=sqlite:///srv/x.db"], "begins with postgres://"),
        (["--database-url=postgres://db-1/x", "--replica-staleness=0s"], "--replica-staleness"),
        (
            ["--database-url=postgres://db-1/x", "--replica-staleness=241s"],
            "--replica-staleness must be 4m or less",
        ),
    ] {
        let arguments: Vec<_> = ["serve"].into_iter().chain(arguments).collect();
        let ended = call(&arguments, &[("CLIENTS_JWT_HS256_SECRET", SECRET), ("CLIENTS_DEVELOPMENT", "on")]);
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains(sentence), "{arguments:?}: {said}");
    }
    let both =
        ["serve", "--database-url=postgres://db-1/x", "--replica-url=postgres://db-2/x", "--read-only"];
    let ended = call(&both, &[("CLIENTS_JWT_HS256_SECRET", SECRET), ("CLIENTS_DEVELOPMENT", "on")]);
    assert!(String::from_utf8(ended.stderr).unwrap().contains("remove one of them"));
}
