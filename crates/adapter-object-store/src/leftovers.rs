//! What a killed process has left half-written in a local folder.

use std::io;
use std::path::Path;
use std::time::Duration;

/// Whatever is younger may still be being written by another process.
const LET_BE: Duration = Duration::from_hours(24);
/// How deep files lie: in a folder for a few days.
const DEPTH: usize = 2;

/// Removes half-written files: `object_store` writes a file beside its name, with `#` and a number behind.
pub(crate) fn clear(folder: &Path) -> io::Result<()> {
    clear_within(folder, DEPTH)
}

fn clear_within(folder: &Path, depth: usize) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() && depth > 1 {
            clear_within(&entry.path(), depth - 1)?;
        } else if kind.is_file() && is_leftover(&entry.file_name().to_string_lossy()) {
            let age = entry.metadata()?.modified()?.elapsed().unwrap_or_default();
            if age >= LET_BE {
                std::fs::remove_file(entry.path())?;
            }
        }
    }
    Ok(())
}

fn is_leftover(name: &str) -> bool {
    name.split_once('#').is_some_and(|(key, number)| {
        key.len() == 32
            && key.bytes().all(|byte| byte.is_ascii_hexdigit())
            && !number.is_empty()
            && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use std::fs::{File, create_dir};
    use std::time::SystemTime;

    use super::*;

    #[test]
    fn only_old_leftovers_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let days = folder.path().join("019b8");
        create_dir(&days).unwrap();
        let key = "0".repeat(32);
        let names =
            [format!("{key}#1"), format!("{key}#22"), key.clone(), format!("{key}#x"), "notes#1".to_owned()];
        for (at, name) in names.iter().enumerate() {
            let file = File::create(days.join(name)).unwrap();
            if at != 1 {
                #[expect(
                    clippy::disallowed_methods,
                    reason = "the age of a file is measured by the system's clock"
                )]
                let old = SystemTime::now() - LET_BE - LET_BE;
                file.set_modified(old).unwrap();
            }
        }
        clear(folder.path()).unwrap();
        let left: Vec<_> = names.iter().map(|name| days.join(name).exists()).collect();
        assert_eq!(left, [false, true, true, true, true]);
    }
}
