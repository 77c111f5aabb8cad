//! A service process that ends when its handle is dropped.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Output, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;

/// Variables that the service reads. They are removed, so that the environment of the test run has no effect.
const VARIABLES: [&str; 84] = [
    "CLIENTS_URL",
    "CLIENTS_MAX_OPEN_BATCHES",
    "CLIENTS_BATCH_EXPIRY",
    "CLIENTS_TOKEN",
    "CLIENTS_TOKEN_FILE",
    "CLIENTS_CA_FILE",
    "CLIENTS_CONFIG",
    "CLIENTS_TLS_CERTIFICATE",
    "CLIENTS_TLS_KEY",
    "CLIENTS_CORS_ORIGIN",
    "CLIENTS_WEBHOOK_ATTEMPTS",
    "CLIENTS_DRAIN_NOTICE",
    "CLIENTS_OTLP_ENDPOINT",
    "CLIENTS_OTLP_PLAIN_HTTP",
    "CLIENTS_OTLP_SAMPLE",
    "CLIENTS_REQUEST_LOG",
    "CLIENTS_CALLER_HASH_KEY",
    "CLIENTS_CALLER_HASH_KEY_FILE",
    "CLIENTS_CONSOLE",
    "CLIENTS_CONSOLE_IDLE",
    "CLIENTS_CONSOLE_SESSION",
    "CLIENTS_CONSOLE_URL",
    "CLIENTS_CONSOLE_FRESH_SIGN_IN",
    "CLIENTS_OIDC_ISSUER",
    "CLIENTS_OIDC_CLIENT_ID",
    "CLIENTS_OIDC_CLIENT_SECRET_FILE",
    "CLIENTS_OIDC_SCOPES",
    "CLIENTS_TEST_CONTROLS",
    "CLIENTS_DATA",
    "CLIENTS_IN_MEMORY",
    "CLIENTS_ACCOUNTS",
    "CLIENTS_ACCOUNTS_SECRET",
    "CLIENTS_ACCOUNTS_SECRET_FILE",
    "CLIENTS_ACCOUNTS_PLAIN_HTTP",
    "CLIENTS_ACCOUNTS_TIMEOUT",
    "CLIENTS_ACCOUNTS_UNKNOWN",
    "CLIENTS_PERMISSION_CLAIMS",
    "CLIENTS_TIME_ZONE",
    "CLIENTS_LISTEN",
    "DATABASE_URL",
    "CLIENTS_DATABASE_URL_FILE",
    "CLIENTS_JWT_HS256_SECRET_FILE",
    "CLIENTS_JWT_MAX_LIFETIME",
    "CLIENTS_DEVELOPMENT",
    "CLIENTS_WEBHOOK_FILE",
    "CLIENTS_MIGRATE",
    "CLIENTS_REPLICA_URL",
    "CLIENTS_REPLICA_URL_FILE",
    "CLIENTS_REPLICA_STALENESS",
    "CLIENTS_READ_ONLY",
    "CLIENTS_DATABASE_CONNECTIONS",
    "CLIENTS_KEEP_OUTCOMES",
    "CLIENTS_KEEP_DELIVERED",
    "CLIENTS_KEEP_BATCHES",
    "CLIENTS_BATCH_CONFIRMATION",
    "CLIENTS_MAX_BATCH_ROWS",
    "CLIENTS_MAX_BATCH_SIZE",
    "CLIENTS_BATCH_ROWS_AT_ONCE",
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

/// The program with these arguments and variables: in memory if they name no place for clients, so that no test leaves a data
/// folder behind.
fn program(arguments: &[&str], environment: &[(&str, &str)]) -> Command {
    let mut command = binary(arguments);
    let names_a_place = |name: &str| {
        ["--data", "--in-memory", "--database-url", "CLIENTS_DATA", "CLIENTS_IN_MEMORY", "DATABASE_URL"]
            .into_iter()
            .any(|place| name.starts_with(place))
            || name == "CLIENTS_DATABASE_URL_FILE"
    };
    let mut names = arguments.iter().copied().chain(environment.iter().map(|(name, _)| *name));
    if !names.any(names_a_place) {
        command.env("CLIENTS_IN_MEMORY", "on");
    }
    command.envs(environment.iter().copied());
    command
}

/// Runs the program to its end.
pub fn call(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    program(arguments, environment).output().unwrap()
}

/// A service that listens on a port that the system has chosen.
pub struct Service {
    child: Child,
    /// `address:port`.
    pub address: String,
    /// The log up to the line with the address.
    pub first_log: String,
    /// Reads the rest of the log, so that the service never waits for a reader.
    rest_of_log: Option<JoinHandle<String>>,
}

/// The exit code and the output of a service that has ended.
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Service {
    pub fn start(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = program(arguments, environment);
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
        let rest_of_log = std::thread::spawn(move || {
            let mut rest = String::new();
            let _ended = log.read_to_string(&mut rest);
            rest
        });
        Self { child, address, first_log, rest_of_log: Some(rest_of_log) }
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

    /// Kills the service with SIGKILL, and waits until it has ended.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Stops the service with SIGTERM, and waits until it has ended.
    pub fn stop(mut self) -> Ended {
        let pid = self.child.id().to_string();
        // The `kill` of the shell, because a minimal machine has no such program.
        assert!(Command::new("bash").args(["-c", &format!("kill -TERM {pid}")]).status().unwrap().success());
        let mut stdout = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
        let stderr = self.first_log.clone() + &self.rest_of_log.take().unwrap().join().unwrap();
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

/// The creation of a client on the first screen. It prints the answer to standard error, because its output is a variable.
pub fn first_creation(screen: &str) -> String {
    format!("{{ {}; }} 2>&1", creation_line(screen))
}

/// The approval of that client on the first screen. Repeated before it, the creation has no effect, and gives its variable.
pub fn first_approval(screen: &str) -> String {
    let approval = screen.lines().find(|line| line.starts_with("curl ")).unwrap();
    format!("{{ {}; }} 2>/dev/null\n{approval}", creation_line(screen))
}

fn creation_line(screen: &str) -> &str {
    screen.lines().find(|line| line.starts_with("NGOZI=")).unwrap()
}

/// Waits a moment for another process.
pub fn wait_a_moment() {
    std::thread::sleep(Duration::from_millis(20));
}
