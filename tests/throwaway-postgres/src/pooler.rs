//! A `PgBouncer` in front of a server of our own.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Instant;

use super::{Cluster, PATIENCE, as_user};

const MISSING: &str = "These tests need PgBouncer. Install it (Debian: apt-get install pgbouncer), or name the program in \
    TEST_PGBOUNCER.";
/// The port is a part of the name of the socket only.
const PORT: u16 = 6432;
/// Ends the pooler when its input ends: that is when this process ends, however it ends.
const KEEPER: &str = r#""$@" >/dev/null 2>&1 & pooler=$!; cat; kill -INT "$pooler"; wait"#;

/// A `PgBouncer` in front of a server of our own. It pools every database, and ends when this is dropped.
pub struct Pooler {
    folder: PathBuf,
    _folder: tempfile::TempDir,
    _keeper: Child,
}

impl Pooler {
    /// Starts `program`, or Debian's where none is named, with further lines of its configuration.
    ///
    /// # Panics
    ///
    /// Where there is no `PgBouncer`, or the server is not ours.
    pub fn start(cluster: &Cluster, program: Option<&Path>, lines: &str) -> Self {
        let own = cluster.own.as_ref().expect("a server of our own");
        let held = tempfile::Builder::new().prefix("pooler").tempdir().unwrap();
        let folder = held.path().to_owned();
        let (settings, users) = (folder.join("pgbouncer.ini"), folder.join("users"));
        std::fs::write(&users, "\"postgres\" \"\"\n").unwrap();
        let text = format!(
            "[databases]\n* = host={server}\n[pgbouncer]\nlisten_port = {PORT}\nunix_socket_dir = {own}\nauth_type = trust\n\
             auth_file = {users}\nmax_client_conn = 1000\nlogfile = {own}/pgbouncer.log\n{lines}\n",
            server = own.folder.display(),
            own = folder.display(),
            users = users.display(),
        );
        std::fs::write(&settings, text).unwrap();
        if let Some((user, group)) = own.user {
            for path in [&folder, &settings, &users] {
                std::os::unix::fs::chown(path, Some(user), Some(group)).unwrap();
            }
        }
        let program = program.map_or_else(debian, Path::to_owned);
        let keeper = as_user(Path::new("/bin/sh"), &folder, own.user)
            .args(["-c", KEEPER, "keeper"])
            .arg(program)
            .arg(settings)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let pooler = Self { folder, _folder: held, _keeper: keeper };
        let begun = Instant::now();
        while !pooler.folder.join(format!(".s.PGSQL.{PORT}")).exists() {
            assert!(begun.elapsed() < PATIENCE, "the pooler does not start: {}", pooler.log());
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        pooler
    }

    /// The address of a database through the pooler.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@localhost/{database}?host={}&port={PORT}", self.folder.display())
    }

    /// What it has written into its log.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("pgbouncer.log")).unwrap_or_default()
    }
}

impl fmt::Debug for Pooler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pooler").field("folder", &self.folder).finish_non_exhaustive()
    }
}

/// The program in `PATH` or where Debian keeps it.
fn debian() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into()]);
    folders.map(|folder| folder.join("pgbouncer")).find(|file| file.is_file()).expect(MISSING)
}
