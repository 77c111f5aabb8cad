use std::fs::File;
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use clients_campaigns::{Cluster, RunError, SECRET, processes};

use super::question::Asks;
use crate::callers::Tokens;
use crate::case::Who;
use crate::load::Calls as _;
use crate::request::{Requests, Source};

/// How long one may take until it answers.
const TIMEOUT: Duration = Duration::from_mins(1);
/// How long one may take to end after its signal.
const GRACE: Duration = Duration::from_secs(5);

/// A peer that runs. It and its workers are ended when this is dropped.
#[derive(Debug)]
pub(super) struct Peer {
    pub(super) who: Who,
    port: u16,
    child: Child,
}

impl Peer {
    /// Starts one with a worker for each core.
    pub(super) fn start(who: Who, folder: &Path, cluster: &Cluster, out: &Path) -> Result<Self, RunError> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let workers = std::thread::available_parallelism().map_or(1, usize::from).to_string();
        let address = cluster.url();
        let mut command = if who == Who::Fastapi {
            let mut uvicorn = Command::new(folder.join("venv/bin/uvicorn"));
            uvicorn.args([
                "app:app",
                "--host",
                "127.0.0.1",
                "--port",
                &port.to_string(),
                "--workers",
                &workers,
            ]);
            uvicorn.args(["--no-access-log", "--log-level", "warning"]);
            uvicorn
                .env("PEER_SECRET", SECRET)
                .env("PEER_URL", address.replace("postgres://", "postgresql+asyncpg://"));
            uvicorn
        } else {
            let mut postgraphile = Command::new(folder.join("node_modules/.bin/postgraphile"));
            postgraphile.args(["-c", &address, "-n", "127.0.0.1", "-p", &port.to_string(), "-s", "public"]);
            postgraphile.args([
                "--dynamic-json",
                "--disable-query-log",
                "--disable-graphiql",
                "--max-pool-size",
                "16",
            ]);
            postgraphile.args(["--cluster-workers", &workers]);
            postgraphile
        };
        let log = File::create(out.join(format!("{}.log", who.name())))?;
        command
            .current_dir(folder)
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        Ok(Self { who, port, child: command.spawn().map_err(RunError::during("its start"))? })
    }

    pub(super) fn process(&self) -> u32 {
        self.child.id()
    }

    /// `address:port`.
    pub(super) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Waits until it answers who this client is.
    pub(super) async fn ready(&self, tokens: &Tokens, client: &str) -> Result<(), RunError> {
        let begun = Instant::now();
        loop {
            let requests = Arc::new(Requests::new(Source::Get(vec![client.to_owned()]), "ready".to_owned()));
            let answered = match Asks::open(self.who, self.address(), tokens, &requests).await {
                Ok(mut asks) => asks.call().await,
                Err(error) => Err(error),
            };
            match answered {
                Ok(_) => return Ok(()),
                Err(error) if begun.elapsed() > TIMEOUT => return Err(error),
                Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
            }
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let workers = processes::children(self.child.id());
        processes::signal("TERM", &[self.child.id()]);
        let asked = Instant::now();
        while asked.elapsed() < GRACE && matches!(self.child.try_wait(), Ok(None)) {
            sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        // Processes that lost their parent have another parent by now, and are still ours.
        let left: Vec<u32> =
            workers.into_iter().filter(|worker| !processes::title(*worker).is_empty()).collect();
        processes::signal("KILL", &left);
    }
}
