//! The shell examples of the README and of the tutorial give the answers that the pages show.
//!
//! `UPDATE_GENERATED=1` writes the answers into the pages.

use std::path::{Path, PathBuf};

use client_domain::lifecycle::mermaid;
use serde_json::Value;

use crate::service::{Service, exports, shell};

/// A fenced block: its language, and the range of its text in the document.
struct Block {
    language: String,
    from: usize,
    to: usize,
}

fn blocks(document: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, usize)> = None;
    let mut at = 0;
    for line in document.split_inclusive('\n') {
        if let Some(language) = line.trim_end().strip_prefix("```") {
            match open.take() {
                Some((language, from)) => blocks.push(Block { language, from, to: at }),
                None => open = Some((language.to_owned(), at + line.len())),
            }
        }
        at += line.len();
    }
    assert!(open.is_none(), "a block is not closed");
    blocks
}

/// Replaces values that differ between two runs: keys, times and request ids.
fn normalized(mut value: Value) -> Value {
    fn normalize(value: &mut Value) {
        match value {
            Value::String(text) => {
                let is_key = text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
                let is_time = text.len() >= 20 && text.ends_with('Z') && text.contains('T');
                if is_key || is_time {
                    if is_key { "a key" } else { "a time" }.clone_into(text);
                }
            }
            Value::Array(values) => values.iter_mut().for_each(normalize),
            Value::Object(members) => members.values_mut().for_each(normalize),
            _ => {}
        }
    }
    normalize(&mut value);
    value
}

#[expect(clippy::disallowed_methods, reason = "the setting that renews generated text")]
fn is_update() -> bool {
    std::env::var("UPDATE_GENERATED").is_ok()
}

/// The path of a page of the repository, and its text.
fn page(path: &str) -> (PathBuf, String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    let text = std::fs::read_to_string(&path).unwrap();
    (path, text)
}

/// Writes a page with new texts in these ranges.
fn rewrite(path: &Path, text: &str, mut ranges: Vec<(usize, usize, String)>) {
    let mut written = text.to_owned();
    ranges.sort_by_key(|(from, ..)| std::cmp::Reverse(*from));
    for (from, to, text) in ranges {
        written.replace_range(from..to, &text);
    }
    std::fs::write(path, written).unwrap();
}

/// How many parts of a page come from the service.
#[derive(Debug, Default, PartialEq, Eq)]
struct Shown {
    /// Commands with their answers.
    commands: usize,
    /// Diagrams of the lifecycle.
    diagrams: usize,
}

/// Runs the commands of a page in their order on a new service, and compares their answers. Compares diagrams with the
/// lifecycle table.
fn compare(path: &str) -> Shown {
    let (path, text) = page(path);
    let mut service = Service::start(&[], &[]);
    let tokens = exports(&service.first_screen("/docs"));
    let mut shown = Shown::default();
    let mut renewed = Vec::new();
    let all = blocks(&text);
    for pair in all.windows(2) {
        let [question, answer] = pair else { continue };
        let script = &text[question.from..question.to];
        if question.language != "sh" || !script.contains("curl") {
            continue;
        }
        assert_eq!(answer.language, "json", "an answer follows each command");
        let output = shell(&script.replace("127.0.0.1:8080", &service.address), &tokens);
        let output: Value = serde_json::from_str(&output).unwrap_or_else(|_| panic!("{script}\n{output}"));
        if is_update() {
            renewed.push((answer.from, answer.to, format!("{output:#}\n")));
        } else {
            let documented: Value = serde_json::from_str(&text[answer.from..answer.to]).unwrap();
            assert_eq!(normalized(output), normalized(documented), "{script}");
        }
        shown.commands += 1;
    }
    for diagram in all.iter().filter(|block| block.language == "mermaid") {
        if is_update() {
            renewed.push((diagram.from, diagram.to, mermaid()));
        } else {
            assert_eq!(&text[diagram.from..diagram.to], mermaid(), "the diagram of the lifecycle");
        }
        shown.diagrams += 1;
    }
    if is_update() {
        rewrite(&path, &text, renewed);
    }
    shown
}

#[test]
fn readme_command_and_lifecycle_answer_as_documented() {
    assert_eq!(compare("README.md"), Shown { commands: 1, diagrams: 1 });
}

#[test]
fn tutorial_commands_answer_as_documented() {
    assert_eq!(compare("docs/tutorial.md"), Shown { commands: 10, diagrams: 0 });
}
