//! The commands that call a service over HTTP: what they do, what they print, and their exit codes.

#![expect(clippy::indexing_slicing, reason = "a missing member stops the test")]

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::certificate::certificate;
use crate::service::{Service, call};

const PICTURE: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/// A service with a development key, and a folder for files.
struct Desk {
    service: Service,
    folder: TempDir,
}

/// What a call has printed.
struct Printed {
    code: i32,
    out: String,
    err: String,
}

impl Printed {
    fn json(&self) -> Value {
        assert_eq!(self.code, 0, "{}", self.err);
        serde_json::from_str(&self.out).unwrap()
    }
}

impl Desk {
    fn open() -> Self {
        Self::with(&[])
    }

    /// A service with these arguments besides.
    fn with(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let service = Service::start(&[&["--data", data.to_str().unwrap()], arguments].concat(), &[]);
        Self { service, folder }
    }

    fn file(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let file = self.path(name);
        std::fs::write(&file, text).unwrap();
        file.to_str().unwrap().to_owned()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A call as a development person.
    fn call(&self, person: &str, arguments: &[&str]) -> Printed {
        let data = self.path("data");
        self.call_with(&[arguments, &["--as", person, "--data", data.to_str().unwrap()]].concat(), &[])
    }

    fn call_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Printed {
        let url = format!("http://{}", self.service.address);
        let environment: Vec<_> =
            [("CLIENTS_URL", url.as_str())].into_iter().chain(environment.iter().copied()).collect();
        let output = call(arguments, &environment);
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Printed { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
    }

    fn create(&self, name: &str) -> String {
        let file = self.file("client.json", person(name).to_string());
        let created = self.call("maker", &["clients", "create", &file, "--output", "json"]).json();
        created["contactEncodedKey"].as_str().unwrap().to_owned()
    }
}

const MEMBERS: [&str; 12] = [
    "firstName",
    "lastName",
    "emailAddress",
    "phoneNumber",
    "dateOfBirth",
    "gender",
    "address",
    "city",
    "state",
    "country",
    "identificationType",
    "identificationNumber",
];

fn person(name: &str) -> Value {
    let digits: String =
        name.bytes().map(|byte| char::from(b'0' + byte % 10)).chain("0000000".chars()).take(7).collect();
    json!({
        "firstName": name, "lastName": "Balogun", "emailAddress": format!("{name}@example.com"),
        "phoneNumber": format!("+234 803 {} {}", &digits[..3], &digits[3..]), "dateOfBirth": "1991-04-23", "gender": "Female",
        "address": "12 Allen Avenue", "city": "Port Harcourt", "state": "Rivers", "country": "NG",
        "identificationType": "National ID", "identificationNumber": format!("{name}-{digits}"),
    })
}

fn csv(people: &[Value]) -> String {
    let line = |person: &Value| MEMBERS.map(|name| person[name].as_str().unwrap()).join(",") + "\n";
    MEMBERS.join(",") + "\n" + &people.iter().map(line).collect::<String>()
}

#[test]
fn client_is_onboarded_on_the_command_line() {
    let desk = Desk::open();
    let client = desk.create("Adaeze");
    let picture = STANDARD.decode(PICTURE).unwrap();
    let file = desk.file("passport.png", &picture);
    let number = format!("@{}", desk.file("number.txt", "A01234567\n"));
    let put = [
        "documents",
        "put",
        &client,
        &file,
        "--type",
        "international passport",
        "--number",
        &number,
        "--output",
        "ndjson",
    ];
    let submitted = desk.call("maker", &put).json();
    let document = submitted["identityId"].as_str().unwrap();
    let reviewed = desk.call("checker", &["documents", "approve", document, "--note", "Seen in person"]);
    assert_eq!(reviewed.code, 0, "{}", reviewed.err);
    assert!(reviewed.out.contains("APPROVED"), "{}", reviewed.out);
    let requested = desk.call("checker", &["documents", "requested", &client, "--output", "csv"]);
    assert_eq!(
        requested.out, "identityType,identityTypeDesc,requestedBy,requestDate,notes\r\n",
        "{}",
        requested.err
    );
    let listed = desk.call("checker", &["documents", "list", &client]);
    assert!(listed.out.lines().nth(1).unwrap().contains("A01234567"), "{}", listed.out);
    let back = desk.path("back.png");
    let get = ["documents", "get", document, "--out", back.to_str().unwrap()];
    assert_eq!(desk.call("checker", &get).code, 0);
    assert_eq!(std::fs::read(&back).unwrap(), picture);
    let again = desk.call("checker", &get);
    assert_eq!((again.code, again.err.contains("there is a file")), (2, true), "nothing is overwritten");

    // Under one key a command is done once, and its answer is the same.
    let approve = ["clients", "approve", &client, "--idempotency-key", "approve-1", "--output", "json"];
    let approved = desk.call("checker", &approve).json();
    assert_eq!(desk.call("checker", &approve).json(), approved);
    let history = desk.call("checker", &["clients", "history", &client, "--output", "ndjson"]);
    let lines: Vec<Value> = history.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 4, "created, submitted, reviewed, approved");
    assert_eq!(lines[0]["toState"], "Approved");

    desk.create("Bola");
    let search = format!("@{}", desk.file("search.txt", "lastName StartsWith Balo\n"));
    let filter = "city = 'Port Harcourt' and (clientState In (Approved) or firstName StartsWith x)";
    let list = desk.call(
        "maker",
        &["clients", "list", "--filter", filter, "--fields", "kycStatus", "--sort", "-firstName"],
    );
    assert_eq!(list.code, 0, "{}", list.err);
    let lines: Vec<_> = list.out.lines().collect();
    assert!(
        lines[0].starts_with("customerNumber  firstName  lastName") && lines[0].ends_with("kycStatus"),
        "{}",
        list.out
    );
    assert!(
        lines.len() == 4 && lines[1].contains("Adaeze") && lines[1].ends_with("Verified"),
        "{}",
        list.out
    );
    assert_eq!(lines[2..], ["", "1 client"], "{}", list.out);
    let all = desk.call("maker", &["clients", "list", "--output", "ndjson", "--filter", &search]);
    assert_eq!((all.code, all.out.lines().count()), (0, 2), "{}", all.err);
    let file = desk.path("clients.csv");
    let export = ["export", "--fields", "lastName,firstName", "--filter", &search, "--sort", "firstName"];
    let to_file = [&export[..], &["--delimiter", "pipe", "--out", file.to_str().unwrap()]].concat();
    let exported = desk.call("checker", &[&to_file[..], &["--output", "json"]].concat()).json();
    assert_eq!(
        std::fs::read_to_string(&file).unwrap(),
        "lastName|firstName\r\nBalogun|Adaeze\r\nBalogun|Bola\r\n"
    );
    let since = exported["changedSince"].as_str().unwrap();
    let lines = [&export[..], &["--format", "ndjson", "--changed-since", since]].concat();
    let lines = desk.call("checker", &lines);
    assert_eq!((lines.code, lines.out.lines().count()), (0, 3), "{}", lines.err);
    assert!(lines.out.lines().nth(2).unwrap().starts_with("{\"_end\":"), "{}", lines.out);
    let both = desk
        .call("maker", &["clients", "list", "--sort", "-firstName", "--limit", "1", "--output", "json"])
        .json();
    assert_eq!((both.as_array().unwrap().len(), &both[0]["firstName"]), (1, &json!("Bola")));
    reports_are_printed(&desk);
    let myself = desk.call("maker", &["whoami"]);
    assert!(
        myself.out.contains("customers.write") && !myself.out.contains("customers.kyc.review"),
        "{}",
        myself.out
    );
}

fn reports_are_printed(desk: &Desk) {
    let listed = desk.call("checker", &["reports", "--output", "ndjson"]);
    assert_eq!((listed.code, listed.out.lines().count()), (0, 8), "{}", listed.err);
    let file = desk.call("checker", &["reports", "decisions", "--output", "csv"]);
    let head = "actorId,event,reasonCode,count,atLeast\r\n";
    let approved = "checker,ClientApproved,,1,false\r\n";
    assert!(file.code == 0 && file.out.starts_with(head) && file.out.contains(approved), "{}", file.out);
    let months = ["reports", "endings", "--from", "2026-01-01", "--to", "2026-02-28"];
    let months = desk.call("checker", &[&months[..], &["--output", "json"]].concat()).json();
    assert_eq!(months["rows"].as_array().unwrap().len(), 2);
    for (wrong, code, said) in [
        (vec!["secrets"], 2, "decisions"),
        (vec!["endings", "--from", "2026-01-01"], 2, "--to"),
        (vec!["endings", "--from", "2026-02-30", "--to", "2026-03-01"], 2, "startDate"),
        (vec!["waiting", "--older-than-days", "3"], 2, "olderThanDays"),
    ] {
        let refused = desk.call("checker", &[&["reports"], &wrong[..]].concat());
        assert!(refused.code == code && refused.err.contains(said), "{wrong:?}: {}", refused.err);
    }
}

#[test]
fn batch_is_sent_watched_and_corrected_on_the_command_line() {
    let desk = Desk::open();
    let mut people: Vec<_> = ["Chidi", "Dayo", "Emeka"].iter().map(|name| person(name)).collect();
    people[1]["gender"] = "Unknown".into();
    let file = desk.file("people.csv", csv(&people));
    let put = ["batches", "put", &file, "--command", "CreateContactCommand", "--output", "json"];
    let sent = desk.call("maker", &put);
    assert_eq!((sent.code, sent.err.contains("1 rows would be refused")), (3, true), "{}", sent.err);
    let stands: Value = serde_json::from_str(&sent.out).unwrap();
    let batch = stands["batchId"].as_str().unwrap();
    assert_eq!((&stands["state"], &stands["checked"]["done"]), (&json!("checked"), &json!(2)));
    // The same file is the same batch, and is not sent again.
    let again: Value = serde_json::from_str(&desk.call("maker", &put).out).unwrap();
    assert_eq!(again["batchId"], stands["batchId"]);

    assert_eq!(desk.call("maker", &["batches", "confirm", batch]).code, 5, "another person confirms");
    let confirmed = desk.call("checker", &["batches", "confirm", batch]);
    assert_eq!(confirmed.code, 0, "{}", confirmed.err);
    let watched = desk.call("maker", &["batches", "watch", batch, "--output", "json"]);
    assert_eq!(watched.code, 3, "a row was refused");
    let stands: Value = serde_json::from_str(&watched.out).unwrap();
    assert_eq!((&stands["state"], &stands["executed"]["done"]), (&json!("finished"), &json!(2)));
    let results = desk.call("maker", &["batches", "results", batch]);
    let lines: Vec<_> = results.out.lines().collect();
    assert_eq!(lines.len(), 4, "{}", results.out);
    assert!(lines[1].contains("done") && lines[2].contains("refused"), "{}", results.out);

    // The corrected file makes exactly the rest.
    let corrections = desk.call("maker", &["batches", "corrections", batch]);
    let file = desk.file("corrected.csv", corrections.out.replace("Unknown", "Male"));
    let sent = desk
        .call("maker", &["batches", "put", &file, "--command", "CreateContactCommand", "--output", "json"])
        .json();
    assert_eq!((&sent["rows"], &sent["checked"]["refused"]), (&json!(1), &json!(0)));
    let list = desk.call("maker", &["batches", "list", "--mine", "--output", "ndjson"]);
    assert_eq!(list.out.lines().count(), 2);

    // It is stopped before its row.
    let batch = sent["batchId"].as_str().unwrap();
    assert_eq!(desk.call("maker", &["batches", "stop", batch]).code, 0);
    let stopped = desk.call("maker", &["batches", "watch", batch]);
    assert_eq!(stopped.code, 3, "{}", stopped.out);
    assert!(stopped.err.contains("0 rows were refused, and 1 were not tried"), "{}", stopped.err);
    assert_eq!(desk.call("maker", &["batches", "not-tried", batch]).out.lines().count(), 2);
}

#[test]
fn documents_are_requested_by_a_batch_and_listed_until_they_come() {
    let desk = Desk::with(&["--batch-confirmation", "any-person"]);
    let client = desk.create("Halima");
    let file = desk.file("requests.csv", format!("contactEncodedKey,identityTypes\n{client},2|5\n"));
    let put = ["batches", "put", &file, "--command", "RequestIdentityDocumentsCommand", "--output", "json"];
    let sent = desk.call("checker", &put).json();
    let batch = sent["batchId"].as_str().unwrap();
    assert_eq!(desk.call("checker", &["batches", "confirm", batch]).code, 0);
    assert_eq!(desk.call("checker", &["batches", "watch", batch]).code, 0);

    let requested = || desk.call("checker", &["documents", "requested", &client, "--output", "csv"]).out;
    let rows = requested();
    let rows: Vec<_> = rows.lines().collect();
    assert_eq!(rows.len(), 3, "{rows:?}");
    assert!(rows[1].starts_with("2,International Passport,checker"), "{rows:?}");
    assert!(rows[2].starts_with("5,Utility Bill,checker"), "{rows:?}");
    let picture = desk.file("passport.png", STANDARD.decode(PICTURE).unwrap());
    let number = format!("@{}", desk.file("number.txt", "A01234567\n"));
    let type_of = ["--type", "international passport", "--number", &number];
    let put = [&["documents", "put", &client, &picture][..], &type_of].concat();
    assert_eq!(desk.call("maker", &put).code, 0);
    assert_eq!(requested().lines().count(), 2);
}

#[test]
fn each_class_of_failure_has_its_exit_code_and_a_sentence() {
    let desk = Desk::open();
    let client = desk.create("Adaeze");
    let wrong = desk.file("wrong.json", "{\"firstName\": \"A\", \"nickname\": \"B\"}");
    let twice = desk.file("twice.json", "{\"city\": \"A\", \"city\": \"B\"}");
    let policy =
        desk.file("policy.json", "{\"version\": \"next\", \"required\": {\"Individual\": [\"Address\"]}}");
    for (person, arguments, code, sentence) in [
        ("maker", &["clients", "get", &client][..], 0, ""),
        ("checker", &["policy", "preview", &policy], 0, ""),
        ("maker", &["clients", "list", "--filter", "city = "], 2, "--filter: position 8 is mandatory here"),
        ("maker", &["clients", "list", "--sort", "height"], 2, "sort[0].propertyName: must be"),
        ("maker", &["clients", "create", &wrong], 2, "nickname: "),
        ("maker", &["clients", "create", &twice], 2, "must be an object in JSON with each member once"),
        ("maker", &["clients", "create", "/nowhere"], 2, "the file /nowhere cannot be read"),
        ("maker", &["documents", "get", "../../secret"], 2, "the id must be letters and digits"),
        (
            "maker",
            &["documents", "put", &client, &wrong, "--type", "Pass", "--number", "1"],
            2,
            "--type must be one of: National ID",
        ),
        ("maker", &["clients", "approve", &client], 3, "another person must approve it"),
        ("maker", &["clients", "get", "CUST9999999"], 4, "not found"),
        ("maker", &["clients", "reject", &client, "--reason", "No reason", "--dry-run"], 0, ""),
        ("checker", &["clients", "create", &twice], 2, "each member once"),
        ("checker", &["clients", "request-approval", &client], 5, "customers.write"),
        ("checker", &["clients", "approve", &client, "--if-version", "7"], 6, "changed"),
    ] {
        let printed = desk.call(person, arguments);
        assert_eq!(printed.code, code, "{arguments:?}: {}", printed.err);
        assert!(
            printed.err.to_lowercase().contains(&sentence.to_lowercase()),
            "{arguments:?}: {}",
            printed.err
        );
        assert_eq!(printed.err.lines().count(), usize::from(code != 0), "{}", printed.err);
        assert!(code == 0 || printed.out.is_empty(), "{}", printed.out);
    }
}

#[test]
fn token_is_in_no_argument_and_goes_to_no_other_machine_in_plain_text() {
    let desk = Desk::open();
    let url = |address| [("CLIENTS_URL", address)];
    for (arguments, environment, code, sentence) in [
        (&["whoami"][..], &[][..], 2, "give --token-file or CLIENTS_TOKEN"),
        (&["whoami", "--token", "secret"], &[], 2, "--token"),
        (&["whoami"], &[("CLIENTS_TOKEN", "marker")], 5, "token"),
        (
            &["whoami"],
            &[("CLIENTS_TOKEN", "marker\nmarker")],
            2,
            "must be one line of visible ASCII characters",
        ),
        (&["whoami", "--token-file", "/nowhere"], &[], 2, "--token-file: the file /nowhere cannot be read"),
        (&["whoami"], &url("http://clients.example/"), 2, "--url must be an https address"),
        (
            &["whoami", "--as", "maker"],
            &url("https://clients.example/"),
            2,
            "--as is for a service on this machine",
        ),
        (&["whoami", "--as", "maker", "--data", "/nowhere"], &[], 2, "has no development key"),
        (
            &["whoami", "--ca-file", "Cargo.toml"],
            &[("CLIENTS_TOKEN", "marker")],
            2,
            "--ca-file: the file Cargo.toml holds no certificate",
        ),
        (
            &["whoami"],
            &[("CLIENTS_TOKEN", "marker"), ("CLIENTS_URL", "http://127.0.0.1:1")],
            7,
            "the service at 127.0.0.1:1 does not answer",
        ),
    ] {
        let printed = desk.call_with(arguments, environment);
        assert_eq!(printed.code, code, "{arguments:?} {environment:?}: {}", printed.err);
        assert!(printed.err.contains(sentence), "{arguments:?}: {}", printed.err);
        assert!(!printed.err.contains("marker"), "{}", printed.err);
    }
    // A service does not take the variables of its callers for misspelt settings.
    let Desk { service, .. } = desk;
    assert!(!service.stop().stderr.contains("no setting has this name"));
    let caller = [
        ("CLIENTS_TOKEN", "marker"),
        ("CLIENTS_TOKEN_FILE", "/x"),
        ("CLIENTS_URL", "x"),
        ("CLIENTS_CA_FILE", "/x"),
    ];
    let log = Service::start(&[], &caller).stop().stderr;
    assert!(!log.contains("no setting has this name") && !log.contains("marker"), "{log}");
}

#[test]
fn certificate_of_the_service_must_be_known() {
    use std::os::unix::fs::PermissionsExt as _;

    const SECRET: (&str, &str) = ("CLIENTS_JWT_HS256_SECRET", "0123456789abcdef0123456789abcdef");
    let folder = tempfile::tempdir().unwrap();
    let own = certificate("bank");
    let file = |name: &str, text: &str| {
        let file = folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        file.to_str().unwrap().to_owned()
    };
    let (chain, key) = (file("chain.pem", &own.pem), file("key.pem", &own.key_pem));
    let other = file("other.pem", &certificate("other").pem);
    let service = Service::start(&["--tls-certificate", &chain, "--tls-key", &key], &[SECRET]);
    let token = String::from_utf8(call(&["token"], &[SECRET]).stdout).unwrap();
    let url = format!("https://localhost:{}", service.address.split(':').nth(1).unwrap());
    let whoami = |authorities: &[&str]| {
        let arguments = [&["whoami", "--url", &url][..], authorities].concat();
        let output = call(&arguments, &[("CLIENTS_TOKEN", token.trim())]);
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    assert_eq!(whoami(&["--ca-file", &chain]).0, Some(0));
    let refused = whoami(&["--ca-file", &other]);
    assert!(refused.0 == Some(7) && refused.1.contains("certificate"), "{}", refused.1);
}
