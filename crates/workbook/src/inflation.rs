use std::io::{self, Cursor, Read as _};

use zip::ZipArchive;

use crate::limits::Limits;
use crate::rejection::Rejection;

/// Inflates everything once and keeps nothing: what an archive says of its size is what its author wrote there.
pub(crate) fn check(file: &[u8], limits: &Limits) -> Result<(), Rejection> {
    let unreadable = |_| Rejection::NotReadable;
    let mut archive = ZipArchive::new(Cursor::new(file)).map_err(unreadable)?;
    let mut left = limits.inflated_bytes;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(unreadable)?;
        let read =
            io::copy(&mut entry.take(left + 1), &mut io::sink()).map_err(|_| Rejection::NotReadable)?;
        left = left.checked_sub(read).ok_or(Rejection::InflatesTooFar { max: limits.inflated_bytes })?;
    }
    Ok(())
}
