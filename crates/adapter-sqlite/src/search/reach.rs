//! How many clients a condition can find, as far as that decides how the page is read.

use std::ops::{BitAnd, BitOr};

/// How many clients a condition finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Few, which an index names: they are read and sorted.
    Few,
    /// Maybe many: all clients are read in their order until the page is full.
    Any,
}

impl Reach {
    /// Few, if this is so.
    pub(super) const fn few_if(few: bool) -> Self {
        if few { Self::Few } else { Self::Any }
    }
}

impl BitAnd for Reach {
    type Output = Self;

    /// Of both conditions.
    fn bitand(self, other: Self) -> Self {
        Self::few_if(self == Self::Few || other == Self::Few)
    }
}

impl BitOr for Reach {
    type Output = Self;

    /// Of either condition.
    fn bitor(self, other: Self) -> Self {
        Self::few_if(self == Self::Few && other == Self::Few)
    }
}
