//! A chart of bars that lie, one for each row of a table: SVG without styles or scripts.

/// The maximum number of bars.
pub(crate) const MAX_BARS: usize = 40;

const WIDTH: u64 = 720;
/// Where the bars begin.
const LEFT: u64 = 280;
/// The longest bar; its number is to the right of it.
const LONGEST: u64 = WIDTH - LEFT - 80;
const STEP: usize = 22;
/// The maximum number of characters of a name.
const NAME: usize = 40;

/// The chart, in units of its own.
pub(crate) struct BarChart {
    pub(crate) width: u64,
    pub(crate) height: usize,
    pub(crate) bars: Vec<Bar>,
}

/// A bar with its name and its number.
pub(crate) struct Bar {
    pub(crate) name: String,
    pub(crate) number: u64,
    pub(crate) left: u64,
    pub(crate) top: usize,
    pub(crate) length: u64,
    /// Where the name ends, the number begins, and both stand.
    pub(crate) name_end: u64,
    pub(crate) number_at: u64,
    pub(crate) line: usize,
}

impl BarChart {
    /// The longest bar has the greatest number.
    pub(crate) fn of(rows: impl Iterator<Item = (String, u64)>) -> Self {
        let rows: Vec<_> = rows.take(MAX_BARS).collect();
        let greatest = rows.iter().map(|(_, number)| *number).max().unwrap_or_default().max(1);
        let bars: Vec<_> = rows
            .into_iter()
            .enumerate()
            .map(|(place, (name, number))| {
                let length = u128::from(number) * u128::from(LONGEST) / u128::from(greatest);
                let length = u64::try_from(length).unwrap_or(LONGEST);
                // What is there is seen.
                let length = if number > 0 { length.max(1) } else { 0 };
                let top = place * STEP;
                Bar {
                    name: shortened(&name),
                    number,
                    left: LEFT,
                    top: top + 3,
                    length,
                    name_end: LEFT - 8,
                    number_at: LEFT + length + 6,
                    line: top + 15,
                }
            })
            .collect();
        Self { width: WIDTH, height: bars.len() * STEP, bars }
    }
}

fn shortened(name: &str) -> String {
    if name.chars().count() <= NAME {
        return name.to_owned();
    }
    name.chars().take(NAME - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_in_proportion_and_what_is_there_is_seen() {
        let numbers = [0, 1, u64::MAX / 2, u64::MAX];
        let chart = BarChart::of(numbers.into_iter().map(|number| ("x".repeat(50), number)));
        let lengths: Vec<_> = chart.bars.iter().map(|bar| bar.length).collect();
        assert_eq!(lengths, [0, 1, LONGEST / 2 - 1, LONGEST]);
        assert!(chart.bars.iter().all(|bar| bar.name.chars().count() == NAME));
        assert!(chart.bars.iter().all(|bar| bar.line < chart.height && bar.number_at < chart.width));
        let none = BarChart::of([("a".to_owned(), 0)].into_iter());
        assert_eq!(none.bars[0].length, 0);
        assert_eq!(BarChart::of((0..100).map(|n| (String::new(), n))).bars.len(), MAX_BARS);
    }
}
