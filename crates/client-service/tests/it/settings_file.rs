//! Settings from a file: precedence, and refusals that show no value.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::service::{Service, call};

fn written(folder: &Path, text: &str, mode: u32) -> String {
    let file = folder.join("clients.toml");
    std::fs::write(&file, text).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
    file.display().to_string()
}

#[test]
fn file_sets_what_neither_the_command_line_nor_the_environment_sets() {
    let folder = tempfile::tempdir().unwrap();
    // Each of these would stop the service; the flag and the variable have precedence.
    let file = written(
        folder.path(),
        "# as the bank runs it\nin-memory = true\nlog-format = \"json\"\nrate-limit = -1\ntime-zone = 'Nowhere'\notlp-endpoint = 'http://127.0.0.1:9'\n",
        0o644,
    );
    let arguments = ["--rate-limit=5", "--config", &file];
    let mut service = Service::start(&arguments, &[("CLIENTS_TIME_ZONE", "Africa/Lagos")]);
    service.first_screen("/docs");
    let log = service.stop().stderr;
    assert!(log.lines().next().unwrap().starts_with('{'), "the format is the one of the file: {log}");

    let by_variable = [("CLIENTS_CONFIG", file.as_str()), ("CLIENTS_RATE_LIMIT", "5")];
    let refused = call(&["serve"], &by_variable);
    assert_eq!(refused.status.code(), Some(2));
    let sentence = String::from_utf8(refused.stderr).unwrap();
    assert!(sentence.contains("--time-zone"), "{sentence}");
}

#[test]
fn file_that_is_wrong_is_refused_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let refusal = |text: &str, mode: u32| {
        let file = written(folder.path(), text, mode);
        let refused = call(&["--config", &file], &[]);
        assert_eq!(refused.status.code(), Some(2), "{text}");
        let sentence = String::from_utf8(refused.stderr).unwrap().replace(&file, "FILE");
        assert_eq!(sentence.trim().lines().count(), 1, "{sentence}");
        assert!(!sentence.contains("marker"), "{sentence}");
        sentence
    };
    let unknown = refusal("lissten = 'marker'\nmarkers = 1\n", 0o600);
    assert!(unknown.contains("line 1: no setting has this name") && unknown.contains("line 2:"), "{unknown}");
    let secret = refusal("otlp-endpoint = 'http://127.0.0.1:4318'\njwt-hs256-secret = 'marker'\n", 0o640);
    let expected = "FILE holds a secret (line 2: jwt-hs256-secret), and other accounts can read it";
    assert!(secret.contains(expected), "{secret}");
    assert!(refusal("rate-limit = 'marker\n", 0o600).contains("line 1 is no TOML"));
    let missing = call(&["--config", "/no/such/file"], &[]);
    assert!(
        String::from_utf8(missing.stderr)
            .unwrap()
            .contains("--config: the file /no/such/file cannot be read")
    );
}

#[test]
fn a_switch_that_is_off_leaves_the_place_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let address = "database-url = 'postgres://me@127.0.0.1:9/clients'\njwt-hs256-secret = '0123456789abcdef0123456789abcdef'\ndevelopment = true\n";
    let file = written(folder.path(), address, 0o600);
    let location = "--database-url postgres://127.0.0.1:9/clients (file)";
    for (arguments, variable) in [(&["--in-memory=off"][..], ""), (&[], "off")] {
        let environment = [("CLIENTS_IN_MEMORY", variable)];
        let checked = call(&[&["check-config", "--config", &file], arguments].concat(), &environment);
        let text = String::from_utf8(checked.stdout).unwrap();
        assert!(checked.status.success() && text.contains(location), "{arguments:?}: {text}");
        // The one that has to be migrated is the one that is served.
        let wait = ["migrate", "--config", &file, "--database-wait=0s"];
        let refused = call(&[&wait, arguments].concat(), &environment);
        let sentence = String::from_utf8(refused.stderr).unwrap();
        assert_eq!(refused.status.code(), Some(1), "{sentence}");
        assert!(sentence.contains("127.0.0.1:9"), "{sentence}");
    }
    let on = call(&["check-config", "--config", &file, "--in-memory"], &[]);
    assert!(!String::from_utf8(on.stdout).unwrap().contains(location));
}
