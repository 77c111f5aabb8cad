//! One server and its Patroni.

use std::fs::File;
use std::net::SocketAddr;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use crate::{Fault, Proxy, RunError, Tools, processes};

/// One server and its Patroni.
#[derive(Debug)]
pub(super) struct Node {
    number: usize,
    home: PathBuf,
    port: u16,
    api_port: u16,
    patroni: PathBuf,
    /// What the standbys go through.
    proxy: Proxy,
    process: Option<Child>,
}

impl Node {
    pub(super) async fn new(
        number: usize,
        home: &Path,
        (port, api_port): (u16, u16),
        patroni: &Path,
    ) -> Result<Self, RunError> {
        let proxy = Proxy::start(SocketAddr::from(([127, 0, 0, 1], port))).await?;
        let (home, patroni) = (home.to_owned(), patroni.to_owned());
        Ok(Self { number, home, port, api_port, patroni, proxy, process: None })
    }

    pub(super) fn name(&self) -> String {
        format!("node{}", self.number)
    }

    pub(super) fn home(&self) -> &Path {
        &self.home
    }

    pub(super) fn data(&self) -> PathBuf {
        self.home.join("data")
    }

    pub(super) fn configuration(&self) -> PathBuf {
        self.home.join("patroni.yml")
    }

    pub(super) fn log(&self) -> PathBuf {
        self.home.join("patroni.log")
    }

    pub(super) const fn port(&self) -> u16 {
        self.port
    }

    pub(super) const fn api_port(&self) -> u16 {
        self.api_port
    }

    pub(super) const fn proxy_port(&self) -> u16 {
        self.proxy.address().port()
    }

    /// What happens from now on to what the standbys of this server receive.
    pub(super) fn to_standbys(&self, fault: Fault) {
        self.proxy.set(fault);
    }

    /// Whether Patroni says that this server is what `role` names.
    pub(super) async fn is(&self, http: &reqwest::Client, role: &str) -> bool {
        let asked = http.get(format!("http://127.0.0.1:{}/{role}", self.api_port)).send().await;
        asked.is_ok_and(|answer| answer.status().is_success())
    }

    /// Starts Patroni, which starts PostgreSQL.
    pub(super) fn start(&mut self, tools: &Tools) -> Result<(), RunError> {
        let log = File::options().create(true).append(true).open(self.log())?;
        let mut command = tools.as_server_user(&self.patroni);
        command.arg(self.configuration()).current_dir("/").env("HOME", &self.home);
        command.process_group(0).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        self.process = Some(command.spawn().map_err(RunError::during("patroni"))?);
        Ok(())
    }

    /// Kills Patroni first, so that it starts nothing again, and then every process of PostgreSQL.
    pub(super) fn kill(&mut self) {
        if let Some(mut patroni) = self.process.take() {
            // Patroni as a daemon of PostgreSQL may have children of its own, which end with it.
            let children = processes::children(patroni.id());
            processes::signal("KILL", &[patroni.id()]);
            processes::signal("KILL", &children);
            let _ = patroni.wait();
        }
        let file = std::fs::read_to_string(self.data().join("postmaster.pid")).unwrap_or_default();
        let Some(postmaster) = file.lines().next().and_then(|line| line.parse().ok()) else { return };
        // The file outlives its process, and numbers are used again.
        if !processes::title(postmaster).contains(&*self.data().to_string_lossy()) {
            return;
        }
        processes::signal("STOP", &[postmaster]);
        let mut all = processes::children(postmaster);
        all.push(postmaster);
        processes::signal("KILL", &all);
    }
}
