//! A look at everything in a workbook before it is read: what an archive says of its size, and a part of its content, is what
//! its author wrote there.

use std::io::{self, BufReader, Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use crate::limits::Limits;
use crate::rejection::Rejection;

/// What is read and not kept: rows, cells, values, formulas, and the parts of texts.
const PASSING: [&str; 9] = ["row", "c", "v", "f", "is", "t", "r", "rPr", "phoneticPr"];

/// Inflates every part once and keeps nothing of it.
pub(crate) fn check(file: &[u8], limits: &Limits) -> Result<(), Rejection> {
    let unreadable = |_| Rejection::NotReadable;
    let mut archive = ZipArchive::new(Cursor::new(file)).map_err(unreadable)?;
    let mut elements = Elements { limits: *limits, shared_texts: 0, others: 0 };
    let mut left = limits.inflated_bytes;
    for index in 0..archive.len() {
        let mut part = Counted { part: archive.by_index(index).map_err(unreadable)?, left, is_over: false };
        elements.count(&mut part)?;
        // What comes behind the end, or a mistake, of the XML.
        let rest = io::copy(&mut part, &mut io::sink());
        if part.is_over {
            return Err(Rejection::InflatesTooFar { max: limits.inflated_bytes });
        }
        rest.map_err(|_| Rejection::NotReadable)?;
        left = part.left;
    }
    Ok(())
}

/// A part, of which so many bytes are read at most.
struct Counted<R> {
    part: R,
    left: u64,
    is_over: bool,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.part.read(bytes)?;
        if let Some(left) = self.left.checked_sub(read as u64) {
            self.left = left;
            Ok(read)
        } else {
            self.is_over = true;
            Err(io::Error::other("the workbook inflates too far"))
        }
    }
}

struct Elements {
    limits: Limits,
    shared_texts: u64,
    others: u64,
}

impl Elements {
    /// Counts the elements of a part, up to where it is no longer XML: a reader comes no further either.
    fn count(&mut self, part: &mut impl Read) -> Result<(), Rejection> {
        let mut xml = Reader::from_reader(BufReader::new(part));
        // As `calamine` reads it, so that both see the same elements.
        let config = xml.config_mut();
        config.check_end_names = false;
        config.check_comments = false;
        let mut event = Vec::new();
        loop {
            event.clear();
            match xml.read_event_into(&mut event) {
                Ok(Event::Start(element) | Event::Empty(element)) => self.add(&element)?,
                Ok(Event::Eof) | Err(_) => return Ok(()),
                Ok(_) => {}
            }
        }
    }

    fn add(&mut self, element: &BytesStart<'_>) -> Result<(), Rejection> {
        let name = element.local_name();
        let name = name.as_ref();
        if name == "si" {
            self.shared_texts += 1;
        } else if !PASSING.contains(&name) {
            self.others += 1;
        }
        // The reader makes room for as many texts as the list says that it has.
        let Limits { shared_texts, other_elements, .. } = self.limits;
        let few = |behind| number(behind).is_some_and(|number| number <= shared_texts);
        let announces_many = name == "sst" && !element.attributes_raw().split("uniqueCount").skip(1).all(few);
        if announces_many || self.shared_texts > shared_texts || self.others > other_elements {
            return Err(Rejection::TooComplex);
        }
        Ok(())
    }
}

/// The number behind the name of an attribute.
fn number(behind: &str) -> Option<u64> {
    let value = behind.trim_start_matches(|c: char| c.is_whitespace() || "=\"'".contains(c));
    let digits: String = value.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}
