/// How large a workbook may be. Each limit holds for what an attacker could make large by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The bytes of the file.
    pub file_bytes: usize,
    /// The bytes of everything in it when it is inflated, and of the text of all cells together.
    pub inflated_bytes: u64,
    /// The rows that have content, with the head.
    pub rows: usize,
    /// The columns, as the number of the last one that has content.
    pub columns: usize,
    /// The bytes of the text of one row.
    pub row_bytes: usize,
}

impl Default for Limits {
    /// 20 MiB, 200 MiB inflated, a head and 100,000 rows of 200 columns and 64 KiB.
    fn default() -> Self {
        Self {
            file_bytes: 20 * 1024 * 1024,
            inflated_bytes: 200 * 1024 * 1024,
            rows: 100_001,
            columns: 200,
            row_bytes: 64 * 1024,
        }
    }
}
