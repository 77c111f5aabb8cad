use crate::limits::Limits;
use crate::rejection::Rejection;

/// A table whose rows are handed over one by one.
pub(crate) struct Table<F> {
    limits: Limits,
    hand_over: F,
    /// How many columns the head has, once it was handed over.
    columns: Option<usize>,
    cells: Vec<String>,
    /// The line and the column of the sheet that are being read.
    position: Option<(u32, u32)>,
    row: u64,
    bytes_of_row: usize,
    bytes: u64,
}

impl<F: FnMut(Vec<String>)> Table<F> {
    pub(crate) const fn new(limits: Limits, hand_over: F) -> Self {
        Self {
            limits,
            hand_over,
            columns: None,
            cells: Vec::new(),
            position: None,
            row: 0,
            bytes_of_row: 0,
            bytes: 0,
        }
    }

    /// The number of the row that is being read; the head is 0.
    pub(crate) const fn row(&self) -> u64 {
        self.row
    }

    /// Moves to a cell. A sheet has its cells in order; else one could take the place of another without a word.
    pub(crate) fn move_to(&mut self, position: (u32, u32)) -> Result<(), Rejection> {
        match self.position.replace(position) {
            Some(last) if last >= position => Err(Rejection::NotReadable),
            Some(last) if last.0 != position.0 => self.end_row(),
            _ => Ok(()),
        }
    }

    /// Fills the cell.
    pub(crate) fn put(&mut self, text: String) -> Result<(), Rejection> {
        if text.is_empty() {
            return Ok(());
        }
        let row = self.row;
        let (_, column) = self.position.unwrap_or_default();
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if column >= self.limits.columns {
            return Err(Rejection::TooManyColumns { row, max: self.limits.columns });
        }
        if self.columns.is_some_and(|columns| column >= columns) {
            return Err(Rejection::ColumnWithoutName { row });
        }
        if text.encode_utf16().count() > self.limits.cell_characters {
            return Err(Rejection::LongCell { row, max: self.limits.cell_characters });
        }
        self.bytes_of_row += text.len();
        if self.bytes_of_row > self.limits.row_bytes {
            return Err(Rejection::RowTooLarge { row, max: self.limits.row_bytes });
        }
        // Many cells can share one text, so the file says nothing about how much they are together.
        self.bytes += text.len() as u64;
        if self.bytes > self.limits.inflated_bytes {
            return Err(Rejection::InflatesTooFar { max: self.limits.inflated_bytes });
        }
        self.cells.resize(column, String::new());
        self.cells.push(text);
        Ok(())
    }

    /// The sheet ends here.
    pub(crate) fn finish(mut self) -> Result<(), Rejection> {
        self.end_row()?;
        if self.columns.is_none() { Err(Rejection::Empty) } else { Ok(()) }
    }

    fn end_row(&mut self) -> Result<(), Rejection> {
        let mut cells = std::mem::take(&mut self.cells);
        self.bytes_of_row = 0;
        if cells.is_empty() {
            return Ok(());
        }
        let max = self.limits.rows.saturating_sub(1);
        if self.row > max {
            return Err(Rejection::TooManyRows { max });
        }
        cells.resize(*self.columns.get_or_insert(cells.len()), String::new());
        (self.hand_over)(cells);
        self.row += 1;
        Ok(())
    }
}
