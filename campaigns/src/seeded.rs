use std::time::Duration;

/// Random numbers that a seed repeats: `SplitMix64`.
#[derive(Clone, Debug)]
pub struct Seeded(u64);

impl Seeded {
    /// The numbers of this seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Numbers of their own for one part of a run, so that parts do not depend on each other's pace.
    #[must_use]
    pub fn part(&self, number: u64) -> Self {
        Self(Self(self.0 ^ number.wrapping_mul(0xD6E8_FEB8_6659_FD93)).number())
    }

    /// The next number.
    pub const fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to, but not with, `end`; 0 where there is none.
    pub const fn below(&mut self, end: u64) -> u64 {
        let number = self.number();
        if end == 0 { 0 } else { number % end }
    }

    /// A number of milliseconds, both ends included.
    pub const fn millis(&mut self, least: u64, most: u64) -> Duration {
        Duration::from_millis(least + self.below(most - least + 1))
    }

    /// Whether something that happens `percent` times in a hundred happens now.
    pub const fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of these.
    pub fn one_of<'a, T>(&mut self, among: &'a [T]) -> Option<&'a T> {
        let at = usize::try_from(self.below(among.len() as u64)).ok()?;
        among.get(at)
    }
}
