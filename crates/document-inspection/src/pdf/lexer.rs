//! The tokens of a PDF (ISO 32000-1, 7.2 and 7.3), byte by byte, so that it does not matter how a file is split.

use super::characters::is_regular;
use super::hidden::Hidden;
use crate::rejection::ContentRejection;

/// What is kept of a name or a word; none of ours is longer.
const MAX_WORD: usize = 64;
/// What is kept of a string; longer ones are not the scripts of a form field.
pub(super) const MAX_TEXT: usize = 4096;

/// One token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A name without its slash, its escapes read; its characters are in the lexer.
    Name,
    /// A string; its bytes are in the lexer.
    Text,
    /// A number or a keyword; its characters are in the lexer.
    Word,
    DictionaryOpen,
    DictionaryClose,
    ArrayOpen,
    ArrayClose,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Between,
    Comment,
    /// How many digits of an escape have come, and their value.
    Name(u8, u8),
    Word,
    /// How many parentheses are open.
    Text(u32),
    /// After a backslash; how many octal digits have come, and their value.
    Escape(u32, u8, u8),
    /// Hexadecimal: the digit that waits for its second.
    Hexadecimal(Option<u8>),
    Less,
    Greater,
}

/// Reads tokens.
pub(super) struct Lexer {
    state: State,
    text: Vec<u8>,
    is_cut: bool,
    has_return: bool,
    hidden: Hidden,
}

impl Default for Lexer {
    fn default() -> Self {
        Self {
            state: State::Between,
            text: Vec::new(),
            is_cut: false,
            has_return: false,
            hidden: Hidden::default(),
        }
    }
}

impl Lexer {
    /// The characters of the last name, word or string.
    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    /// Whether the last string was longer than what is kept of it.
    pub(super) const fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// Whether there is a carriage return in the last string, which some readers take as a line feed (7.3.4.2). In a
    /// text that is all the same, among encrypted bytes it is not.
    pub(super) const fn has_return(&self) -> bool {
        self.has_return
    }

    /// Whether no token has begun.
    pub(super) fn is_between(&self) -> bool {
        self.state == State::Between
    }

    /// Reads until the next token; how many bytes that took.
    pub(super) fn next(&mut self, bytes: &[u8]) -> Result<(usize, Option<Token>), ContentRejection> {
        for (at, byte) in bytes.iter().enumerate() {
            // What ended a comment or a name begins something else, so it is read again.
            let mut used = false;
            while !used {
                let (now, token) = self.step(*byte)?;
                if token.is_some() {
                    return Ok((at + usize::from(now), token));
                }
                used = now;
            }
        }
        Ok((bytes.len(), None))
    }

    /// Ends a name or a word that ends with what it is in.
    pub(super) fn end(&mut self) -> Result<Option<Token>, ContentRejection> {
        Ok(self.step(b'\n')?.1)
    }

    /// What one byte means, and whether it was used up.
    fn step(&mut self, byte: u8) -> Result<(bool, Option<Token>), ContentRejection> {
        let nothing = Ok((true, None));
        match self.state {
            State::Between => self.begin(byte),
            State::Comment => {
                self.hidden.push(byte)?;
                if matches!(byte, b'\n' | b'\r') {
                    self.state = State::Between;
                }
                nothing
            }
            State::Word if is_regular(byte) => self.keep(byte, MAX_WORD),
            State::Word => self.done(false, Token::Word),
            State::Name(digits, value) => Ok(self.name(byte, digits, value)),
            State::Text(depth) => {
                self.hidden.push(byte)?;
                match byte {
                    b'\\' => self.state = State::Escape(depth, 0, 0),
                    b')' if depth == 1 => return self.done(true, Token::Text),
                    _ => {
                        self.has_return |= byte == b'\r';
                        let deeper = u32::from(byte == b'(');
                        self.state = State::Text(depth + deeper - u32::from(byte == b')'));
                        return self.keep(byte, MAX_TEXT);
                    }
                }
                nothing
            }
            State::Escape(depth, digits, value) => self.escape(byte, depth, digits, value),
            State::Hexadecimal(first) => {
                self.hidden.push(byte)?;
                let digit = char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
                match (first, digit) {
                    (_, None) if byte == b'>' => {
                        if let Some(first) = first {
                            self.keep(first << 4, MAX_TEXT)?;
                        }
                        return self.done(true, Token::Text);
                    }
                    (_, None) => {}
                    (None, Some(digit)) => self.state = State::Hexadecimal(Some(digit)),
                    (Some(first), Some(digit)) => {
                        self.state = State::Hexadecimal(None);
                        return self.keep(first << 4 | digit, MAX_TEXT);
                    }
                }
                nothing
            }
            State::Less if byte == b'<' => self.done(true, Token::DictionaryOpen),
            State::Less => {
                self.state = State::Hexadecimal(None);
                self.hidden.restart(false);
                Ok((false, None))
            }
            State::Greater if byte == b'>' => self.done(true, Token::DictionaryClose),
            State::Greater => {
                self.state = State::Between;
                Ok((false, None))
            }
        }
    }

    fn begin(&mut self, byte: u8) -> Result<(bool, Option<Token>), ContentRejection> {
        self.text.clear();
        (self.is_cut, self.has_return) = (false, false);
        self.state = match byte {
            b'[' => return Ok((true, Some(Token::ArrayOpen))),
            b']' => return Ok((true, Some(Token::ArrayClose))),
            b'%' => State::Comment,
            b'/' => State::Name(0, 0),
            b'(' => State::Text(1),
            b'<' => State::Less,
            b'>' => State::Greater,
            _ if is_regular(byte) => {
                self.state = State::Word;
                return self.keep(byte, MAX_WORD);
            }
            _ => State::Between,
        };
        self.hidden.restart(false);
        Ok((true, None))
    }

    /// A character of a name may be written as `#` and two hexadecimal digits (7.3.5).
    fn name(&mut self, byte: u8, digits: u8, value: u8) -> (bool, Option<Token>) {
        let digit = char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        match (digits, digit) {
            (1, Some(digit)) => self.state = State::Name(2, digit),
            (2, Some(digit)) => {
                self.state = State::Name(0, 0);
                self.push(value << 4 | digit, MAX_WORD);
            }
            (1 | 2, None) => {
                // It was no escape.
                self.push(b'#', MAX_WORD);
                self.state = State::Name(0, 0);
                return (false, None);
            }
            _ if byte == b'#' => self.state = State::Name(1, 0),
            _ if is_regular(byte) => self.push(byte, MAX_WORD),
            _ => {
                self.state = State::Between;
                return (false, Some(Token::Name));
            }
        }
        (true, None)
    }

    fn escape(
        &mut self,
        byte: u8,
        depth: u32,
        digits: u8,
        value: u8,
    ) -> Result<(bool, Option<Token>), ContentRejection> {
        let more = State::Text(depth);
        match byte {
            b'0'..=b'7' if digits < 3 => {
                self.hidden.push(byte)?;
                self.state = State::Escape(depth, digits + 1, value.wrapping_shl(3) | (byte - b'0'));
                return Ok((true, None));
            }
            _ if digits > 0 => {
                self.state = more;
                self.push(value, MAX_TEXT);
                return Ok((false, None));
            }
            b'n' => self.push(b'\n', MAX_TEXT),
            b'r' => self.push(b'\r', MAX_TEXT),
            b't' => self.push(b'\t', MAX_TEXT),
            b'b' => self.push(8, MAX_TEXT),
            b'f' => self.push(12, MAX_TEXT),
            b'\n' => {}
            b'\r' => self.has_return = true,
            _ => self.push(byte, MAX_TEXT),
        }
        self.hidden.push(byte)?;
        self.state = more;
        Ok((true, None))
    }

    #[expect(clippy::unnecessary_wraps, reason = "it ends the steps that can fail")]
    fn done(&mut self, used: bool, token: Token) -> Result<(bool, Option<Token>), ContentRejection> {
        self.state = State::Between;
        Ok((used, Some(token)))
    }

    #[expect(clippy::unnecessary_wraps, reason = "it ends the steps that can fail")]
    fn keep(&mut self, byte: u8, limit: usize) -> Result<(bool, Option<Token>), ContentRejection> {
        self.push(byte, limit);
        Ok((true, None))
    }

    fn push(&mut self, byte: u8, limit: usize) {
        if self.text.len() < limit {
            self.text.push(byte);
        } else {
            self.is_cut = true;
        }
    }
}
