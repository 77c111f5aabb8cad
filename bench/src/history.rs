//! The aims over commits: one line for each aim that a run has measured.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use client_app::ports::Clock as _;
use clients_campaigns::RunError;

use crate::aims::Aim;
use crate::ports::SystemClock;
use crate::test_bed::Facts;

/// What a new file begins with.
const HEAD: &str = "# History of the aims\n\nEach line is an aim that a run of the benchmark has measured (`--history bench/history.md`), newest last. Machines \
     differ; compare lines of one\nday and number of cores. A commit with `+` had changes that were not committed.\n\n| day | commit | clients | cores | busy | aim \
     | bound | reached | holds |\n| --- | --- | ---: | ---: | --- | --- | --- | ---: | --- |\n";

/// Adds what was measured to this file, which is made where there is none.
pub(crate) fn add(file: &Path, aims: &[Aim], facts: &Facts, is_busy: bool) -> Result<(), RunError> {
    let mut text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => HEAD.to_owned(),
        Err(error) => return Err(RunError::during(file.display())(error)),
    };
    text.push_str(&lines(&day(), &commit(), aims, facts, is_busy));
    std::fs::write(file, text).map_err(RunError::during(file.display()))
}

fn lines(day: &str, commit: &str, aims: &[Aim], facts: &Facts, is_busy: bool) -> String {
    let mut text = String::new();
    for (aim, reached) in aims.iter().filter_map(|aim| Some((aim, aim.reached?))) {
        let (busy, holds) =
            (if is_busy { "yes" } else { "no" }, if aim.holds == Some(true) { "yes" } else { "no" });
        let _ = writeln!(
            text,
            "| {day} | {commit} | {} | {} | {busy} | {} | {} | {reached:.2} | {holds} |",
            facts.clients, facts.cores, aim.what, aim.bound
        );
    }
    text
}

/// Today.
pub(crate) fn day() -> String {
    SystemClock.now().strftime("%Y-%m-%d").to_string()
}

/// The commit of this source, as Git names it.
pub(crate) fn commit() -> String {
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        git.args(arguments)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stdin(Stdio::null())
            .stderr(Stdio::null());
        git.output().ok().filter(|output| output.status.success())
    };
    let Some(name) = git(&["rev-parse", "--short=8", "HEAD"]) else { return "unknown".to_owned() };
    let is_changed = git(&["status", "--porcelain"]).is_none_or(|status| !status.stdout.is_empty());
    format!("{}{}", String::from_utf8_lossy(&name.stdout).trim(), if is_changed { "+" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aim(reached: Option<f64>) -> Aim {
        Aim {
            what: "get over HTTP / floor at 8 connections, rate".to_owned(),
            bound: "≥ 0.5".to_owned(),
            reached,
            holds: reached.map(|reached| reached >= 0.5),
        }
    }

    #[test]
    fn only_measured_aims_have_a_line() {
        let facts = Facts { clients: 100_000, cores: 2, ..Facts::default() };
        let text = lines("2026-11-30", "18cfe5f7", &[aim(Some(0.41)), aim(None)], &facts, false);
        assert_eq!(
            text,
            "| 2026-11-30 | 18cfe5f7 | 100000 | 2 | no | get over HTTP / floor at 8 connections, rate | ≥ 0.5 | 0.41 | no |\n"
        );
    }

    #[test]
    fn a_file_is_begun_with_its_head_and_added_to() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("history.md");
        for _ in 0..2 {
            add(&file, &[aim(Some(0.6))], &Facts::default(), true).unwrap();
        }
        let text = std::fs::read_to_string(file).unwrap();
        assert!(text.starts_with(HEAD));
        assert_eq!(text.lines().filter(|line| line.ends_with("| 0.60 | yes |")).count(), 2);
    }
}
