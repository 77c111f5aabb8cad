use turns::shares::Shares;

use crate::settings::Settings;

/// What a connection is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Share {
    /// What commands write.
    Commands,
    /// What commands read: short statements, which take a connection of the look-ups where commits hold all of their own.
    CommandReads,
    /// Look-ups by key, histories, files, and the background jobs: short statements that find their rows by index.
    LookUps,
    /// Searches, which may read as much as the server lets them.
    Searches,
}

impl Share {
    /// Its place among the shares.
    pub(crate) const fn place(self) -> usize {
        match self {
            Self::Commands | Self::CommandReads => 0,
            Self::LookUps => 1,
            Self::Searches => 2,
        }
    }
}

/// How many connections each kind of work may hold. The shares of a pool of one or two connections overlap.
pub(crate) fn shares(settings: &Settings) -> Shares {
    let (commands, look_ups, searches) = settings.shares();
    Shares::new(settings.max_connections, &[commands, look_ups, searches])
}
