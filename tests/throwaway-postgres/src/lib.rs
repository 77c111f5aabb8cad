//! A PostgreSQL for tests, started for one run and removed with it: see [`Cluster`].
//!
//! `TEST_DATABASE_URL` names another server to use instead; its role must be allowed to create databases. The
//! programs of PostgreSQL are searched for in `PG_BIN`, in `PATH` and where Debian keeps them. Where there are none,
//! a test fails and says how to install them; it is never left out in silence.
//!
//! Nothing here waits in the sense of `async`, and nothing talks to a database: a test brings its own driver.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "this is a part of tests, and a test that meets what it does not expect is to stop"
)]

mod pooler;

use std::fmt;
use std::fs::File;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub use pooler::Pooler;

const MISSING: &str = "These tests need PostgreSQL 15 or later. Install it (Debian: apt-get install postgresql; \
    macOS: brew install postgresql), name its programs' folder in PG_BIN, or a server in TEST_DATABASE_URL.";

/// How long a server may take to start; the machine may be busy.
const PATIENCE: Duration = Duration::from_mins(1);

/// Starts the server, and stops it when its input ends: that is when this process ends, however it ends. Nothing
/// is left behind, neither a process nor a folder. The server may have been restarted meanwhile, so it is
/// stopped by what it has written down as its number.
const KEEPER: &str = r#"
    folder=$1; shift
    "$@" >"$folder/log" 2>&1 &
    cat >"$folder/input"
    if read -r server <"$folder/data/postmaster.pid"; then
        kill -INT "$server"
        while kill -0 "$server"; do sleep 0.1; done
    fi
    rm -rf "$folder"
"#;

/// A server that answers: one of our own, or the one that `TEST_DATABASE_URL` names.
///
/// One of our own has a folder of its own and is reached through a socket there, so it needs no port and no other
/// program sees it. PostgreSQL refuses to run as root; where the tests run as root, it runs as another
/// user. It ends, and its folder is removed, when this is dropped or the process ends, by a panic or by a signal too.
///
/// ```
/// let cluster = throwaway_postgres::Cluster::own(&["-c", "fsync=off"]);
/// assert!(cluster.url("postgres").starts_with("postgres://postgres@localhost/postgres?host="));
/// assert!(cluster.log().contains("ready to accept connections"));
/// ```
pub struct Cluster {
    /// The address of one of its databases, up to the name.
    before_name: String,
    /// What follows the name.
    after_name: String,
    own: Option<Own>,
}

/// What belongs to a server of our own.
struct Own {
    folder: PathBuf,
    user: Option<(u32, u32)>,
    /// The process that stops the server; it does so as soon as its input is closed.
    _keeper: Child,
}

impl Cluster {
    /// The server that `TEST_DATABASE_URL` names, or else one of our own that writes nothing to the disk in time.
    pub fn start() -> Self {
        match std::env::var_os("TEST_DATABASE_URL") {
            Some(url) => Self::elsewhere(url.to_str().expect("an address")),
            None => Self::own(&["-c", "fsync=off", "-c", "full_page_writes=off"]),
        }
    }

    /// The address of a database.
    pub fn url(&self, database: &str) -> String {
        format!("{}/{database}{}", self.before_name, self.after_name)
    }

    /// What a server of our own has written into its log. Panics for a server that is not ours.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.own.as_ref().unwrap().folder.join("log")).unwrap()
    }

    /// Ends a server of our own as if it had crashed, and starts it again. Panics for a server that is not ours.
    pub fn crash_and_restart(&self) {
        self.control(&["restart", "--mode=immediate", "--log=log"]);
    }

    /// Stops a server of our own as if it had crashed. Panics for a server that is not ours.
    pub fn stop(&self) {
        self.control(&["stop", "--mode=immediate"]);
    }

    /// Starts a server of our own that was stopped.
    pub fn start_again(&self) {
        // With the settings that it was started with first.
        let options = std::fs::read_to_string(self.own.as_ref().unwrap().folder.join("options")).unwrap();
        self.control(&["start", "--log=log", &format!("--options={options}")]);
    }

    fn control(&self, arguments: &[&str]) {
        let own = self.own.as_ref().unwrap();
        let done = as_user(&programs().join("pg_ctl"), &own.folder, own.user)
            .args(arguments)
            .args(["--wait", "--timeout=60", "--silent", "--pgdata=data"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert!(done.success(), "{}", self.log());
    }

    fn elsewhere(url: &str) -> Self {
        let (address, options) =
            url.split_once('?').map_or((url, ""), |(address, options)| (address, options));
        let (before_name, _) = address.rsplit_once('/').expect("an address with the name of a database");
        let after_name = if options.is_empty() { String::new() } else { format!("?{options}") };
        Self { before_name: before_name.to_owned(), after_name, own: None }
    }

    /// A new server with these settings, whatever `TEST_DATABASE_URL` says.
    pub fn own(settings: &[&str]) -> Self {
        let programs = programs();
        let folder = folder();
        let user = other_user(&folder);
        if let Some((user, group)) = user {
            chown(&folder, Some(user), Some(group)).unwrap();
        }
        let data = folder.join("data");
        let made = as_user(&programs.join("initdb"), &folder, user)
            .args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"])
            .arg("--pgdata")
            .arg(&data)
            .output()
            .unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));

        Self::run(&programs, folder, user, settings)
    }

    /// A streaming standby of this server, with these settings besides its own. Panics for a server that is not ours.
    ///
    /// ```
    /// let primary = throwaway_postgres::Cluster::own(&["-c", "fsync=off"]);
    /// let standby = primary.standby(&["-c", "fsync=off"]);
    /// assert!(standby.log().contains("started streaming"));
    /// ```
    #[must_use]
    pub fn standby(&self, settings: &[&str]) -> Self {
        let own = self.own.as_ref().unwrap();
        let (programs, folder, user) = (programs(), folder(), own.user);
        if let Some((user, group)) = user {
            chown(&folder, Some(user), Some(group)).unwrap();
        }
        let copied = as_user(&folder_of(&["pg_basebackup"]).join("pg_basebackup"), &folder, user)
            .args(["--username=postgres", "--wal-method=stream", "--checkpoint=fast", "--no-sync"])
            .arg("--write-recovery-conf")
            .arg(format!("--host={}", own.folder.display()))
            .arg("--pgdata=data")
            .output()
            .unwrap();
        assert!(copied.status.success(), "pg_basebackup: {}", String::from_utf8_lossy(&copied.stderr));
        let standby = Self::run(&programs, folder, user, settings);
        let begun = Instant::now();
        while !standby.log().contains("started streaming") {
            assert!(begun.elapsed() < PATIENCE, "the standby does not stream: {}", standby.log());
            std::thread::sleep(Duration::from_millis(20));
        }
        standby
    }

    /// Runs the server whose data is in the folder.
    fn run(programs: &Path, folder: PathBuf, user: Option<(u32, u32)>, settings: &[&str]) -> Self {
        let data = folder.join("data");
        let mut options = vec!["-k".to_owned(), folder.display().to_string()];
        let own = ["listen_addresses=", "max_connections=200", "shared_buffers=64MB"];
        options.extend(own.iter().flat_map(|setting| ["-c".to_owned(), (*setting).to_owned()]));
        options.extend(settings.iter().map(|setting| (*setting).to_owned()));
        std::fs::write(folder.join("options"), options.join(" ")).unwrap();
        let keeper = as_user(Path::new("/bin/sh"), &folder, user)
            .args(["-c", KEEPER, "keeper"])
            .arg(&folder)
            .arg(programs.join("postgres"))
            .arg("-D")
            .arg(&data)
            .args(&options)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let cluster = Self {
            before_name: "postgres://postgres@localhost".to_owned(),
            after_name: format!("?host={}", folder.display()),
            own: Some(Own { folder, user, _keeper: keeper }),
        };
        cluster.wait_until_ready();
        cluster
    }

    /// The server writes into its file how far it has come, as `pg_ctl` reads it.
    fn wait_until_ready(&self) {
        let data = self.own.as_ref().unwrap().folder.join("data");
        let begun = Instant::now();
        let ready = || {
            let status = std::fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
            status.lines().nth(7).is_some_and(|line| line.trim() == "ready")
        };
        while !ready() {
            assert!(begun.elapsed() < PATIENCE, "the server does not answer: {}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl fmt::Debug for Cluster {
    /// Where it is, and nothing of an address that may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cluster")
            .field("folder", &self.own.as_ref().map(|own| &own.folder))
            .finish_non_exhaustive()
    }
}

/// A folder for a server.
fn folder() -> PathBuf {
    tempfile::Builder::new().prefix("pg").tempdir().unwrap().keep()
}

/// A program in a group of its own, so that an interrupt at the terminal does not reach it before its keeper.
fn as_user(program: &Path, folder: &Path, user: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).process_group(0);
    if let Some((user, group)) = user {
        command.uid(user).gid(group);
    }
    command
}

/// The folder of `initdb` and `postgres`.
fn programs() -> PathBuf {
    folder_of(&["initdb", "postgres"])
}

/// The first folder with all of these programs.
fn folder_of(programs: &[&str]) -> PathBuf {
    let named = std::env::var_os("PG_BIN").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut debian: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.flatten().map(|version| version.path().join("bin")).collect())
        .unwrap_or_default();
    debian.sort();
    let all = named.into_iter().chain(std::env::split_paths(&path)).chain(debian.into_iter().rev());
    let mut whole = all.filter(|folder| programs.iter().all(|name| folder.join(name).is_file()));
    whole.next().expect(MISSING)
}

/// PostgreSQL refuses to run as root, so a test that runs as root starts it as another user.
fn other_user(mine: &Path) -> Option<(u32, u32)> {
    if std::fs::metadata(mine).unwrap().uid() != 0 {
        return None;
    }
    let users = std::io::read_to_string(File::open("/etc/passwd").unwrap()).unwrap();
    let find = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let fields: Vec<_> = line.split(':').collect();
        Some((fields[2].parse().unwrap(), fields[3].parse().unwrap()))
    };
    Some(find("postgres").or_else(|| find("nobody")).expect("a user that is not root"))
}
