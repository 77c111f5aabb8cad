//! A PostgreSQL server of a campaign, and its backups.

pub mod backup;
mod home;

use std::fs::File;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tokio::time::sleep;

use self::home::Home;
use crate::{RunError, Tools, processes};

/// How long a server may take to accept connections, recovery after a kill included.
const TIMEOUT: Duration = Duration::from_mins(1);
/// Between two columns of an answer: no text of ours holds it.
const COLUMN_SEPARATOR: char = '\u{1F}';

/// How a server is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Sessions are cut and everything is written out.
    Fast,
    /// Sessions and processes end immediately; the next start recovers.
    Immediate,
}

/// A PostgreSQL server of our own on a port of the system's choice.
///
/// It is durable as it comes (`fsync`, `full_page_writes` and `synchronous_commit` are on) and has data checksums.
/// When it is dropped its processes are ended, and its data is deleted unless the folder is one that is kept.
#[derive(Debug)]
pub struct Cluster {
    tools: Tools,
    home: Home,
    port: u16,
    /// Further settings of the server, `name=value`.
    settings: Vec<String>,
    postmaster: Option<Child>,
}

impl Cluster {
    /// Makes a cluster with an empty database `clients` that belongs to a user `clients`, and starts it.
    pub async fn start(tools: &Tools) -> Result<Self, RunError> {
        Self::start_with(tools, &[]).await
    }

    /// The same with further settings of the server, each `name=value`.
    pub async fn start_with(tools: &Tools, settings: &[&str]) -> Result<Self, RunError> {
        Self::open(tools, Home::temporary()?, settings).await
    }

    /// The same in a folder that is kept: with the data that an earlier run has left there, or else empty.
    pub async fn keep(tools: &Tools, folder: &Path, settings: &[&str]) -> Result<Self, RunError> {
        Self::open(tools, Home::kept(folder)?, settings).await
    }

    async fn open(tools: &Tools, home: Home, settings: &[&str]) -> Result<Self, RunError> {
        let settings = settings.iter().map(|setting| (*setting).to_owned()).collect();
        let mut cluster = Self { tools: tools.clone(), home, port: free_port()?, settings, postmaster: None };
        if cluster.home.is_filled()? {
            cluster.restart().await?;
            return Ok(cluster);
        }
        std::fs::create_dir(cluster.data())?;
        tools.give(&cluster.data())?;
        let mut initdb = tools.server_program("initdb");
        initdb.arg("-D").arg(cluster.data()).current_dir("/");
        initdb.args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--data-checksums"]);
        // A crash during initdb loses nothing, so it need not sync.
        initdb.arg("--no-sync");
        let made = tokio::process::Command::from(initdb).stdin(Stdio::null()).output().await?;
        if !made.status.success() {
            return Err(RunError::new(format!("initdb: {}", String::from_utf8_lossy(&made.stderr))));
        }
        cluster.restart().await?;
        cluster.sql_in("postgres", "CREATE ROLE clients LOGIN").await?;
        cluster.sql_in("postgres", "CREATE DATABASE clients OWNER clients").await?;
        cluster.home.note_filled()?;
        Ok(cluster)
    }

    /// The server that others keep and that listens on this port: it gets the user and the empty database, and is neither
    /// started nor stopped here.
    pub async fn behind(tools: &Tools, port: u16) -> Result<Self, RunError> {
        let home = Home::temporary()?;
        let cluster = Self { tools: tools.clone(), home, port, settings: Vec::new(), postmaster: None };
        let begun = Instant::now();
        while !cluster.accepts().await {
            if begun.elapsed() > TIMEOUT {
                return Err(RunError::new(format!("no server accepts connections on {port}")));
            }
            sleep(Duration::from_millis(100)).await;
        }
        cluster.sql_in("postgres", "CREATE ROLE clients LOGIN").await?;
        cluster.sql_in("postgres", "CREATE DATABASE clients OWNER clients").await?;
        Ok(cluster)
    }

    /// How the service reaches its database.
    pub fn url(&self) -> String {
        Self::url_through(self.port)
    }

    /// The same through something that listens on another port.
    pub fn url_through(port: u16) -> String {
        format!("postgres://clients@127.0.0.1:{port}/clients")
    }

    /// Where the server listens.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The folder of the data.
    pub fn data(&self) -> PathBuf {
        self.home.folder().join("data")
    }

    /// What the server has logged.
    pub fn log(&self) -> PathBuf {
        self.home.folder().join("postgres.log")
    }

    /// Asks the database as its superuser: rows of columns, null as an empty text.
    pub async fn sql(&self, statement: &str) -> Result<Vec<Vec<String>>, RunError> {
        self.sql_in("clients", statement).await
    }

    async fn sql_in(&self, database: &str, statement: &str) -> Result<Vec<Vec<String>>, RunError> {
        let mut psql = tokio::process::Command::from(self.psql(database));
        psql.args(["-c", statement]).stdin(Stdio::null()).kill_on_drop(true);
        let asked = psql.output().await?;
        if !asked.status.success() {
            return Err(RunError::new(format!("psql: {}", String::from_utf8_lossy(&asked.stderr).trim())));
        }
        let text = String::from_utf8_lossy(&asked.stdout).into_owned();
        Ok(text.lines().map(|line| line.split(COLUMN_SEPARATOR).map(str::to_owned).collect()).collect())
    }

    /// A `psql` of the superuser, with nothing of the tester's own settings.
    pub fn psql(&self, database: &str) -> Command {
        let mut psql = self.tools.program("psql");
        psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-F", &COLUMN_SEPARATOR.to_string()]);
        psql.args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-U", "postgres", "-d", database]);
        psql.env("PGCONNECT_TIMEOUT", "5").env_remove("PGOPTIONS").env_remove("PGSERVICE");
        psql
    }

    /// Stops the server and waits until it has ended.
    pub async fn stop(&mut self, how: Stop) -> Result<(), RunError> {
        let Some(mut postmaster) = self.postmaster.take() else { return Ok(()) };
        let name = if how == Stop::Fast { "INT" } else { "QUIT" };
        processes::signal(name, &[postmaster.id()]);
        let deadline = Instant::now() + TIMEOUT;
        while postmaster.try_wait()?.is_none() {
            if Instant::now() > deadline {
                self.postmaster = Some(postmaster);
                return Err(RunError::new("the server did not stop"));
            }
            sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    /// Stops the server and waits, for a while, without a runtime.
    fn end_in_order(&mut self) {
        let Some(postmaster) = &mut self.postmaster else { return };
        processes::signal("INT", &[postmaster.id()]);
        let deadline = Instant::now() + TIMEOUT;
        while matches!(postmaster.try_wait(), Ok(None)) && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Kills the postmaster and every process of its, as a failure of the machine would.
    ///
    /// What was written to files survives in the system's cache: a missing `fsync` cannot be seen this way.
    pub fn kill(&mut self) {
        if let Some(mut postmaster) = self.postmaster.take() {
            kill_all(&mut postmaster);
        }
    }

    /// Kills one process of the server whose title has this in it; the server then restarts itself.
    pub fn kill_one(&self, title: &str) -> bool {
        let found = self.processes().into_iter().find(|process| processes::title(*process).contains(title));
        processes::signal("KILL", found.as_slice());
        found.is_some()
    }

    /// The process that all others of the server come from, while it runs.
    pub fn postmaster(&self) -> Option<u32> {
        self.postmaster.as_ref().map(Child::id)
    }

    /// The processes of the server beside the postmaster.
    pub fn processes(&self) -> Vec<u32> {
        self.postmaster.as_ref().map(|postmaster| processes::children(postmaster.id())).unwrap_or_default()
    }

    /// Starts the server, which may refuse while processes of an earlier one still end, and waits until it accepts.
    pub async fn restart(&mut self) -> Result<Duration, RunError> {
        let begun = Instant::now();
        loop {
            let running = match &mut self.postmaster {
                Some(postmaster) => postmaster.try_wait()?.is_none(),
                None => false,
            };
            if !running {
                self.postmaster = Some(self.spawn()?);
            } else if self.accepts().await {
                return Ok(begun.elapsed());
            }
            if begun.elapsed() > TIMEOUT {
                let log = std::fs::read_to_string(self.log()).unwrap_or_default();
                let end: Vec<_> = log.lines().rev().take(5).collect();
                return Err(RunError::new(format!("the server does not accept connections: {end:?}")));
            }
            sleep(Duration::from_millis(25)).await;
        }
    }

    /// Whether a session can be had.
    pub async fn accepts(&self) -> bool {
        self.sql_in("postgres", "SELECT 1").await.is_ok()
    }

    fn spawn(&self) -> Result<Child, RunError> {
        let log = File::options().create(true).append(true).open(self.log())?;
        let mut server = self.tools.server_program("postgres");
        server.arg("-D").arg(self.data()).current_dir("/");
        let settings = [
            format!("port={}", self.port),
            "listen_addresses=127.0.0.1".to_owned(),
            "unix_socket_directories=".to_owned(),
            "max_connections=200".to_owned(),
        ];
        server.args(settings.iter().chain(&self.settings).flat_map(|setting| ["-c", setting]));
        // Not in our group: an interrupt from the terminal is for us, and we end it in order.
        server.process_group(0).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        server.spawn().map_err(RunError::during("postgres"))
    }

    /// Keeps a copy of the data as it is; the server must not run.
    pub fn save_copy(&self) -> Result<(), RunError> {
        copy(&self.data(), &self.home.folder().join("copy"))
    }

    /// Puts the copy back in place of the data, which loses whatever was written since.
    pub fn restore_copy(&self) -> Result<(), RunError> {
        std::fs::remove_dir_all(self.data())?;
        copy(&self.home.folder().join("copy"), &self.data())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.home.is_kept() {
            // What is killed has to recover at the next start.
            self.end_in_order();
        }
        self.kill();
    }
}

/// Stops the postmaster first, so that it starts no process while the others are counted.
fn kill_all(postmaster: &mut Child) {
    processes::signal("STOP", &[postmaster.id()]);
    let mut all = processes::children(postmaster.id());
    all.push(postmaster.id());
    processes::signal("KILL", &all);
    let _ = postmaster.wait();
}

fn copy(from: &std::path::Path, to: &std::path::Path) -> Result<(), RunError> {
    let _ = std::fs::remove_dir_all(to);
    let copied = Command::new("cp").arg("-a").arg(from).arg(to).status()?;
    if copied.success() { Ok(()) } else { Err(RunError::new("the data could not be copied")) }
}

/// A port that is free at the moment.
fn free_port() -> Result<u16, RunError> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
