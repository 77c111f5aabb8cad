//! SIGHUP: settings are read again, all that can change or none.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use signed_http::SigningSecrets;

use crate::delivery::receiver;
use crate::service::{Service, binary, call, shell, wait_a_moment};

const FIRST: &str = "0123456789abcdef0123456789abcdef";
const SECOND: &str = "fedcba9876543210fedcba9876543210";
const MARKER: &str = "mArKeR";

/// The files of a service, which a test changes.
struct Files(tempfile::TempDir);

impl Files {
    fn new() -> Self {
        let files = Self(tempfile::tempdir().unwrap());
        files.write("secret", FIRST);
        files.policy("one");
        files.write("claims.json", r#"{"claims": [{"claim": "permissions", "values": "permissions"}]}"#);
        files.branches(&["ikeja-01"]);
        files
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    fn write(&self, name: &str, text: &str) {
        use std::os::unix::fs::PermissionsExt as _;

        fs::write(self.path(name), text).unwrap();
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(0o600)).unwrap();
    }

    fn policy(&self, version: &str) {
        self.write("policy.json", &json!({ "version": version }).to_string());
    }

    fn branches(&self, keys: &[&str]) {
        let branches: Vec<_> = keys.iter().map(|key| json!({ "key": key, "name": key })).collect();
        self.write("branches.json", &json!({ "branches": branches }).to_string());
    }

    fn arguments(&self) -> Vec<String> {
        let files = [
            ("--jwt-hs256-secret-file", "secret"),
            ("--kyc-policy", "policy.json"),
            ("--permission-claims", "claims.json"),
            ("--directory", "branches.json"),
        ];
        files.iter().flat_map(|(flag, name)| [(*flag).to_owned(), self.text(name)]).collect()
    }

    fn start(&self, further: &[&str]) -> Service {
        let arguments = self.arguments();
        let mut arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        arguments.extend(further);
        Service::start(&arguments, &[])
    }
}

/// A token of this secret with every permission.
fn token(secret: &str) -> String {
    let made = call(&["token"], &[("CLIENTS_JWT_HS256_SECRET", secret)]);
    String::from_utf8(made.stdout).unwrap().trim().to_owned()
}

fn post(service: &Service, path: &str, secret: &str, body: &Value) -> Value {
    let script = format!(
        "curl -s http://{}/api/bpm/{path} -H 'Content-Type: application/json' -H 'Authorization: Bearer {}' -d '{body}'",
        service.address,
        token(secret)
    );
    serde_json::from_str(&shell(&script, &[])).unwrap()
}

/// The version of the policy in force, as a caller with a token of this secret sees it.
fn policy(service: &Service, secret: &str) -> Value {
    let answer = post(service, "qry", secret, &json!({ "queryName": "RetrieveKycPolicyQuery", "data": {} }));
    answer.pointer("/data/version").cloned().unwrap_or_default()
}

/// Whether a client may be made in this branch.
fn takes_branch(service: &Service, secret: &str, branch: &str) -> bool {
    let data = json!({
        "firstName": "Ngozi", "lastName": "Balogun", "emailAddress": "ngozi.balogun@example.com",
        "phoneNumber": "+234 809 765 4321", "dateOfBirth": "1988-11-02", "gender": "Female",
        "address": "7 Awolowo Way", "city": "Ikeja", "state": "Lagos", "country": "Nigeria",
        "identificationType": "International Passport", "identificationNumber": "B09876543",
        "branchEncodedKey": branch,
    });
    let command = json!({ "commandName": "CreateContactCommand", "data": data, "dryRun": true });
    let answer = post(service, "cmd", secret, &command).to_string();
    assert!(!answer.contains("token_invalid"), "{answer}");
    !answer.contains("unknown_branch")
}

fn reloads(service: &Service, result: &str) -> String {
    let text = shell(&format!("curl -s http://{}/metrics", service.address), &[]);
    let name = format!("settings_reloads_total{{result=\"{result}\"}} ");
    text.lines().find_map(|line| line.strip_prefix(&name)).unwrap_or_default().to_owned()
}

/// Sends the signal, and waits until so many reloads had this result.
fn hang_up(service: &Service, result: &str, count: u32) {
    shell(&format!("kill -HUP {}", service.pid()), &[]);
    let began = Instant::now();
    while reloads(service, result) != count.to_string() {
        assert!(began.elapsed() < Duration::from_secs(30), "no reload was {result}");
        wait_a_moment();
    }
}

#[test]
fn hangup_takes_over_what_the_files_hold_now() {
    let files = Files::new();
    let service = files.start(&[]);
    assert_eq!(policy(&service, FIRST), "one");
    assert!(takes_branch(&service, FIRST, "ikeja-01") && !takes_branch(&service, FIRST, "lekki-02"));

    files.policy("two");
    files.branches(&["lekki-02"]);
    files.write("secret", SECOND);
    hang_up(&service, "done", 1);
    assert_eq!(policy(&service, SECOND), "two");
    assert_eq!(policy(&service, FIRST), Value::Null, "the key of before verifies nothing any more");
    assert!(takes_branch(&service, SECOND, "lekki-02") && !takes_branch(&service, SECOND, "ikeja-01"));

    // Nobody has a permission by these claims, also with a token that was verified before.
    files.write("claims.json", r#"{"claims": [{"claim": "nobody.has.this", "values": "permissions"}]}"#);
    hang_up(&service, "done", 2);
    assert_eq!(policy(&service, SECOND), Value::Null);
    let ended = service.stop();
    assert_eq!(ended.code, Some(0));
    assert!(!ended.stderr.contains("unsafe setting: one person can change"), "not twice: {}", ended.stderr);
}

#[test]
fn reload_that_cannot_be_used_changes_nothing_and_names_the_file() {
    let files = Files::new();
    let service = files.start(&[]);
    let broken = format!(r#"{{"version": "{MARKER}", "#);
    for (at, (name, text)) in [
        ("policy.json", broken.as_str()),
        ("branches.json", &format!(r#"{{"branches": [{{"key": "{MARKER}"}}]}}"#)),
        ("claims.json", &broken),
        ("secret", "mArKeR"),
    ]
    .into_iter()
    .enumerate()
    {
        let whole = fs::read_to_string(files.path(name)).unwrap();
        // What is right is not taken over either.
        files.policy("two");
        files.write("secret", SECOND);
        files.write(name, text);
        hang_up(&service, "refused", u32::try_from(at).unwrap() + 1);
        assert_eq!(policy(&service, FIRST), "one", "{name}");
        assert!(takes_branch(&service, FIRST, "ikeja-01"), "{name}");
        files.write(name, &whole);
    }
    files.policy("three");
    files.write("secret", FIRST);
    hang_up(&service, "done", 1);
    assert_eq!(policy(&service, FIRST), "three");
    let ended = service.stop();
    let errors: Vec<_> = ended.stderr.lines().filter(|line| line.contains("ERROR")).collect();
    assert_eq!(errors.len(), 4, "{}", ended.stderr);
    for (line, (name, flag)) in errors.iter().zip([
        ("policy.json", "--kyc-policy"),
        ("branches.json", "--directory"),
        ("claims.json", "--permission-claims"),
        ("secret", "--jwt-hs256-secret-file"),
    ]) {
        assert!(line.contains(&files.text(name)) && line.contains(flag), "{name}: {line}");
    }
    assert!(!ended.stderr.contains(MARKER), "{}", ended.stderr);
}

#[test]
fn changed_settings_of_the_file_are_taken_over_or_named() {
    let files = Files::new();
    files.write("other.json", r#"{"version": "other"}"#);
    let text = |policy: &str, rate: u32| format!("kyc-policy = '{policy}'\nrate-limit = {rate}\n");
    files.write("clients.toml", &text(&files.text("policy.json"), 500));
    let (config, secret) = (files.text("clients.toml"), files.text("secret"));
    let service = Service::start(&["--config", &config, "--jwt-hs256-secret-file", &secret], &[]);
    assert_eq!(policy(&service, FIRST), "one");
    files.write("clients.toml", &text(&files.text("other.json"), 501));
    hang_up(&service, "done", 1);
    assert_eq!(policy(&service, FIRST), "other");
    files.write("clients.toml", &format!("rate-limit = '{MARKER}'\nkyc-polizy = '{MARKER}'\n"));
    hang_up(&service, "refused", 1);
    files.write("clients.toml", &format!("rate-limit = '{MARKER}'\n"));
    hang_up(&service, "refused", 2);
    assert_eq!(policy(&service, FIRST), "other");
    let log = service.stop().stderr;
    let warnings: Vec<_> = log.lines().filter(|line| line.contains("from the next start on")).collect();
    assert!(matches!(warnings.as_slice(), [one] if one.contains("--rate-limit")), "{log}");
    assert!(log.contains("line 2: no setting has this name"), "{log}");
    assert!(!log.contains(MARKER), "{log}");
}

#[test]
fn reload_takes_nothing_that_the_next_start_would_refuse() {
    let files = Files::new();
    files.write("other.json", r#"{"version": "other"}"#);
    files.write("hash-key", SECOND);
    let (hash_key, jwks) = (files.text("hash-key"), files.text("keys.json"));
    let text = |policy: &str, further: &str| {
        format!("kyc-policy = '{policy}'\ncaller-hash-key-file = '{hash_key}'\n{further}\n")
    };
    let (old, new) = (files.text("policy.json"), files.text("other.json"));
    files.write("clients.toml", &text(&old, ""));
    let (config, secret) = (files.text("clients.toml"), files.text("secret"));
    let start = ["--config", config.as_str(), "--jwt-hs256-secret-file", &secret];
    let service = Service::start(&start, &[]);
    // Each of these waits for the next start, which would end with the same sentence.
    let wrong = [
        (format!("time-zone = '{MARKER}'"), "--time-zone must be"),
        (format!("default-country = '{MARKER}'"), "--default-country must be"),
        (format!("cors-origin = ['{MARKER}']"), "--cors-origin must be"),
        (
            format!("keep-delivered = 0\nwebhook-attempts = 3\noidc-issuer = 'https://{MARKER}'"),
            "--keep-delivered must be",
        ),
        (format!("jwks = '{jwks}'"), "--jwt-issuer"),
    ];
    for (at, (further, _)) in wrong.iter().enumerate() {
        files.write("clients.toml", &text(&new, further));
        hang_up(&service, "refused", u32::try_from(at).unwrap() + 1);
        assert_eq!(policy(&service, FIRST), "one", "{further}");
        let started = call(&start, &[]);
        assert_eq!(started.status.code(), Some(2), "{further}");
    }
    // The file of a secret that is read at the start only.
    files.write("clients.toml", &text(&new, ""));
    files.write("hash-key", "short");
    hang_up(&service, "refused", 6);
    assert_eq!(policy(&service, FIRST), "one");
    files.write("hash-key", FIRST);
    hang_up(&service, "done", 1);
    assert_eq!(policy(&service, FIRST), "other");

    let log = service.stop().stderr;
    let errors: Vec<_> = log.lines().filter(|line| line.contains("ERROR")).collect();
    let sentences = wrong.iter().map(|(_, sentence)| *sentence).chain(["--caller-hash-key-file"]);
    assert_eq!(errors.len(), 6, "{log}");
    for (line, sentence) in errors.iter().zip(sentences) {
        assert!(line.contains(sentence), "{sentence}: {line}");
    }
    // Every fault is said at once.
    assert!(errors[3].contains("--oidc-"), "{}", errors[3]);
    assert!(!log.contains(MARKER), "{log}");
}

#[test]
fn webhook_signs_with_the_secret_of_the_last_reload() {
    let files = Files::new();
    let secrets = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"];
    files.write("webhook-secret", secrets[0]);
    let (address, received) = receiver();
    let file = files.text("webhook-secret");
    let service = files.start(&["--webhook", &address, "--webhook-secret-file", &file]);
    let create = |number: u32| {
        let data = json!({
            "firstName": "Ngozi", "lastName": "Balogun", "emailAddress": format!("n{number}@example.com"),
            "phoneNumber": format!("+234 809 765 43{number:02}"), "dateOfBirth": "1988-11-02", "gender": "Female",
            "address": "7 Awolowo Way", "city": "Ikeja", "state": "Lagos", "country": "Nigeria",
            "identificationType": "International Passport", "identificationNumber": format!("B098765{number:02}"),
        });
        let created =
            post(&service, "cmd", FIRST, &json!({ "commandName": "CreateContactCommand", "data": data }));
        assert!(created["data"]["contactEncodedKey"].is_string(), "{created}");
    };
    let is_signed_with = |secret: &str| {
        let (head, body) = received.recv_timeout(Duration::from_mins(1)).unwrap();
        let header = |name: &str| {
            let line = head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            line.unwrap().to_owned()
        };
        let secrets = SigningSecrets::parse(secret).unwrap();
        let timestamp = header("webhook-timestamp").parse().unwrap();
        let body = body.to_string();
        secrets.verify(&header("webhook-id"), timestamp, body.as_bytes(), &header("webhook-signature"))
    };
    create(1);
    // The receiver refuses the first message.
    assert!(is_signed_with(secrets[0]) && is_signed_with(secrets[0]));
    files.write("webhook-secret", secrets[1]);
    hang_up(&service, "done", 1);
    create(2);
    assert!(is_signed_with(secrets[1]));
    files.write("webhook-secret", "no secret");
    hang_up(&service, "refused", 1);
    create(3);
    assert!(is_signed_with(secrets[1]), "the secret of before");
}

#[test]
fn relay_reloads_as_well_and_measures_the_age_of_its_secrets() {
    let files = Files::new();
    files.write("webhook-secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    let data = files.text("data");
    drop(Service::start(&["--data", &data], &[]));
    // The first address in its log is to be the own one.
    files.write("webhook", "http://127.0.0.1:9/");
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let (webhook, file) = (files.text("webhook"), files.text("webhook-secret"));
    let webhook = ["--webhook-file", webhook.as_str(), "--webhook-secret-file", file.as_str()];
    files.write("relay.toml", "drain-deadline = 5");
    let config = files.text("relay.toml");
    let arguments =
        [&["relay", "--config", &config, "--data", &data, "--admin-listen", &port], &webhook[..]].concat();
    let relay = Service::start(&arguments, &[]);
    assert_eq!(relay.address, port);
    let began = Instant::now();
    let age = "secret_file_age_seconds{setting=\"webhook-secret-file\"} ";
    while !shell(&format!("curl -s http://{}/metrics", relay.address), &[]).contains(age) {
        assert!(began.elapsed() < Duration::from_secs(30));
        wait_a_moment();
    }
    files.write("webhook-secret", MARKER);
    hang_up(&relay, "refused", 1);
    files.write("webhook-secret", "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    hang_up(&relay, "done", 1);
    // It waits for the next start, which would refuse it.
    files.write("relay.toml", "drain-deadline = 0");
    hang_up(&relay, "refused", 2);
    files.write("relay.toml", "drain-deadline = 6");
    hang_up(&relay, "done", 2);
    let crm = format!("webhook-receiver = ['name=crm,url=http://127.0.0.1:9/,secret-file={file}']");
    files.write("relay.toml", &crm);
    hang_up(&relay, "refused", 3);
    let ended = relay.stop();
    assert_eq!(ended.code, Some(0));
    assert!(ended.stderr.contains("--drain-deadline"), "{}", ended.stderr);
    assert!(ended.stderr.contains("a webhook is added or removed by a start"), "{}", ended.stderr);
    assert!(ended.stderr.contains(&file) && !ended.stderr.contains(MARKER), "{}", ended.stderr);
}

#[test]
fn relay_names_the_file_of_its_database_where_it_holds_another_address() {
    let files = Files::new();
    files.write("webhook-secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    let address = |name: &str| format!("sqlite://{}/clients.db", files.text(name));
    let data = files.text("data");
    drop(Service::start(&["--data", &data], &[]));
    files.write("address", &address("data"));
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let (location, secret) = (files.text("address"), files.text("webhook-secret"));
    let arguments = [
        &["relay", "--database-url-file", &location, "--admin-listen", &port][..],
        &["--webhook", "https://hooks.example/", "--webhook-secret-file", &secret],
    ];
    let relay = Service::start(&arguments.concat(), &[]);
    hang_up(&relay, "done", 1);
    files.write("address", &address("other"));
    hang_up(&relay, "done", 2);
    let log = relay.stop().stderr;
    let warnings: Vec<_> = log.lines().filter(|line| line.contains("from the next start on")).collect();
    assert!(matches!(warnings.as_slice(), [one] if one.contains("--database-url-file")), "{log}");
}

#[test]
fn relay_tells_unsafe_settings_and_watches_the_files_of_every_receiver() {
    const OLD: &str = "touch -d 2020-01-01";
    let files = Files::new();
    for name in ["secret", "letters", "crm", "crm-old"] {
        files.write(name, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    }
    shell(&format!("{OLD} {} {}", files.text("letters"), files.text("crm-old")), &[]);
    let data = files.text("data");
    drop(Service::start(&["--data", &data], &[]));
    let settings = |crm: &str| {
        let receiver = |name: &str, file: &str| {
            format!("'name={name},url=http://localhost:9/,secret-file={}'", files.text(file))
        };
        let receivers = [receiver("crm", crm), receiver("letters", "letters")].join(", ");
        let secret = files.text("secret");
        format!(
            "webhook = 'http://localhost:9/'\nwebhook-secret-file = '{secret}'\nwebhook-receiver = [{receivers}]\n"
        )
    };
    files.write("relay.toml", &settings("crm"));
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let config = files.text("relay.toml");
    let arguments = [
        &["relay", "--config", &config, "--data", &data, "--admin-listen", &port][..],
        &["--webhook-plain-http", "on"],
    ];
    let relay = Service::start(&arguments.concat(), &[("CLIENTS_WEBHOOKS", "https://hooks.example/")]);
    for told in ["setting=\"webhook-plain-http\"", "CLIENTS_WEBHOOKS"] {
        assert!(relay.first_log.contains(told), "{told}: {}", relay.first_log);
    }
    let metric = |name: &str| {
        let text = shell(&format!("curl -s http://{}/metrics", relay.address), &[]);
        text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<f64>().ok())
    };
    assert_eq!(metric("unsafe_settings{setting=\"webhook-plain-http\"}"), Some(1.0));
    let age = |receiver: &str| {
        metric(&format!(
            "secret_file_age_seconds{{setting=\"webhook-receiver\",receiver=\"{receiver}\",file=\"secret-file\"}}"
        ))
    };
    let wait_until = |holds: &dyn Fn() -> bool| {
        let began = Instant::now();
        while !holds() {
            assert!(began.elapsed() < Duration::from_mins(1));
            wait_a_moment();
        }
    };
    let year = 365.0 * 24.0 * 3600.0;
    wait_until(&|| age("letters").is_some_and(|age| age > year));
    assert!(age("crm").is_some_and(|age| age < year));

    // Another file, which other accounts can read.
    shell(&format!("chmod 644 {}", files.text("crm-old")), &[]);
    files.write("relay.toml", &settings("crm-old"));
    hang_up(&relay, "done", 1);
    wait_until(&|| age("crm").is_some_and(|age| age > year));
    assert_eq!(metric("unsafe_settings{setting=\"secret-file-mode\"}"), Some(1.0));
    assert_eq!(relay.stop().code, Some(0));
}

#[test]
fn hangup_during_a_start_does_not_end_it() {
    let mut command = binary(&["--database-wait", "60s"]);
    // No server listens there.
    command.env("DATABASE_URL", "postgres://me@127.0.0.1:9/clients");
    command.envs([("CLIENTS_JWT_HS256_SECRET", FIRST), ("CLIENTS_DEVELOPMENT", "on")]);
    command.stderr(std::process::Stdio::null()).stdout(std::process::Stdio::null());
    let mut child = command.spawn().unwrap();
    // The handler is there before the database is asked.
    let status = format!("/proc/{}/status", child.id());
    let began = Instant::now();
    let catches = |path: &str| {
        let text = fs::read_to_string(Path::new(path)).unwrap_or_default();
        let mask = text.lines().find_map(|line| line.strip_prefix("SigCgt:")).map(str::trim);
        u64::from_str_radix(mask.unwrap_or("0"), 16).unwrap() & 1 == 1
    };
    while !catches(&status) {
        assert!(began.elapsed() < Duration::from_secs(30), "SIGHUP is never caught");
        wait_a_moment();
    }
    shell(&format!("kill -HUP {}", child.id()), &[]);
    std::thread::sleep(Duration::from_millis(200));
    let ended = child.try_wait().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(ended.is_none(), "{ended:?}");
}
