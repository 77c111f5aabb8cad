//! Replicas of the database, and an instance that only reads.

use std::sync::Arc;

use adapter_postgres::PostgresReplicas;
use client_app::Clients;

use super::storage::Storage;
use crate::config::database::DatabaseArgs;
use crate::config::replicas::ReplicaSettings;
use crate::exit::ExitError;

/// The replicas that are open; none where the settings name none.
pub(crate) struct OpenReplicas(Option<PostgresReplicas>);

/// The application with its replicas, and read-only if the settings say so.
pub(crate) async fn replicated(
    clients: Clients,
    settings: &ReplicaSettings,
    storage: &Storage,
    database: &DatabaseArgs,
) -> Result<(Clients, OpenReplicas), ExitError> {
    let clients = if settings.read_only { clients.read_only() } else { clients };
    let Some(primary) = storage.postgres().filter(|_| !settings.servers.is_empty()) else {
        return Ok((clients, OpenReplicas(None)));
    };
    let mut servers = settings.servers.clone();
    for server in &mut servers {
        server.max_connections = database.database_connections;
        server.search_connections = Some((database.database_connections / 2).max(1));
    }
    let replicas = PostgresReplicas::open(primary, &servers, settings.staleness).await;
    let replicas = replicas.map_err(|error| ExitError::Failed(format!("--replica-url: {error}")))?;
    Ok((clients.with_replicas(Arc::new(replicas.clone())), OpenReplicas(Some(replicas))))
}

impl OpenReplicas {
    /// Closes the connections.
    pub(crate) async fn close(self) {
        if let Some(replicas) = self.0 {
            replicas.close().await;
        }
    }
}
