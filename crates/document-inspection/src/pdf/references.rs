//! Sets of the numbers of objects, which may be large.

use std::collections::HashMap;

use crate::rejection::ContentRejection;

/// No reader takes a greater number of an object (ISO 32000-1, annex C).
pub(super) const MAX_NUMBER: i64 = 8_388_607;

/// A set of numbers: bits in pages of 4,096, so that it has at most 1 MiB.
#[derive(Default)]
pub(super) struct References(HashMap<u32, Box<[u64; 64]>>);

impl References {
    pub(super) fn insert(&mut self, number: i64) -> Result<(), ContentRejection> {
        self.insert_new(number).map(|_| ())
    }

    /// Adds a number; whether it is a new one.
    pub(super) fn insert_new(&mut self, number: i64) -> Result<bool, ContentRejection> {
        let number = u32::try_from(number).ok().filter(|number| i64::from(*number) <= MAX_NUMBER);
        let number = number.ok_or(ContentRejection::Truncated)?;
        let page = self.0.entry(number >> 12).or_insert_with(|| Box::new([0; 64]));
        let Some(word) = page.get_mut((number as usize >> 6) & 63) else { return Ok(false) };
        let before = *word;
        *word |= 1 << (number & 63);
        Ok(*word != before)
    }

    pub(super) fn contains(&self, number: u32) -> bool {
        let word = self.0.get(&(number >> 12)).and_then(|page| page.get((number as usize >> 6) & 63));
        word.is_some_and(|word| word & 1 << (number & 63) != 0)
    }

    /// Whether the sets have a number in common.
    pub(super) fn meets(&self, other: &Self) -> bool {
        self.pairs(other).any(|(mine, theirs)| mine & theirs != 0)
    }

    /// Whether each of these is one of those.
    pub(super) fn is_within(&self, other: &Self) -> bool {
        self.pairs(other).all(|(mine, theirs)| mine & !theirs == 0)
    }

    fn pairs<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = (u64, u64)> + 'a {
        self.0.iter().flat_map(|(page, words)| {
            let theirs = other.0.get(page);
            words.iter().enumerate().map(move |(at, mine)| {
                (*mine, theirs.and_then(|theirs| theirs.get(at)).copied().unwrap_or_default())
            })
        })
    }
}
