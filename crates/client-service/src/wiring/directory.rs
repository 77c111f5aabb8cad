//! The directory of branches and account officers, from a file.

use std::collections::BTreeSet;

use adapter_inmem::MemoryBranches;
use client_app::ports::Branch;
use client_domain::value::{AccountOfficerId, BranchKey};
use serde_json::{Map, Value};

use crate::config::error::SettingsError;
use crate::config::json_file;
use crate::config::rules::RuleArgs;
use crate::config::value::non_empty;

/// The directory of `--directory`, a file such as
/// `{"branches": [{"key": "ikeja-01", "id": 7, "name": "Ikeja"}], "accountOfficers": [{"id": 3, "name": "T. Bello"}]}`.
pub(crate) fn directory(rules: &RuleArgs) -> Result<MemoryBranches, SettingsError> {
    let directory = MemoryBranches::default();
    let Some(file) = non_empty(rules.directory.as_deref()) else {
        return Ok(directory);
    };
    let wrong = |problem: &str| SettingsError(format!("--directory: {problem}"));
    let (mut branches, mut officers) = (BTreeSet::new(), BTreeSet::new());
    for (name, list) in json_file::object("--directory", file)? {
        let entries = list.as_array().ok_or_else(|| wrong(&format!("{name} is not a list")))?;
        for (at, entry) in entries.iter().enumerate() {
            let added = match name.as_str() {
                "branches" => add_branch(&directory, &mut branches, entry),
                "accountOfficers" => add_officer(&directory, &mut officers, entry),
                _ => return Err(wrong(&format!("{name} is neither branches nor accountOfficers"))),
            };
            added.map_err(|problem| wrong(&format!("{name}[{at}] {problem}")))?;
        }
    }
    // A branch or an officer that the file does not list does not exist.
    directory.set_complete();
    Ok(directory)
}

fn add_branch(
    directory: &MemoryBranches,
    listed: &mut BTreeSet<BranchKey>,
    entry: &Value,
) -> Result<(), String> {
    let entry = members_of(entry, &["key", "id", "name"])?;
    let key = BranchKey::parse(text(entry, "key")?).map_err(|rule| format!("has a key that {rule}"))?;
    let id = match entry.get("id") {
        None | Some(Value::Null) => None,
        Some(id) => Some(id.as_i64().ok_or("has an id that is not a whole number")?),
    };
    if !listed.insert(key.clone()) {
        return Err("has the key of an earlier branch; list each branch once".to_owned());
    }
    directory.set_branch(key, Branch { id, name: text(entry, "name")?.to_owned() });
    Ok(())
}

fn add_officer(
    directory: &MemoryBranches,
    listed: &mut BTreeSet<AccountOfficerId>,
    entry: &Value,
) -> Result<(), String> {
    let entry = members_of(entry, &["id", "name"])?;
    let id = entry.get("id").and_then(Value::as_i64).ok_or("has no id, which must be a whole number")?;
    let id = AccountOfficerId::new(id).map_err(|rule| format!("has an id that {rule}"))?;
    if !listed.insert(id) {
        return Err("has the id of an earlier account officer; list each officer once".to_owned());
    }
    directory.set_officer(id, text(entry, "name")?);
    Ok(())
}

fn text<'a>(entry: &'a Map<String, Value>, name: &str) -> Result<&'a str, String> {
    entry.get(name).and_then(Value::as_str).ok_or_else(|| format!("has no {name}, which must be a text"))
}

/// The members of an entry, if it has only members with these names.
fn members_of<'a>(entry: &'a Value, names: &[&str]) -> Result<&'a Map<String, Value>, String> {
    let members = entry.as_object().ok_or("is not a JSON object")?;
    if members.keys().all(|name| names.contains(&name.as_str())) {
        return Ok(members);
    }
    Err(format!("has an unknown member; the known ones are {}", names.join(", ")))
}
