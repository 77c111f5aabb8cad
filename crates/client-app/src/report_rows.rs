//! The rows of a report.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::report::Report;

/// The maximum number of rows: a thousand branches with every kind of the work queue fit.
pub(crate) const MAX_ROWS: usize = 5_000;

/// A row: what it is about, and the numbers, in the order of [`Report::labels`] and [`Report::measures`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportRow {
    /// What the row is about; `None` for clients without a branch, and lines without the code of a reason.
    pub labels: Vec<Option<String>>,
    /// The numbers.
    pub numbers: Vec<u64>,
}

/// Rows by their labels, while they are filled.
pub(crate) struct Rows {
    columns: usize,
    numbers: BTreeMap<Vec<Option<String>>, Vec<u64>>,
    /// Whether everything was counted so far.
    pub(crate) is_complete: bool,
}

impl Rows {
    pub(crate) fn new(report: Report) -> Self {
        Self { columns: report.measures().len(), numbers: BTreeMap::new(), is_complete: true }
    }

    /// The numbers of a row, each 0 at first.
    pub(crate) fn row(&mut self, labels: Vec<Option<String>>) -> &mut Vec<u64> {
        let columns = self.columns;
        self.numbers.entry(labels).or_insert_with(|| vec![0; columns])
    }

    /// Adds to a number of a row.
    pub(crate) fn add(&mut self, labels: Vec<Option<String>>, column: Option<usize>, number: u64) {
        let row = self.row(labels);
        if let Some(cell) = column.and_then(|column| row.get_mut(column)) {
            *cell += number;
        }
    }

    /// Those with the largest numbers first.
    pub(crate) fn largest_first(self) -> (Vec<ReportRow>, bool) {
        let (mut rows, is_complete) = self.in_order();
        rows.sort_by_key(|row| Reverse(row.numbers.iter().sum::<u64>()));
        let is_whole = rows.len() <= MAX_ROWS;
        rows.truncate(MAX_ROWS);
        (rows, is_complete && is_whole)
    }

    /// In the order of the labels.
    pub(crate) fn in_order(self) -> (Vec<ReportRow>, bool) {
        let rows = self.numbers.into_iter().map(|(labels, numbers)| ReportRow { labels, numbers });
        (rows.collect(), self.is_complete)
    }
}
