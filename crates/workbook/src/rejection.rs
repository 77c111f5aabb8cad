use thiserror::Error;

/// Why a workbook is not read. No text holds anything of the workbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Rejection {
    /// The file has too many bytes.
    #[error(
        "The workbook has more than {max} bytes, which is the limit of a workbook. Send the rows as CSV."
    )]
    TooLarge {
        /// How many are taken.
        max: usize,
    },
    /// The file inflates to too many bytes.
    #[error(
        "The content of the workbook has more than {max} bytes, which is the limit. Send the rows as CSV."
    )]
    InflatesTooFar {
        /// How many are taken.
        max: u64,
    },
    /// The file has more texts, formats or sheets than a table needs.
    #[error(
        "The workbook has more texts, formats, sheets or empty cells than a table needs. Copy the rows into a new workbook, or send them as CSV."
    )]
    TooComplex,
    /// The file is no XLSX workbook, or a damaged or a protected one.
    #[error(
        "The file is no XLSX workbook that can be read. Save it as an Excel workbook (.xlsx) without a password."
    )]
    NotReadable,
    /// More than one sheet has content.
    #[error(
        "The workbook has several sheets with content. Leave one, because the file is one table; hidden sheets count, too."
    )]
    SeveralSheets,
    /// No sheet has content.
    #[error("The workbook is empty: no sheet has a head with the names of the columns.")]
    Empty,
    /// There are too many rows.
    #[error("The workbook has more than {max} rows, which is the limit of a workbook. Send the rows as CSV.")]
    TooManyRows {
        /// How many are taken, without the head.
        max: u64,
    },
    /// A row has too many columns.
    #[error("The row has more than {max} columns, which is the limit.")]
    TooManyColumns {
        /// The row, counted from 1 without empty rows; the head is 0.
        row: u64,
        /// How many are taken.
        max: usize,
    },
    /// A row has too much text.
    #[error("The row has more than {max} bytes, which is the limit of one row.")]
    RowTooLarge {
        /// The row.
        row: u64,
        /// How many are taken.
        max: usize,
    },
    /// A cell has too many characters.
    #[error(
        "The row has a cell with more than {max} characters, which is the limit of a cell in a workbook. Send the rows as CSV."
    )]
    LongCell {
        /// The row.
        row: u64,
        /// How many are taken.
        max: usize,
    },
    /// A cell has content in a column without a name in the head.
    #[error("The row has a cell in a column that has no name in the head.")]
    ColumnWithoutName {
        /// The row.
        row: u64,
    },
    /// A cell holds a formula.
    #[error("The row has a formula. Copy the sheet and paste it as values.")]
    Formula {
        /// The row.
        row: u64,
    },
    /// A cell holds an error of a spreadsheet, such as `#N/A`.
    #[error("The row has a cell with an error such as #N/A. Correct the cell.")]
    ErrorValue {
        /// The row.
        row: u64,
    },
    /// A cell holds a time of day, a duration, or a number that is no date and is shown as one.
    #[error(
        "The row has a time, a duration, or a date that no calendar has. Format the column as text and enter it again."
    )]
    NoDate {
        /// The row.
        row: u64,
    },
    /// A number has more digits than a spreadsheet keeps.
    #[error(
        "The row has a number with more than 15 digits, of which a spreadsheet changes the last ones. Format the column as text and enter the number again."
    )]
    LongNumber {
        /// The row.
        row: u64,
    },
}

impl Rejection {
    /// The row that it is about, counted from 1 without empty rows; the head is 0.
    pub const fn row(&self) -> Option<u64> {
        match self {
            Self::TooManyColumns { row, .. }
            | Self::RowTooLarge { row, .. }
            | Self::LongCell { row, .. }
            | Self::NoDate { row }
            | Self::ColumnWithoutName { row }
            | Self::Formula { row }
            | Self::ErrorValue { row }
            | Self::LongNumber { row } => Some(*row),
            _ => None,
        }
    }
}
