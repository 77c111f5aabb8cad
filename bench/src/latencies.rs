/// How long each request took, in microseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Latencies(Vec<u32>);

impl Latencies {
    /// Adds one.
    pub(crate) fn add(&mut self, microseconds: u128) {
        self.0.push(u32::try_from(microseconds).unwrap_or(u32::MAX));
    }

    /// Adds those of another caller.
    pub(crate) fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// The given percentile in milliseconds (nearest rank); 0 if there are none.
    pub(crate) fn percentile(&mut self, percent: usize) -> f64 {
        self.0.sort_unstable();
        let rank = (self.0.len() * percent).div_ceil(100).max(1);
        self.0.get(rank - 1).map_or(0.0, |microseconds| f64::from(*microseconds) / 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(all: impl IntoIterator<Item = u128>) -> Latencies {
        let mut latencies = Latencies::default();
        all.into_iter().for_each(|one| latencies.add(one));
        latencies
    }

    #[test]
    fn percentiles_are_measured_latencies() {
        let mut hundred = of((1..=100).rev().map(|number| number * 1000));
        assert_eq!((hundred.percentile(50), hundred.percentile(99)), (50.0, 99.0));
        let mut three = of([3_000, 1_000, 2_000]);
        assert_eq!((three.percentile(50), three.percentile(99)), (2.0, 3.0));
        assert!((of([700]).percentile(50) - 0.7).abs() < 1e-9);
    }

    #[test]
    fn percentile_of_no_latencies_is_zero() {
        assert!(Latencies::default().percentile(99) <= 0.0);
    }

    #[test]
    fn latency_too_long_to_count_stays_long() {
        let mut latencies = of([u128::MAX]);
        latencies.extend(of([1]));
        assert_eq!((latencies.count(), latencies.percentile(50)), (2, 0.001));
        assert!(latencies.percentile(99) > 4_000_000.0);
    }
}
