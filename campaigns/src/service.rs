use std::fs::File;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tokio::time::sleep;

use crate::{RunError, processes};

/// How long a service may take until it listens and is ready.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Signs the tokens of a campaign.
pub const SECRET: &str = "a secret that only the campaigns know of";

/// Where a service stores clients.
#[derive(Clone, Copy, Debug)]
pub enum Storage<'a> {
    /// In the PostgreSQL database of this URL.
    Url(&'a str),
    /// In this data folder.
    Folder(&'a Path),
    /// In memory.
    Memory,
}

/// The `client-service` binary.
#[derive(Clone, Debug)]
pub struct Binary {
    path: PathBuf,
    environment: Vec<(&'static str, String)>,
}

impl Binary {
    /// The given binary, or else the newest build beside this program.
    pub fn find(said: Option<&Path>) -> Result<Self, RunError> {
        if let Some(path) = said {
            let there = path.is_file();
            return there
                .then(|| Self::at(path.to_owned()))
                .ok_or_else(|| RunError::new(format!("there is no {}", path.display())));
        }
        let own = std::env::current_exe()?;
        // target/debug/campaign, or target/debug/deps/it-…
        let targets = own.ancestors().skip(2).take(2);
        let found = targets.flat_map(|target| {
            ["dist", "release", "debug"].map(|profile| target.join(profile).join("client-service"))
        });
        let built = found.filter_map(|path| Some((path.metadata().ok()?.modified().ok()?, path)));
        built.max().map(|(_, path)| Self::at(path)).ok_or_else(|| {
            RunError::new(
                "client-service was not found beside this program; build it \
                 (cargo build --profile dist -p client-service) or say where it is with --service",
            )
        })
    }

    const fn at(path: PathBuf) -> Self {
        Self { path, environment: Vec::new() }
    }

    /// The same, with these variables in its environment.
    #[must_use]
    pub fn with_environment(self, environment: Vec<(&'static str, String)>) -> Self {
        Self { environment, ..self }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The binary with nothing of the tester's environment that could change what it does.
    fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        let environment = self.environment.iter().map(|(name, value)| (*name, value));
        command.env_clear().envs(environment).stdin(Stdio::null());
        command
    }

    /// Begins a command, whose process is killed when what is returned is dropped.
    pub fn begin(&self, arguments: &[&str]) -> Result<tokio::process::Child, RunError> {
        let mut command = tokio::process::Command::from(self.command());
        command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        command.spawn().map_err(RunError::during("client-service"))
    }

    /// Runs a command to its end: what it printed.
    pub async fn run(&self, arguments: &[&str]) -> Result<String, RunError> {
        let mut command = tokio::process::Command::from(self.command());
        let printed = command.args(arguments).kill_on_drop(true).output().await?;
        if printed.status.success() {
            return Ok(String::from_utf8_lossy(&printed.stdout).trim().to_owned());
        }
        let said = String::from_utf8_lossy(&printed.stderr);
        Err(RunError::new(said.lines().last().unwrap_or("it said nothing").to_owned()))
    }

    /// A token with every permission for this subject, good for a day.
    pub fn token(&self, subject: &str) -> Result<String, RunError> {
        let email = format!("{subject}@example.com");
        let mut command = self.command();
        command.args(["token", "--jwt-hs256-secret", SECRET, "--subject", subject, "--email", &email]);
        let printed =
            command.args(["--expires-in", "1d"]).output().map_err(RunError::during("client-service"))?;
        if !printed.status.success() {
            let said = String::from_utf8_lossy(&printed.stderr).into_owned();
            return Err(RunError::new(format!("client-service token: {said}")));
        }
        Ok(String::from_utf8_lossy(&printed.stdout).trim().to_owned())
    }
}

/// A running service. It is killed when this is dropped.
#[derive(Debug)]
pub struct Service {
    binary: Binary,
    arguments: Vec<String>,
    log: PathBuf,
    /// `address:port`, the same after a restart.
    address: String,
    child: Child,
}

impl Service {
    /// Starts one on a port of the system's choice, on this storage, and waits until it is ready.
    ///
    /// Its log is added to the file `log`.
    pub async fn start(
        binary: &Binary,
        storage: Storage<'_>,
        arguments: &[&str],
        log: &Path,
    ) -> Result<Self, RunError> {
        let mut all = vec!["--jwt-hs256-secret".to_owned(), SECRET.to_owned()];
        // All callers of a campaign have one address, and thousands of them one subject.
        // The quota of duplicates is off because `one-key` tries each of 1,000 keys with one other caller, who
        // meets a duplicate each time; repetitions under a key count as none.
        for (limit, number) in [
            ("--max-connections-per-address", "1024"),
            ("--max-in-flight-per-caller", "1024"),
            ("--duplicate-quota", "off"),
        ] {
            all.extend([limit.to_owned(), number.to_owned()]);
        }
        match storage {
            // The tokens of a campaign are signed with a shared secret.
            Storage::Url(url) => {
                all.extend(["--database-url", url, "--development", "on"].map(str::to_owned));
            }
            Storage::Folder(folder) => all.extend(["--data".to_owned(), folder.display().to_string()]),
            Storage::Memory => all.push("--in-memory".to_owned()),
        }
        all.extend(arguments.iter().map(|argument| (*argument).to_owned()));
        let before = std::fs::metadata(log).map_or(0, |file| file.len());
        let child = spawn(binary, &all, "127.0.0.1:0", log)?;
        let mut service = Self {
            binary: binary.clone(),
            arguments: all,
            log: log.to_owned(),
            address: String::new(),
            child,
        };
        service.address = service.announced(before).await?;
        service.ready().await?;
        Ok(service)
    }

    /// `http://address:port`.
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// `address:port`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Its process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Kills it as `kill -9` does.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Stops it and waits until it has ended; returns its exit code.
    pub async fn stop(&mut self) -> Result<Option<i32>, RunError> {
        processes::signal("TERM", &[self.child.id()]);
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status.code());
            }
            if begun.elapsed() > TIMEOUT {
                return Err(RunError::new("the service did not stop on its signal"));
            }
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// Has the system stop or continue the process (`STOP`, `CONT`).
    pub fn signal(&self, name: &str) {
        processes::signal(name, &[self.child.id()]);
    }

    /// Whether the process is there.
    pub fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Starts it again on the same port and waits until it is ready: how long that took.
    pub async fn restart(&mut self) -> Result<Duration, RunError> {
        self.kill();
        let begun = Instant::now();
        self.child = spawn(&self.binary, &self.arguments, &self.address, &self.log)?;
        self.ready().await?;
        Ok(begun.elapsed())
    }

    /// Waits until it answers that it is ready.
    pub async fn ready(&mut self) -> Result<(), RunError> {
        let http = plain_http()?;
        let begun = Instant::now();
        loop {
            if self.is_ready(&http).await {
                return Ok(());
            }
            if !self.runs() {
                return Err(RunError::new(format!("client-service ended: {}", self.last_words())));
            }
            if begun.elapsed() > TIMEOUT {
                return Err(RunError::new("client-service does not become ready"));
            }
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// Whether `/readyz` says so now.
    pub async fn is_ready(&self, http: &reqwest::Client) -> bool {
        let asked = http.get(format!("{}/readyz", self.base())).send().await;
        asked.is_ok_and(|answer| answer.status().is_success())
    }

    /// The address in the line that says where it listens.
    async fn announced(&mut self, from: u64) -> Result<String, RunError> {
        let begun = Instant::now();
        loop {
            let log = std::fs::read(&self.log).unwrap_or_default();
            let new = log.get(usize::try_from(from).unwrap_or(0)..).unwrap_or_default();
            let new = String::from_utf8_lossy(new);
            let line = new.lines().find(|line| line.contains("listening"));
            let address = line.and_then(|line| line.find("127.0.0.1:").and_then(|at| line.get(at..)));
            if let Some(address) = address {
                let end = address.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ':')));
                return Ok(address.get(..end.unwrap_or(address.len())).unwrap_or_default().to_owned());
            }
            if !self.runs() || begun.elapsed() > TIMEOUT {
                return Err(RunError::new(format!("client-service does not listen: {}", self.last_words())));
            }
            sleep(Duration::from_millis(10)).await;
        }
    }

    fn last_words(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        log.lines().last().unwrap_or("it said nothing").to_owned()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.kill();
    }
}

fn spawn(binary: &Binary, arguments: &[String], listen: &str, log: &Path) -> Result<Child, RunError> {
    let log = File::options().create(true).append(true).open(log)?;
    let mut command = binary.command();
    command.args(["serve", "--listen", listen]).args(arguments);
    // Not in our group: an interrupt from the terminal is for us, and we end it in order.
    command.process_group(0).stdout(Stdio::null()).stderr(log);
    command.spawn().map_err(RunError::during("client-service"))
}

/// A client that goes nowhere but to this machine and waits two seconds.
pub fn plain_http() -> Result<reqwest::Client, RunError> {
    let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(2));
    http.build().map_err(RunError::during("the HTTP client"))
}
