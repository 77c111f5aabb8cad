//! The entries of the navigation.

use client_domain::Permissions;
use client_wire::find_operation;

/// An entry of the navigation.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) path: &'static str,
    /// The key of its words.
    pub(crate) key: &'static str,
    /// What its page asks or does first.
    operation: &'static str,
}

/// Every entry, in the order of the page.
const ENTRIES: [Entry; 10] = [
    entry("/console/queue", "nav.queue", "RetrieveWorkQueueQuery"),
    entry("/console/clients", "nav.clients", "RetrieveContactListQuery"),
    entry("/console/new", "nav.onboard", "CreateContactCommand"),
    entry("/console/activity", "nav.activity", "RetrieveActivityQuery"),
    entry("/console/exports", "nav.exports", "RetrieveExportsQuery"),
    entry("/console/reports", "nav.reports", "RetrieveReportQuery"),
    entry("/console/batches", "nav.batches", "RetrieveBatchesQuery"),
    entry("/console/lifecycle", "nav.lifecycle", "RetrieveLifecycleQuery"),
    entry("/console/policy", "nav.policy", "RetrieveKycPolicyQuery"),
    entry("/console/operations", "nav.operations", "RetrieveOperationsQuery"),
];

impl Entry {
    /// Whether a path is that of the entry, or of a page that it leads to.
    pub(crate) fn is_at(&self, path: &str) -> bool {
        path.strip_prefix(self.path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

const fn entry(path: &'static str, key: &'static str, operation: &'static str) -> Entry {
    Entry { path, key, operation }
}

/// The entries whose pages a person with these permissions may see.
pub(crate) fn open_to(permissions: &Permissions) -> Vec<&'static Entry> {
    let is_open = |entry: &&Entry| {
        find_operation(entry.operation).is_some_and(|operation| operation.is_open_to(permissions))
    };
    ENTRIES.iter().filter(is_open).collect()
}

#[cfg(test)]
mod tests {
    use client_domain::Permission;

    use super::*;

    #[test]
    fn the_entry_of_a_page_is_the_one_that_leads_to_it() {
        let at = |path: &str| -> Vec<&str> {
            ENTRIES.iter().filter(|entry| entry.is_at(path)).map(|entry| entry.key).collect()
        };
        assert_eq!(at("/console/queue"), ["nav.queue"]);
        assert_eq!(at("/console/clients/8a8e86a5/do/approve"), ["nav.clients"]);
        assert!(at("/console/me").is_empty() && at("/console/queues").is_empty());
    }

    #[test]
    fn each_entry_needs_the_permission_of_its_operation() {
        assert!(open_to(&Permissions::default()).is_empty());
        assert_eq!(open_to(&Permissions::all()).len(), ENTRIES.len());
        let writer: Permissions = [Permission::Write].into_iter().collect();
        let paths: Vec<_> = open_to(&writer).iter().map(|entry| entry.path).collect();
        assert_eq!(paths, ["/console/new"]);
    }
}
