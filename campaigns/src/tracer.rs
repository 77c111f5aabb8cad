use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tokio::time::sleep;

use crate::system_call::{SystemCall, TraceReader};
use crate::{RunError, processes};

/// How long strace may take to attach itself, or to end.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Every call that changes a file or a name, or that would if it were used.
const CALLS: &str = "trace=lseek,write,writev,pwrite64,pwritev,pwritev2,ftruncate,fallocate,fsync,fdatasync,\
     sync_file_range,copy_file_range,sendfile,open,openat,creat,mkdir,mkdirat,link,linkat,unlink,unlinkat,rename,\
     renameat,renameat2";

/// Whether the system syncs files, or strace says so in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syncs {
    /// They are done.
    Done,
    /// They are answered without being done.
    Pretended,
}

/// `strace` on a running process. It ends when this is dropped; the process goes on.
#[derive(Debug)]
pub struct Tracer {
    strace: Child,
    trace: PathBuf,
}

impl Tracer {
    /// Records what a process does to files from now on.
    pub async fn attach(process: u32, syncs: Syncs, trace: &Path) -> Result<Self, RunError> {
        let mut strace = Command::new("strace");
        strace.args(["-f", "-ttt", "-y", "-xx", "-s", "1000000", "-e", CALLS]);
        if syncs == Syncs::Pretended {
            strace.args(["-e", "inject=fsync,fdatasync:retval=0"]);
        }
        strace.arg("-o").arg(trace).args(["-p", &process.to_string()]);
        let said = trace.with_extension("said");
        let spawned = strace.stdin(Stdio::null()).stdout(Stdio::null()).stderr(File::create(&said)?).spawn();
        let strace = spawned.map_err(RunError::during("strace, which apt-get install strace installs"))?;
        let mut tracer = Self { strace, trace: trace.to_owned() };
        let begun = Instant::now();
        while !is_traced(process) {
            if tracer.strace.try_wait()?.is_some() || begun.elapsed() > TIMEOUT {
                let said = std::fs::read_to_string(&said).unwrap_or_default();
                return Err(RunError::new(format!("strace could not be attached: {}", said.trim())));
            }
            sleep(Duration::from_millis(5)).await;
        }
        Ok(tracer)
    }

    /// How many lines are recorded so far.
    pub fn lines(&self) -> Result<u64, RunError> {
        count_lines(&self.trace)
    }

    /// Leaves the process alone, and waits until everything is recorded.
    pub async fn detach(mut self) -> Result<Trace, RunError> {
        processes::signal("INT", &[self.strace.id()]);
        let begun = Instant::now();
        while self.strace.try_wait()?.is_none() {
            if begun.elapsed() > TIMEOUT {
                return Err(RunError::new("strace did not stop on its signal"));
            }
            sleep(Duration::from_millis(10)).await;
        }
        Trace::open(self.trace.clone())
    }
}

impl Drop for Tracer {
    fn drop(&mut self) {
        // Its own way to end, by which the process goes on. It has ended already after a detachment.
        if matches!(self.strace.try_wait(), Ok(None)) {
            processes::signal("INT", &[self.strace.id()]);
            let _ = self.strace.wait();
        }
    }
}

fn count_lines(file: &Path) -> Result<u64, RunError> {
    let mut lines = 0;
    for line in BufReader::new(File::open(file)?).split(b'\n') {
        line?;
        lines += 1;
    }
    Ok(lines)
}

/// Whether every thread of a process is traced.
fn is_traced(process: u32) -> bool {
    let Ok(threads) = std::fs::read_dir(format!("/proc/{process}/task")) else { return false };
    threads.flatten().all(|thread| {
        let status = std::fs::read_to_string(thread.path().join("status")).unwrap_or_default();
        let tracer = status.lines().find_map(|line| line.strip_prefix("TracerPid:"));
        tracer.is_some_and(|tracer| tracer.trim() != "0")
    })
}

/// A recorded trace.
#[derive(Debug)]
pub struct Trace {
    file: PathBuf,
    lines: u64,
}

impl Trace {
    fn open(file: PathBuf) -> Result<Self, RunError> {
        Ok(Self { lines: count_lines(&file)?, file })
    }

    /// How many lines it has.
    pub const fn lines(&self) -> u64 {
        self.lines
    }

    /// The call that returned on each line, if one did.
    pub fn calls(&self) -> Result<impl Iterator<Item = Result<Option<SystemCall>, RunError>>, RunError> {
        let mut reader = TraceReader::default();
        let lines = BufReader::new(File::open(&self.file)?).lines();
        Ok(lines.map(move |line| reader.read(&line?)))
    }
}
