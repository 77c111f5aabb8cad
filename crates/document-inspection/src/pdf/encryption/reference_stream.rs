//! The bytes of a cross-reference stream (7.5.8).

use super::recording::{Entries, Value};

/// What a section says of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    At(u64),
    /// It is free, or in an object stream.
    Elsewhere,
    /// Nothing, so an earlier section says it.
    Absent,
}

/// How the entries are written.
#[derive(Debug)]
pub(super) struct Shape {
    widths: [usize; 3],
    /// The first number of each part, and how many there are.
    parts: Vec<(i64, i64)>,
    /// How long a row is whose bytes are differences (7.4.4.4).
    row: Option<usize>,
}

impl Shape {
    /// The shape that a dictionary says; `None` if it is not one that we know.
    pub(super) fn of(entries: &Entries) -> Option<Self> {
        let numbers = |value: &Value| match value {
            Value::Array(values) => values.iter().map(Value::number).collect::<Option<Vec<_>>>(),
            _ => None,
        };
        let widths = numbers(entries.get(b"W")??)?;
        let widths: Option<Vec<_>> =
            widths.into_iter().map(|width| usize::try_from(width).ok().filter(|width| *width <= 8)).collect();
        let parts = match entries.get(b"Index")? {
            Some(index) => numbers(index)?,
            None => vec![0, entries.number(b"Size")??],
        };
        let is_plain = match entries.get(b"Filter")? {
            None => true,
            Some(filter) => matches!(filter.single(), Value::Name(name) if name == b"FlateDecode"),
        };
        let row = match entries.get(b"DecodeParms")?.map(Value::single) {
            None => None,
            Some(Value::Dictionary(parameters)) => match parameters.number(b"Predictor")? {
                None | Some(1) => None,
                Some(10..=15) => Some(usize::try_from(parameters.number(b"Columns")?.unwrap_or(1)).ok()?),
                Some(_) => return None,
            },
            Some(_) => return None,
        };
        let is_known = is_plain && row != Some(0) && parts.len() % 2 == 0;
        let parts = parts.chunks_exact(2).filter_map(|part| Some((*part.first()?, *part.last()?))).collect();
        is_known.then_some(Self { widths: widths?.try_into().ok()?, parts, row })
    }

    /// The entry of an object; `None` if that is not clear.
    pub(super) fn find(&self, wanted: i64, bytes: &[u8]) -> Option<Entry> {
        let plain = self.row.map(|row| differences(row, bytes));
        let bytes = plain.as_deref().unwrap_or(bytes);
        let (mut found, mut before) = (None, 0_i64);
        for (first, count) in &self.parts {
            let index = wanted.checked_sub(*first)?;
            if (0..*count).contains(&index) {
                let index = usize::try_from(before.checked_add(index)?).ok()?;
                if found.replace(self.entry(index, bytes)?).is_some() {
                    return None;
                }
            }
            before = before.checked_add(*count)?;
        }
        Some(found.unwrap_or(Entry::Absent))
    }

    fn entry(&self, index: usize, bytes: &[u8]) -> Option<Entry> {
        let [kind, offset, _] = self.widths;
        let size: usize = self.widths.iter().sum();
        let entry = bytes.get(index.checked_mul(size)?..)?.get(..size)?;
        let number = |bytes: &[u8]| bytes.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        let is_in_file = kind == 0 || number(entry.get(..kind)?) == 1;
        Some(if is_in_file { Entry::At(number(entry.get(kind..kind + offset)?)) } else { Entry::Elsewhere })
    }
}

/// Undoes the filters of PNG, which writers use to compress tables better; a pixel is one byte.
fn differences(row: usize, bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(bytes.len());
    let mut above = vec![0; row];
    for filtered in bytes.chunks_exact(row.saturating_add(1)) {
        let Some((filter, filtered)) = filtered.split_first() else { continue };
        let (mut left, mut corner) = (0_u8, 0_u8);
        for (byte, above) in filtered.iter().zip(&mut above) {
            let predicted = match filter {
                1 => left,
                2 => *above,
                3 => left.midpoint(*above),
                4 => paeth(left, *above, corner),
                _ => 0,
            };
            corner = *above;
            left = byte.wrapping_add(predicted);
            *above = left;
            plain.push(left);
        }
    }
    plain
}

/// The neighbour that is nearest to what the three let expect.
fn paeth(left: u8, above: u8, corner: u8) -> u8 {
    let expected = i16::from(left) + i16::from(above) - i16::from(corner);
    let distance = |byte: u8| (expected - i16::from(byte)).abs();
    if distance(left) <= distance(above) && distance(left) <= distance(corner) {
        left
    } else if distance(above) <= distance(corner) {
        above
    } else {
        corner
    }
}

#[cfg(test)]
mod tests {
    use super::super::vectors::entries;
    use super::*;

    #[test]
    fn entries_are_found_in_rows_of_any_filter() {
        let shape = "<< /W [1 2 1] /Index [0 1 5 2] /Size 7 >>";
        let plain = [0, 0, 0, 255, 1, 0x12, 0x34, 0, 2, 0, 9, 3];
        let find = |shape: &str, wanted, bytes: &[u8]| {
            Shape::of(&entries(shape)).and_then(|s| s.find(wanted, bytes))
        };
        let all = |shape: &str, bytes: &[u8]| [0, 1, 5, 6].map(|wanted| find(shape, wanted, bytes));
        let expected =
            [Some(Entry::Elsewhere), Some(Entry::Absent), Some(Entry::At(0x1234)), Some(Entry::Elsewhere)];
        assert_eq!(all(shape, &plain), expected);
        let predicted = shape.replace("/Size", "/DecodeParms << /Columns 4 /Predictor 15 >> /Size");
        for filter in 0..=4 {
            let mut filtered = Vec::new();
            let mut above = [0_u8; 4];
            for row in plain.chunks(4) {
                filtered.push(filter);
                for (at, byte) in row.iter().enumerate() {
                    let left = if at > 0 { row[at - 1] } else { 0 };
                    let corner = if at > 0 { above[at - 1] } else { 0 };
                    let predicted = match filter {
                        1 => left,
                        2 => above[at],
                        3 => left.midpoint(above[at]),
                        4 => paeth(left, above[at], corner),
                        _ => 0,
                    };
                    filtered.push(byte.wrapping_sub(predicted));
                }
                above.copy_from_slice(row);
            }
            assert_eq!(all(&predicted, &filtered), expected, "filter {filter}");
        }
        assert_eq!(find(shape, 6, &plain[..10]), None, "cut off");
        assert_eq!(find(&shape.replace("[0 1 5 2]", "[5 1 5 2]"), 5, &plain), None, "twice");
        for (from, to) in
            [("/W [1 2 1]", "/W [1 2]"), ("/W [1 2 1]", "/W [1 99 1]"), ("/Size", "/Filter /LZW /Size")]
        {
            assert!(Shape::of(&entries(&shape.replace(from, to))).is_none(), "{to}");
        }
    }
}
