//! Objects that are compressed in a stream (7.5.7): first the number and the place of each, then the objects.

use super::dictionary::Dictionary;
use super::findings::Findings;
use super::lexer::{Lexer, Token};
use super::names::Filter;
use super::objects::Objects;
use crate::rejection::ContentRejection;

/// Writers put 100 to 200 objects into a stream; Acrobat takes no more than this.
const MAX_OBJECTS: i64 = 100_000;

/// The objects of one stream.
pub(super) struct ObjectStream {
    lexer: Lexer,
    objects: Objects,
    /// The numbers of the header.
    header: Vec<i64>,
    count: usize,
    /// Where the first object begins.
    first: u64,
    /// How much has been read.
    at: u64,
    /// The numbers and the places of the objects that are to come, from the last to the first.
    coming: Vec<(i64, u64)>,
    is_unread: bool,
}

impl ObjectStream {
    /// The stream with this dictionary, and whether it is compressed. A stream that cannot be read is refused.
    pub(super) fn of(dictionary: &Dictionary) -> Result<Option<(Self, bool)>, ContentRejection> {
        if !dictionary.is_object_stream && !dictionary.has_first {
            return Ok(None);
        }
        let unseen = Err(ContentRejection::ActiveContent("/ObjStm"));
        let is_packed = match dictionary.filters.as_slice() {
            [] => false,
            [Filter::Flate] if !dictionary.has_parameters => true,
            _ => return unseen,
        };
        let (Some(count), Some(first)) = (dictionary.count, dictionary.first) else { return unseen };
        let (Ok(size), Ok(first), true) =
            (usize::try_from(count), u64::try_from(first), count <= MAX_OBJECTS)
        else {
            return unseen;
        };
        if dictionary.has_unknown_filter {
            return unseen;
        }
        let stream = Self {
            lexer: Lexer::default(),
            objects: Objects::packed(),
            header: Vec::new(),
            count: size,
            first,
            at: 0,
            coming: Vec::new(),
            is_unread: false,
        };
        Ok(Some((stream, is_packed)))
    }

    /// Reads what is decompressed. Why it cannot be read is known when everything has been read: the file may turn
    /// out to be encrypted.
    pub(super) fn push(&mut self, piece: &[u8], findings: &mut Findings) -> Result<(), ContentRejection> {
        if self.is_unread {
            return Ok(());
        }
        let read = self.unpacked(piece, findings);
        self.forgive(read, findings)
    }

    fn forgive(
        &mut self,
        read: Result<(), ContentRejection>,
        findings: &mut Findings,
    ) -> Result<(), ContentRejection> {
        match read {
            Err(ContentRejection::ActiveContent("/ObjStm")) => {
                (self.is_unread, findings.has_unread) = (true, true);
                Ok(())
            }
            other => other,
        }
    }

    fn unpacked(&mut self, mut piece: &[u8], findings: &mut Findings) -> Result<(), ContentRejection> {
        while !piece.is_empty() {
            let until = if self.at < self.first {
                self.first
            } else {
                self.coming.last().map_or(u64::MAX, |(_, place)| *place)
            };
            let here = usize::try_from(until - self.at).unwrap_or(usize::MAX).min(piece.len());
            let (now, after) = piece.split_at(here);
            piece = after;
            let is_header = self.at < self.first;
            self.at += now.len() as u64;
            self.read(now, is_header, findings)?;
            if self.at == until {
                self.turn(is_header, findings)?;
            }
        }
        Ok(())
    }

    fn read(
        &mut self,
        mut bytes: &[u8],
        is_header: bool,
        findings: &mut Findings,
    ) -> Result<(), ContentRejection> {
        while !bytes.is_empty() {
            let (used, token) = self.lexer.next(bytes)?;
            bytes = bytes.get(used..).unwrap_or_default();
            if let Some(token) = token {
                self.token(token, is_header, findings)?;
            }
        }
        Ok(())
    }

    fn token(
        &mut self,
        token: Token,
        is_header: bool,
        findings: &mut Findings,
    ) -> Result<(), ContentRejection> {
        if !is_header {
            return self.objects.token(token, &self.lexer, findings).map(|_| ());
        }
        if self.header.len() < self.count * 2 {
            let number = std::str::from_utf8(self.lexer.text()).ok().and_then(|word| word.parse().ok());
            self.header.push(
                number.filter(|_| token == Token::Word).ok_or(ContentRejection::ActiveContent("/ObjStm"))?,
            );
        }
        Ok(())
    }

    /// Where an object begins, the one before must have ended: otherwise a reader would begin in the middle of it.
    fn turn(&mut self, is_header: bool, findings: &mut Findings) -> Result<(), ContentRejection> {
        if let Some(token) = self.lexer.end()? {
            self.token(token, is_header, findings)?;
        }
        if !self.lexer.is_between() || !self.objects.is_between() {
            return Err(ContentRejection::ActiveContent("/ObjStm"));
        }
        if is_header {
            return self.plan(findings);
        }
        let number = self.coming.pop().map(|(number, _)| number);
        self.objects.begin(number, Some(0), findings)
    }

    fn plan(&mut self, findings: &mut Findings) -> Result<(), ContentRejection> {
        let pairs = self.header.chunks_exact(2);
        for pair in pairs {
            let [number, offset] = pair else { continue };
            let place = u64::try_from(*offset).ok().and_then(|offset| offset.checked_add(self.first));
            let place = place.ok_or(ContentRejection::ActiveContent("/ObjStm"))?;
            self.coming.push((*number, place));
        }
        self.header = Vec::new();
        self.coming.sort_unstable_by_key(|(_, place)| std::cmp::Reverse(*place));
        let is_apart = self.coming.is_sorted_by(|(_, later), (_, earlier)| later > earlier);
        if !is_apart || self.coming.len() != self.count {
            return Err(ContentRejection::ActiveContent("/ObjStm"));
        }
        if self.coming.last().is_some_and(|(_, place)| *place == self.at) {
            let number = self.coming.pop().map(|(number, _)| number);
            self.objects.begin(number, Some(0), findings)?;
        }
        Ok(())
    }

    /// Ends the stream, whose data was whole or not.
    pub(super) fn finish(&mut self, is_whole: bool, findings: &mut Findings) -> Result<(), ContentRejection> {
        if self.is_unread {
            return Ok(());
        }
        let ended = self.ended(is_whole, findings);
        self.forgive(ended, findings)
    }

    fn ended(&mut self, is_whole: bool, findings: &mut Findings) -> Result<(), ContentRejection> {
        if let Some(token) = self.lexer.end()? {
            self.token(token, false, findings)?;
        }
        let ends = self.lexer.is_between() && self.objects.is_between();
        if is_whole && ends && self.coming.is_empty() && self.at >= self.first {
            Ok(())
        } else {
            Err(ContentRejection::ActiveContent("/ObjStm"))
        }
    }
}
