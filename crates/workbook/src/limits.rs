/// How large a workbook may be. Each limit holds for what an attacker could make large by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The bytes of the file.
    pub file_bytes: usize,
    /// The bytes of everything in it when it is inflated, and of the text of all cells together.
    pub inflated_bytes: u64,
    /// The rows that have content, with the head.
    pub rows: u64,
    /// The columns, as the number of the last one that has content.
    pub columns: usize,
    /// The characters of one cell, counted as UTF-16; a spreadsheet takes 32,767, and a guard may need as many again.
    pub cell_characters: usize,
    /// The bytes of the text of one row.
    pub row_bytes: usize,
    /// Texts that cells share, each of which is in memory while the workbook is read.
    pub shared_texts: u64,
    /// Formats, sheets and whatever else a reader may keep in memory.
    pub other_elements: u64,
    /// Empty cells that are looked at to find the sheet with content.
    pub empty_cells: u64,
}

impl Limits {
    /// 20 MiB, 200 MiB inflated, a head and 100,000 rows of 200 columns and 64 KiB, 16,000 characters in a cell.
    pub const STANDARD: Self = Self {
        file_bytes: 20 * 1024 * 1024,
        inflated_bytes: 200 * 1024 * 1024,
        rows: 100_001,
        columns: 200,
        cell_characters: 16_000,
        row_bytes: 64 * 1024,
        shared_texts: 3_000_000,
        other_elements: 500_000,
        empty_cells: 4_000_000,
    };
}

impl Default for Limits {
    /// [`Limits::STANDARD`].
    fn default() -> Self {
        Self::STANDARD
    }
}
