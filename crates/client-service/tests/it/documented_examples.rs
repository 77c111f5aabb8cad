//! The shell examples of the README and of the tutorial give the answers that the pages show.
//!
//! `UPDATE_GENERATED=1` writes the answers into the pages.

use std::path::{Path, PathBuf};

use client_domain::lifecycle::mermaid;
use serde_json::Value;

use crate::service::{Service, exports, first_approval, shell};

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

/// The running number of a client, in the service of the tests and in the documents.
#[derive(Clone, Copy)]
enum Number {
    /// The client of the page is the first one.
    First,
    /// The commands of the first screen were pasted before, so it is the second one.
    Second,
}

impl Number {
    /// The answer of a service with the number that the page shows.
    fn as_documented(self, answer: &str) -> String {
        match self {
            Self::First => answer.to_owned(),
            Self::Second => answer.replace("CUST1000002", "CUST1000001").replace(r#""id":2,"#, r#""id":1,"#),
        }
    }
}

/// The variable that a script exports, if it does nothing else.
fn exported(script: &str) -> Option<&str> {
    script.strip_prefix("export ")?.split('=').next()
}

/// Runs the commands of a page in their order on a new service, and compares their answers. Compares diagrams with the
/// lifecycle table.
fn compare(path: &str, number: Number) -> Shown {
    let (path, text) = page(path);
    let mut service = Service::start(&[], &[]);
    let screen = service.first_screen("/docs");
    let mut variables = exports(&screen);
    if matches!(number, Number::Second) {
        shell(&first_approval(&screen), &[]);
    }
    let mut shown = Shown::default();
    let mut renewed = Vec::new();
    let all = blocks(&text);
    for pair in all.windows(2) {
        let [question, answer] = pair else { continue };
        let script = &text[question.from..question.to];
        if question.language != "sh" || !script.contains("curl") {
            continue;
        }
        let script = &script.replace("127.0.0.1:8080", &service.address);
        if let Some(name) = exported(script) {
            let value = shell(&format!("{script}\necho \"${name}\""), &variables).trim().to_owned();
            assert!(!value.is_empty() && !value.contains('\n'), "{script}\n{value}");
            variables.push((name.to_owned(), value));
            continue;
        }
        assert_eq!(answer.language, "json", "an answer follows each command");
        let output = number.as_documented(&shell(script, &variables));
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
    assert_eq!(compare("README.md", Number::First), Shown { commands: 1, diagrams: 1 });
}

#[test]
fn tutorial_commands_answer_as_documented() {
    assert_eq!(compare("docs/tutorial.md", Number::First), Shown { commands: 10, diagrams: 0 });
}

#[test]
fn readme_and_tutorial_answer_the_same_after_the_commands_of_the_first_screen() {
    if is_update() {
        return;
    }
    assert_eq!(compare("README.md", Number::Second).commands, 1);
    assert_eq!(compare("docs/tutorial.md", Number::Second).commands, 10);
}

#[test]
fn commands_of_the_first_screen_work_after_the_tutorial() {
    let mut service = Service::start(&[], &[]);
    let screen = service.first_screen("/docs");
    let (_, text) = page("README.md");
    let all = blocks(&text);
    let create =
        all.iter().map(|block| &text[block.from..block.to]).find(|script| script.contains("curl -s"));
    shell(&create.unwrap().replace("127.0.0.1:8080", &service.address), &exports(&screen));
    let approved: Value = serde_json::from_str(&shell(&first_approval(&screen), &[])).unwrap();
    assert_eq!(approved["message"], "Customer approved successfully.", "{approved}");
}
