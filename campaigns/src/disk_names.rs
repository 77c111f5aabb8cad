//! The names of files below a folder, as a disk and a system have them.

use std::collections::{BTreeMap, BTreeSet};

use crate::Seeded;
use crate::disk_image::{PowerCut, Unsynced};
use crate::system_call::SystemCall;

/// The names below a folder that was empty at first. A name is on the disk when its folder was synced.
#[derive(Clone, Debug)]
pub struct DiskNames {
    root: String,
    /// What the system has: by name, the file, which is called by its first name.
    files: BTreeMap<String, String>,
    synced: Names,
    /// What was not synced, in its order.
    unsynced: Vec<Change>,
}

#[derive(Clone, Debug, Default)]
struct Names {
    files: BTreeMap<String, String>,
    folders: BTreeSet<String>,
}

#[derive(Clone, Debug)]
struct Change {
    /// The folder that has to be synced.
    folder: String,
    /// The line of the trace on which the call returned.
    line: u64,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    Named { name: String, file: String },
    Removed { name: String },
    Moved { from: String, to: String, file: String },
    Made { folder: String },
}

impl DiskNames {
    /// The names below this folder, of which there are none that are followed yet.
    pub const fn below(root: String) -> Self {
        let synced = Names { files: BTreeMap::new(), folders: BTreeSet::new() };
        Self { root, files: BTreeMap::new(), synced, unsynced: Vec::new() }
    }

    /// Whether a path is below the folder, or is the folder.
    pub fn has(&self, path: &str) -> bool {
        path.strip_prefix(&self.root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Does what a call did to names, and returns the file that it has made.
    pub fn apply(&mut self, call: &SystemCall) -> Option<String> {
        let names: Vec<String> = call.names().into_iter().filter(|name| self.has(name)).collect();
        if call.result < 0 {
            return None;
        }
        match (call.name.as_str(), names.as_slice()) {
            ("open" | "openat" | "creat", [name]) if call.creates && !self.files.contains_key(name) => {
                self.files.insert(name.clone(), name.clone());
                self.push(call, name, What::Named { name: name.clone(), file: name.clone() });
                return Some(name.clone());
            }
            ("link" | "linkat", [from, to]) => {
                let file = self.files.get(from)?.clone();
                self.files.insert(to.clone(), file.clone());
                self.push(call, to, What::Named { name: to.clone(), file });
            }
            ("unlink" | "unlinkat", [name]) => {
                self.files.remove(name);
                self.push(call, name, What::Removed { name: name.clone() });
            }
            ("rename" | "renameat" | "renameat2", [from, to]) => {
                let file = self.files.remove(from)?;
                self.files.insert(to.clone(), file.clone());
                self.push(call, to, What::Moved { from: from.clone(), to: to.clone(), file });
            }
            ("mkdir" | "mkdirat", [name]) => {
                self.push(call, name, What::Made { folder: name.clone() });
            }
            _ => {}
        }
        None
    }

    fn push(&mut self, call: &SystemCall, name: &str, what: What) {
        let (folder, _) = name.rsplit_once('/').unwrap_or_default();
        self.unsynced.push(Change { folder: folder.to_owned(), line: call.lines.1, what });
    }

    /// Keeps what had been done to the names in a folder before a line of the trace.
    pub fn sync(&mut self, folder: &str, begun: u64) {
        let synced = &mut self.synced;
        self.unsynced.retain(|change| {
            let is_synced = change.folder == folder && change.line < begun;
            if is_synced {
                synced.change(&change.what);
            }
            !is_synced
        });
    }

    /// The names after a power cut, each with its file. A file in a folder that is not there is not there.
    pub fn after(
        &self,
        cut: PowerCut,
        random: &mut Seeded,
        count: &mut Unsynced,
    ) -> BTreeMap<String, String> {
        let mut names = self.synced.clone();
        for change in &self.unsynced {
            let is_left = cut != PowerCut::Nothing && random.chance(50);
            count.all += 1;
            count.dropped += u64::from(!is_left);
            if is_left {
                names.change(&change.what);
            }
        }
        let Names { mut files, folders } = names;
        files.retain(|name, _| {
            let (folder, _) = name.rsplit_once('/').unwrap_or_default();
            folder == self.root || folders.contains(folder)
        });
        files
    }
}

impl Names {
    fn change(&mut self, what: &What) {
        match what {
            What::Named { name, file } => {
                self.files.insert(name.clone(), file.clone());
            }
            What::Removed { name } => {
                self.files.remove(name);
            }
            What::Moved { from, to, file } => {
                self.files.remove(from);
                self.files.insert(to.clone(), file.clone());
            }
            What::Made { folder } => {
                self.folders.insert(folder.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(name: &str, names: &[&str], line: u64) -> SystemCall {
        SystemCall {
            name: name.to_owned(),
            file: None,
            texts: names.iter().map(|name| name.as_bytes().to_vec()).collect(),
            creates: name == "openat",
            numbers: Vec::new(),
            result: 0,
            injected: false,
            lines: (line, line),
            at: std::time::Duration::ZERO,
        }
    }

    fn left(names: &DiskNames) -> Vec<(String, String)> {
        let mut count = Unsynced::default();
        names.after(PowerCut::Nothing, &mut Seeded::new(1), &mut count).into_iter().collect()
    }

    /// As a file of a document gets its name: under another one first, then by a link.
    #[test]
    fn a_name_is_there_after_its_folder_and_the_folder_above_were_synced() {
        let mut names = DiskNames::below("/d".to_owned());
        names.apply(&call("mkdir", &["/d/a"], 1));
        assert_eq!(names.apply(&call("openat", &["/d/a/k#1"], 2)), Some("/d/a/k#1".to_owned()));
        names.apply(&call("link", &["/d/a/k#1", "/d/a/k"], 3));
        names.sync("/d/a", 4);
        assert_eq!(left(&names), [], "the folder is not");
        names.sync("/d", 5);
        let file = |name: &str| (name.to_owned(), "/d/a/k#1".to_owned());
        assert_eq!(left(&names), [file("/d/a/k"), file("/d/a/k#1")]);
        names.apply(&call("unlink", &["/d/a/k#1"], 6));
        names.sync("/d/a", 6);
        assert_eq!(left(&names).len(), 2, "it began before the removal returned");
        names.sync("/d/a", 7);
        assert_eq!(left(&names), [file("/d/a/k")]);
        names.apply(&call("rename", &["/d/a/k", "/d/l"], 8));
        names.sync("/d", 9);
        assert_eq!(left(&names), [file("/d/l")]);
    }

    #[test]
    fn other_files_and_calls_that_failed_change_nothing() {
        let mut names = DiskNames::below("/d".to_owned());
        assert_eq!(names.apply(&call("openat", &["/dd/k"], 1)), None);
        assert_eq!(names.apply(&SystemCall { result: -1, ..call("openat", &["/d/k"], 2) }), None);
        assert_eq!(names.apply(&SystemCall { creates: false, ..call("openat", &["/d/k"], 3) }), None);
        names.sync("/d", 9);
        assert_eq!(left(&names), []);
    }
}
