//! The shell examples of the README and of the tutorial, run as they are written, answer what the page says.
//!
//! `UPDATE_GENERATED=1` writes the answers anew.

use std::path::{Path, PathBuf};

use client_domain::lifecycle::mermaid;
use serde_json::Value;

use crate::service::{Service, exports, shell};

/// A fenced block: its language, and where its text stands in the document.
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

/// Replaces what differs from run to run: keys, times and request ids.
fn settled(mut value: Value) -> Value {
    fn settle(value: &mut Value) {
        match value {
            Value::String(text) => {
                let key = text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
                let time = text.len() >= 20 && text.ends_with('Z') && text.contains('T');
                if key || time {
                    if key { "a key" } else { "a time" }.clone_into(text);
                }
            }
            Value::Array(values) => values.iter_mut().for_each(settle),
            Value::Object(members) => members.values_mut().for_each(settle),
            _ => {}
        }
    }
    settle(&mut value);
    value
}

#[expect(clippy::disallowed_methods, reason = "how a test is told to write what it would compare")]
fn is_update() -> bool {
    std::env::var("UPDATE_GENERATED").is_ok()
}

/// A page of the repository, and its text.
fn page(path: &str) -> (PathBuf, String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    let text = std::fs::read_to_string(&path).unwrap();
    (path, text)
}

/// Writes other texts into these places of a page.
fn rewrite(path: &Path, text: &str, mut places: Vec<(usize, usize, String)>) {
    let mut written = text.to_owned();
    places.sort_by_key(|(from, ..)| std::cmp::Reverse(*from));
    for (from, to, text) in places {
        written.replace_range(from..to, &text);
    }
    std::fs::write(path, written).unwrap();
}

/// What a page shows that comes from the service.
#[derive(Debug, Default, PartialEq, Eq)]
struct Shown {
    /// Commands with their answers.
    commands: usize,
    /// Diagrams of the lifecycle.
    diagrams: usize,
}

/// Runs the commands of a page on a service of its own, one after the other, and compares their answers; compares
/// diagrams with the lifecycle table.
fn compare(path: &str) -> Shown {
    let (path, text) = page(path);
    let mut service = Service::start(&[], &[]);
    let tokens = exports(&service.greeting("/docs"));
    let mut shown = Shown::default();
    let mut renewed = Vec::new();
    let all = blocks(&text);
    for pair in all.windows(2) {
        let [question, answer] = pair else { continue };
        let script = &text[question.from..question.to];
        if question.language != "sh" || !script.contains("curl") {
            continue;
        }
        assert_eq!(answer.language, "json", "an answer follows each example");
        let output = shell(&script.replace("127.0.0.1:8080", &service.address), &tokens);
        let output: Value = serde_json::from_str(&output).unwrap_or_else(|_| panic!("{script}\n{output}"));
        if is_update() {
            renewed.push((answer.from, answer.to, format!("{output:#}\n")));
        } else {
            let said: Value = serde_json::from_str(&text[answer.from..answer.to]).unwrap();
            assert_eq!(settled(output), settled(said), "{script}");
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
fn readme_shows_one_command_and_the_lifecycle_as_they_are() {
    assert_eq!(compare("README.md"), Shown { commands: 1, diagrams: 1 });
}

#[test]
fn tutorial_commands_answer_as_documented() {
    assert_eq!(compare("docs/tutorial.md"), Shown { commands: 10, diagrams: 0 });
}
