use std::fmt;

use serde::Serialize;

/// What several rounds have measured: the median, and from where to where they reach.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) least: f64,
    pub(crate) most: f64,
}

impl Spread {
    /// The spread of these values; of none there is none.
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut sorted: Vec<f64> = values.into_iter().filter(|value| value.is_finite()).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let (least, most) = (*sorted.first()?, *sorted.last()?);
        let half = sorted.len() / 2;
        let upper = *sorted.get(half)?;
        let median = if sorted.len() % 2 == 1 { upper } else { f64::midpoint(upper, *sorted.get(half - 1)?) };
        Some(Self { median, least, most })
    }

    /// The spread of the ratios of two values that were measured in the same round.
    pub(crate) fn of_ratios(pairs: impl IntoIterator<Item = (f64, f64)>) -> Option<Self> {
        Self::of(pairs.into_iter().filter(|(_, below)| *below > 0.0).map(|(above, below)| above / below))
    }
}

impl fmt::Display for Spread {
    /// `0.93 (0.88-1.02)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} ({:.2}-{:.2})", self.median, self.least, self.most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_is_the_middle_value_or_the_mean_of_two() {
        assert_eq!(Spread::of([3.0, 1.0, 2.0]), Some(Spread { median: 2.0, least: 1.0, most: 3.0 }));
        assert_eq!(Spread::of([4.0, 1.0, 2.0, 3.0]), Some(Spread { median: 2.5, least: 1.0, most: 4.0 }));
        assert_eq!(Spread::of([7.0]).unwrap().to_string(), "7.00 (7.00-7.00)");
        assert_eq!(Spread::of([]), None);
    }

    #[test]
    fn ratio_is_computed_per_round() {
        let spread = Spread::of_ratios([(50.0, 100.0), (900.0, 1000.0), (8.0, 10.0)]).unwrap();
        assert_eq!(spread, Spread { median: 0.8, least: 0.5, most: 0.9 });
    }

    #[test]
    fn empty_round_has_no_ratio() {
        assert_eq!(Spread::of_ratios([(1.0, 0.0)]), None);
        assert_eq!(Spread::of([f64::NAN]), None);
    }
}
