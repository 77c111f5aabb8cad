//! Backups of a cluster as an operator takes them, with PostgreSQL's own programs.

use std::io::Write as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::{Cluster, TIMEOUT, copy};
use crate::RunError;

/// The settings of a server that archives its log of writes; the commands run in the folder of its data.
pub const ARCHIVING: &[&str] = &[
    "archive_mode=on",
    "archive_command=test ! -f ../archive/%f && cp %p ../archive/%f",
    "archive_timeout=60",
];

/// Contents of a database: each table with its number of rows and a digest of them.
pub type Contents = Vec<Vec<String>>;

impl Cluster {
    /// Where the log of writes is archived.
    pub fn archive(&self) -> PathBuf {
        self.home.folder().join("archive")
    }

    fn base(&self) -> PathBuf {
        self.home.folder().join("base")
    }

    /// Makes the folder of the archive, which the server fills from then on.
    pub fn open_archive(&self) -> Result<(), RunError> {
        std::fs::create_dir(self.archive())?;
        self.tools.give(&self.archive())
    }

    /// Copies the data of the running server, consistent together with the log of writes.
    pub async fn take_base_backup(&self) -> Result<(), RunError> {
        // A server refuses a folder that others can read.
        std::fs::DirBuilder::new().mode(0o700).create(self.base())?;
        self.tools.give(&self.base())?;
        let mut command = self.tools.server_program("pg_basebackup");
        command.current_dir("/").args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-U", "postgres"]);
        command.args(["--checkpoint=fast", "--no-sync", "-D"]).arg(self.base());
        run(command).await
    }

    /// Closes the segment of the log that is being written, and waits until all of it is in the archive.
    pub async fn finish_archive(&self) -> Result<(), RunError> {
        let segment = "SELECT pg_walfile_name(pg_current_wal_lsn())";
        let last = self.sql(segment).await?.concat().concat();
        self.sql("SELECT pg_switch_wal()").await?;
        let begun = Instant::now();
        while !self.archive().join(&last).is_file() {
            if begun.elapsed() > TIMEOUT {
                return Err(RunError::new(format!("{last} is not archived")));
            }
            sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// Replaces the data of the server, which must not run, by the base backup; its next start recovers it from the archive
    /// up to a named moment.
    pub fn restore_base_backup(&self, moment: &str) -> Result<(), RunError> {
        std::fs::remove_dir_all(self.data())?;
        copy(&self.base(), &self.data())?;
        let mut settings =
            std::fs::File::options().append(true).open(self.data().join("postgresql.auto.conf"))?;
        writeln!(settings, "restore_command = 'cp ../archive/%f %p'")?;
        writeln!(settings, "recovery_target_name = '{moment}'\nrecovery_target_action = 'promote'")?;
        let signal = self.data().join("recovery.signal");
        std::fs::write(&signal, "")?;
        self.tools.give(&signal)
    }

    /// Waits until the server has recovered what it should and takes writes.
    pub async fn recovered(&self) -> Result<(), RunError> {
        let begun = Instant::now();
        while self.sql("SELECT pg_is_in_recovery()").await?.concat() != ["f"] {
            if begun.elapsed() > 5 * TIMEOUT {
                return Err(RunError::new("the server does not end its recovery"));
            }
            sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }

    /// Writes a dump of the database `clients` to a file.
    pub async fn dump(&self, file: &std::path::Path) -> Result<(), RunError> {
        let mut command = self.tools.program("pg_dump");
        command.args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-U", "postgres", "-Fc", "-Z1", "-f"]);
        run_with(command, file, "clients").await
    }

    /// Restores a dump into a new database of this name.
    pub async fn restore_dump(&self, file: &std::path::Path, database: &str) -> Result<(), RunError> {
        self.sql(&format!("CREATE DATABASE {database} TEMPLATE template0")).await?;
        let mut command = self.tools.program("pg_restore");
        command.args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-U", "postgres", "--exit-on-error"]);
        command.args(["--single-transaction", "-d", database]).arg(file);
        run(command).await
    }

    /// The contents of each table of a database of this server.
    pub async fn contents(&self, database: &str) -> Result<Contents, RunError> {
        let tables = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1";
        let mut contents = Contents::new();
        for table in self.sql_in(database, tables).await?.concat() {
            let digest = format!(
                "SELECT '{table}', count(*), coalesce(sum(hashtextextended(t::text, 1)::numeric), 0) FROM {table} t"
            );
            contents.extend(self.sql_in(database, &digest).await?);
        }
        Ok(contents)
    }
}

async fn run_with(mut command: Command, file: &std::path::Path, database: &str) -> Result<(), RunError> {
    command.arg(file).arg(database);
    run(command).await
}

async fn run(command: Command) -> Result<(), RunError> {
    let name = command.get_program().display().to_string();
    let mut command = tokio::process::Command::from(command);
    let ended = command.stdin(Stdio::null()).kill_on_drop(true).output().await?;
    if ended.status.success() {
        return Ok(());
    }
    Err(RunError::new(format!("{name}: {}", String::from_utf8_lossy(&ended.stderr).trim())))
}
