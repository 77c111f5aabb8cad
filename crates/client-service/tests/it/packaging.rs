//! What packages and images use: the question for readiness, and the files that are made from the command line.

use std::time::{Duration, Instant};

use crate::service::{Service, call};

#[test]
fn health_tells_whether_the_service_is_ready_and_which_check_failed() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    let service = Service::start(&["--data", data], &[]);
    let ready = call(&["health", "--listen", &service.address], &[]);
    assert_eq!((ready.status.code(), ready.stdout.as_slice()), (Some(0), &b"ready\n"[..]));
    // The image says only that the service listens on every address.
    let everywhere = service.address.replace("127.0.0.1", "0.0.0.0");
    assert!(call(&["health"], &[("CLIENTS_ADMIN_LISTEN", &everywhere)]).status.success());

    std::fs::rename(format!("{data}/documents"), format!("{data}/unmounted")).unwrap();
    // The service keeps the result of a check for a few seconds.
    let deadline = Instant::now() + Duration::from_secs(30);
    let not_ready = loop {
        let asked = call(&["health", "--listen", &service.address], &[]);
        if !asked.status.success() {
            break asked;
        }
        assert!(Instant::now() < deadline, "the service stays ready");
        std::thread::sleep(Duration::from_millis(200));
    };
    let sentence = String::from_utf8(not_ready.stderr).unwrap();
    assert_eq!(not_ready.status.code(), Some(1));
    assert!(sentence.contains("is not ready: status 503; ") && sentence.contains("documents"), "{sentence}");
    std::fs::rename(format!("{data}/unmounted"), format!("{data}/documents")).unwrap();

    let address = service.address.clone();
    service.stop();
    let stopped = call(&["health", "--listen", &address], &[]);
    assert_eq!(stopped.status.code(), Some(1));
    assert!(String::from_utf8(stopped.stderr).unwrap().contains("does not answer"));
}

#[test]
fn every_command_has_a_manual_page_and_every_shell_its_completion() {
    let folder = tempfile::tempdir().unwrap();
    let made = call(&["package-files", folder.path().to_str().unwrap()], &[]);
    assert!(made.status.success(), "{made:?}");
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();

    let help = String::from_utf8(call(&["--help"], &[]).stdout).unwrap();
    let commands = help.split("Commands:").nth(1).unwrap().lines();
    let commands = commands.skip(1).take_while(|line| line.starts_with("  "));
    let commands = commands.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    let commands: Vec<_> = commands.filter(|name| !name.is_empty() && *name != "help").collect();
    assert!(commands.len() > 10, "{commands:?}");
    for command in &commands {
        assert!(read(&format!("man/man1/client-service-{command}.1")).contains(".SH SYNOPSIS"), "{command}");
        for completion in ["client-service.bash", "_client-service", "client-service.fish"] {
            assert!(read(&format!("completions/{completion}")).contains(command), "{completion}: {command}");
        }
    }
    for (command, parts) in [
        ("clients", ["get", "list", "create", "approve", "history"].as_slice()),
        ("documents", &["get", "put", "approve", "requested"]),
        ("batches", &["put", "watch", "resume", "corrections"]),
        ("policy", &["preview"]),
    ] {
        for part in parts {
            let page = read(&format!("man/man1/client-service-{command}-{part}.1"));
            assert!(page.contains(r"\-\-output"), "{command} {part}");
        }
    }
    assert!(read("man/man1/client-service-serve.1").contains("CLIENTS_RATE_LIMIT"));
    assert!(!folder.path().join("man/man1/client-service-package-files.1").exists());

    let refused = call(&["package-files", "/proc/nowhere"], &[]);
    assert_eq!(refused.status.code(), Some(1));
}
