//! A running service.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use crate::service::{
    Service, call, exports, first_approval, first_creation, shell, shell_without_curl, wait_a_moment,
};

const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn answer(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| panic!("not JSON: {text}"))
}

#[test]
fn service_in_memory_prints_two_tokens_and_two_commands() {
    let mut service = Service::start(&[], &[]);
    let screen = service.first_screen("/docs");
    assert!(screen.contains("DEVELOPMENT KEY"), "{screen}");
    let tokens = exports(&screen);
    assert_eq!(tokens.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["MAKER", "CHECKER"]);

    let (creation, approval) = (first_creation(&screen), first_approval(&screen));
    let created = answer(&shell(&creation, &[]));
    assert_eq!(created["message"], "Contact created successfully.");
    assert_eq!(answer(&shell(&creation, &[])), created, "pasted twice it is one client");
    assert_eq!(answer(&shell(&approval, &[]))["data"]["approvedBy"], "checker@example.com");
    // The replacement of curl gives the same answer as curl.
    assert_eq!(answer(&shell_without_curl(&approval, &[])), answer(&shell(&approval, &[])));

    let health = format!("curl -sf http://{}/healthz", service.address);
    assert_eq!(answer(&shell(&health, &[]))["statusCode"], "00");
    let ended = service.stop();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stderr.contains("stopped"), "{}", ended.stderr);
    assert_eq!(ended.stdout, "");
}

#[test]
fn log_goes_to_standard_error_without_personal_data() {
    for format in ["text", "json"] {
        let mut service = Service::start(&[], &[("RUST_LOG", "trace"), ("CLIENTS_LOG_FORMAT", format)]);
        let screen = service.first_screen("/docs");
        let tokens = exports(&screen);
        shell(&first_creation(&screen), &[]);
        shell(&first_approval(&screen), &[]);
        // Under another key the creation is refused as a duplicate, which is logged at a higher level.
        shell(&format!("{} || true", first_creation(&screen).replace("first-screen-1", "another")), &[]);
        let bad = format!(
            "curl -s http://{}/api/bpm/cmd -H 'Content-Type: application/json' -H \"Authorization: Bearer $MAKER\" \
             -d '{{\"commandName\":\"CreateContactCommand\",\"data\":{{\"emailAddress\":\"not.an.address.marker\"}}}}'",
            service.address
        );
        shell(&bad, &tokens);
        let log = service.stop().stderr;
        assert!(log.contains("CreateContactCommand") || log.contains("/api/bpm/cmd"), "{log}");
        if format == "json" {
            assert!(log.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()), "{log}");
        }
        let log = log.to_lowercase();
        for personal in [
            "adaeze",
            "okafor",
            "ngozi",
            "balogun",
            "b09876543",
            "8031234567",
            "803 123",
            "allen avenue",
            "a01234567",
            "not.an.address.marker",
            "1991-04-23",
        ] {
            assert!(!log.contains(personal), "{personal} in {log}");
        }
        for (_, token) in tokens {
            let signature = token.rsplit('.').next().unwrap().to_lowercase();
            assert!(!log.contains(&signature), "a token in {log}");
        }
    }
}

#[test]
fn printed_token_is_accepted_by_a_service_with_the_same_secret() {
    let environment = [
        ("CLIENTS_JWT_HS256_SECRET", SECRET),
        ("CLIENTS_JWT_ISSUER", "dev"),
        ("CLIENTS_JWT_AUDIENCE", "clients"),
    ];
    let service = Service::start(&["serve"], &environment);
    let token = |arguments: &[&str], environment: &[(&str, &str)]| {
        let output = call(&[&["token"], arguments].concat(), environment);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    let status = |token: String| {
        let script = format!(
            "curl -s http://{}/api/bpm/qry -H 'Content-Type: application/json' -H \"Authorization: Bearer $TOKEN\" \
             -d '{{\"queryName\":\"RetrieveLifecycleQuery\"}}'",
            service.address
        );
        answer(&shell(&script, &[("TOKEN".to_owned(), token)]))["statusCode"].as_str().unwrap().to_owned()
    };
    let reader =
        ["--subject", "me", "--email", "me@example.com", "--permissions", "customers.read", "--branch", "b"];
    assert_eq!(status(token(&reader, &environment)), "00");
    assert_eq!(status(token(&["--permissions", "customers.write"], &environment)), "CBS_403");
    assert_eq!(status(token(&[], &environment[..1])), "CBS_401", "the token names no issuer");
    let other = [("CLIENTS_JWT_HS256_SECRET", "another secret of at least 32 bytes")];
    assert_eq!(status(token(&[], &other)), "CBS_401");
}

#[test]
fn branch_names_come_from_the_directory() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let directory = r#"{"branches": [{"key": "ikeja-01", "id": 7, "name": "Ikeja"}], "accountOfficers": []}"#;
    file.write_all(directory.as_bytes()).unwrap();
    let mut service = Service::start(&["--directory", file.path().to_str().unwrap()], &[]);
    let screen = service.first_screen("/docs");
    shell(&first_creation(&screen), &[]);
    let script = format!(
        "curl -s http://{}/api/bpm/qry -H 'Content-Type: application/json' -H \"Authorization: Bearer $MAKER\" \
         -d '{{\"queryName\":\"RetrieveContactByIdQuery\",\"data\":{{\"id\":1}}}}'",
        service.address
    );
    let found = answer(&shell(&script, &exports(&screen)));
    assert_eq!((&found["data"]["branchName"], &found["data"]["branchId"]), (&"Ikeja".into(), &7.into()));

    let branch = r#"{"key": "x", "name": "X"}"#;
    let officer = r#"{"id": 3, "name": "T. Bello"}"#;
    for (text, expected) in [
        (r#"{"branches": [{"key": "x"}]}"#.to_owned(), "branches[0] has no name, which must be a text"),
        (
            format!(r#"{{"branches": [{branch}, {branch}]}}"#),
            "branches[1] has the key of an earlier branch; list each branch once",
        ),
        (
            format!(r#"{{"accountOfficers": [{officer}, {officer}]}}"#),
            "accountOfficers[1] has the id of an earlier account officer; list each officer once",
        ),
        // The last list is empty, so it would refuse no branch.
        (
            format!(r#"{{"branches": [{branch}], "branches": []}}"#),
            "the file does not hold a JSON object with each member once; see line 1, column 52",
        ),
    ] {
        let mut wrong = tempfile::NamedTempFile::new().unwrap();
        wrong.write_all(text.as_bytes()).unwrap();
        let refused = call(&["--directory", wrong.path().to_str().unwrap()], &[]);
        assert_eq!(refused.status.code(), Some(2), "{text}");
        let sentence = String::from_utf8(refused.stderr).unwrap();
        assert!(sentence.contains(&format!("--directory: {expected}")), "{sentence}");
    }
}

#[test]
fn a_policy_that_states_a_rule_twice_is_refused() {
    let mut policy = tempfile::NamedTempFile::new().unwrap();
    let text = r#"{"version": "1", "required": {"Individual": ["Passport"]}, "required": {}}"#;
    policy.write_all(text.as_bytes()).unwrap();
    let file = policy.path().to_str().unwrap();
    for command in ["serve", "check-config"] {
        let refused = call(&[command, "--kyc-policy", file], &[]);
        assert_eq!(refused.status.code(), Some(2), "{command}");
        let text = String::from_utf8([refused.stdout, refused.stderr].concat()).unwrap();
        let expected = "--kyc-policy: the file does not hold a JSON object with each member once";
        assert!(text.contains(expected), "{command}: {text}");
    }
}

#[test]
fn address_in_use_is_reported() {
    let service = Service::start(&["--jwt-hs256-secret", SECRET], &[]);
    wait_a_moment();
    let second = call(&["--listen", &service.address, "--jwt-hs256-secret", SECRET], &[]);
    assert_eq!(second.status.code(), Some(1));
    let text = String::from_utf8(second.stderr).unwrap();
    assert!(text.contains("--listen: cannot listen on"), "{text}");
}

#[test]
fn unsafe_settings_and_unknown_variables_are_warnings_and_a_metric() {
    let environment = [("CLIENTS_FOUR_EYES", "off"), ("CLIENTS_FOUR_EYESS", "on")];
    let service = Service::start(&["--jwt-hs256-secret", SECRET], &environment);
    let log = &service.first_log;
    for warning in ["setting=\"four-eyes\"", "setting=\"rate-limit\"", "setting=\"secret-on-command-line\""] {
        assert!(log.contains(warning), "{warning} is not in {log}");
    }
    assert!(log.contains("CLIENTS_FOUR_EYESS"), "{log}");
    assert!(!log.contains("accept-data-loss") && !log.contains(SECRET), "{log}");
    let metrics = shell(&format!("curl -s http://{}/metrics", service.address), &[]);
    assert!(metrics.contains(r#"unsafe_settings{setting="four-eyes"} 1"#), "{metrics}");
    assert!(metrics.contains(r#"job_up{job="expiry_watch"} 1"#), "{metrics}");
    let safe = [("CLIENTS_JWT_HS256_SECRET", SECRET), ("CLIENTS_RATE_LIMIT", "100")];
    let service = Service::start(&["--listen", "localhost:0"], &safe);
    assert!(!service.first_log.contains("unsafe setting"), "{}", service.first_log);
}

#[test]
fn readiness_lists_the_checks() {
    let service = Service::start(&[], &[("CLIENTS_JWT_HS256_SECRET", SECRET)]);
    let ready = answer(&shell(&format!("curl -s http://{}/readyz", service.address), &[]));
    let names: Vec<_> = ready["data"]["checks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|check| check["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["reads", "commands", "contents", "uploads", "jobs", "clock", "schema", "keys"]);
}

#[test]
fn secret_file_that_others_can_read_is_an_unsafe_setting() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "{SECRET}").unwrap();
    let path = file.path().to_str().unwrap();
    for (mode, is_unsafe) in [(0o600, false), (0o640, true), (0o604, true)] {
        std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(mode)).unwrap();
        let service = Service::start(&["--jwt-hs256-secret-file", path], &[]);
        let log = &service.first_log;
        assert_eq!(log.contains("setting=\"secret-file-mode\""), is_unsafe, "{mode:o}: {log}");
    }
}

#[test]
fn a_batch_that_one_person_confirms_is_an_unsafe_setting() {
    let service = Service::start(&["--batch-confirmation", "any-person"], &[]);
    assert!(service.first_log.contains("setting=\"batch-confirmation\""), "{}", service.first_log);
}

#[test]
fn accepting_every_issuer_is_an_unsafe_setting() {
    let mut keys = tempfile::NamedTempFile::new().unwrap();
    // The public key of RFC 8037, appendix A.2.
    let key = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"1"}"#;
    writeln!(keys, r#"{{"keys":[{key}]}}"#).unwrap();
    let path = keys.path().to_str().unwrap();
    let service = Service::start(&["--jwks", path, "--jwt-issuer", "any", "--jwt-audience", "clients"], &[]);
    let log = &service.first_log;
    assert!(log.contains("setting=\"jwt-issuer\""), "{log}");
    assert!(log.contains("subjects of different issuers with the same name count as one person"), "{log}");
}
