//! Peers: alternative services, on the same database and in the same run.
//!
//! They are installed from the package registries into a folder of the run, and are a part of nothing that is delivered.

mod install;
mod peer;
mod question;

use std::path::Path;
use std::sync::Arc;

use clients_campaigns::{Cluster, RunError};

use self::peer::Peer;
pub(crate) use self::question::Asks;
use crate::callers::Tokens;
use crate::case::{Case, Who};
use crate::request::Requests;

/// Those that run; none without `--peers`.
#[derive(Debug, Default)]
pub(crate) struct Peers {
    running: Vec<Peer>,
    tokens: Option<Tokens>,
}

impl Peers {
    /// All peers.
    pub(crate) const ALL: [Who; 2] = [Who::Fastapi, Who::Postgraphile];

    /// Installs and starts them.
    pub(crate) async fn start(
        cluster: &Cluster,
        tokens: &Tokens,
        client: &str,
        out: &Path,
    ) -> Result<Self, RunError> {
        // Where the numbers of their clients come from.
        cluster.sql("SET ROLE clients; CREATE SEQUENCE peer_number START 1500000000").await?;
        let mut running = Vec::new();
        for who in Self::ALL {
            let folder = install::install(who, out).await.map_err(RunError::during(who.name()))?;
            let peer = Peer::start(who, &folder, cluster, out).map_err(RunError::during(who.name()))?;
            peer.ready(tokens, client).await.map_err(RunError::during(who.name()))?;
            running.push(peer);
        }
        Ok(Self { running, tokens: Some(tokens.clone()) })
    }

    /// The process that all others of a peer come from.
    pub(crate) fn process(&self, who: Who) -> Option<u32> {
        self.running.iter().find(|peer| peer.who == who).map(Peer::process)
    }

    /// Connections to one of them.
    pub(crate) async fn callers(&self, case: Case, requests: &Arc<Requests>) -> Result<Vec<Asks>, RunError> {
        let peer = self.running.iter().find(|peer| peer.who == case.who);
        let peer = peer.ok_or_else(|| RunError::new("this peer does not run"))?;
        let tokens = self.tokens.as_ref().ok_or_else(|| RunError::new("no caller has a token"))?;
        let mut callers = Vec::new();
        for _ in 0..case.connections {
            callers.push(Asks::open(case.who, peer.address(), tokens, requests).await?);
        }
        Ok(callers)
    }
}
