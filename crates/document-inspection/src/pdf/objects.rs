//! The objects of a PDF: dictionaries in dictionaries, and the check of each when it ends.

mod texts;

use super::dictionary::Dictionary;
use super::encryption::key::ObjectId;
use super::findings::Findings;
use super::lexer::{Lexer, Token};
use super::names::{ActionKind, Filter, Key, Role};
use crate::rejection::ContentRejection;

/// How deep objects may stand in each other; readers take about as much.
const MAX_DEPTH: usize = 256;

/// What a token has come to.
#[derive(Debug)]
pub(super) enum Outcome {
    More,
    /// The bytes of a stream follow, which has this dictionary and belongs to this object.
    Stream(Box<Dictionary>),
}

/// The objects that are being read.
#[derive(Default)]
pub(super) struct Objects {
    open: Vec<Dictionary>,
    /// The last dictionary that was not in another.
    last: Option<Box<Dictionary>>,
    numbers: [Option<i64>; 2],
    /// The number of the object.
    object: Option<i64>,
    generation: Option<i64>,
    /// Whether the objects are compressed, so that strings are not encrypted one by one.
    is_packed: bool,
}

impl Objects {
    /// The objects of an object stream.
    pub(super) fn packed() -> Self {
        Self { is_packed: true, ..Self::default() }
    }

    pub(super) fn is_between(&self) -> bool {
        self.open.is_empty()
    }

    /// Begins the object with this number and this generation.
    pub(super) fn begin(
        &mut self,
        number: Option<i64>,
        generation: Option<i64>,
        findings: &mut Findings,
    ) -> Result<(), ContentRejection> {
        (self.object, self.generation) = (number, generation);
        self.numbers = [None, None];
        self.last = None;
        number.map_or(Ok(()), |number| findings.define(number))
    }

    /// The object that is being read.
    pub(super) fn id(&self) -> Option<ObjectId> {
        ObjectId::of(self.object?, self.generation?)
    }

    /// The number of that object.
    pub(super) fn number(&self) -> Option<i64> {
        self.object
    }

    /// Whether the last dictionary was that of a cross-reference stream.
    pub(super) fn has_read_cross_references(&self) -> bool {
        self.last.as_ref().is_some_and(|last| last.is_cross_references)
    }

    pub(super) fn token(
        &mut self,
        token: Token,
        lexer: &Lexer,
        findings: &mut Findings,
    ) -> Result<Outcome, ContentRejection> {
        match token {
            Token::Name => self.name(lexer.text(), findings)?,
            Token::Text => self.text(lexer, findings)?,
            Token::Word => return self.word(lexer.text(), findings),
            Token::DictionaryOpen | Token::ArrayOpen => self.open(token == Token::ArrayOpen)?,
            Token::DictionaryClose => {
                // A bracket that is left open ends with what it is in.
                while self.open.last().is_some_and(|top| top.is_array) {
                    self.close(findings)?;
                }
                self.close(findings)?;
            }
            Token::ArrayClose if self.open.last().is_some_and(|top| top.is_array) => self.close(findings)?,
            Token::ArrayClose => {}
        }
        Ok(Outcome::More)
    }

    fn text(&mut self, lexer: &Lexer, findings: &mut Findings) -> Result<(), ContentRejection> {
        let (key, object) = (self.value(), self.id());
        let Some(top) = self.open.last_mut() else { return Ok(()) };
        texts::read(top, key, object, self.is_packed, lexer, findings)
    }

    fn open(&mut self, is_array: bool) -> Result<(), ContentRejection> {
        if self.open.len() >= MAX_DEPTH {
            return Err(ContentRejection::Expansion("depth"));
        }
        let under = self.value();
        let key = if is_array { under } else { Key::Other };
        self.open.push(Dictionary { is_array, under, key, ..Dictionary::default() });
        Ok(())
    }

    /// Says that a value begins, and of which key.
    fn value(&mut self) -> Key {
        let Some(top) = self.open.last_mut() else { return Key::Other };
        (top.has_value, top.has_content, top.numbers) = (true, true, [None, None]);
        top.key
    }

    fn name(&mut self, name: &[u8], findings: &mut Findings) -> Result<(), ContentRejection> {
        let Some(top) = self.open.last_mut() else { return Ok(()) };
        if !top.is_array && (top.has_value || !top.has_content) {
            (top.key, top.has_value, top.has_content, top.numbers) =
                (Key::of(name), false, true, [None, None]);
            top.has_first |= top.key == Key::First;
            top.has_parameters |= matches!(name, b"DecodeParms" | b"DP");
            top.data_elsewhere = match name {
                b"F" => Some("/F"),
                b"Ref" => Some("/Ref"),
                _ => top.data_elsewhere,
            };
            findings.encryptions += u32::from(top.key == Key::Encrypt);
            return Ok(());
        }
        let is_array = top.is_array;
        let key = self.value();
        match key {
            Key::Forbidden(found) => return Err(ContentRejection::ActiveContent(found)),
            Key::Filter => self.edit_filters(is_array, |filters| {
                filters.has_crypt_filter |= name == b"Crypt";
                filters.filters.push(Filter::of(name));
            }),
            Key::Type | Key::Subtype if !is_array => {
                let role = Role::of(name);
                if let (Key::Subtype, Role::Forbidden(found)) = (key, role) {
                    return Err(ContentRejection::ActiveContent(found));
                }
                self.edit(|top| top.is_a(role));
            }
            Key::S if !is_array => self.edit(|top| top.action = Some(ActionKind::of(name))),
            Key::N if !is_array => {
                let turns_pages = matches!(name, b"NextPage" | b"PrevPage" | b"FirstPage" | b"LastPage");
                self.edit(|top| top.turns_pages = turns_pages);
            }
            _ => {}
        }
        Ok(())
    }

    /// Notes something in what is being read.
    fn edit(&mut self, edit: impl FnOnce(&mut Dictionary)) {
        if let Some(top) = self.open.last_mut() {
            edit(top);
        }
    }

    /// Notes something in the dictionary whose filters are being read, one or a list of them.
    fn edit_filters(&mut self, is_array: bool, edit: impl FnOnce(&mut Dictionary)) {
        let depth = self.open.len() - usize::from(is_array);
        if let Some(dictionary) = depth.checked_sub(1).and_then(|at| self.open.get_mut(at)) {
            edit(dictionary);
        }
    }

    fn word(&mut self, word: &[u8], findings: &mut Findings) -> Result<Outcome, ContentRejection> {
        let number = std::str::from_utf8(word).ok().and_then(|word| word.parse::<i64>().ok());
        let Some(top) = self.open.last_mut() else { return self.outer(word, number, findings) };
        if let Some(number) = number {
            let [_, before] = top.numbers;
            (top.has_value, top.has_content) = (true, true);
            top.numbers = [before, Some(number)];
            if !top.is_array {
                top.number(number);
            }
            return Ok(Outcome::More);
        }
        if let (b"R", [Some(number), Some(_)]) = (word, top.numbers) {
            return self.reference(number, findings).map(|()| Outcome::More);
        }
        if word == b"endobj" || word == b"obj" {
            // Nothing was closed; readers go on with the next object.
            while !self.open.is_empty() {
                self.close(findings)?;
            }
        }
        if let Some(top) = self.open.last_mut() {
            top.has_value = true;
            top.numbers = [None, None];
        }
        Ok(Outcome::More)
    }

    /// A word between dictionaries.
    fn outer(
        &mut self,
        word: &[u8],
        number: Option<i64>,
        findings: &mut Findings,
    ) -> Result<Outcome, ContentRejection> {
        match (word, number, self.numbers) {
            (_, Some(number), [_, before]) => {
                self.numbers = [before, Some(number)];
                return Ok(Outcome::More);
            }
            (b"obj", _, [number, generation]) => {
                findings.has_objects = true;
                self.begin(number, generation, findings)?;
            }
            (b"R", _, [Some(number), _]) => findings.automatic.insert(number)?,
            (b"stream", ..) => {
                if let Some(last) = self.last.take() {
                    return Ok(Outcome::Stream(last));
                }
            }
            (b"trailer", ..) => {
                findings.has_trailer = true;
                self.object = None;
            }
            (b"startxref", ..) => findings.has_start = true,
            _ => {}
        }
        if word.ends_with(b"obj") && word != b"obj" && word != b"endobj" {
            // `5 0obj` is an object to some readers.
            findings.has_objects = true;
            self.begin(None, None, findings)?;
        }
        self.numbers = [None, None];
        Ok(Outcome::More)
    }

    fn reference(&mut self, number: i64, findings: &mut Findings) -> Result<(), ContentRejection> {
        let key = self.value();
        let is_array = self.open.last().is_some_and(|top| top.is_array);
        let under = self.open.last().map_or(Key::Other, |top| top.under);
        match key {
            Key::Forbidden(found) => return Err(ContentRejection::ActiveContent(found)),
            Key::Js => self.edit(|top| (top.has_script, top.runs_script) = (true, true)),
            Key::Filter => self.edit_filters(is_array, |filters| filters.has_unknown_filter = true),
            Key::EmbeddedFile => findings.attachments_elsewhere = true,
            Key::FileName if under == Key::EmbeddedFile => {}
            Key::FileName => self.edit(|top| top.has_other_name = true),
            Key::Length => self.edit(|top| top.length = None),
            _ => {}
        }
        if under == Key::EmbeddedFile && !is_array {
            findings.attached.insert(number)?;
        }
        if key != Key::Action {
            findings.automatic.insert(number)?;
        }
        Ok(())
    }

    /// Ends what is being read, and checks it.
    fn close(&mut self, findings: &mut Findings) -> Result<(), ContentRejection> {
        let Some(mut closed) = self.open.pop() else { return Ok(()) };
        if closed.under == Key::EmbeddedFile && closed.has_content && !closed.is_array {
            self.edit(|holder| holder.has_files = true);
        }
        if closed.is_array {
            if closed.under == Key::Js && closed.has_content {
                return Err(ContentRejection::ActiveContent("/JavaScript"));
            }
            return Ok(());
        }
        if let (Key::Forbidden(found), true) = (closed.under, closed.has_content) {
            return Err(ContentRejection::ActiveContent(found));
        }
        let holder = self.open.last().map(|holder| if holder.is_array { holder.key } else { holder.under });
        let holder = holder.unwrap_or_default();
        let is_trigger = closed.under == Key::OpenAction || holder == Key::AdditionalActions;
        let place = if closed.under == Key::OpenAction { "/OpenAction" } else { "/AA" };
        texts::end_file_names(&mut closed, self.id(), findings);
        findings.judge(&closed, is_trigger.then_some(place), self.open.is_empty(), self.object)?;
        if self.open.is_empty() {
            self.last = Some(Box::new(closed));
        }
        Ok(())
    }
}
