//! `check-config` names everything that is wrong, and starts nothing.

use std::net::TcpListener;

use crate::service::call;

const MARKER: &str = "mArKeR";

fn words(output: &std::process::Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap() + &String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn every_wrong_setting_is_named_and_no_value_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let policy = file("policy.json", &format!(r#"{{"version": "{MARKER}", "#));
    let directory = file("directory.json", &format!(r#"{{"branches": [{{"key": "{MARKER}"}}]}}"#));
    let keys = file("keys.json", MARKER);
    let config = file(
        "clients.toml",
        &format!("max-connections = 0\nmax-in-flight = 0\nkyc-policy = '{policy}'\nlissten = '{MARKER}'\n"),
    );
    let settings = [
        ("CLIENTS_DIRECTORY", directory.as_str()),
        ("CLIENTS_WEBHOOK_ATTEMPTS", "0"),
        ("CLIENTS_DATABASE_CONNECTIONS", "many"),
        ("CLIENTS_WEBHOOK", "ftp://mArKeR"),
        ("CLIENTS_WEBHOOK_SECRET", MARKER),
        ("CLIENTS_KEEP_OUTCOMES", "1"),
        // No faults: what they are about is a fault already.
        ("CLIENTS_CONFIRMED_COMMITS", MARKER),
        ("CLIENTS_REQUIRE_SYNCHRONOUS_STANDBY", "on"),
        ("DATABASE_URL", "mysql://mArKeR"),
        ("CLIENTS_JWT_ISSUER", "any"),
        ("CLIENTS_JWT_AUDIENCE", "any"),
    ];
    let arguments =
        ["check-config", "--config", &config, "--rate-limit", MARKER, "--four-eyes=mArKeR", "--jwks", &keys];
    let refused = call(&arguments, &settings);
    let text = words(&refused);
    assert_eq!(refused.status.code(), Some(2), "{text}");
    for setting in [
        "line 4: no setting has this name",
        "--rate-limit",
        "--four-eyes",
        "--database-connections",
        "--max-connections must",
        "--max-in-flight must",
        "--kyc-policy:",
        "--directory:",
        "--jwks:",
        "--webhook-attempts",
        "--webhook is not",
        "--webhook-secret holds",
        "--keep-outcomes",
        "--database-url:",
    ] {
        let lines = text.lines().filter(|line| line.contains(setting)).count();
        assert_eq!(lines, 1, "{setting}: {text}");
    }
    assert!(text.contains("14 settings cannot be used"), "{text}");
    assert!(!text.contains(MARKER), "{text}");
}

#[test]
fn settings_that_can_be_used_are_shown_and_nothing_is_started() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let arguments =
        ["check-config", "--data", data.to_str().unwrap(), "--listen", &address, "--rate-limit=7"];
    let secret = "0123456789abcdef0123456789abcdef";
    let environment = [("CLIENTS_JWT_HS256_SECRET", secret), ("CLIENTS_FOUR_EYESS", "off")];
    let fine = call(&arguments, &environment);
    let text = words(&fine);
    assert_eq!(fine.status.code(), Some(0), "{text}");
    assert!(
        text.contains("--rate-limit 7 (command line)") && text.contains("--jwt-hs256-secret set"),
        "{text}"
    );
    assert!(text.contains("warning: no setting has the name of the variable CLIENTS_FOUR_EYESS"), "{text}");
    assert!(text.contains("the settings can be used"), "{text}");
    assert!(!text.contains(secret) && !data.exists());

    // What a service refuses, this refuses: keys are missing beside PostgreSQL, and two places for clients.
    let missing = call(&["check-config"], &[("DATABASE_URL", "postgres://me@localhost/x")]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(words(&missing).contains("needs keys that verify tokens"));
    let two = call(&["check-config", "--in-memory", "--data", "x"], &[]);
    assert_eq!(two.status.code(), Some(2));
    assert!(words(&two).contains("--in-memory keeps no data"));

    // What is about a PostgreSQL server is of no use beside another storage.
    for words_of_it in [["--confirmed-commits", "file"], ["--require-synchronous-standby", "on"]] {
        let refused = call(&[&["check-config", "--in-memory"][..], &words_of_it].concat(), &[]);
        assert_eq!(refused.status.code(), Some(2));
        let expected = format!("--database-url: {} is about a PostgreSQL server", words_of_it[0]);
        assert!(words(&refused).contains(&expected), "{}", words(&refused));
    }
}

#[test]
fn an_empty_variable_counts_as_not_set() {
    let page = include_str!("../../../../docs/settings.md");
    let cells =
        page.lines().filter(|line| line.starts_with("| `--")).filter_map(|line| line.split('|').nth(2));
    let variables: Vec<_> = cells.map(|cell| cell.trim().trim_matches('`')).collect();
    assert!(variables.len() > 90, "{variables:?}");
    for empty in ["", " "] {
        let environment: Vec<_> = variables.iter().map(|variable| (*variable, empty)).collect();
        let fine = call(&["check-config", "--data", "nowhere"], &environment);
        let text = words(&fine);
        assert_eq!(fine.status.code(), Some(0), "{text}");
        let given = text.lines().find(|line| line.starts_with("given: ")).unwrap();
        assert_eq!(given, "given: --data nowhere (command line)", "{text}");
    }

    // Nor does it name a public key, with which a service may answer other machines.
    for command in ["serve", "check-config"] {
        let arguments = [command, "--data", "nowhere", "--listen", "0.0.0.0:0"];
        let environment =
            [("CLIENTS_JWT_HS256_SECRET", "0123456789abcdef0123456789abcdef"), ("CLIENTS_JWKS", "")];
        let refused = call(&arguments, &environment);
        assert_eq!(refused.status.code(), Some(2), "{}", words(&refused));
        assert!(words(&refused).contains("listens on this machine only"), "{}", words(&refused));
    }
}

#[test]
fn an_empty_flag_and_an_empty_line_of_the_file_are_faults() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("clients.toml");
    std::fs::write(&config, "kyc-policy = ''\n").unwrap();
    let refused = call(&["check-config", "--config", config.to_str().unwrap(), "--jwks="], &[]);
    let text = words(&refused);
    assert_eq!(refused.status.code(), Some(2), "{text}");
    for setting in ["--jwks <FILE|ADDRESS>", "--kyc-policy <FILE>"] {
        assert!(
            text.contains(&format!("a value is required for '{setting}' but none was supplied")),
            "{text}"
        );
    }
    assert!(text.contains("2 settings cannot be used"), "{text}");
}

#[test]
fn a_fault_is_neither_hidden_nor_invented_by_another_one() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    let secret = secret.to_str().unwrap();
    let receiver = |name: &str, url: &str| format!("name={name},url={url},secret-file={secret}");
    let (one, two) = (receiver("one", "ftp://one"), receiver("two", "ftp://two"));
    let documents = folder.path().to_str().unwrap();
    let faults = |arguments: &[&str]| {
        let refused = call(&[&["check-config"], arguments].concat(), &[]);
        assert_eq!(refused.status.code(), Some(2), "{arguments:?}: {}", words(&refused));
        String::from_utf8(refused.stdout).unwrap().lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let postgres = "postgres://me@localhost/x";
    for (arguments, expected) in [
        // Where the clients are is not known, so nothing is said about what would fit there.
        (
            &["--database-url=mysql://x", "--documents", documents, "--replica-url", postgres][..],
            &["--database-url:"][..],
        ),
        (&["--database-url=mysql://x", "--read-only"], &["--database-url:"]),
        (
            &["--in-memory", "--webhook=ftp://x", "--webhook-secret-file", secret, "--accounts=ftp://x"],
            &["--accounts is not", "--webhook is not"],
        ),
        (
            &["--data=x", "--listen=0.0.0.0:0", "--development=on", "--jwt-hs256-secret-file=/nowhere"],
            &["--jwt-hs256-secret-file:"],
        ),
        // What another setting makes of no use is read all the same.
        (
            &["--in-memory", "--database-wait=soon", "--replica-staleness=never"],
            &["--database-wait", "--replica-staleness"],
        ),
        (
            &[
                "--in-memory",
                "--webhook=https://hooks.example/",
                "--webhook-secret-file",
                secret,
                "--webhook-receiver",
                &one,
                "--webhook-receiver",
                &two,
            ],
            &["--webhook-receiver: the receiver one: url", "--webhook-receiver: the receiver two: url"],
        ),
    ] {
        let mut found = faults(arguments);
        found.sort_unstable();
        assert_eq!(found.len(), expected.len(), "{found:#?}");
        for (fault, start) in found.iter().zip(expected) {
            assert!(fault.starts_with(start), "{start}: {found:#?}");
        }
    }
}

#[test]
fn what_this_refuses_a_service_refuses_as_well() {
    let folder = tempfile::tempdir().unwrap();
    // A file and no folder, so that no service goes on from its settings.
    let data = folder.path().join("data");
    std::fs::write(&data, "").unwrap();
    let data = data.to_str().unwrap();
    for (setting, value) in [
        ("--database-connections", "0"),
        ("--database-search-connections", "0"),
        ("--database-wait", "soon"),
        ("--replica-staleness", "never"),
        ("--keep-batches", "0"),
        ("--jwt-max-lifetime", "never"),
        ("--otlp-sample", "200"),
        ("--drain-deadline", "0"),
        ("--webhook-attempts", "0"),
        ("--webhook-timeout", "0"),
        ("--accounts-timeout", "0"),
        ("--caller-hash-key", "short"),
        ("--console-idle", "never"),
    ] {
        let given = format!("{setting}={value}");
        for command in ["check-config", "serve"] {
            let refused = call(&[command, "--data", data, &given], &[]);
            let text = words(&refused);
            assert_eq!(refused.status.code(), Some(2), "{command} {given}: {text}");
            assert!(text.contains(setting), "{command} {given}: {text}");
        }
    }
}

#[test]
fn a_secret_that_cannot_be_used_is_named_with_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    let path = file.to_str().unwrap();
    let receiver = format!("name=crm,url=https://crm.example/,secret-file={path}");
    let webhook = ["--webhook=https://hooks.example/", "--webhook-secret-file", path];
    for (text, expected) in [
        (MARKER, "holds a secret that is not whsec_ followed by Base64"),
        ("\u{feff}whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "begins with a byte order mark"),
    ] {
        std::fs::write(&file, text).unwrap();
        for (arguments, setting) in [
            (&webhook[..], "--webhook-secret-file"),
            (
                &["--accounts=https://ledger.example/", "--accounts-secret-file", path],
                "--accounts-secret-file",
            ),
            (&["--webhook-receiver", &receiver], "--webhook-receiver: the receiver crm: secret-file"),
        ] {
            let refused = call(&[&["check-config", "--in-memory"], arguments].concat(), &[]);
            let all = words(&refused);
            let sentence = format!("{setting}: the file {path} {expected}");
            assert!(all.contains(&sentence), "{sentence}: {all}");
            assert!(!all.contains(MARKER), "{all}");
        }
        let refused = call(&["receive", "--secret-file", path], &[]);
        assert_eq!(refused.status.code(), Some(2));
        let sentence = format!("--secret-file: the file {path} {expected}");
        assert!(words(&refused).contains(&sentence), "{}", words(&refused));
    }
}

#[test]
fn files_of_certificates_that_an_address_names_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, MARKER).unwrap();
    let empty = empty.to_str().unwrap();
    let keys = ["--jwt-hs256-secret=0123456789abcdef0123456789abcdef", "--development=on"];
    let address = |parameters: &str| format!("postgres://me@db.example/clients?{parameters}");
    let fine = address("sslmode=disable");
    for (parameters, expected) in [
        (
            "sslmode=verify-full&sslrootcert=/nowhere/mArKeR.pem".to_owned(),
            "sslrootcert, whose file cannot be read",
        ),
        (
            format!("sslmode=verify-full&sslrootcert={empty}"),
            "sslrootcert, whose file holds no certificate in PEM",
        ),
        (format!("sslcert={empty}&sslkey=/nowhere/mArKeR.pem"), "sslcert, whose file holds no certificate"),
        (format!("sslcert={empty}"), "sslcert without sslkey; give both"),
    ] {
        let wrong = address(&parameters);
        for (primary, replica, setting) in
            [(&wrong, None, "--database-url:"), (&fine, Some(&wrong), "--replica-url:")]
        {
            for command in ["check-config", "serve"] {
                let mut arguments = vec![command, "--database-url", primary];
                arguments.extend(keys);
                arguments.extend(replica.iter().flat_map(|url| ["--replica-url", url.as_str()]));
                let refused = call(&arguments, &[]);
                let text = words(&refused);
                assert_eq!(refused.status.code(), Some(2), "{arguments:?}: {text}");
                assert!(text.contains(setting) && text.contains(expected), "{expected}: {text}");
                assert!(!text.contains(MARKER), "{text}");
            }
        }
    }
}
