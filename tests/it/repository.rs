//! The repository as these tests read it: its files, and the crates it is made of.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The folder that holds everything.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// A file of the repository as text.
pub(crate) fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every file that is committed or could be, by its path from the root.
///
/// Asks git; in an archive without a history, every file counts that is no build output.
pub(crate) fn files() -> Vec<String> {
    let mut git = Command::new("git");
    // In a container the files often belong to another user, which git would reject.
    git.args(["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let listed = git.current_dir(root()).output().ok().filter(|output| output.status.success());
    let mut files: Vec<String> = if let Some(output) = listed {
        let paths = String::from_utf8(output.stdout).unwrap();
        let there = |path: &&str| root().join(path).is_file();
        paths.split_terminator('\0').filter(there).map(str::to_owned).collect()
    } else {
        let mut found = Vec::new();
        walk(&root(), &mut found);
        found
    };
    files.sort();
    files.dedup();
    assert!(files.iter().any(|path| path == "Cargo.toml"), "the repository was not found");
    files
}

fn walk(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let inside = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            if !matches!(inside.as_str(), "target" | ".git") {
                walk(&path, found);
            }
        } else {
            found.push(inside);
        }
    }
}

/// The files with this ending under these folders (or any, with `""`).
pub(crate) fn files_in(folder: &str, ending: &str) -> Vec<String> {
    files().into_iter().filter(|path| path.starts_with(folder) && path.ends_with(ending)).collect()
}

/// How one crate depends on another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Normal,
    Build,
    Dev,
}

/// The crates of the dependency tree on this machine's platform, as `cargo metadata` reports them.
pub(crate) struct Crates {
    /// What the manifest of each says, by id.
    packages: BTreeMap<String, Value>,
    members: BTreeSet<String>,
    edges: BTreeMap<String, Vec<(String, BTreeSet<Kind>)>>,
    /// The programs that a bare `cargo run` could mean.
    pub(crate) programs: Vec<String>,
}

impl Crates {
    /// Asks cargo. What `cargo test --workspace` has downloaded is enough, so this needs no network.
    pub(crate) fn load() -> Self {
        let version = run_cargo(&["-vV"]);
        let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap().to_owned();
        let metadata =
            run_cargo(&["metadata", "--format-version", "1", "--locked", "--filter-platform", &host]);
        let metadata: Value = serde_json::from_str(&metadata).unwrap();
        let packages =
            list(&metadata["packages"]).map(|package| (text(&package["id"]), package.clone())).collect();
        let edges =
            list(&metadata["resolve"]["nodes"]).map(|node| (text(&node["id"]), edges_of(node))).collect();
        let default: BTreeSet<_> = list(&metadata["workspace_default_members"]).map(text).collect();
        let programs = list(&metadata["packages"])
            .filter(|package| default.contains(&text(&package["id"])))
            .flat_map(|package| list(&package["targets"]))
            .filter(|target| list(&target["kind"]).any(|kind| kind == "bin"))
            .map(|target| text(&target["name"]))
            .collect();
        Self { packages, members: list(&metadata["workspace_members"]).map(text).collect(), edges, programs }
    }

    /// Every edge between two crates of ours: which crate depends on which, and how.
    pub(crate) fn own_edges(&self) -> Vec<(&str, &str, Kind)> {
        let ours = self.edges.iter().filter(|(from, _)| self.members.contains(*from));
        let mut edges = Vec::new();
        for (from, targets) in ours {
            for (to, kinds) in targets.iter().filter(|(to, _)| self.members.contains(to)) {
                edges.extend(kinds.iter().map(|kind| (self.name(from), self.name(to), *kind)));
            }
        }
        edges
    }

    /// The names of our own crates.
    pub(crate) fn own(&self) -> Vec<&str> {
        self.members.iter().map(|id| self.name(id)).collect()
    }

    /// The names of everything that gets into a program which uses `name`: its normal dependencies, theirs,
    /// and so on.
    pub(crate) fn tree(&self, name: &str) -> BTreeSet<&str> {
        self.reached(name).into_iter().map(|id| self.name(id)).collect()
    }

    fn reached(&self, name: &str) -> BTreeSet<&String> {
        let mut open: Vec<&String> = self.members.iter().filter(|id| self.name(id) == name).collect();
        assert!(!open.is_empty(), "there is no crate {name}");
        let mut reached: BTreeSet<&String> = BTreeSet::new();
        while let Some(id) = open.pop() {
            for (to, kinds) in &self.edges[id] {
                if kinds.contains(&Kind::Normal) && reached.insert(to) {
                    open.push(to);
                }
            }
        }
        reached
    }

    /// The newest compiler that the manifests of what `name` depends on ask for.
    pub(crate) fn newest_compiler_below(&self, name: &str) -> Option<&str> {
        let asked = |id: &&String| self.packages[*id]["rust_version"].as_str();
        self.reached(name).iter().filter_map(asked).max_by_key(|version| compiler(version))
    }

    /// What the manifest of one of our own crates says.
    pub(crate) fn manifest(&self, name: &str) -> &Value {
        self.members.iter().find(|id| self.name(id) == name).map(|id| &self.packages[id]).unwrap()
    }

    /// Every crate with its licence expression. One without an expression has a file instead, which no allow list can
    /// read.
    pub(crate) fn licences(&self) -> impl Iterator<Item = (&str, &str)> {
        self.packages.values().map(|package| {
            (package["name"].as_str().unwrap_or_default(), package["license"].as_str().unwrap_or_default())
        })
    }

    fn name(&self, id: &str) -> &str {
        self.packages[id]["name"].as_str().unwrap()
    }
}

/// The numbers of a compiler's version, to compare; 1.94 is 1.94.0.
pub(crate) fn compiler(version: &str) -> [u32; 3] {
    let mut numbers = version.split('.').map(|number| number.parse().unwrap());
    std::array::from_fn(|_| numbers.next().unwrap_or_default())
}

#[expect(clippy::disallowed_methods, reason = "cargo tells a test which cargo runs it")]
fn run_cargo(arguments: &[&str]) -> String {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo).args(arguments).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn edges_of(node: &Value) -> Vec<(String, BTreeSet<Kind>)> {
    let kind = |metadata: &Value| match metadata["kind"].as_str() {
        None => Kind::Normal,
        Some("build") => Kind::Build,
        Some(_) => Kind::Dev,
    };
    list(&node["deps"])
        .map(|dependency| (text(&dependency["pkg"]), list(&dependency["dep_kinds"]).map(kind).collect()))
        .collect()
}

fn list(value: &Value) -> std::slice::Iter<'_, Value> {
    value.as_array().unwrap().iter()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
