use std::io::Cursor;

use calamine::{Reader as _, Xlsx};

use crate::limits::Limits;
use crate::rejection::Rejection;
use crate::{cell_text, inflation};

/// Reads the one table of a workbook: its head, and the rows below it, each as long as the head.
///
/// Rows without content do not count. The head ends at its last cell with content.
///
/// # Errors
///
/// The file is no workbook, is larger than the limits, or holds what has no text of its own, such as a formula.
pub fn read(file: Vec<u8>, limits: &Limits) -> Result<Vec<Vec<String>>, Rejection> {
    if file.len() > limits.file_bytes {
        return Err(Rejection::TooLarge { max: limits.file_bytes });
    }
    inflation::check(&file, limits)?;
    let mut book = Xlsx::new(Cursor::new(file)).map_err(|_| Rejection::NotReadable)?;
    let mut found = None;
    for sheet in book.sheet_names() {
        if has_content(&mut book, &sheet)? && found.replace(sheet).is_some() {
            return Err(Rejection::SeveralSheets);
        }
    }
    let sheet = found.ok_or(Rejection::Empty)?;
    let mut table = Table::new(*limits);
    let mut cells = book.worksheet_cells_reader(&sheet).map_err(|_| Rejection::NotReadable)?;
    while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(|_| Rejection::NotReadable)? {
        let (line, column) = cell.pos;
        table.move_to(line)?;
        if cell.formula.is_some() {
            return Err(Rejection::Formula { row: table.row });
        }
        let text = cell_text::of(cell.value, table.row)?;
        table.put(column, text)?;
    }
    table.end_row()?;
    if table.rows.is_empty() { Err(Rejection::Empty) } else { Ok(table.rows) }
}

/// Whether a sheet has a cell that is not empty. What is no sheet of cells, such as a chart, has none.
fn has_content(book: &mut Xlsx<Cursor<Vec<u8>>>, sheet: &str) -> Result<bool, Rejection> {
    let Ok(mut cells) = book.worksheet_cells_reader(sheet) else { return Ok(false) };
    while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(|_| Rejection::NotReadable)? {
        if cell.formula.is_some() || !matches!(cell.value, calamine::DataRef::Empty) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The rows so far, and the one that is being read.
struct Table {
    limits: Limits,
    rows: Vec<Vec<String>>,
    cells: Vec<String>,
    /// The line of the sheet that is being read.
    line: Option<u32>,
    /// The number of the row; the head is 0.
    row: u64,
    bytes_of_row: usize,
    bytes: u64,
}

impl Table {
    const fn new(limits: Limits) -> Self {
        Self { limits, rows: Vec::new(), cells: Vec::new(), line: None, row: 0, bytes_of_row: 0, bytes: 0 }
    }

    fn move_to(&mut self, line: u32) -> Result<(), Rejection> {
        if self.line.replace(line) != Some(line) {
            self.end_row()?;
        }
        Ok(())
    }

    fn put(&mut self, column: u32, text: String) -> Result<(), Rejection> {
        if text.is_empty() {
            return Ok(());
        }
        let row = self.row;
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if column >= self.limits.columns {
            return Err(Rejection::TooManyColumns { row, max: self.limits.columns });
        }
        if self.rows.first().is_some_and(|head| column >= head.len()) {
            return Err(Rejection::ColumnWithoutName { row });
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
        if self.cells.len() <= column {
            self.cells.resize(column + 1, String::new());
        }
        if let Some(cell) = self.cells.get_mut(column) {
            *cell = text;
        }
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), Rejection> {
        let mut cells = std::mem::take(&mut self.cells);
        self.bytes_of_row = 0;
        if cells.is_empty() {
            return Ok(());
        }
        if self.rows.len() >= self.limits.rows {
            return Err(Rejection::TooManyRows { max: self.limits.rows.saturating_sub(1) });
        }
        if let Some(head) = self.rows.first() {
            cells.resize(head.len(), String::new());
        }
        self.rows.push(cells);
        self.row += 1;
        Ok(())
    }
}
