use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, Reader as _, Xlsx, XlsxError};

use crate::limits::Limits;
use crate::rejection::Rejection;
use crate::table::Table;
use crate::{cell_text, inflation};

type Book = Xlsx<Cursor<Vec<u8>>>;

/// As many sheets are looked at.
const MAX_SHEETS: usize = 100;

/// Reads the one table of a workbook: `row` takes its head, and then each row below it, as long as the head.
///
/// Rows without content do not count. The head ends at its last cell with content.
///
/// # Errors
///
/// The file is no workbook, is larger than the limits, or holds what has no text of its own, such as a formula. `row` may have
/// taken rows already.
pub fn read(file: Vec<u8>, limits: &Limits, mut row: impl FnMut(Vec<String>)) -> Result<(), Rejection> {
    if file.len() > limits.file_bytes {
        return Err(Rejection::TooLarge { max: limits.file_bytes });
    }
    inflation::check(&file, limits)?;
    // The reader of workbooks trusts positions and ranges, and panics where they make no sense.
    let read = catch_unwind(AssertUnwindSafe(|| read_sheet(file, limits, &mut row)));
    read.unwrap_or(Err(Rejection::NotReadable))
}

fn read_sheet(file: Vec<u8>, limits: &Limits, row: &mut impl FnMut(Vec<String>)) -> Result<(), Rejection> {
    let mut book = Book::new(Cursor::new(file)).map_err(|_| Rejection::NotReadable)?;
    let sheet = sheet_with_content(&mut book, limits.empty_cells)?;
    let mut table = Table::new(*limits, row);
    let mut cells = book.worksheet_cells_reader(&sheet).map_err(|_| Rejection::NotReadable)?;
    while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(|_| Rejection::NotReadable)? {
        table.move_to(cell.pos)?;
        if cell.formula.is_some() {
            return Err(Rejection::Formula { row: table.row() });
        }
        let text = cell_text::of(cell.value, table.row())?;
        table.put(text)?;
    }
    table.finish()
}

fn sheet_with_content(book: &mut Book, mut empty_cells: u64) -> Result<String, Rejection> {
    let sheets = book.sheet_names();
    if sheets.len() > MAX_SHEETS {
        return Err(Rejection::TooComplex);
    }
    let mut found = None;
    for sheet in sheets {
        if has_content(book, &sheet, &mut empty_cells)? && found.replace(sheet).is_some() {
            return Err(Rejection::SeveralSheets);
        }
    }
    found.ok_or(Rejection::Empty)
}

/// Whether a sheet has a cell that is not empty; so many empty ones are looked at. A chart has no cells.
fn has_content(book: &mut Book, sheet: &str, empty_cells: &mut u64) -> Result<bool, Rejection> {
    let mut cells = match book.worksheet_cells_reader(sheet) {
        Ok(cells) => cells,
        Err(XlsxError::NotAWorksheet(_)) => return Ok(false),
        Err(_) => return Err(Rejection::NotReadable),
    };
    while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(|_| Rejection::NotReadable)? {
        if cell.formula.is_some() || !matches!(cell.value, DataRef::Empty) {
            return Ok(true);
        }
        *empty_cells = empty_cells.checked_sub(1).ok_or(Rejection::TooComplex)?;
    }
    Ok(false)
}
