//! Clients of a copy from another store: as they are now, with their whole history.
//!
//! They are written by the statements of commits, so that a column is written in one place. A copy takes the claims and
//! events along by itself.

use std::sync::Arc;

use client_app::ports::Changeset;
use sqlx::PgConnection;

use super::claims::Claims;
use super::group::GroupMember;
use super::{group, single};

/// Creates these clients in their order: how many of them were written.
pub(crate) async fn insert(
    connection: &mut PgConnection,
    changesets: Vec<Changeset>,
) -> Result<usize, sqlx::Error> {
    let mut written = 0;
    let mut members = Vec::new();
    for changeset in changesets.into_iter().map(Arc::new) {
        if let Some(member) = GroupMember::of(&changeset) {
            members.push(member);
            continue;
        }
        written += insert_members(connection, &mut members).await?;
        let statement = single::statement(&changeset, &Claims::of(&changeset));
        written += usize::from(single::is_done(&statement.fetch_all(&mut *connection).await?));
    }
    Ok(written + insert_members(connection, &mut members).await?)
}

/// Creates those that share a statement, and takes them out.
async fn insert_members(
    connection: &mut PgConnection,
    members: &mut Vec<GroupMember>,
) -> Result<usize, sqlx::Error> {
    let members = std::mem::take(members);
    if members.is_empty() {
        return Ok(0);
    }
    Ok(group::statement(&members).fetch_all(connection).await?.len())
}
