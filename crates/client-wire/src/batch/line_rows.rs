use super::limits::MAX_ROW_BYTES;
use super::upload_fault::at_row;
use crate::failure::Failure;

/// The lines of a file, whatever pieces its bytes arrive in. Lines may end with LF or CRLF, and blank lines do not count.
pub(super) struct LineRows {
    line: Vec<u8>,
    row: u64,
}

impl LineRows {
    pub(super) const fn new() -> Self {
        Self { line: Vec::new(), row: 1 }
    }

    /// Reads these bytes; the lines that end in them are added to `rows`.
    pub(super) fn push(&mut self, bytes: &[u8], rows: &mut Vec<Vec<u8>>) -> Result<(), Failure> {
        let mut rest = bytes;
        while let Some(end) = memchr::memchr(b'\n', rest) {
            let (line, behind) = rest.split_at(end);
            self.extend(line)?;
            self.end_of_line(rows)?;
            rest = behind.get(1..).unwrap_or_default();
        }
        self.extend(rest)
    }

    /// The file ends here.
    pub(super) fn finish(&mut self, rows: &mut Vec<Vec<u8>>) -> Result<(), Failure> {
        self.end_of_line(rows)
    }

    fn extend(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        if self.line.len() + bytes.len() > MAX_ROW_BYTES {
            let limit =
                format!("The line has more than {MAX_ROW_BYTES} bytes, which is the limit of one row.");
            return Err(at_row(self.row, &limit));
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    fn end_of_line(&mut self, rows: &mut Vec<Vec<u8>>) -> Result<(), Failure> {
        let line = std::mem::take(&mut self.line);
        let Ok(text) = std::str::from_utf8(&line) else {
            return Err(at_row(self.row, "The line is not UTF-8."));
        };
        if text.contains('\0') {
            return Err(at_row(self.row, "The line has a null character. Save the file in UTF-8."));
        }
        let text = text.trim();
        if !text.is_empty() {
            rows.push(text.as_bytes().to_vec());
            self.row += 1;
        }
        Ok(())
    }
}
