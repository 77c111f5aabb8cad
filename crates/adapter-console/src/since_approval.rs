//! What has changed since a second person approved the client.

use client_wire::Failure;
use serde_json::json;

use crate::part::Change;
use crate::record::Record;
use crate::timeline::or_nothing;
use crate::visit::Visit;

/// The events after which a client was as a second person had approved it.
const APPROVED: &[&str] = &["ClientApproved"];
/// How many lines of the history are read, which is the most that it gives at once.
const LINES: u64 = 100;

/// What has changed since the last approval.
#[derive(Debug, Default)]
pub(crate) struct SinceApproval {
    /// The values, for people who may see values of the history.
    pub(crate) changes: Vec<Change>,
    /// The names of the fields whose values the person may not see.
    pub(crate) names: Vec<String>,
    /// Whether there are older lines that were not read.
    pub(crate) has_older: bool,
}

/// Reads what has changed since the last approval.
pub(crate) async fn since_approval(visit: &Visit, key: &str) -> Result<SinceApproval, Failure> {
    let data = json!({ "contactEncodedKey": key, "pageSize": LINES });
    let found: Record = visit.ask("RetrieveContactHistoryQuery", data).await?;
    let entries = found.records("entries");
    let is_approval = |entry: &Record| APPROVED.contains(&entry.text("event").as_str());
    let mut since = SinceApproval {
        has_older: found.has("nextCursor") && !entries.iter().any(is_approval),
        ..SinceApproval::default()
    };
    for entry in entries.iter().take_while(|entry| !is_approval(entry)) {
        let values = entry.records("values");
        if values.is_empty() {
            for name in entry.names("changedFields") {
                let name = visit.language.word("field", &name);
                if !since.names.contains(&name) {
                    since.names.push(name);
                }
            }
        }
        values.iter().filter(|value| !value.flag("proposed")).for_each(|value| since.add(visit, value));
    }
    Ok(since)
}

impl SinceApproval {
    fn add(&mut self, visit: &Visit, value: &Record) {
        let label = visit.language.word("field", &value.text("field"));
        let before = or_nothing(visit.language, &value.text("before"));
        if let Some(change) = self.changes.iter_mut().find(|change| change.label == label) {
            // The newest line comes first, so an older one knows the value further back.
            change.before = before;
        } else {
            let after = or_nothing(visit.language, &value.text("after"));
            self.changes.push(Change { label, before, after, conflict: false });
        }
    }
}
