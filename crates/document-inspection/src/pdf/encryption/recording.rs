//! A trailer, or what may be an encryption dictionary: it is understood when it has ended, because what it is stands
//! anywhere in it.

#![expect(clippy::option_option, reason = "a value that is not understood is something else than none")]

use super::super::lexer::{Lexer, Token};

/// How much is kept: more than a trailer or an encryption dictionary needs.
const MAX_TOKENS: usize = 4096;
const MAX_BYTES: usize = 16 * 1024;
/// How deep an encryption dictionary goes, and some more.
const MAX_DEPTH: usize = 8;

/// The tokens of the dictionary that is being read.
#[derive(Default)]
pub(super) struct Recording {
    tokens: Vec<(Token, usize)>,
    bytes: Vec<u8>,
    is_cut: bool,
    /// Whether there is a name in it that makes it a trailer.
    may_be_trailer: bool,
    /// Whether there is one that an encryption dictionary has.
    may_be_encrypt: bool,
}

/// A trailer that is not made as one, or has too much in it.
#[derive(Debug)]
pub(super) struct Unclear;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Name(Vec<u8>),
    Text(Vec<u8>),
    Number(i64),
    Reference(i64, i64),
    Word(Vec<u8>),
    Array(Vec<Value>),
    Dictionary(Entries),
}

/// The keys and values of a dictionary.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Entries(Vec<(Vec<u8>, Value)>);

impl Recording {
    pub(super) fn push(&mut self, token: Token, lexer: &Lexer) {
        let has_text = matches!(token, Token::Name | Token::Text | Token::Word);
        let text = if has_text { lexer.text() } else { &[] };
        if token == Token::Name {
            self.may_be_trailer |= matches!(text, b"Encrypt" | b"Root");
            self.may_be_encrypt |= text == b"Standard";
        }
        if self.tokens.len() == MAX_TOKENS || self.bytes.len() + text.len() > MAX_BYTES {
            self.is_cut = true;
            return;
        }
        self.is_cut |= token == Token::Text && (lexer.is_cut() || lexer.has_return());
        self.bytes.extend_from_slice(text);
        self.tokens.push((token, self.bytes.len()));
    }

    /// The recorded dictionary; the recording starts again. `None` if it does not matter, an error if it is a
    /// trailer that cannot be understood.
    pub(super) fn take(&mut self) -> Result<Option<Entries>, Unclear> {
        let entries = match (self.may_be_trailer, self.may_be_encrypt) {
            (true, _) => self.dictionary().map(Some).ok_or(Unclear),
            (false, may_be_encrypt) => Ok(may_be_encrypt.then(|| self.dictionary()).flatten()),
        };
        self.tokens.clear();
        self.bytes.clear();
        (self.is_cut, self.may_be_trailer, self.may_be_encrypt) = (false, false, false);
        entries
    }

    pub(super) fn dictionary(&self) -> Option<Entries> {
        let mut at = 0;
        match self.value(&mut at, 0)? {
            Value::Dictionary(entries) if !self.is_cut && at == self.tokens.len() => Some(entries),
            _ => None,
        }
    }

    fn value(&self, at: &mut usize, depth: usize) -> Option<Value> {
        let (token, end) = *self.tokens.get(*at)?;
        let begin = at.checked_sub(1).and_then(|before| self.tokens.get(before)).map_or(0, |(_, end)| *end);
        let text = self.bytes.get(begin..end)?.to_vec();
        *at += 1;
        Some(match token {
            Token::Name => Value::Name(text),
            Token::Text => Value::Text(text),
            Token::Word => match number(&text) {
                Some(number) => Value::Number(number),
                None => Value::Word(text),
            },
            Token::ArrayOpen => Value::Array(self.values(at, depth, Token::ArrayClose)?),
            Token::DictionaryOpen => {
                Value::Dictionary(Entries::of(self.values(at, depth, Token::DictionaryClose)?)?)
            }
            Token::ArrayClose | Token::DictionaryClose => return None,
        })
    }

    /// The values until this end, with references combined.
    fn values(&self, at: &mut usize, depth: usize, end: Token) -> Option<Vec<Value>> {
        if depth == MAX_DEPTH {
            return None;
        }
        let mut values = Vec::new();
        while self.tokens.get(*at)?.0 != end {
            let value = self.value(at, depth + 1)?;
            match (value, values.as_slice()) {
                (Value::Word(word), [.., Value::Number(number), Value::Number(generation)])
                    if word == b"R" =>
                {
                    let reference = Value::Reference(*number, *generation);
                    values.truncate(values.len() - 2);
                    values.push(reference);
                }
                (value, _) => values.push(value),
            }
        }
        *at += 1;
        Some(values)
    }
}

impl Value {
    pub(super) fn number(&self) -> Option<i64> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }

    /// The only value of a list, which may stand without one.
    pub(super) fn single(&self) -> &Self {
        match self {
            Self::Array(values) => match values.as_slice() {
                [value] => value,
                _ => self,
            },
            _ => self,
        }
    }
}

impl Entries {
    fn of(values: Vec<Value>) -> Option<Self> {
        let mut entries = Vec::new();
        let mut values = values.into_iter();
        while let Some(key) = values.next() {
            let Value::Name(key) = key else { return None };
            entries.push((key, values.next()?));
        }
        Some(Self(entries))
    }

    /// The value of a key. Of two, one reader takes the first and another the last, so they are not understood.
    pub(super) fn get(&self, key: &[u8]) -> Option<Option<&Value>> {
        let mut values = self.0.iter().filter(|(name, _)| name == key).map(|(_, value)| value);
        let first = values.next();
        values.next().is_none().then_some(first)
    }

    pub(super) fn has(&self, key: &[u8]) -> bool {
        self.0.iter().any(|(name, _)| name == key)
    }

    pub(super) fn number(&self, key: &[u8]) -> Option<Option<i64>> {
        match self.get(key)? {
            None => Some(None),
            Some(Value::Number(number)) => Some(Some(*number)),
            Some(_) => None,
        }
    }

    pub(super) fn name(&self, key: &[u8]) -> Option<Option<&[u8]>> {
        match self.get(key)? {
            None => Some(None),
            Some(Value::Name(name)) => Some(Some(name)),
            Some(_) => None,
        }
    }

    pub(super) fn text(&self, key: &[u8]) -> Option<Option<&[u8]>> {
        match self.get(key)? {
            None => Some(None),
            Some(Value::Text(text)) => Some(Some(text)),
            Some(_) => None,
        }
    }
}

fn number(word: &[u8]) -> Option<i64> {
    std::str::from_utf8(word).ok()?.parse().ok()
}
