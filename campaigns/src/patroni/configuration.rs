//! What the programs of the cluster are told.

use std::fmt::Write as _;
use std::net::TcpListener;

use super::SERVERS;
use super::node::Node;
use crate::{RunError, Tools};

/// How long Patroni keeps a leader that says nothing (`ttl`), in seconds: the least that it accepts.
pub const LEASE: u64 = 20;

/// Whether a commit waits for a standby.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replication {
    /// For one of them.
    Synchronous,
    /// For none.
    Asynchronous,
}

/// Where everything listens, on 127.0.0.1.
pub(super) struct Ports {
    pub(super) etcd: u16,
    pub(super) etcd_peer: u16,
    pub(super) balancer: u16,
    /// The port of PostgreSQL and that of Patroni, of each server.
    pub(super) nodes: Vec<(u16, u16)>,
}

impl Ports {
    /// Ports that are free at the moment, each another one.
    pub(super) fn free() -> Result<Self, RunError> {
        let number = 3 + 2 * SERVERS;
        let held: Vec<_> = (0..number).map(|_| TcpListener::bind("127.0.0.1:0")).collect::<Result<_, _>>()?;
        let mut ports = held.iter().map(|listener| listener.local_addr().map(|address| address.port()));
        let mut next = || ports.next().ok_or_else(|| RunError::new("too few ports"))?.map_err(RunError::from);
        let (etcd, etcd_peer, balancer) = (next()?, next()?, next()?);
        let nodes = (0..SERVERS).map(|_| Ok((next()?, next()?))).collect::<Result<_, RunError>>()?;
        Ok(Self { etcd, etcd_peer, balancer, nodes })
    }

    pub(super) fn url(port: u16) -> String {
        format!("http://127.0.0.1:{port}")
    }
}

/// The configuration of one Patroni. Standbys reach a server by its proxy, and everybody else directly.
pub(super) fn node(node: &Node, ports: &Ports, replication: Replication, tools: &Tools) -> String {
    format!(
        "scope: clients
name: {name}
restapi: {{listen: '127.0.0.1:{api}', connect_address: '127.0.0.1:{api}'}}
etcd3: {{host: '127.0.0.1:{etcd}'}}
bootstrap:
  dcs:
    ttl: {LEASE}
    loop_wait: 3
    retry_timeout: 3
    maximum_lag_on_failover: 33554432
    synchronous_mode: {synchronous}
    postgresql:
      use_pg_rewind: true
      parameters: {{max_connections: 100, shared_buffers: 64MB, max_wal_senders: 10, wal_keep_size: 256MB}}
  initdb: [{{encoding: UTF8}}, {{locale: C}}, data-checksums]
postgresql:
  listen: '127.0.0.1:{port}'
  connect_address: '127.0.0.1:{proxy}'
  data_dir: '{data}'
  bin_dir: '{programs}'
  pgpass: '{home}/pgpass'
  pg_hba: ['host all all 127.0.0.1/32 trust', 'host replication all 127.0.0.1/32 trust']
  authentication:
    superuser: {{username: postgres, password: unused}}
    replication: {{username: replicator, password: unused}}
  parameters: {{unix_socket_directories: '{home}'}}
",
        name = node.name(),
        api = node.api_port(),
        etcd = ports.etcd,
        synchronous = replication == Replication::Synchronous,
        port = node.port(),
        proxy = node.proxy_port(),
        data = node.data().display(),
        home = node.home().display(),
        programs = tools.folder().display(),
    )
}

/// The configuration of `HAProxy`: connections go to the server whose Patroni says that it leads, and are closed when it no
/// longer does.
pub(super) fn haproxy(ports: &Ports) -> String {
    let mut text = format!(
        "defaults
    mode tcp
    timeout connect 2s
    timeout client 30m
    timeout server 30m
    timeout check 1s
listen clients
    bind 127.0.0.1:{}
    option httpchk OPTIONS /primary
    http-check expect status 200
    default-server inter 500ms fall 2 rise 1 on-marked-down shutdown-sessions
",
        ports.balancer
    );
    for (number, (port, api)) in ports.nodes.iter().enumerate() {
        let _ = writeln!(text, "    server node{number} 127.0.0.1:{port} check port {api}");
    }
    text
}
