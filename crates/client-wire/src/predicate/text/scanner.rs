use client_domain::search::{Operator, Property, PropertyKind, Takes, Value};

use super::fault::{TextFault, TextProblem};
use super::grammar::{SIGNS, is_reserved};

/// A text, and how far it was read.
pub(super) struct Scanner<'a> {
    rest: &'a str,
    /// The position of the next character, from 1.
    position: usize,
}

/// A value as it was written.
pub(super) struct Written {
    pub(super) text: String,
    pub(super) quoted: bool,
    pub(super) position: usize,
}

impl Written {
    /// The value for a property. What is not of its kind stays a text, which the property refuses.
    pub(super) fn of(self, property: Property, operator: Operator) -> Value {
        let Self { text, quoted, .. } = self;
        let takes_number = operator.takes() == Takes::Days;
        let kind = if takes_number { PropertyKind::Number } else { property.kind() };
        let digits = text.strip_prefix(['+', '-']).unwrap_or(&text);
        let is_number = !quoted && !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let number = || text.parse().map_or(Value::OtherNumber, Value::Number);
        match kind {
            PropertyKind::Number | PropertyKind::Choice if is_number => number(),
            PropertyKind::YesNo if !quoted => match text.to_ascii_lowercase().as_str() {
                "true" | "yes" => Value::Flag(true),
                "false" | "no" => Value::Flag(false),
                _ => Value::Text(text),
            },
            _ => Value::Text(text),
        }
    }
}

impl<'a> Scanner<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { rest: text, position: 1 }
    }

    /// The position of the next character that is no blank.
    pub(super) fn position(&mut self) -> usize {
        let blanks = self.rest.len() - self.rest.trim_start().len();
        self.take(blanks);
        self.position
    }

    pub(super) fn is_at_end(&mut self) -> bool {
        self.position();
        self.rest.is_empty()
    }

    /// Whether the next character is this one.
    pub(super) fn is_at(&mut self, sign: char) -> bool {
        self.position();
        self.rest.starts_with(sign)
    }

    /// Takes this character, if it is the next one.
    pub(super) fn sign(&mut self, sign: char) -> bool {
        let found = self.is_at(sign);
        if found {
            self.take(sign.len_utf8());
        }
        found
    }

    /// Takes the next name, letters and digits; empty if there is none.
    pub(super) fn name(&mut self) -> &'a str {
        self.position();
        let length = self.rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(self.rest.len());
        let name = self.rest.split_at(length).0;
        self.take(length);
        name
    }

    /// The next word without taking it: everything up to a blank, a bracket, a comma or a quotation mark.
    fn next_word(&mut self) -> &'a str {
        self.position();
        let ends = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | '"');
        self.rest.split_at(self.rest.find(ends).unwrap_or(self.rest.len())).0
    }

    /// Whether the next word is this one.
    pub(super) fn is_at_word(&mut self, word: &str) -> bool {
        self.next_word().eq_ignore_ascii_case(word)
    }

    /// Takes this word, if it is the next one.
    pub(super) fn word(&mut self, word: &str) -> bool {
        let found = self.is_at_word(word);
        if found {
            self.take(word.len());
        }
        found
    }

    /// Takes the sign of an operator, if one is next.
    pub(super) fn operator_sign(&mut self) -> Option<Operator> {
        self.position();
        let (sign, operator) = SIGNS.iter().find(|(sign, _)| self.rest.starts_with(sign))?;
        self.take(sign.len());
        Some(*operator)
    }

    /// Whether a condition cannot go on here: it is the end, a sign of a list, or the word before the next condition.
    pub(super) fn is_after_condition(&mut self) -> bool {
        self.is_at_end()
            || self.is_at(')')
            || self.is_at(',')
            || self.is_at_word("and")
            || self.is_at_word("or")
    }

    /// Takes a value.
    pub(super) fn value(&mut self) -> Result<Written, TextFault> {
        let position = self.position();
        match self.rest.chars().next() {
            Some(mark @ ('"' | '\'')) => {
                Ok(Written { text: self.quoted(mark, position)?, quoted: true, position })
            }
            _ => self.bare(position),
        }
    }

    fn bare(&mut self, position: usize) -> Result<Written, TextFault> {
        let text = self.next_word();
        if text.is_empty() || is_reserved(text) {
            let wanted = "a value; one with blanks, brackets or commas, and the words and, or, not, need quotation marks";
            return Err(at(position, TextProblem::Expected(wanted)));
        }
        self.take(text.len());
        Ok(Written { text: text.to_owned(), quoted: false, position })
    }

    fn quoted(&mut self, mark: char, position: usize) -> Result<String, TextFault> {
        self.take(1);
        let mut text = String::new();
        loop {
            let Some(length) = self.rest.find([mark, '\\']) else {
                return Err(at(position, TextProblem::NotClosed));
            };
            text.push_str(self.rest.split_at(length).0);
            self.take(length);
            if self.sign(mark) {
                return Ok(text);
            }
            text.push(self.escape()?);
        }
    }

    /// Takes a backslash and what follows it.
    fn escape(&mut self) -> Result<char, TextFault> {
        let fault = at(self.position, TextProblem::NoEscape);
        self.take(1);
        let escaped = self.rest.chars().next().ok_or_else(|| fault.clone())?;
        self.take(escaped.len_utf8());
        Ok(match escaped {
            '"' | '\'' | '\\' => escaped,
            'n' => '\n',
            't' => '\t',
            'u' => {
                let inner = self.rest.strip_prefix('{').and_then(|rest| rest.split_once('}'));
                let digits = inner.map(|(digits, _)| digits).filter(|digits| digits.len() <= 6);
                let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
                let character = code.and_then(char::from_u32).ok_or(fault)?;
                self.take(digits.map_or(0, str::len) + 2);
                character
            }
            _ => return Err(fault),
        })
    }

    /// Goes on by this number of bytes.
    fn take(&mut self, bytes: usize) {
        let (taken, rest) = self.rest.split_at(bytes);
        self.position += taken.chars().count();
        self.rest = rest;
    }
}

pub(super) const fn at(position: usize, problem: TextProblem) -> TextFault {
    TextFault { position: Some(position), problem }
}
