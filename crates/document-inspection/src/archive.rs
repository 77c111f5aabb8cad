//! ZIP archives are read from their end, so one can follow any other file (PKWARE's APPNOTE.TXT, 4.3.16).

use memchr::memmem;

/// How long the record at the end is without its comment.
const RECORD: usize = 22;
/// How long the entry of one file in the directory is at least.
const ENTRY: u64 = 46;

/// Whether there is the end of a ZIP archive in the end of a file of this size. The four bytes that it begins with may
/// occur by chance; that what follows them makes sense as well does not.
pub(super) fn is_at_the_end(tail: &[u8], size: u64) -> bool {
    memmem::find_iter(tail, b"PK\x05\x06").any(|at| {
        let Some(record) = tail.get(at..at + RECORD) else { return false };
        let short =
            |at: usize| record.get(at..at + 2).map_or(0, |b| b.iter().rev().copied().fold(0, shifted));
        let long = |at: usize| record.get(at..at + 4).map_or(0, |b| b.iter().rev().copied().fold(0, shifted));
        let (this_disk, entries_here, entries, directory) = (short(4), short(8), short(10), long(12));
        let on_one_disk = matches!(this_disk, 0 | 0xFFFF) && entries_here == entries;
        let fits = directory == 0xFFFF_FFFF || (directory < size && directory >= entries * ENTRY);
        on_one_disk && (fits || entries == 0xFFFF)
    })
}

fn shifted(number: u64, byte: u8) -> u64 {
    number << 8 | u64::from(byte)
}
