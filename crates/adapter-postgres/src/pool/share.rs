//! The shares of the connections.

use concurrency::permits::PermitShares;

use crate::settings::Settings;

/// The kinds of statement that have connections of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Share {
    /// What commands write.
    Commands,
    /// What commands read: short statements, which take a connection of the reads by key where commits hold all of their own.
    CommandReads,
    /// Reads by key, histories, contents, and the background jobs: short statements that find their rows by index.
    KeyReads,
    /// Searches, which may read as much as the server lets them.
    Searches,
}

impl Share {
    /// The index of its permits.
    pub(crate) const fn index(self) -> usize {
        match self {
            Self::Commands | Self::CommandReads => 0,
            Self::KeyReads => 1,
            Self::Searches => 2,
        }
    }
}

/// How many connections each kind of statement may hold. The shares of a pool of one or two connections overlap.
pub(super) fn permit_shares(settings: &Settings) -> PermitShares {
    let (commands, key_reads, searches) = settings.shares();
    PermitShares::new(settings.max_connections, &[commands, key_reads, searches])
}
