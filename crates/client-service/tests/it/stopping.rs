//! SIGTERM and SIGINT before a start is finished, and as the first process of a container.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::service::{binary, shell, wait_a_moment};

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const TERMINATE: u32 = 15;
const INTERRUPT: u32 = 2;
/// No server listens there.
const ABSENT: &str = "postgres://me@127.0.0.1:9/clients";
const LIMIT: Duration = Duration::from_secs(30);

/// The arguments and variables of a process that waits for its database.
fn waiting(command: &str) -> Command {
    let mut process = binary(&[command, "--database-wait", "60s", "--database-url", ABSENT]);
    process.envs([("CLIENTS_JWT_HS256_SECRET", SECRET), ("CLIENTS_DEVELOPMENT", "on")]);
    process.envs([("CLIENTS_WEBHOOK", "https://hooks.example/")]);
    process.env("CLIENTS_WEBHOOK_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    process.stdout(Stdio::null()).stderr(Stdio::piped());
    process
}

/// Waits until a process handles a signal.
fn until_handled(pid: u32, number: u32) {
    let began = Instant::now();
    let handles = || {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).map(str::trim);
        u64::from_str_radix(mask.unwrap_or("0"), 16).unwrap() >> (number - 1) & 1 == 1
    };
    while !handles() {
        assert!(began.elapsed() < LIMIT, "signal {number} is never handled");
        wait_a_moment();
    }
}

/// The exit code and the log of a process that is to end soon.
fn ended(mut child: Child) -> (Option<i32>, String) {
    let began = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if began.elapsed() > LIMIT {
            child.kill().unwrap();
        }
        wait_a_moment();
    }
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn signal_ends_a_start_that_waits_for_its_database() {
    for (command, signal) in [("serve", TERMINATE), ("relay", TERMINATE), ("serve", INTERRUPT)] {
        let child = waiting(command).spawn().unwrap();
        until_handled(child.id(), signal);
        shell(&format!("kill -{signal} {}", child.id()), &[]);
        let (code, log) = ended(child);
        assert_eq!(code, Some(0), "{command}: {log}");
        assert!(log.contains("stopped before the start was finished"), "{command}: {log}");
    }
}

#[test]
fn signal_ends_a_command_that_is_the_first_process() {
    // Some machines let root alone make a namespace of processes, and some every account with one of accounts around it.
    let can = |namespaces: &&&[&str]| {
        let made = Command::new("unshare").args(**namespaces).args(["--pid", "--fork", "true"]).output();
        made.is_ok_and(|made| made.status.success())
    };
    let ways = [&["--user", "--map-root-user"][..], &[]];
    let namespaces = *ways.iter().find(can).expect("a namespace of processes");
    for (command, signal) in
        [("migrate", TERMINATE), ("check", INTERRUPT), ("dead-letters", TERMINATE), ("serve", TERMINATE)]
    {
        let mut inner = waiting(command);
        if command == "dead-letters" {
            inner.arg("list");
        }
        let mut outer = Command::new("unshare");
        outer.args(namespaces).args(["--pid", "--fork", "--kill-child"]);
        outer.arg(inner.get_program()).args(inner.get_args());
        for (name, value) in inner.get_envs() {
            match value {
                Some(value) => outer.env(name, value),
                None => outer.env_remove(name),
            };
        }
        let child = outer.stdout(Stdio::null()).stderr(Stdio::piped()).process_group(0).spawn().unwrap();
        let (began, children) = (Instant::now(), format!("/proc/{0}/task/{0}/children", child.id()));
        let first = loop {
            let pid = fs::read_to_string(&children).unwrap_or_default();
            if let Ok(pid) = pid.trim().parse::<u32>() {
                break pid;
            }
            assert!(began.elapsed() < LIMIT, "unshare starts no process");
            wait_a_moment();
        };
        until_handled(first, signal);
        shell(&format!("kill -{signal} {first}"), &[]);
        let (code, log) = ended(child);
        let expected = if command == "serve" { 0 } else { 128 + i32::try_from(signal).unwrap() };
        assert_eq!(code, Some(expected), "{command}: {log}");
    }
}
