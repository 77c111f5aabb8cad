//! A service whose clients are in a data folder: what a kill leaves, and what the start refuses.

use std::fs::Permissions;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::service::{Service, call, exports, first_approval, first_creation, shell};

fn answer(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| panic!("not JSON: {text}"))
}

/// Posts a command under an idempotency key, or a query. `None` if no answer comes, as from a service that was killed.
pub fn post(address: &str, token: &str, key: Option<&str>, body: &Value) -> Option<Value> {
    let path = if key.is_some() { "/api/bpm/cmd" } else { "/api/bpm/qry" };
    let key = key.map(|key| format!("Idempotency-Key: {key}\r\n")).unwrap_or_default();
    let body = body.to_string();
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Authorization: Bearer {token}\r\n{key}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .ok()?;
    let mut text = String::new();
    stream.read_to_string(&mut text).ok()?;
    serde_json::from_str(text.split_once("\r\n\r\n")?.1).ok()
}

pub fn ask(service: &Service, token: &str, query: &str, data: &Value) -> Value {
    let body = json!({"queryName": query, "data": data});
    post(&service.address, token, None, &body).unwrap()
}

pub fn variable(screen: &str, name: &str) -> String {
    exports(screen).into_iter().find(|(found, _)| found == name).unwrap().1
}

/// A client with this number in its e-mail address and passport.
pub fn applicant(number: usize) -> Value {
    json!({"commandName": "CreateContactCommand", "data": {
        "firstName": "Ngozi", "lastName": "Balogun", "emailAddress": format!("client.{number}@example.com"),
        "phoneNumber": "+234 809 765 4321", "dateOfBirth": "1988-11-02", "gender": "Female",
        "address": "7 Awolowo Way", "city": "Ikeja", "state": "Lagos", "country": "NG",
        "identificationType": "International Passport", "identificationNumber": format!("B{:08}", number + 1),
    }})
}

/// The first README command, a client with a document, `kill -9`, the same command again.
#[test]
fn client_and_document_are_found_with_the_same_token_after_a_kill() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("clients-data");
    let start = || Service::start(&["--data", folder.to_str().unwrap()], &[]);
    let mut service = start();
    let screen = service.first_screen("/docs");
    assert!(screen.contains(&format!("The data is in {}", folder.display())), "{screen}");
    let (maker, checker) = (variable(&screen, "MAKER"), variable(&screen, "CHECKER"));
    let created = answer(&shell(&first_creation(&screen), &[]));
    let client = created["data"]["contactEncodedKey"].as_str().unwrap().to_owned();
    let pixel =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    let document = json!({"commandName": "CreateIdentityDocumentCommand", "data": {
        "contactEncodedKey": client, "identityType": 2, "idNumber": "B09876543", "docExtension": ".png", "base64Doc": pixel,
    }});
    let document = post(&service.address, &maker, Some("document"), &document).unwrap();
    let document = document["data"]["identityId"].as_str().unwrap().to_owned();
    service.kill();

    for (path, mode) in [
        ("", 0o700),
        ("documents", 0o700),
        ("clients.db", 0o600),
        ("clients.db-wal", 0o600),
        ("development-key", 0o600),
    ] {
        let found = std::fs::metadata(folder.join(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!(found, mode, "{path}");
    }
    let mut service = start();
    let found = ask(&service, &checker, "RetrieveContactByIdQuery", &json!({"contactEncodedKey": client}));
    assert_eq!(found["data"]["firstName"], "Ngozi", "{found}");
    let file = format!(
        "curl -s http://{}/api/bpm/documents/{document}/content -H \"Authorization: Bearer $CHECKER\" | cksum",
        service.address
    );
    let tokens = [("CHECKER".to_owned(), checker.clone())];
    let sum = shell(&file, &tokens);
    assert_eq!(sum, shell(&format!("echo {pixel} | base64 -d | cksum"), &[]), "{file}");

    // The new screen gives new tokens, and its commands can be pasted again: one client, and now an approved one.
    let screen = service.first_screen("/docs");
    assert_eq!(answer(&shell(&first_creation(&screen), &[])), created);
    assert_eq!(answer(&shell(&first_approval(&screen), &[]))["data"]["approvedBy"], "checker@example.com");
    let token = call(&["token", "--data", folder.to_str().unwrap(), "--subject", "third"], &[]).stdout;
    let token = String::from_utf8(token).unwrap();
    let listed = ask(&service, token.trim(), "RetrieveContactListQuery", &json!({}));
    assert_eq!(listed["data"]["totalCount"], 1, "{listed}");

    let ready = answer(&shell(&format!("curl -s http://{}/readyz", service.address), &[]));
    let states = ready["data"]["checks"].as_array().unwrap();
    assert!(states.iter().all(|check| check["status"] == "ok"), "{ready}");
    let metrics = shell(&format!("curl -s http://{}/metrics", service.address), &[]);
    for job in ["clock", "retention", "normal_forms", "expiry_watch", "content_collection"] {
        assert!(metrics.contains(&format!("job_up{{job=\"{job}\"}} 1")), "{job}: {metrics}");
    }
    assert_eq!(service.stop().code, Some(0));
    assert!(!folder.join("clients.db-wal").exists(), "a stop closes the file");
}

/// Creates clients until the service is gone; notes the number of each that was confirmed.
fn write_until_killed(address: &str, token: &str, next: &AtomicUsize, confirmed: &Mutex<Vec<usize>>) {
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let key = format!("client-{number}");
        let Some(created) = post(address, token, Some(&key), &applicant(number)) else { return };
        assert_eq!(created.get("statusCode"), Some(&"00".into()), "{created}");
        confirmed.lock().unwrap_or_else(PoisonError::into_inner).push(number);
    }
}

/// How many kills: `CLIENT_KILLS`, or 20.
#[expect(clippy::disallowed_methods, reason = "the setting of a longer test run")]
fn kills() -> usize {
    std::env::var("CLIENT_KILLS").map_or(20, |number| number.parse().unwrap())
}

#[test]
fn no_confirmed_client_is_lost_or_doubled_by_kills_under_load() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), Permissions::from_mode(0o700)).unwrap();
    let start = || Service::start(&["--data", folder.path().to_str().unwrap()], &[]);
    let (next, confirmed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    for kill in 0..kills() {
        let mut service = start();
        let maker = variable(&service.first_screen("/docs"), "MAKER");
        let before = confirmed.lock().unwrap().len();
        let address = service.address.clone();
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| write_until_killed(&address, &maker, &next, &confirmed));
            }
            let begun = Instant::now();
            while confirmed.lock().unwrap().len() < before + 3 + kill % 5 {
                assert!(begun.elapsed() < Duration::from_mins(1), "nothing is confirmed");
                thread::sleep(Duration::from_micros(300));
            }
            service.kill();
        });
    }
    let mut service = start();
    let maker = variable(&service.first_screen("/docs"), "MAKER");
    let all = confirmed.into_inner().unwrap();
    assert!(all.len() >= kills() * 3);
    for number in &all {
        // Repeated under its key, the creation is answered as it was: it is there once.
        let key = format!("client-{number}");
        let again = post(&service.address, &maker, Some(&key), &applicant(*number));
        let again = again.unwrap();
        assert_eq!(again["statusCode"], "00", "{number}: {again}");
        let email = json!({"filters": [{"propertyName": "emailAddress", "operator": "Equals",
            "value": format!("client.{number}@example.com")}]});
        let found = ask(&service, &maker, "RetrieveContactListQuery", &email);
        assert_eq!(found["data"]["totalCount"], 1, "{number}: {found}");
        assert_eq!(found["data"]["contacts"][0]["contactEncodedKey"], again["data"]["contactEncodedKey"]);
    }
    println!("{} clients were confirmed between {} kills, and all are there once", all.len(), kills());
}

#[track_caller]
fn refused(arguments: &[&str], code: i32, sentence: &str) {
    let output = call(arguments, &[]);
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains(sentence), "{arguments:?}: {text}");
    assert_eq!(output.status.code(), Some(code), "{text}");
    let last = text.lines().last().unwrap();
    assert!(last.starts_with("client-service: "), "{text}");
}

/// A command whose first word, if it has one, is followed by these flags.
fn with<'a>(command: &[&'a str], flags: &[&'a str]) -> Vec<&'a str> {
    let words = usize::from(command.first().is_some_and(|word| !word.starts_with("--")));
    let (word, rest) = command.split_at(words);
    [word, flags, rest].concat()
}

#[test]
fn beside_a_running_service_every_program_that_writes_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    let webhook =
        ["--webhook", "https://hooks.example/", "--webhook-secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"];
    let service = Service::start(&["--data", data], &[]);
    let url = format!("sqlite://{data}/clients.db");
    for command in [
        &["--listen", "127.0.0.1:0"][..],
        &["migrate"],
        &["collect-garbage"],
        &["dead-letters", "resend", "--all"],
        &[&["relay"], &webhook[..]].concat(),
    ] {
        for place in [["--data", data], ["--database-url", &url]] {
            refused(&with(command, &place), 1, "another server is using the database");
        }
    }
    assert_eq!(service.stop().code, Some(0));
    for (command, said) in [
        (&["migrate"][..], ""),
        (&["collect-garbage"], "0 files were moved to the trash"),
        (&["dead-letters", "resend", "--all"], "0 will be sent again"),
        (&["dead-letters"], ""),
    ] {
        let output = call(&with(command, &["--database-url", &url]), &[]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains(said), "{text}");
    }
    let service = Service::start(&["--database-url", &url], &[]);
    assert_eq!(service.stop().code, Some(0));
}

#[test]
fn nothing_is_confirmed_while_the_folder_is_away() {
    let parent = tempfile::tempdir().unwrap();
    let (folder, away) = (parent.path().join("data"), parent.path().join("away"));
    let mut service = Service::start(&["--data", folder.to_str().unwrap()], &[]);
    let maker = variable(&service.first_screen("/docs"), "MAKER");
    let create =
        |number| post(&service.address, &maker, Some(&format!("key-{number}")), &applicant(number)).unwrap();
    assert_eq!(create(0)["statusCode"], "00");
    std::fs::rename(&folder, &away).unwrap();
    for _ in 0..3 {
        assert_eq!(create(1)["statusCode"], "CBS_503");
    }
    let ready = shell(&format!("curl -s http://{}/readyz", service.address), &[]);
    assert!(ready.contains("store_unavailable"), "{ready}");
    assert!(!folder.exists());
    std::fs::rename(&away, &folder).unwrap();
    assert_eq!(create(1)["statusCode"], "00");
    assert_eq!(service.stop().code, Some(0));
}

#[test]
fn tokens_of_the_first_screen_live_no_longer_than_the_service_accepts() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("data");
    for (longest, words) in
        [("90m", "valid for 90 minutes:"), ("1h", "valid for 1 hour:"), ("2d", "valid for 12 hours:")]
    {
        let start = ["--data", folder.to_str().unwrap(), "--jwt-max-lifetime", longest];
        let mut service = Service::start(&start, &[]);
        let screen = service.first_screen("/docs");
        assert!(screen.contains(words), "{screen}");
        let listed = ask(&service, &variable(&screen, "MAKER"), "RetrieveContactListQuery", &json!({}));
        assert_eq!(listed["statusCode"], "00", "{longest}: {listed}");
        assert_eq!(service.stop().code, Some(0));
    }
}

#[test]
fn configured_keys_take_the_place_of_the_development_key() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("data");
    let data = folder.to_str().unwrap();
    let mut service = Service::start(&["--data", data], &[]);
    let maker = variable(&service.first_screen("/docs"), "MAKER");
    assert_eq!(service.stop().code, Some(0));

    let secret = [("CLIENTS_JWT_HS256_SECRET", "0123456789abcdef0123456789abcdef")];
    let service = Service::start(&["--data", data], &secret);
    let query = json!({"queryName": "RetrieveLifecycleQuery"});
    assert_eq!(post(&service.address, &maker, None, &query).unwrap()["statusCode"], "CBS_401");
    // The secret of the setting signs, although the folder has a key.
    let token = call(&["token", "--data", data], &secret).stdout;
    let token = String::from_utf8(token).unwrap();
    assert_eq!(post(&service.address, token.trim(), None, &query).unwrap()["statusCode"], "00");
    let ended = service.stop();
    assert_eq!(ended.stdout, "", "no first screen");
    assert!(!ended.stderr.contains("development-key"), "{}", ended.stderr);

    let other = parent.path().join("other");
    let service = Service::start(&["--data", other.to_str().unwrap()], &secret);
    assert_eq!(service.stop().code, Some(0));
    assert!(!other.join("development-key").exists());
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_folder_that_is_not_safe_or_not_whole_is_refused() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("data");
    let data = folder.to_str().unwrap();
    let start = ["--listen", "127.0.0.1:0", "--data", data];
    assert_eq!(Service::start(&["--data", data], &[]).stop().code, Some(0));

    set_mode(&folder, 0o750);
    refused(&start, 1, "can be reached by other accounts of this machine; chmod it to 700");
    set_mode(&folder, 0o700);
    let key = folder.join("development-key");
    let whole = std::fs::read_to_string(&key).unwrap();
    set_mode(&key, 0o640);
    refused(&start, 1, "could be read by other accounts of this machine; delete it");
    set_mode(&key, 0o600);
    std::fs::write(&key, &whole[..30]).unwrap();
    refused(&start, 1, "is damaged; put back a copy of it, or delete it");
    assert_eq!(std::fs::read_to_string(&key).unwrap(), whole[..30]);
    std::fs::write(&key, &whole).unwrap();

    let (database, aside) = (folder.join("clients.db"), folder.join("aside"));
    for command in [&start[..], &["check", "--data", data]] {
        set_mode(&database, 0o666);
        refused(command, 1, "clients.db could be read by other accounts of this machine; chmod it to 600");
        set_mode(&database, 0o600);
        std::fs::rename(&database, &aside).unwrap();
        std::os::unix::fs::symlink(&aside, &database).unwrap();
        refused(command, 1, "clients.db is a symbolic link");
        std::fs::remove_file(&database).unwrap();
        std::fs::rename(&aside, &database).unwrap();
    }
    std::fs::hard_link(&database, &aside).unwrap();
    refused(&start, 1, "clients.db has a second name (a hard link)");
    std::fs::rename(&aside, parent.path().join("lost")).unwrap();
    std::fs::remove_file(&database).unwrap();
    let migrate = ["migrate", "--data", data];
    for command in [&start[..], &migrate] {
        refused(command, 1, "clients.db is missing, and ");
        assert!(!database.exists(), "an empty one was made");
    }
    let others = parent.path().join("others");
    let [fresh, files] = ["fresh", "data/documents"].map(|name| parent.path().join(name));
    let fresh = ["--data", fresh.to_str().unwrap(), "--documents", files.to_str().unwrap()];
    refused(&fresh, 1, "--documents: the files there belong to a database, and ");
    assert!(!parent.path().join("fresh").exists());
    std::fs::create_dir(&others).unwrap();
    set_mode(&others, 0o700);
    std::fs::write(others.join("clients.db-wal"), "a log").unwrap();
    set_mode(&others.join("clients.db-wal"), 0o600);
    refused(&["--data", others.to_str().unwrap()], 1, "clients.db-wal belongs to it; put it back");
    assert!(!others.join("clients.db").exists());
    std::fs::rename(parent.path().join("lost"), &database).unwrap();

    let documents = folder.join("documents");
    std::fs::rename(&documents, folder.join("away")).unwrap();
    refused(&start, 1, "documents is missing, and clients have their files there; put it back");
    assert!(!documents.exists());
    std::fs::rename(folder.join("away"), &documents).unwrap();
    std::fs::write(documents.join("installation"), "0123456789abcdef0123456789abcdef\n").unwrap();
    refused(&start, 1, "the location belongs to another installation");

    std::fs::write(parent.path().join("file"), "").unwrap();
    refused(&["--data", parent.path().join("file").to_str().unwrap()], 1, "is not a folder");
    refused(
        &["--data", "/nowhere/data"],
        1,
        "--data: the folder /nowhere/data cannot be made: the folder /nowhere does not exist; make it first",
    );
    refused(&["--database-url", "sqlite:///nowhere/clients.db"], 1, "the folder /nowhere does not exist");
}

#[test]
fn a_refused_call_makes_no_folder() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("data");
    let data = folder.to_str().unwrap();
    let nothing = format!("there are no clients in {data}: give --data, --database-url or DATABASE_URL");
    let secret = ["--jwt-hs256-secret", "0123456789abcdef0123456789abcdef", "--listen", "0.0.0.0:0"];
    let public = ["--jwks", "/nowhere", "--jwt-issuer", "any", "--jwt-audience", "any"];
    for (arguments, code, sentence) in [
        (&["--listen", "0.0.0.0:0"][..], 2, "the service listens on this machine only"),
        (
            &secret,
            2,
            "with a shared secret and clients that are kept, the service listens on this machine only",
        ),
        (&public, 2, "--jwks: the file /nowhere cannot be read"),
        (&["--in-memory"], 2, "--in-memory keeps no data, so it cannot be given together with --data"),
        (
            &["--database-url", "postgres://localhost/x"],
            2,
            "both say where the clients are; remove one of them",
        ),
        (&["--documents", "/nowhere"], 2, "--documents: the folder does not exist"),
        (&["dead-letters"], 2, &nothing),
        (&["collect-garbage"], 2, &nothing),
        (&["token"], 2, "a token is signed with the secret of the service"),
    ] {
        refused(&[arguments, &["--data", data]].concat(), code, sentence);
        assert!(!folder.exists(), "{arguments:?}");
    }
    refused(&["--in-memory", "--listen", "0.0.0.0:0"], 2, "the service listens on this machine only");
    refused(&["migrate", "--in-memory"], 2, "--in-memory keeps none");
    assert!(call(&["migrate", "--data", data], &[]).status.success());
    assert!(folder.join("clients.db").exists());
}
