//! Three PostgreSQL servers that Patroni keeps, with etcd, and `HAProxy` in front of them. All of it on this machine.

mod configuration;
mod node;

use std::net::SocketAddr;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::time::sleep;

pub use self::configuration::{LEASE, Replication};
use self::configuration::{Ports, haproxy, node as configuration_of};
use self::node::Node;
use crate::{Cluster, Fault, RunError, Tools, plain_http, processes};

/// How long the cluster may take to be whole: a leader, two standbys that stream, and the synchronous one if there is to be
/// one.
const TIMEOUT: Duration = Duration::from_mins(3);
/// The number of servers.
pub const SERVERS: usize = 3;

/// The cluster. Every process of it ends when this is dropped, and its data is deleted.
#[derive(Debug)]
pub struct PatroniCluster {
    nodes: Vec<Node>,
    others: Vec<Child>,
    balancer_port: u16,
    patronictl: PathBuf,
    replication: Replication,
    folder: TempDir,
    tools: Tools,
}

impl PatroniCluster {
    /// Starts everything and waits until it is whole.
    pub async fn start(tools: &Tools, replication: Replication) -> Result<Self, RunError> {
        let folder = tempfile::Builder::new().prefix("clients-patroni-").tempdir()?;
        std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
        let ports = Ports::free()?;
        let mut cluster = Self {
            nodes: Vec::new(),
            others: Vec::new(),
            balancer_port: ports.balancer,
            patronictl: in_path("patronictl")?,
            replication,
            folder,
            tools: tools.clone(),
        };
        let etcd = cluster.start_etcd(&ports)?;
        cluster.others.push(etcd);
        wait_for_port(ports.etcd).await?;
        let patroni = in_path("patroni")?;
        for number in 0..SERVERS {
            let at = ports.nodes.get(number).ok_or_else(|| RunError::new("too few ports"))?;
            let home = cluster.folder.path().join(format!("node{number}"));
            std::fs::create_dir(&home)?;
            tools.give(&home)?;
            let node = Node::new(number, &home, *at, &patroni).await?;
            let text = configuration_of(&node, &ports, replication, tools);
            std::fs::write(node.configuration(), text)?;
            cluster.nodes.push(node);
        }
        for node in &mut cluster.nodes {
            node.start(tools)?;
        }
        let settings = cluster.folder.path().join("haproxy.cfg");
        std::fs::write(&settings, haproxy(&ports))?;
        let mut command = Command::new(in_path("haproxy")?);
        command.arg("-db").arg("-f").arg(&settings);
        let balancer = cluster.spawn(command, "haproxy")?;
        cluster.others.push(balancer);
        cluster.wait_until_led().await?;
        Ok(cluster)
    }

    fn start_etcd(&self, ports: &Ports) -> Result<Child, RunError> {
        let mut command = Command::new(in_path("etcd")?);
        let (client, peer) = (Ports::url(ports.etcd), Ports::url(ports.etcd_peer));
        command.arg("--data-dir").arg(self.folder.path().join("etcd"));
        command.args(["--listen-client-urls", &client, "--advertise-client-urls", &client]);
        command.args(["--listen-peer-urls", &peer, "--initial-advertise-peer-urls", &peer]);
        command.args(["--initial-cluster", &format!("default={peer}")]);
        self.spawn(command, "etcd")
    }

    /// Where `HAProxy` leads to the leader.
    pub const fn balancer_port(&self) -> u16 {
        self.balancer_port
    }

    /// The address of the database with every server in it.
    pub fn address_of_all(&self) -> String {
        let hosts: Vec<_> = self.nodes.iter().map(|node| format!("127.0.0.1:{}", node.port())).collect();
        format!("postgres://clients@{}/clients", hosts.join(","))
    }

    /// The number of the leader, if there is one now.
    pub async fn leader(&self) -> Option<usize> {
        let http = plain_http().ok()?;
        for (number, node) in self.nodes.iter().enumerate() {
            if node.is(&http, "primary").await {
                return Some(number);
            }
        }
        None
    }

    async fn wait_until_led(&self) -> Result<usize, RunError> {
        let begun = Instant::now();
        loop {
            if let Some(leader) = self.leader().await {
                return Ok(leader);
            }
            if begun.elapsed() > TIMEOUT {
                return Err(RunError::new("Patroni has no leader"));
            }
            sleep(Duration::from_millis(200)).await;
        }
    }

    /// Waits until there is a leader again, with everything that it should have.
    pub async fn wait_until_whole(&self, database: &Cluster) -> Result<(), RunError> {
        let begun = Instant::now();
        let statement = "SELECT count(*) FILTER (WHERE state = 'streaming'), \
            count(*) FILTER (WHERE sync_state IN ('sync', 'quorum')) FROM pg_stat_replication";
        loop {
            let standbys = database.sql(statement).await.unwrap_or_default().concat();
            let is_synchronous = standbys.get(1).is_some_and(|number| number != "0");
            let streams = standbys.first().is_some_and(|number| number == "2");
            if streams && is_synchronous == (self.replication == Replication::Synchronous) {
                return Ok(());
            }
            if begun.elapsed() > TIMEOUT {
                return Err(RunError::new(format!("the cluster does not become whole: {standbys:?}")));
            }
            sleep(Duration::from_millis(500)).await;
        }
    }

    /// Has another server lead, in order; returns when Patroni says that it does.
    pub async fn switch_over(&self) -> Result<(), RunError> {
        let leader = self.wait_until_led().await?;
        let Some(node) = self.nodes.get(leader) else { return Err(RunError::new("no leader")) };
        let mut command = tokio::process::Command::new(&self.patronictl);
        command.arg("-c").arg(node.configuration());
        command.args(["switchover", "clients", "--leader", &node.name(), "--force"]).kill_on_drop(true);
        let done = command.stdin(Stdio::null()).output().await?;
        if done.status.success() {
            return Ok(());
        }
        Err(RunError::new(format!("patronictl: {}", String::from_utf8_lossy(&done.stdout).trim())))
    }

    /// Cuts the leader off from its standbys, which reach it by a proxy, and returns its number.
    pub async fn cut_off(&self) -> Result<usize, RunError> {
        let leader = self.wait_until_led().await?;
        self.set(leader, Fault::Swallow);
        Ok(leader)
    }

    /// Lets the standbys of a server through again.
    pub fn reconnect(&self, number: usize) {
        self.set(number, Fault::Refuse);
        self.set(number, Fault::Pass);
    }

    fn set(&self, number: usize, fault: Fault) {
        if let Some(node) = self.nodes.get(number) {
            node.to_standbys(fault);
        }
    }

    /// Kills the leader: Patroni and every process of PostgreSQL.
    pub async fn kill_leader(&mut self) -> Result<usize, RunError> {
        let leader = self.wait_until_led().await?;
        self.kill(leader);
        Ok(leader)
    }

    /// Kills a server and its Patroni.
    pub fn kill(&mut self, number: usize) {
        if let Some(node) = self.nodes.get_mut(number) {
            node.kill();
        }
    }

    /// Starts a server that was killed.
    pub fn start_again(&mut self, number: usize) -> Result<(), RunError> {
        let tools = self.tools.clone();
        match self.nodes.get_mut(number) {
            Some(node) => node.start(&tools),
            None => Err(RunError::new("there is no such server")),
        }
    }

    /// Copies what every program has logged to a folder.
    pub fn keep_logs(&self, folder: &Path) {
        for name in ["haproxy.log", "etcd.log"] {
            let _ = std::fs::copy(self.folder.path().join(name), folder.join(name));
        }
        for node in &self.nodes {
            let _ = std::fs::copy(node.log(), folder.join(format!("{}.log", node.name())));
        }
    }

    fn spawn(&self, mut command: Command, name: &str) -> Result<Child, RunError> {
        let log = std::fs::File::create(self.folder.path().join(format!("{name}.log")))?;
        command.process_group(0).current_dir("/").stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        command.spawn().map_err(RunError::during(name))
    }
}

impl Drop for PatroniCluster {
    fn drop(&mut self) {
        for node in &mut self.nodes {
            node.kill();
        }
        for child in &mut self.others {
            processes::signal("KILL", &[child.id()]);
            let _ = child.wait();
        }
    }
}

async fn wait_for_port(port: u16) -> Result<(), RunError> {
    let begun = Instant::now();
    while tokio::net::TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], port))).await.is_err() {
        if begun.elapsed() > TIMEOUT {
            return Err(RunError::new(format!("nothing listens on {port}")));
        }
        sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

fn in_path(name: &str) -> Result<PathBuf, RunError> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file());
    found.ok_or_else(|| {
        RunError::new(format!(
            "{name} was not found in PATH; this campaign needs etcd and haproxy (Debian: etcd-server, haproxy) and Patroni \
             (Python: patroni[etcd3] and psycopg[binary])"
        ))
    })
}
