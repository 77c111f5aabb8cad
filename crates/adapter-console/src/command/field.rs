//! The fields of a form as a page shows them.

use client_wire::spec::{FieldSpec, Shape};

use crate::language::Language;
use crate::sentence::{Sentence, member};

/// A text with a higher limit gets several lines.
const ONE_LINE: usize = 255;
/// Members whose shorter texts are of several lines as well.
const OF_LINES: &[&str] = &["address", "addressLine1"];

/// The field with the file of a batch.
pub(crate) const BATCH_FILE: &str = "file";

/// A field of a form.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) label: String,
    /// What to enter, in a few words.
    pub(crate) help: String,
    pub(crate) input: Input,
    pub(crate) value: String,
    pub(crate) required: bool,
    pub(crate) choices: Vec<Choice>,
    /// What is wrong with the value.
    pub(crate) errors: Vec<String>,
}

/// How a value is entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    /// An `input` of this type.
    Line(&'static str),
    Lines,
    Select,
    Checks,
    File,
}

/// A value that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) selected: bool,
}

impl Field {
    /// The field of a member, with this value and these errors.
    pub(crate) fn new(
        language: &Language,
        spec: &'static FieldSpec,
        value: &str,
        sentences: &[Sentence],
    ) -> Self {
        let about =
            |sentence: &&Sentence| sentence.field.as_deref().is_some_and(|path| member(path) == spec.name);
        let errors = sentences.iter().filter(about).flat_map(|one| {
            std::iter::once(one.text.clone()).chain(one.reasons.iter().map(|reason| reason.text.clone()))
        });
        let input = match input(&spec.shape) {
            // An input of one line would drop the line breaks, and send another value than it got.
            Input::Line("text") if OF_LINES.contains(&spec.name) || value.contains(['\n', '\r']) => {
                Input::Lines
            }
            input => input,
        };
        Self {
            name: spec.name,
            label: language.word("field", spec.name),
            help: language.find_text(&format!("help.{}", spec.name)).unwrap_or_default().to_owned(),
            input,
            value: value.to_owned(),
            required: spec.is_required(),
            choices: choices(language, spec, value),
            errors: errors.collect(),
        }
    }

    /// Replaces the choices of the field.
    #[must_use]
    pub(crate) fn with_choices(self, input: Input, choices: Vec<Choice>) -> Self {
        Self { input, choices, ..self }
    }

    /// Marks the values that were chosen, where there may be several.
    #[must_use]
    pub(crate) fn with_chosen<'a>(mut self, chosen: impl Iterator<Item = &'a str>) -> Self {
        if self.is_checks() {
            let chosen: Vec<_> = chosen.collect();
            for choice in &mut self.choices {
                choice.selected = chosen.contains(&choice.value.as_str());
            }
        }
        self
    }

    /// For templates, which name the field of a form of its own as those of a list.
    pub(crate) const fn borrow(&self) -> &Self {
        self
    }

    pub(crate) fn is_select(&self) -> bool {
        self.input == Input::Select
    }

    pub(crate) fn is_lines(&self) -> bool {
        self.input == Input::Lines
    }

    /// How many lines of a text are shown.
    pub(crate) fn rows(&self) -> usize {
        if OF_LINES.contains(&self.name) { 2 } else { 3 }
    }

    pub(crate) fn is_checks(&self) -> bool {
        self.input == Input::Checks
    }

    pub(crate) fn is_file(&self) -> bool {
        self.input == Input::File
    }

    /// Which files a browser offers: of a batch, else of a document.
    pub(crate) fn accepted(&self) -> &'static str {
        if self.name == BATCH_FILE {
            ".csv,.ndjson,.jsonl,.xlsx,text/csv"
        } else {
            "image/jpeg,image/png,application/pdf"
        }
    }

    /// The type of an `input`.
    pub(crate) const fn kind(&self) -> &'static str {
        match self.input {
            Input::Line(kind) => kind,
            Input::Lines | Input::Select | Input::Checks | Input::File => "text",
        }
    }

    /// What the field is described by, for assistive software.
    pub(crate) fn described(&self) -> String {
        let help = (!self.help.is_empty()).then(|| format!("help-{}", self.name));
        let errors = (!self.errors.is_empty()).then(|| format!("error-{}", self.name));
        errors.into_iter().chain(help).collect::<Vec<_>>().join(" ")
    }
}

/// How a value of this shape is entered. Lengths are the command's to check, because a browser counts characters differently.
fn input(shape: &Shape) -> Input {
    match shape {
        Shape::Text { max, .. } | Shape::Pattern { max, .. } if *max > ONE_LINE => Input::Lines,
        Shape::Email => Input::Line("email"),
        Shape::Date => Input::Line("date"),
        Shape::Integer { min, max } if max - min < 10 => Input::Select,
        Shape::Integer { .. } => Input::Line("number"),
        Shape::Choice(_) | Shape::Numbers(_) => Input::Select,
        Shape::Base64 { .. } => Input::File,
        Shape::List { .. } | Shape::SomeOf { .. } => Input::Checks,
        _ => Input::Line("text"),
    }
}

/// The values of a member that has a closed list of them.
fn choices(language: &Language, spec: &FieldSpec, chosen: &str) -> Vec<Choice> {
    let shape = match &spec.shape {
        Shape::SomeOf { of, .. } => of,
        shape => shape,
    };
    let values: Vec<String> = match shape {
        Shape::Choice(names) => names.iter().map(|name| (*name).to_owned()).collect(),
        Shape::Numbers(numbers) => numbers.iter().map(i64::to_string).collect(),
        Shape::Integer { min, max } if max - min < 10 => {
            (*min..=*max).map(|number| number.to_string()).collect()
        }
        _ => Vec::new(),
    };
    let choice = |value: String| Choice {
        label: language.word(&format!("choice.{}", spec.name), &value),
        selected: value == chosen,
        value,
    };
    values.into_iter().map(choice).collect()
}
