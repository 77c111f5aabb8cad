use std::sync::Arc;

use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore, TryAcquireError};

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

/// The right to hold a connection, for as long as it is held.
pub(crate) type Permit = (OwnedSemaphorePermit, OwnedSemaphorePermit);

/// How many connections each kind of work may hold, so that searches that take long leave the others theirs.
pub(crate) struct Shares {
    connections: u32,
    all: Arc<Semaphore>,
    commands: Arc<Semaphore>,
    look_ups: Arc<Semaphore>,
    searches: Arc<Semaphore>,
    command_connections: u32,
}

impl Shares {
    pub(crate) fn new(settings: &Settings) -> Self {
        let (commands, look_ups, searches) = settings.shares();
        let semaphore = |permits: u32| Arc::new(Semaphore::new(permits.try_into().unwrap_or(1)));
        Self {
            connections: settings.max_connections,
            all: semaphore(settings.max_connections),
            commands: semaphore(commands),
            look_ups: semaphore(look_ups),
            searches: semaphore(searches),
            command_connections: commands,
        }
    }

    /// How many connections commands may hold.
    pub(crate) const fn commands(&self) -> u32 {
        self.command_connections
    }

    const fn of(&self, share: Share) -> &Arc<Semaphore> {
        match share {
            Share::Commands | Share::CommandReads => &self.commands,
            Share::LookUps => &self.look_ups,
            Share::Searches => &self.searches,
        }
    }

    /// A permit, as soon as one of this share is free. The shares of a pool of one or two connections overlap, and then
    /// there has to be a free one in all as well.
    pub(crate) async fn permit(&self, share: Share) -> Result<Permit, AcquireError> {
        let of_share = self.of(share).clone().acquire_owned().await?;
        Ok((of_share, self.all.clone().acquire_owned().await?))
    }

    /// A permit, if one is free now.
    pub(crate) fn free_permit(&self, share: Share) -> Result<Permit, TryAcquireError> {
        let of_share = match self.of(share).clone().try_acquire_owned() {
            // One stays free for look-ups, which may be of other tables than the one that commands wait for.
            Err(TryAcquireError::NoPermits)
                if share == Share::CommandReads && self.look_ups.available_permits() > 1 =>
            {
                self.look_ups.clone().try_acquire_owned()?
            }
            permit => permit?,
        };
        Ok((of_share, self.all.clone().try_acquire_owned()?))
    }

    /// Waits until nobody holds a permit.
    pub(crate) async fn all_returned(&self) {
        let _all = self.all.acquire_many(self.connections).await;
    }

    /// Refuses whoever waits, and whoever comes later.
    pub(crate) fn close(&self) {
        for semaphore in [&self.all, &self.commands, &self.look_ups, &self.searches] {
            semaphore.close();
        }
    }
}
