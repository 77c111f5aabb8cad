use crate::ports::count::CountBounds;

/// How far the matches of a search are counted.
///
/// ```
/// use client_app::ports::{Total, Totals};
///
/// let matches = 30_u64;
/// assert_eq!(Totals::None.of(matches), None);
/// assert_eq!(Totals::Exact.of(matches), Some(Total { number: 30, is_complete: true }));
/// assert_eq!(Totals::UpTo(20).of(matches), Some(Total { number: 20, is_complete: false }));
/// assert_eq!(Totals::UpTo(30).of(matches), Some(Total { number: 30, is_complete: true }));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Totals {
    /// They are not counted.
    None,
    /// Up to this number: whether there are more is found, and not how many.
    UpTo(usize),
    /// All of them, which is expensive.
    Exact,
}

/// The number of matches of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Total {
    /// How many were counted.
    pub number: u64,
    /// Whether these are all. If not, there are more.
    pub is_complete: bool,
}

impl Totals {
    /// Up to as many as a count in groups reads.
    pub const BOUNDED: Self = Self::UpTo(CountBounds::ROWS);

    /// The total where one of so many matches was found, at most one more than are counted.
    pub fn of(self, matches: u64) -> Option<Total> {
        match self {
            Self::None => None,
            Self::UpTo(bound) => {
                let bound = u64::try_from(bound).unwrap_or(u64::MAX);
                Some(Total { number: matches.min(bound), is_complete: matches <= bound })
            }
            Self::Exact => Some(Total { number: matches, is_complete: true }),
        }
    }

    /// How many matches are looked for: one more than a bound shows that there are more. `None` means all.
    pub const fn most(self) -> Option<usize> {
        match self {
            Self::None => Some(0),
            Self::UpTo(bound) => Some(bound.saturating_add(1)),
            Self::Exact => None,
        }
    }
}
