//! Commands that end without serving, and calls that are refused.

use std::process::Output;

use crate::service::call;

const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// Settings that accept every issuer and audience.
const ANY: [(&str, &str); 2] = [("CLIENTS_JWT_ISSUER", "any"), ("CLIENTS_JWT_AUDIENCE", "any")];

const WEBHOOK_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

#[track_caller]
fn assert_refused(output: &Output) -> String {
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert_eq!(output.stdout, b"", "a refused call prints nothing");
    text
}

#[test]
fn bad_value_gives_one_sentence_and_exit_code_2() {
    for (arguments, environment, sentence) in [
        (&["serve", "--listen", "nowhere"][..], &[][..], "--listen"),
        (&[], &[("CLIENTS_FOUR_EYES", "maybe")], "[possible values: on, off]"),
        (&[], &[("CLIENTS_LOG_FORMAT", "xml")], "--log-format"),
        (
            &["--jwt-hs256-secret", "short-secret"],
            &[],
            "--jwt-hs256-secret: the secret must have at least 32 bytes",
        ),
        (&["--max-in-flight", "0"], &[], "--max-in-flight must be a number from 1 to 100000"),
        (&["--directory", "/nowhere.json"], &[], "--directory: the file cannot be read"),
        (&["--kyc-policy", "/nowhere.json"], &[], "--kyc-policy: the file cannot be read"),
        (&["--kyc-policy", "Cargo.toml"], &[], "--kyc-policy: the file does not hold a JSON object"),
        (&["--documents", "/tmp"], &[], "--documents: files outlive clients that are stored in memory"),
        (
            &["--documents", "/no/such/folder", "--jwt-hs256-secret", SECRET, "--development", "on"],
            &[("DATABASE_URL", "postgres://localhost/clients")],
            "--documents: the folder does not exist",
        ),
        (
            &["--documents", "ftp://host/x", "--jwt-hs256-secret", SECRET, "--development", "on"],
            &[("DATABASE_URL", "postgres://localhost/clients")],
            "--documents: the location must be a folder",
        ),
        (&[], &[("RUST_LOG", "a=b=c")], "RUST_LOG must be a level"),
        (
            &["--webhook", "http://hooks.example/", "--webhook-secret", WEBHOOK_SECRET],
            &[],
            "--webhook must be an https",
        ),
        (
            &["--webhook", "nowhere", "--webhook-secret", WEBHOOK_SECRET],
            &[],
            "--webhook is not a web address",
        ),
        (&["--webhook", "https://hooks.example/"], &[], "a webhook needs a secret that signs messages"),
        (
            &["--webhook", "https://hooks.example/", "--webhook-secret", "whsec_c2hvcnQ="],
            &[],
            "--webhook-secret holds a secret that does not have 24 to 64 bytes",
        ),
        (
            &["--webhook", "https://hooks.example/"],
            &[("CLIENTS_WEBHOOK_SECRET_FILE", "/nowhere/secret")],
            "--webhook-secret-file: the file /nowhere/secret cannot be read",
        ),
        (
            &["--webhook", "https://hooks.example/", "--webhook-secret", WEBHOOK_SECRET],
            &[("CLIENTS_WEBHOOK_SECRET_FILE", "/nowhere/secret")],
            "cannot be given together",
        ),
        (&["--accounts-timeout", "0"], &[], "--accounts-timeout must be a number from 1 to 10"),
        (&["--accounts", "http://ledger.example/"], &[], "--accounts must be an https address"),
        (&["--accounts", "ledger"], &[], "--accounts is not a web address"),
        (&["--accounts", "https://ledger.example/"], &[], "a ledger needs a secret that signs the questions"),
        (&["--accounts-unknown", "maybe"], &[], "[possible values: refuse, allow]"),
        (&["--webhook-timeout", "0"], &[], "--webhook-timeout must be a number from 1 to 60"),
        (&["relay"], &[], "give --webhook or CLIENTS_WEBHOOK"),
        (
            &["relay", "--webhook", "https://hooks.example/", "--webhook-secret", WEBHOOK_SECRET],
            &[],
            "give --data, --database-url or DATABASE_URL",
        ),
        (&["dead-letters"], &[], "give --data, --database-url or DATABASE_URL"),
        (&["dead-letters", "list"], &[], "give --data, --database-url or DATABASE_URL"),
        (&["dead-letters", "resend"], &[], "--event <ID>|--client <KEY|NUMBER>|--all"),
        (&["dead-letters", "resend", "--all", "--event", "x"], &[], "cannot be used with"),
        (&["dead-letters", "discard"], &[], "--event <ID>"),
        (&["--four-eyes", "off", "lifecycle"], &[], "cannot be used with"),
        (&["--fly"], &[], "--fly"),
        (&["fly"], &[], "fly"),
        (&["token"], &[], "--jwt-hs256-secret or CLIENTS_JWT_HS256_SECRET"),
        (
            &["token", "--subject", " ", "--jwt-hs256-secret", SECRET],
            &[],
            "--subject must have at least 1 character",
        ),
        (&["token", "--email", "x", "--jwt-hs256-secret", SECRET], &[], "--email must be an e-mail address"),
        (&["token", "--permissions", "fly", "--jwt-hs256-secret", SECRET], &[], "--permissions must be"),
        (
            &["token", "--expires-in", "soon", "--jwt-hs256-secret", SECRET],
            &[],
            "--expires-in must be a number",
        ),
        (&["--time-zone", "Lagos"], &[], "--time-zone must be the name of a time zone in the IANA database"),
        (&[], &[("CLIENTS_TIME_ZONE", "Etc/Unknown")], "--time-zone must be the name of a time zone"),
        (&["--time-zone", " "], &[], "a value is required for '--time-zone <NAME>' but none was supplied"),
        (&["--time-zone", "x"], &[], "such as Africa/Lagos, Europe/Berlin or UTC"),
        (&["--duplicate-quota", "0"], &[], "--duplicate-quota must be a number from 1, or off"),
        (&["--duplicate-quota", "many"], &[], "--duplicate-quota must be a number from 1, or off"),
    ] {
        assert_refused_with(arguments, environment, sentence);
    }
}

/// A token that lives for as long as the service accepts is printed, and no longer one.
#[test]
fn token_that_the_service_would_refuse_is_not_printed() {
    let token = |expires_in: &str, longest: &[(&str, &str)]| {
        call(&["token", "--expires-in", expires_in, "--jwt-hs256-secret", SECRET], longest)
    };
    let longest = |text| [("CLIENTS_JWT_MAX_LIFETIME", text)];
    for (expires_in, environment) in [("24h", &[][..]), ("25h", &longest("2d")), ("30m", &longest("30m"))] {
        assert!(token(expires_in, environment).status.success(), "{expires_in}");
    }
    for (expires_in, environment, sentence) in [
        (
            "25h",
            &[][..],
            "--expires-in: the service refuses a token that lives for longer than 24h; give 24h",
        ),
        ("31m", &longest("30m"), "--expires-in: the service refuses a token that lives for longer than 30m"),
        ("1m", &longest("forever"), "--jwt-max-lifetime must be a number"),
    ] {
        let text = assert_refused(&token(expires_in, environment));
        assert!(text.contains(sentence), "{text}");
    }
}

#[track_caller]
fn assert_refused_with(arguments: &[&str], environment: &[(&str, &str)], sentence: &str) {
    let text = assert_refused(&call(arguments, environment));
    assert!(text.contains(sentence), "{arguments:?} {environment:?}: {text}");
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.starts_with("client-service: "), "{text}");
}

#[test]
fn a_setting_without_the_one_that_it_belongs_to_is_refused() {
    for (flag, value, main) in [
        ("--accounts-secret", WEBHOOK_SECRET, "--accounts"),
        ("--accounts-secret-file", "Cargo.toml", "--accounts"),
        ("--accounts-unknown", "allow", "--accounts"),
        ("--accounts-plain-http", "on", "--accounts"),
        ("--webhook-secret", WEBHOOK_SECRET, "--webhook"),
        ("--webhook-secret-file", "Cargo.toml", "--webhook"),
        ("--webhook-plain-http", "on", "--webhook"),
        ("--otlp-plain-http", "on", "--otlp-endpoint"),
        ("--documents-plain-http", "on", "--documents"),
    ] {
        let expected = format!("{flag} is of no use without {main}: give {main} as well, or remove {flag}");
        assert_refused_with(&[flag, value], &[], &expected);
        let checked = call(&["check-config", flag, value], &[]);
        let text = String::from_utf8(checked.stdout).unwrap();
        assert!(text.contains(&expected), "{text}");
    }
}

#[test]
fn number_out_of_range_or_unsafe_key_gives_one_sentence_and_exit_code_2() {
    for (arguments, environment, sentence) in [
        (&["--listen", "localhost"][..], &[][..], "--listen must be a host and a port, such as"),
        (&["--listen", "localhost:80000"], &[], "--listen must be a host and a port, such as"),
        (&["--jwks", "/nowhere/keys.json"], &ANY, "--jwks: the file /nowhere/keys.json cannot be read"),
        (&["--jwks", "http://keys.example.com/"], &ANY, "--jwks"),
        (&["--jwt-public-key", "/nowhere/key.pem"], &ANY, "--jwt-public-key: the file /nowhere/key.pem"),
        (
            &["--jwks", "/nowhere/keys.json"],
            &ANY[..1],
            "give --jwt-issuer and --jwt-audience, or the word any",
        ),
        (
            &["--jwt-public-key", "/nowhere"],
            &ANY[1..],
            "give --jwt-issuer and --jwt-audience, or the word any",
        ),
        (&["--permission-claims", "/nowhere.json"], &[], "--permission-claims: the file cannot be read"),
        (
            &["--permission-claims", "Cargo.toml"],
            &[],
            "--permission-claims: line 1, column 2 is not JSON with each member once",
        ),
        (&["--jwt-max-lifetime", "forever"], &[], "--jwt-max-lifetime must be a number and s, m, h or d"),
        (&["--jwt-max-lifetime", "366d"], &[], "--jwt-max-lifetime must be from 1m to 365d"),
        (
            &["--jwt-hs256-secret", SECRET],
            &[("DATABASE_URL", "postgres://localhost/clients")],
            "together with PostgreSQL it needs --development on",
        ),
        (
            &["--jwt-hs256-secret-file", "/nowhere/secret"],
            &[],
            "--jwt-hs256-secret-file: the file /nowhere/secret cannot be read",
        ),
        (
            &["--jwt-hs256-secret-file", "/nowhere/secret", "--jwt-hs256-secret", SECRET],
            &[],
            "--jwt-hs256-secret and --jwt-hs256-secret-file cannot be given together",
        ),
        (
            &["--jwt-hs256-secret-file", "/dev/zero"],
            &[],
            "--jwt-hs256-secret-file: the file /dev/zero is longer than 64 KiB, the limit for a secret",
        ),
        (
            &["token", "--jwt-hs256-secret", "00000000000000000000000000000000"],
            &[],
            "--jwt-hs256-secret: the secret must have at least 8 different bytes",
        ),
        (
            &["migrate", "--database-url-file", "/dev/null"],
            &[],
            "--database-url-file: the file /dev/null is empty",
        ),
        (
            &["migrate", "--database-url-file", "/nowhere/url"],
            &[],
            "--database-url-file: the file /nowhere/url cannot",
        ),
        (&["--keep-outcomes", "0"], &[], "--keep-outcomes must be a number of days from 7 to 36500"),
        (&["--keep-outcomes", "99999999"], &[], "--keep-outcomes must be a number of days from 7 to 36500"),
        (&["--keep-delivered", "0"], &[], "--keep-delivered must be a number of days from 1 to 36500"),
        (
            &["--keep-delivered", "4294967295"],
            &[],
            "--keep-delivered must be a number of days from 1 to 36500",
        ),
        (&["--request-timeout", "18446744073709551615"], &[], "--request-timeout must be a number from 1 to"),
        (&["--drain-deadline", "18446744073709551615"], &[], "--drain-deadline must be a number from 1 to"),
        (
            &[
                "relay",
                "--webhook",
                "https://hooks.example/",
                "--webhook-secret",
                WEBHOOK_SECRET,
                "--drain-deadline",
                "0",
            ],
            &[],
            "--drain-deadline must be a number from 1 to",
        ),
    ] {
        assert_refused_with(arguments, environment, sentence);
    }
}

#[test]
fn no_output_repeats_a_secret() {
    let secret = "a-secret-that-is-short";
    for output in [
        call(&["--jwt-hs256-secret", secret], &[]),
        call(&[], &[("CLIENTS_JWT_HS256_SECRET", secret)]),
        call(&["token"], &[("CLIENTS_JWT_HS256_SECRET", secret)]),
        call(&["--help"], &[("CLIENTS_JWT_HS256_SECRET", secret), ("DATABASE_URL", secret)]),
        call(&["--database-url", secret], &[]),
        call(&["--webhook", "https://hooks.example/", "--webhook-secret", secret], &[]),
        call(&["--webhook", secret], &[("CLIENTS_WEBHOOK_SECRET", WEBHOOK_SECRET)]),
        call(&["--webhook", "http://hooks.example/a-secret-that-is-short"], &[]),
        call(&["--help"], &[("CLIENTS_WEBHOOK", secret), ("CLIENTS_WEBHOOK_SECRET", secret)]),
        call(&["relay", "--help"], &[("CLIENTS_WEBHOOK", secret), ("CLIENTS_WEBHOOK_SECRET", secret)]),
        call(&["--database-url", secret, "--jwt-hs256-secret", SECRET, "--development", "on"], &[]),
    ] {
        let text =
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(!text.contains(secret), "{text}");
    }
}

#[test]
fn database_without_a_token_key_is_refused() {
    let text = assert_refused(&call(&[], &[("DATABASE_URL", "postgres://localhost/clients")]));
    assert!(text.contains("needs keys that verify tokens"), "{text}");
}

#[test]
fn development_secret_together_with_public_keys_is_refused() {
    let text = assert_refused(&call(&["--jwt-hs256-secret", SECRET, "--jwks", "/nowhere"], &ANY));
    assert!(text.contains("development"), "{text}");
}

#[test]
fn help_lists_the_commands() {
    let output = call(&["--help"], &[]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success());
    for word in [
        "serve",
        "relay",
        "dead-letters",
        "token",
        "lifecycle",
        "openapi",
        "--listen",
        "CLIENTS_LISTEN",
        "127.0.0.1:8080",
    ] {
        assert!(text.contains(word), "{word}");
    }
}

#[test]
fn lifecycle_is_printed_in_every_format() {
    let print =
        |format: &str| String::from_utf8(call(&["lifecycle", "--format", format], &[]).stdout).unwrap();
    assert!(print("table").contains("| Pending Approval | approve | Approved |"));
    assert_eq!(print("mermaid"), client_domain::lifecycle::mermaid());
    assert_eq!(print("sql"), client_domain::lifecycle::edges_sql());
    let json: serde_json::Value = serde_json::from_str(&print("json")).unwrap();
    assert_eq!(json, client_wire::lifecycle_json());
}

#[test]
fn printed_description_is_the_committed_one() {
    let printed = call(&["openapi"], &[]).stdout;
    let printed: serde_json::Value = serde_json::from_slice(&printed).unwrap();
    let committed = include_str!("../../../client-wire/openapi.json");
    let committed: serde_json::Value = serde_json::from_str(committed).unwrap();
    assert!(
        printed == committed,
        "the description differs from the committed one: run the tests with UPDATE_GENERATED=1"
    );
}
