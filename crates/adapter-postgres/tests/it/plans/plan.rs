//! A plan that the server has carried out, as `auto_explain` writes it down.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// A plan: the rows that were read, and how many of them did not match.
pub(super) struct Plan {
    pub(super) statement: String,
    pub(super) milliseconds: f64,
    /// Each scan: how, of what, by which index.
    pub(super) scans: Vec<String>,
    /// The tables that were read from one end to the other.
    pub(super) read_through: BTreeSet<String>,
    pub(super) indexes: BTreeSet<String>,
    /// How often something was looked up in each index.
    pub(super) lookups: BTreeMap<String, f64>,
    /// How many rows were read and then removed by a filter or by a recheck.
    pub(super) removed: f64,
    /// Whether it was made once for all values, and not with these in view.
    pub(super) is_for_all_values: bool,
    /// How many pages were read, in the cache or not.
    pub(super) pages: f64,
}

impl Plan {
    /// Every plan in a log, oldest first.
    pub(super) fn all(log: &str) -> Vec<Self> {
        let entries = log.split("  plan:\n").skip(1);
        entries.map(|entry| Self::read(entry.lines().take_while(|line| line.starts_with('\t')))).collect()
    }

    fn read<'a>(lines: impl Iterator<Item = &'a str>) -> Self {
        let written: Value = serde_json::from_str(&lines.collect::<String>()).unwrap();
        let root = &written["Plan"];
        let mut plan = Self {
            statement: written["Query Text"].as_str().unwrap().to_owned(),
            milliseconds: number(root, "Actual Total Time"),
            scans: Vec::new(),
            read_through: BTreeSet::new(),
            indexes: BTreeSet::new(),
            lookups: BTreeMap::new(),
            removed: 0.0,
            is_for_all_values: false,
            pages: number(root, "Shared Hit Blocks") + number(root, "Shared Read Blocks"),
        };
        plan.walk(root);
        plan
    }

    fn walk(&mut self, node: &Value) {
        let text = |name: &str| node[name].as_str().unwrap_or_default().to_owned();
        let kind = text("Node Type");
        let never = number(node, "Actual Loops") == 0.0;
        let removed = number(node, "Rows Removed by Filter") + number(node, "Rows Removed by Index Recheck");
        self.removed += removed * number(node, "Actual Loops");
        if !never && (kind.contains("Scan") || kind.starts_with("Bitmap")) && kind != "Subquery Scan" {
            if kind == "Seq Scan" {
                self.read_through.insert(text("Relation Name"));
            }
            self.is_for_all_values |= text("Index Cond").contains('$');
            let index = text("Index Name");
            self.scans.push(match index.as_str() {
                "" => kind,
                index => format!("{kind} {index}"),
            });
            *self.lookups.entry(index.clone()).or_default() += number(node, "Actual Loops");
            self.indexes.extend((!index.is_empty()).then_some(index));
        }
        for child in node["Plans"].as_array().into_iter().flatten() {
            self.walk(child);
        }
    }
}

fn number(node: &Value, name: &str) -> f64 {
    node[name].as_f64().unwrap_or_default()
}
