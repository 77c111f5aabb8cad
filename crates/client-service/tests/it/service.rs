//! A service process that ends when its handle is dropped.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

/// Variables that the service reads. They are removed, so that the environment of the test run has no effect.
const VARIABLES: [&str; 37] = [
    "CLIENTS_LISTEN",
    "DATABASE_URL",
    "CLIENTS_DATABASE_URL_FILE",
    "CLIENTS_JWT_HS256_SECRET_FILE",
    "CLIENTS_JWT_MAX_LIFETIME",
    "CLIENTS_DEVELOPMENT",
    "CLIENTS_WEBHOOK_FILE",
    "CLIENTS_MIGRATE",
    "CLIENTS_DATABASE_CONNECTIONS",
    "CLIENTS_KEEP_OUTCOMES",
    "CLIENTS_KEEP_DELIVERED",
    "CLIENTS_WEBHOOK",
    "CLIENTS_WEBHOOK_SECRET",
    "CLIENTS_WEBHOOK_SECRET_FILE",
    "CLIENTS_WEBHOOK_PLAIN_HTTP",
    "CLIENTS_WEBHOOK_TIMEOUT",
    "CLIENTS_RELAY",
    "CLIENTS_ACCEPT_DATA_LOSS",
    "CLIENTS_JWKS",
    "CLIENTS_JWT_PUBLIC_KEY",
    "CLIENTS_JWT_HS256_SECRET",
    "CLIENTS_JWT_ISSUER",
    "CLIENTS_JWT_AUDIENCE",
    "CLIENTS_FOUR_EYES",
    "CLIENTS_APPROVAL_NEEDS_REQUEST",
    "CLIENTS_SAME_IDENTIFICATION",
    "CLIENTS_SAME_EMAIL",
    "CLIENTS_SAME_PHONE",
    "CLIENTS_DIRECTORY",
    "CLIENTS_RATE_LIMIT",
    "CLIENTS_MAX_CONNECTIONS",
    "CLIENTS_MAX_IN_FLIGHT",
    "CLIENTS_REQUEST_TIMEOUT",
    "CLIENTS_DRAIN_DEADLINE",
    "CLIENTS_LOG_FORMAT",
    "RUST_LOG",
    "RUST_BACKTRACE",
];

/// The program with these arguments, without the settings of the environment.
pub fn binary(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_client-service"));
    for name in VARIABLES {
        command.env_remove(name);
    }
    command.args(arguments).stdin(Stdio::null());
    command
}

/// Runs the program to its end.
pub fn call(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    binary(arguments).envs(environment.iter().copied()).output().unwrap()
}

/// A service that listens on a port that the system has chosen.
pub struct Service {
    child: Child,
    /// `address:port`.
    pub address: String,
    /// The log up to the line with the address.
    pub first_log: String,
}

/// The exit code and the output of a service that has ended.
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Service {
    pub fn start(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = binary(arguments);
        command.envs(environment.iter().copied());
        command.env("CLIENTS_LISTEN", "127.0.0.1:0").stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut first_log = String::new();
        let address = loop {
            let from = first_log.len();
            if log.read_line(&mut first_log).unwrap() == 0 {
                let _ = child.wait();
                panic!("the service ended before it listened: {first_log}");
            }
            if let Some(at) = first_log[from..].find("127.0.0.1:") {
                let rest = &first_log[from + at..];
                break rest.chars().take_while(|c| c.is_ascii_digit() || matches!(c, '.' | ':')).collect();
            }
        };
        child.stderr = Some(log.into_inner());
        Self { child, address, first_log }
    }

    /// Reads standard output up to the end of the line that contains `end`.
    pub fn first_screen(&mut self, end: &str) -> String {
        let mut output = BufReader::new(self.child.stdout.take().unwrap());
        let mut text = String::new();
        while !text.lines().last().is_some_and(|line| line.contains(end)) {
            assert_ne!(output.read_line(&mut text).unwrap(), 0, "the service ended: {text}");
        }
        self.child.stdout = Some(output.into_inner());
        text
    }

    /// The id of the process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Stops the service with SIGTERM, and waits until it has ended.
    pub fn stop(mut self) -> Ended {
        let pid = self.child.id().to_string();
        // The `kill` of the shell, because a minimal machine has no such program.
        assert!(Command::new("bash").args(["-c", &format!("kill -TERM {pid}")]).status().unwrap().success());
        let (mut stdout, mut stderr) = (String::new(), self.first_log.clone());
        self.child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        let code = self.child.wait().unwrap().code();
        Ended { code, stdout, stderr }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A replacement of `curl` for machines without it. It has the options that the examples use, over the TCP of the shell.
const CURL: &str = r#"
curl() {
  local url="" body="" headers=()
  while (($#)); do
    case "$1" in
      -s | -sf) ;;
      -H) headers+=("$2"); shift ;;
      -d) body="$2"; shift ;;
      *) url="$1" ;;
    esac
    shift
  done
  local rest="${url#http://}" method=GET
  local host="${rest%%/*}"
  [[ -n $body ]] && method=POST
  exec 3<>"/dev/tcp/${host%:*}/${host#*:}"
  {
    printf '%s /%s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n' "$method" "${rest#*/}" "$host"
    ((${#headers[@]})) && printf '%s\r\n' "${headers[@]}"
    printf 'Content-Length: %d\r\n\r\n%s' "$(LC_ALL=C; echo "${#body}")" "$body"
  } >&3
  local line
  while IFS= read -r line <&3 && [[ $line != $'\r' ]]; do :; done
  while IFS= read -r line <&3 || [[ -n $line ]]; do printf '%s\n' "$line"; done
  exec 3>&-
}
"#;

/// Runs a script with these variables set, as a user does who pastes it into a shell.
pub fn shell(script: &str, variables: &[(String, String)]) -> String {
    let has_curl = Command::new("curl").arg("--version").stdout(Stdio::null()).status().is_ok();
    shell_with(if has_curl { "" } else { CURL }, script, variables)
}

/// The same with the replacement of `curl`.
pub fn shell_without_curl(script: &str, variables: &[(String, String)]) -> String {
    shell_with(CURL, script, variables)
}

fn shell_with(before: &str, script: &str, variables: &[(String, String)]) -> String {
    let script = format!("{before}\n{script}");
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c", &script])
        .envs(variables.iter().cloned())
        .output();
    let output = output.unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}\n{stderr}");
    String::from_utf8(output.stdout).unwrap()
}

/// The `export NAME=VALUE` lines of a text.
pub fn exports(text: &str) -> Vec<(String, String)> {
    let pairs = text.lines().filter_map(|line| line.strip_prefix("export ")?.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Waits a moment for another process.
pub fn wait_a_moment() {
    std::thread::sleep(Duration::from_millis(20));
}
