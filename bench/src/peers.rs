//! Peers: services that others would have instead, on the same database and in the same run.
//!
//! They are installed from the package registries into a folder of the run, and are a part of nothing that is delivered.

mod install;
mod peer;
mod question;

use std::path::Path;
use std::sync::Arc;

use clients_campaigns::{Cluster, Trouble};

use self::peer::Peer;
pub(crate) use self::question::Asks;
use crate::callers::Tokens;
use crate::cell::{Cell, Who};
use crate::request::Requests;

/// Those that run; none without `--peers`.
#[derive(Debug, Default)]
pub(crate) struct Peers {
    running: Vec<Peer>,
    tokens: Option<Tokens>,
}

impl Peers {
    /// All there are.
    pub(crate) const ALL: [Who; 2] = [Who::Fastapi, Who::Postgraphile];

    /// Installs and starts them.
    pub(crate) async fn start(
        cluster: &Cluster,
        tokens: &Tokens,
        client: &str,
        out: &Path,
    ) -> Result<Self, Trouble> {
        // Where the numbers of their clients come from.
        cluster.sql("SET ROLE clients; CREATE SEQUENCE peer_number START 1500000000").await?;
        let mut running = Vec::new();
        for who in Self::ALL {
            let folder = install::install(who, out).await.map_err(Trouble::during(who.name()))?;
            let peer = Peer::start(who, &folder, cluster, out).map_err(Trouble::during(who.name()))?;
            peer.ready(tokens, client).await.map_err(Trouble::during(who.name()))?;
            running.push(peer);
        }
        Ok(Self { running, tokens: Some(tokens.clone()) })
    }

    /// The process that all others of a peer come from.
    pub(crate) fn process(&self, who: Who) -> Option<u32> {
        self.running.iter().find(|peer| peer.who == who).map(Peer::process)
    }

    /// Connections to one of them.
    pub(crate) async fn callers(&self, cell: Cell, requests: &Arc<Requests>) -> Result<Vec<Asks>, Trouble> {
        let peer = self.running.iter().find(|peer| peer.who == cell.who);
        let peer = peer.ok_or_else(|| Trouble::new("this peer does not run"))?;
        let tokens = self.tokens.as_ref().ok_or_else(|| Trouble::new("nobody has a token"))?;
        let mut callers = Vec::new();
        for _ in 0..cell.connections {
            callers.push(Asks::open(cell.who, peer.address(), tokens, requests).await?);
        }
        Ok(callers)
    }
}
