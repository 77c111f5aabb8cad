//! `--test-controls` and `receive`, as a test in another language uses them.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::kept_data::applicant;
use crate::service::{Service, binary, call, shell};

const SECRET: &str = "a secret that only these tests know of";

fn started(arguments: &[&str]) -> Service {
    let arguments = [&["--test-controls"], arguments].concat();
    Service::start(&arguments, &[("CLIENTS_JWT_HS256_SECRET", SECRET)])
}

fn token(subject: &str) -> String {
    let output = call(&["token", "--subject", subject], &[("CLIENTS_JWT_HS256_SECRET", SECRET)]);
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Runs a script with these variables.
fn shell_with(script: &str, variables: &[(&str, &str)]) -> String {
    let variables: Vec<_> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    shell(script, &variables)
}

/// The status and the body of an answer.
fn send(service: &Service, path: &str, header: &str, body: &Value) -> (u16, Value) {
    let text = shell_with(
        r#"curl -s -w '\n%{http_code}' "$URL" -H 'Content-Type: application/json' -H "$HEADER" -d "$BODY""#,
        &[
            ("URL", &format!("http://{}{path}", service.address)),
            ("HEADER", header),
            ("BODY", &body.to_string()),
        ],
    );
    let (body, status) = text.trim_end().rsplit_once('\n').unwrap();
    let answer: Value = serde_json::from_str(body).unwrap_or_default();
    (status.parse().unwrap(), answer)
}

/// The status, and the data of an answer or the whole failure.
fn control(service: &Service, what: &str, body: &Value) -> (u16, Value) {
    let (status, answer) = send(service, &format!("/test/{what}"), "X-Test: 1", body);
    (status, if status == 200 { answer.get("data").cloned().unwrap_or_default() } else { answer })
}

fn found(service: &Service, filters: &Value) -> u64 {
    let query = json!({ "queryName": "RetrieveContactListQuery", "data": { "filters": filters, "includeTotal": true } });
    let (status, answer) =
        send(service, "/api/bpm/qry", &format!("Authorization: Bearer {}", token("reader")), &query);
    assert_eq!(status, 200, "{answer}");
    answer.pointer("/data/totalCount").and_then(Value::as_u64).unwrap()
}

#[test]
fn seed_reset_and_faults_do_what_they_say() {
    let service = started(&[]);
    let (status, seeded) = control(&service, "seed", &json!({ "clients": 20, "seed": 7 }));
    assert_eq!(status, 200, "{seeded}");
    let led_to: Vec<_> = seeded["clients"]
        .as_array()
        .unwrap()
        .iter()
        .map(|client| client["clientState"].as_u64().unwrap())
        .collect();
    assert_eq!(led_to.len(), 20);
    assert_eq!(led_to.iter().filter(|state| **state == 1).count(), 6, "active");
    let active = json!([{ "propertyName": "clientState", "operator": "Equals", "value": 1 }]);
    assert_eq!(found(&service, &active), 6);

    let (status, twice) = control(&service, "seed", &json!({ "clients": 1, "seed": 7 }));
    assert_eq!(status, 409, "{twice}");
    assert_eq!(control(&service, "reset", &json!({})), (200, json!({})));
    assert_eq!(found(&service, &active), 0);
    let (_, again) = control(&service, "seed", &json!({ "clients": 1, "seed": 7 }));
    assert_eq!(again["clients"][0]["customerNumber"], "CUST1000001");

    let fault = json!({ "operation": "commit", "fault": "unavailable", "times": 1 });
    assert_eq!(control(&service, "faults", &fault), (200, json!({})));
    assert_eq!(control(&service, "seed", &json!({ "clients": 1, "seed": 8 })).0, 503);
    assert_eq!(control(&service, "seed", &json!({ "clients": 1, "seed": 8 })).0, 200, "it happened once");
    assert_eq!(control(&service, "faults", &json!({ "operation": "commit", "fault": "unavailable" })).0, 200);
    for _ in 0..2 {
        assert_eq!(control(&service, "seed", &json!({ "clients": 1, "seed": 9 })).0, 503);
    }
    assert_eq!(control(&service, "faults", &json!({ "clear": true })).0, 200);
    assert_eq!(control(&service, "seed", &json!({ "clients": 1, "seed": 9 })).0, 200);
}

/// What docs/testing-against-it.md says that the caller sees of each fault.
#[test]
fn faults_are_answered_as_the_page_says() {
    let service = started(&[]);
    let bearer = format!("Authorization: Bearer {}", token("maker"));
    let create = |number: usize, key: &str| {
        let key = if key.is_empty() { "X-Test: 1".to_owned() } else { format!("Idempotency-Key: {key}") };
        let status = shell_with(
            r#"curl -s -o /dev/null -w '%{http_code}' "$URL" -H 'Content-Type: application/json' -H "$KEY" -H "$BEARER" -d "$BODY""#,
            &[
                ("URL", &format!("http://{}/api/bpm/cmd", service.address)),
                ("KEY", &key),
                ("BEARER", &bearer),
                ("BODY", &applicant(number).to_string()),
            ],
        );
        status.parse::<u16>().unwrap()
    };
    let list = json!({ "queryName": "RetrieveContactListQuery", "data": {} });
    let read = || send(&service, "/api/bpm/qry", &bearer, &list).0;
    let fault = |operation: &str, fault: &str| {
        assert_eq!(control(&service, "faults", &json!({ "clear": true })).0, 200);
        let order = json!({ "operation": operation, "fault": fault, "times": 1 });
        assert_eq!(control(&service, "faults", &order).0, 200);
    };
    for (number, (what, key, status)) in [
        ("unavailable", "", 503),
        ("timedOutBefore", "", 504),
        ("timedOutBefore", "before", 504),
        ("timedOutAfter", "", 504),
        ("timedOutAfter", "after", 200),
        ("stale", "", 200),
    ]
    .into_iter()
    .enumerate()
    {
        fault("commit", what);
        assert_eq!(create(number, key), status, "{what} {key}");
    }
    assert_eq!(create(2, "before"), 200, "the command of 504 is sent again with its key");
    for what in ["timedOutBefore", "timedOutAfter"] {
        fault("read", what);
        assert_eq!(read(), 408, "{what}");
        fault("read", what);
        let change = json!({ "contactEncodedKey": "CUST1000001", "city": "Abuja" });
        let change = json!({ "commandName": "UpdateContactCommand", "data": change });
        assert_eq!(send(&service, "/api/bpm/cmd", &bearer, &change).0, 503, "{what}");
        fault("reserveId", what);
        assert_eq!(create(11, ""), 503, "{what}");
    }
}

#[test]
fn clock_is_set_advanced_and_stopped() {
    let service = started(&[]);
    let (status, moved) =
        control(&service, "clock", &json!({ "now": "2031-05-06T07:08:09Z", "stopped": true }));
    assert_eq!((status, &moved["stopped"]), (200, &json!(true)), "{moved}");
    let (_, advanced) = control(&service, "clock", &json!({ "advanceSeconds": 86_400 }));
    let stands = advanced["now"].as_str().unwrap();
    assert!(stands.starts_with("2031-05-07T07:08:09"), "{stands}");
    control(&service, "seed", &json!({ "clients": 1 }));
    let today = json!([{ "propertyName": "dateCreated", "operator": "Today" }]);
    assert_eq!(found(&service, &today), 1, "the clock of the rules is the moved one");
    assert_eq!(control(&service, "clock", &json!({})).1["now"], stands);
    assert_eq!(control(&service, "reset", &json!({})).0, 200);
    assert!(!control(&service, "clock", &json!({})).1["now"].as_str().unwrap().starts_with("2031"));
}

#[test]
fn what_is_due_when_the_clock_was_moved_is_recorded_before_the_answer() {
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join("policy.json");
    std::fs::write(&policy, r#"{ "version": "test", "lapseAfterDays": 2 }"#).unwrap();
    let service = started(&["--kyc-policy", policy.to_str().unwrap()]);
    control(&service, "seed", &json!({ "clients": 1 }));
    let rejected = json!([{ "propertyName": "clientState", "operator": "Equals", "value": 5 }]);
    assert_eq!(found(&service, &rejected), 0);
    assert_eq!(control(&service, "clock", &json!({ "advanceSeconds": 4 * 86_400 })).0, 200);
    assert_eq!(found(&service, &rejected), 1, "the application has lapsed");
}

/// Seeds under a policy that requires documents, an address, number formats and codes of reasons, with a review of look-alikes.
#[test]
fn seeds_work_under_a_strict_policy() {
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join("policy.json");
    let codes = json!([{ "code": "OTHER", "text": "Another reason." }]);
    let strict = json!({
        "version": "strict",
        "required": { "Individual": [["National ID", "Driver's License"], ["Utility Bill"], ["Address"]] },
        "numberMasks": { "National ID": ["NIN-#{11}"], "Driver's License": ["@{3}#{5}"] },
        "reasons": { "reject": codes, "blacklist": codes, "exit": codes },
    });
    std::fs::write(&policy, strict.to_string()).unwrap();
    let service = started(&[
        "--kyc-policy",
        policy.to_str().unwrap(),
        "--look-alikes",
        "review",
        "--approval-needs-request",
        "on",
    ]);
    let (status, seeded) = control(&service, "seed", &json!({ "clients": 30, "seed": 11 }));
    assert_eq!(status, 200, "{seeded}");
    let verified = json!([{ "propertyName": "kycStatus", "operator": "Equals", "value": "Verified" }]);
    assert_eq!(found(&service, &verified), 18, "all but pending and rejected ones");
    assert_eq!(control(&service, "seed", &json!({ "clients": 30, "seed": 12 })).0, 200);
}

/// A reset also sets the counts of the quota to zero.
#[test]
fn reset_forgets_the_duplicates_of_a_caller() {
    let service = started(&["--duplicate-quota", "1"]);
    let twice = |seed: u64| {
        (0..2)
            .map(|_| control(&service, "seed", &json!({ "clients": 1, "seed": seed })).0)
            .collect::<Vec<_>>()
    };
    assert_eq!(twice(7), [200, 409]);
    assert_eq!(control(&service, "seed", &json!({ "clients": 1, "seed": 7 })).0, 429, "the quota is reached");
    assert_eq!(control(&service, "reset", &json!({})).0, 200);
    assert_eq!(twice(7), [200, 409]);
}

#[test]
fn every_wrong_member_is_reported_without_its_value() {
    let service = started(&[]);
    for (what, body, fields) in [
        (
            "clock",
            json!({ "now": "zq", "advanceSeconds": -7, "zone": "zq" }),
            &["now", "advanceSeconds", "zone"][..],
        ),
        (
            "faults",
            json!({ "operation": "zq", "fault": "slow", "times": 0 }),
            &["operation", "milliseconds", "times"],
        ),
        ("faults", json!({ "operation": "read", "fault": "stale" }), &["fault"]),
        ("faults", json!({ "clear": true, "times": 1 }), &["times"]),
        ("faults", json!({ "clear": false }), &["clear"]),
        ("faults", json!({}), &["operation", "fault"]),
        ("seed", json!({ "clients": 10_001, "seed": "zq" }), &["clients", "seed"]),
        ("reset", json!({ "all": true }), &["all"]),
    ] {
        let (status, answer) = control(&service, what, &body);
        assert_eq!(status, 400, "{what} {body}: {answer}");
        let named: Vec<_> = answer["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| error["field"].as_str().unwrap())
            .collect();
        assert_eq!(named, fields, "{what} {body}");
        assert!(!answer.to_string().contains("zq"), "{answer}");
    }
    let plain = shell_with(
        "curl -s -o /dev/null -w '%{http_code}' -X POST \"$URL\"",
        &[("URL", &format!("http://{}/test/reset", service.address))],
    );
    let rebound = shell_with(
        "curl -s -o /dev/null -w '%{http_code}' -H 'Host: bank.example' -H 'Content-Type: application/json' -d '{}' \"$URL\"",
        &[("URL", &format!("http://{}/test/reset", service.address))],
    );
    assert_eq!(rebound, "400", "a name of another site may lead here");
    assert_eq!(plain, "415", "a page of another site can send a body without its type");
}

#[test]
fn controls_are_refused_beside_kept_clients_and_other_machines() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    for (arguments, word) in [
        (&["--data", data][..], "--data"),
        (&["--database-url", "postgres://localhost/x"], "--database-url"),
        (&["--listen", "0.0.0.0:0"], "--listen"),
        (&["--in-memory=off"], "--in-memory=off"),
    ] {
        let output = call(
            &[&["serve", "--test-controls"], arguments].concat(),
            &[("CLIENTS_JWT_HS256_SECRET", SECRET)],
        );
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.contains(word) && error.contains("--test-controls"), "{error}");
    }
    let service = Service::start(&["--in-memory"], &[("CLIENTS_JWT_HS256_SECRET", SECRET)]);
    assert_eq!(control(&service, "reset", &json!({})).0, 404, "there are none without the setting");
}

#[test]
fn receive_verifies_and_prints_deliveries() {
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let mut command = binary(&["receive", "--listen", "127.0.0.1:0"]);
    let mut receiver = command
        .env("CLIENTS_WEBHOOK_SECRET", secret)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(receiver.stdout.take().unwrap()).lines().map(Result::unwrap);
    let first = lines.next().unwrap();
    let address = first.split_whitespace().find(|word| word.starts_with("http://")).unwrap().to_owned();

    let forged = shell_with(
        "curl -s -o /dev/null -w '%{http_code}' \"$URL\" -H 'webhook-id: m1' -H \"webhook-timestamp: $(date +%s)\" \
         -H 'webhook-signature: v1,AAAA' -d '{\"name\":\"forged\"}'",
        &[("URL", &address)],
    );
    assert_eq!(forged, "401");
    assert_eq!(lines.next().unwrap(), "REFUSED m1: no signature matches the secret");

    let service = Service::start(
        &["--test-controls", "--webhook", &address],
        &[("CLIENTS_JWT_HS256_SECRET", SECRET), ("CLIENTS_WEBHOOK_SECRET", secret)],
    );
    assert_eq!(control(&service, "seed", &json!({ "clients": 1 })).0, 200);
    assert!(lines.next().unwrap().starts_with("verified "));
    assert!(lines.any(|line| line.contains("ClientCreated")));
    receiver.kill().unwrap();
    receiver.wait().unwrap();
}
