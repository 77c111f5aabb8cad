//! The line of an export as storage holds it: an object in JSON, so that a member more takes no column more.

use client_domain::kyc::Sha256;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::id::ExportId;
use super::record::{ExportEnd, ExportFormat, ExportRecord};
use crate::batch::stored::StoredActor;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredEnd {
    at: i64,
    is_complete: bool,
    rows: u64,
    bytes: u64,
    sha256: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredExport {
    id: String,
    by: StoredActor,
    begun_at: i64,
    format: String,
    fields: Vec<String>,
    filters: String,
    end: Option<StoredEnd>,
}

impl ExportRecord {
    /// The line in JSON.
    pub fn to_json(&self) -> String {
        let stored = StoredExport {
            id: self.id.as_str().to_owned(),
            by: StoredActor::of(&self.by),
            begun_at: self.begun_at.as_microsecond(),
            format: self.format.name().to_owned(),
            fields: self.fields.clone(),
            filters: self.filters.clone(),
            end: self.end.map(|end| StoredEnd {
                at: end.at.as_microsecond(),
                is_complete: end.is_complete,
                rows: end.rows,
                bytes: end.bytes,
                sha256: end.sha256.to_string(),
            }),
        };
        serde_json::json!(stored).to_string()
    }

    /// Reads the JSON of [`to_json`](Self::to_json).
    pub fn from_json(text: &str) -> Option<Self> {
        let stored: StoredExport = serde_json::from_str(text).ok()?;
        let end = match stored.end {
            Some(end) => Some(ExportEnd {
                at: Timestamp::from_microsecond(end.at).ok()?,
                is_complete: end.is_complete,
                rows: end.rows,
                bytes: end.bytes,
                sha256: Sha256::parse(&end.sha256).ok()?,
            }),
            None => None,
        };
        Some(Self {
            id: ExportId::parse(&stored.id).ok()?,
            by: stored.by.read()?,
            begun_at: Timestamp::from_microsecond(stored.begun_at).ok()?,
            format: ExportFormat::parse(&stored.format)?,
            fields: stored.fields,
            filters: stored.filters,
            end,
        })
    }
}
