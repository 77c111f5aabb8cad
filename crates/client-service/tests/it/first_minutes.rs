//! The README's shell examples, run as they stand, answer what the README says.
//!
//! `UPDATE_GENERATED=1` writes the answers anew.

use std::path::Path;

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

#[test]
#[expect(clippy::disallowed_methods, reason = "how a test is told to write what it would compare")]
fn the_examples_answer_what_the_readme_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let update = std::env::var("UPDATE_GENERATED").is_ok();
    let mut written = readme.clone();

    let mut service = Service::start(&[], &[]);
    let tokens = exports(&service.greeting("/docs"));
    let all = blocks(&readme);
    let mut asked = 0;
    let mut replace = Vec::new();
    for pair in all.windows(2) {
        let (question, answer) = (&pair[0], &pair[1]);
        let script = &readme[question.from..question.to];
        if question.language != "sh" || !script.contains("curl") {
            continue;
        }
        assert_eq!(answer.language, "json", "an answer follows each example");
        let output = shell(&script.replace("127.0.0.1:8080", &service.address), &tokens);
        let output: Value = serde_json::from_str(&output).unwrap_or_else(|_| panic!("{script}\n{output}"));
        if update {
            replace.push((answer.from, answer.to, format!("{output:#}\n")));
        } else {
            let said: Value = serde_json::from_str(&readme[answer.from..answer.to]).unwrap();
            assert_eq!(settled(output), settled(said), "{script}");
        }
        asked += 1;
    }
    assert!(asked >= 8, "the first minutes have {asked} examples");

    let drawing = all.iter().find(|block| block.language == "mermaid").unwrap();
    if update {
        replace.push((drawing.from, drawing.to, mermaid()));
        replace.sort_by_key(|(from, ..)| std::cmp::Reverse(*from));
        for (from, to, text) in replace {
            written.replace_range(from..to, &text);
        }
        std::fs::write(&path, written).unwrap();
    } else {
        assert_eq!(&readme[drawing.from..drawing.to], mermaid(), "the diagram of the README");
    }
}
