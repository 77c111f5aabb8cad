//! A batch as storage holds it: an object in JSON, so that a member more takes no column more.

use client_domain::kyc::Sha256;
use client_domain::value::{BranchKey, EmailAddress};
use client_domain::{Actor, ActorId, Permission, Permissions};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::aggregate::{Batch, BatchContent};
use super::form::BatchForm;
use super::id::BatchId;
use super::state::BatchState;
use crate::caller::Caller;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StoredActor {
    id: String,
    email: Option<String>,
}

impl StoredActor {
    pub(crate) fn of(actor: &Actor) -> Self {
        let email = actor.email.as_ref().map(|email| email.as_str().to_owned());
        Self { id: actor.id.as_str().to_owned(), email }
    }

    pub(crate) fn read(self) -> Option<Actor> {
        let email = self.email.map(|email| EmailAddress::restore(&email).ok());
        Some(Actor {
            id: ActorId::parse(&self.id).ok()?,
            email: match email {
                Some(email) => Some(email?),
                None => None,
            },
        })
    }
}

#[derive(Serialize, Deserialize)]
struct StoredContent {
    rows: u64,
    columns: Vec<String>,
    needs: Vec<String>,
    /// Absent where an earlier release has stored the batch.
    #[serde(default)]
    command: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredBatch {
    id: String,
    uploader: StoredActor,
    permissions: Vec<String>,
    branch: Option<String>,
    form: BatchForm,
    sha256: String,
    state: String,
    version: u64,
    upload: Option<String>,
    content: Option<StoredContent>,
    announced_at: i64,
    /// Absent where an earlier release has stored the batch.
    #[serde(default)]
    moved_at: Option<i64>,
    confirmed: Option<(StoredActor, i64)>,
    running: Option<(i64, u64)>,
    ended_at: Option<i64>,
}

fn names(permissions: &Permissions) -> Vec<String> {
    permissions.iter().map(|permission| permission.name().to_owned()).collect()
}

fn moment(microseconds: i64) -> Option<Timestamp> {
    Timestamp::from_microsecond(microseconds).ok()
}

/// Permissions of another release are left out.
fn permissions(names: &[String]) -> Permissions {
    names.iter().filter_map(|name| Permission::parse(name)).collect()
}

impl Batch {
    /// The batch in JSON.
    pub fn to_json(&self) -> String {
        let content = self.content.as_ref().map(|content| StoredContent {
            rows: content.rows,
            columns: content.columns.clone(),
            needs: names(&content.needs),
            command: content.command.clone(),
        });
        let stored = StoredBatch {
            id: self.id.as_str().to_owned(),
            uploader: StoredActor::of(&self.uploader.actor),
            permissions: names(&self.uploader.permissions),
            branch: self.uploader.branch.as_ref().map(|branch| branch.as_str().to_owned()),
            form: self.form.clone(),
            sha256: self.sha256.to_string(),
            state: self.state.name().to_owned(),
            version: self.version,
            upload: self.upload.clone(),
            content,
            announced_at: self.announced_at.as_microsecond(),
            moved_at: Some(self.moved_at.as_microsecond()),
            confirmed: self.confirmed.as_ref().map(|(by, at)| (StoredActor::of(by), at.as_microsecond())),
            running: self.running.map(|(since, before)| (since.as_microsecond(), before)),
            ended_at: self.ended_at.map(Timestamp::as_microsecond),
        };
        serde_json::json!(stored).to_string()
    }

    /// Reads the JSON of [`to_json`](Self::to_json).
    pub fn from_json(text: &str) -> Option<Self> {
        let stored: StoredBatch = serde_json::from_str(text).ok()?;
        // Of what an earlier release has stored, the last move that it has a time of.
        let moves = [stored.confirmed.as_ref().map(|(_, at)| *at), stored.running.map(|(since, _)| since)];
        let moved_last = moves.into_iter().flatten().fold(stored.announced_at, i64::max);
        let confirmed = match stored.confirmed {
            Some((by, at)) => Some((by.read()?, moment(at)?)),
            None => None,
        };
        let running = match stored.running {
            Some((since, before)) => Some((moment(since)?, before)),
            None => None,
        };
        let ended_at = match stored.ended_at {
            Some(at) => Some(moment(at)?),
            None => None,
        };
        let branch = match stored.branch {
            Some(branch) => Some(BranchKey::parse(&branch).ok()?),
            None => None,
        };
        Some(Self {
            id: BatchId::parse(&stored.id).ok()?,
            uploader: Caller {
                actor: stored.uploader.read()?,
                permissions: permissions(&stored.permissions),
                branch,
            },
            form: stored.form,
            sha256: Sha256::parse(&stored.sha256).ok()?,
            state: BatchState::parse(&stored.state)?,
            version: stored.version,
            upload: stored.upload,
            content: stored.content.map(|content| BatchContent {
                rows: content.rows,
                columns: content.columns,
                needs: permissions(&content.needs),
                command: content.command,
            }),
            announced_at: moment(stored.announced_at)?,
            moved_at: moment(stored.moved_at.unwrap_or(moved_last))?,
            confirmed,
            running,
            ended_at,
        })
    }
}
