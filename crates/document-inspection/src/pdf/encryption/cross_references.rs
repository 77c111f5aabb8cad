//! Where readers find the encryption dictionary (7.5.4 and 7.5.8). To many of them a file whose tables do not lead to
//! it is not encrypted, so what we decrypted would be something else than what they show.

use super::key::ObjectId;
use super::recording::{Entries, Value};
use super::reference_stream::{Entry, Shape};

/// More sections and longer tables are not read: a section is one more time that a file was saved.
const MAX_SECTIONS: usize = 200;
const MAX_ENTRIES: usize = 200_000;
/// How far an offset may be from what it leads to: a line end, or the mark before `%PDF-`.
const MAX_SHIFT: u64 = 4;

/// One cross-reference table or stream.
#[derive(Debug)]
struct Section {
    at: u64,
    is_start: bool,
    previous: Option<u64>,
    /// Whether there is a stream besides the table, which some readers look into first.
    is_hybrid: bool,
    entry: Entry,
}

/// The sections of a file.
#[derive(Default)]
pub(super) struct CrossReferences {
    sections: Vec<Section>,
    /// The last two numbers between objects, and where they begin.
    numbers: [Option<(u64, i64)>; 2],
    /// Where the object begins that is being read.
    object_at: u64,
    table: Option<Table>,
    stream: Option<(Section, Option<Shape>, i64)>,
    is_unclear: bool,
}

/// A table that is being read.
struct Table {
    at: u64,
    next: i64,
    numbers: Vec<i64>,
    entries: Vec<(u32, Option<u32>)>,
    is_cut: bool,
}

impl CrossReferences {
    /// Reads a word between objects, which begins here.
    pub(super) fn word(&mut self, word: &[u8], at: u64) {
        let number = std::str::from_utf8(word).ok().and_then(|word| word.parse::<i64>().ok());
        if let Some(number) = number {
            self.numbers = [self.numbers[1], Some((at, number))];
        }
        match (word, self.numbers[0]) {
            (b"obj", Some((at, _))) => {
                self.object_at = at;
                (self.table, self.stream) = (None, None);
            }
            (b"xref", _) => self.table = Some(Table::of(at)),
            (word, _) => {
                if let Some(table) = &mut self.table {
                    table.word(word, number);
                }
            }
        }
    }

    /// Where the object begins that is being read.
    pub(super) fn object_at(&self) -> u64 {
        self.object_at
    }

    /// Ends a table with its trailer; which object is searched for.
    pub(super) fn trailer(&mut self, entries: &Entries, wanted: Option<ObjectId>) {
        let Some(table) = self.table.take() else { return };
        let Some(section) = section(entries, table.at, wanted) else {
            self.is_unclear = true;
            return;
        };
        let found = wanted.map_or(Some(Entry::Absent), |wanted| table.find(wanted.number));
        self.add(section, found);
    }

    /// Begins a cross-reference stream, whose bytes follow.
    pub(super) fn begin_stream(&mut self, entries: &Entries, wanted: Option<ObjectId>) {
        let number = wanted.map_or(-1, |wanted| i64::from(wanted.number));
        match section(entries, self.object_at, wanted) {
            Some(section) => self.stream = Some((section, Shape::of(entries), number)),
            None => self.is_unclear = true,
        }
    }

    /// Ends a cross-reference stream with what was decompressed; `None` if it could not be.
    pub(super) fn end_stream(&mut self, bytes: Option<&[u8]>) {
        let Some((section, shape, number)) = self.stream.take() else { return };
        let found = shape.zip(bytes).and_then(|(shape, bytes)| shape.find(number, bytes));
        self.add(section, found);
    }

    fn add(&mut self, mut section: Section, found: Option<Entry>) {
        self.is_unclear |= found.is_none() || self.sections.len() == MAX_SECTIONS;
        self.is_unclear |= section.is_hybrid && !matches!(found, Some(Entry::At(_)));
        if !self.is_unclear {
            section.entry = found.unwrap_or(Entry::Absent);
            self.sections.push(section);
        }
    }

    /// Whether a reader finds the wanted object here, wherever it starts.
    pub(super) fn lead_to(&self, place: u64) -> bool {
        let starts = self.sections.iter().filter(|section| section.is_start);
        !self.is_unclear
            && starts.clone().count() > 0
            && starts.clone().all(|start| self.leads_to(start, place))
    }

    fn leads_to(&self, start: &Section, place: u64) -> bool {
        let mut section = start;
        for _ in 0..self.sections.len() {
            match (section.entry, section.previous) {
                (Entry::At(offset), _) => return is_near(offset, place),
                (Entry::Elsewhere, _) | (Entry::Absent, None) => return false,
                (Entry::Absent, Some(previous)) => {
                    let before = self.sections.iter().find(|section| is_near(previous, section.at));
                    let Some(before) = before else { return false };
                    section = before;
                }
            }
        }
        false
    }
}

fn is_near(offset: u64, place: u64) -> bool {
    place.checked_sub(offset).is_some_and(|shift| shift <= MAX_SHIFT)
}

/// What a trailer says of its section; `None` if some readers would say otherwise.
fn section(entries: &Entries, at: u64, wanted: Option<ObjectId>) -> Option<Section> {
    let previous = match entries.number(b"Prev")? {
        Some(previous) => Some(u64::try_from(previous).ok()?),
        None => None,
    };
    let is_start = entries.has(b"Root");
    // What has a number beyond the size is not there.
    let is_within = |wanted: ObjectId| match entries.get(b"Size") {
        Some(Some(Value::Number(size))) => i64::from(wanted.number) < *size,
        _ => false,
    };
    let is_hybrid = entries.has(b"XRefStm");
    let section = Section { at, is_start, previous, is_hybrid, entry: Entry::Absent };
    (!is_start || wanted.is_none_or(is_within)).then_some(section)
}

impl Table {
    fn of(at: u64) -> Self {
        Self { at, next: 0, numbers: Vec::new(), entries: Vec::new(), is_cut: false }
    }

    /// Two numbers and a letter are an entry, two numbers and another number begin a part.
    fn word(&mut self, word: &[u8], number: Option<i64>) {
        match (number, self.numbers.as_slice(), word) {
            (Some(number), [first, _], _) => {
                self.next = *first;
                self.numbers = vec![number];
            }
            (Some(number), ..) => self.numbers.push(number),
            (None, [offset, _], b"n" | b"f") => {
                let offset = u32::try_from(*offset).ok().filter(|_| word == b"n");
                match u32::try_from(self.next) {
                    Ok(number) if self.entries.len() < MAX_ENTRIES => self.entries.push((number, offset)),
                    _ => self.is_cut = true,
                }
                self.next = self.next.saturating_add(1);
                self.numbers.clear();
            }
            _ => {}
        }
    }

    /// The entry of an object; `None` if the table is not clear.
    fn find(&self, wanted: u32) -> Option<Entry> {
        let mut found = self.entries.iter().filter(|(number, _)| *number == wanted);
        let entry = found.next().map_or(Entry::Absent, |(_, offset)| match offset {
            Some(offset) => Entry::At(u64::from(*offset)),
            None => Entry::Elsewhere,
        });
        (!self.is_cut && found.next().is_none()).then_some(entry)
    }
}
