/// A row has at most as many bytes, as the body of a request with one command.
pub(super) const MAX_ROW_BYTES: usize = 64 * 1024;

/// A row has at most as many columns.
pub(super) const MAX_COLUMNS: usize = 200;
