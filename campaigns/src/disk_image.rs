//! What a disk holds of some files, and what only the system's cache holds.

use std::collections::BTreeMap;

use crate::disk_names::DiskNames;
use crate::system_call::SystemCall;
use crate::{RunError, Seeded};

/// What of the changes that were not synced a power cut leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PowerCut {
    /// None of them.
    Nothing,
    /// Each whole, or not at all.
    Whole,
    /// Each piece that ends at a multiple of so many bytes, or not.
    Torn(usize),
}

impl PowerCut {
    /// Each kind: 4,096 bytes are a page of the system, 512 a sector.
    pub const ALL: [Self; 4] = [Self::Nothing, Self::Whole, Self::Torn(4096), Self::Torn(512)];
}

/// How many changes were not synced at a cut, and what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unsynced {
    /// All of them.
    pub all: u64,
    /// Those of which nothing is left.
    pub dropped: u64,
    /// Those of which a part is left.
    pub torn: u64,
}

/// Some files that stay, and a folder in which files come and go, as a disk and a system have them.
#[derive(Clone, Debug)]
pub struct DiskImage {
    /// By path, or by first name in the folder: what was synced.
    synced: BTreeMap<String, Vec<u8>>,
    /// The names in the folder.
    names: DiskNames,
    /// What was not, in its order.
    unsynced: Vec<Change>,
    /// Where the next write to an open file goes.
    positions: BTreeMap<i32, usize>,
}

#[derive(Clone, Debug)]
struct Change {
    path: String,
    /// The line of the trace on which the call returned.
    line: u64,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    Write { at: usize, bytes: Vec<u8> },
    Truncate(usize),
}

impl DiskImage {
    /// Files of which everything is on the disk, and a folder of which nothing is followed yet.
    pub const fn new(files: BTreeMap<String, Vec<u8>>, folder: String) -> Self {
        let names = DiskNames::below(folder);
        Self { synced: files, names, unsynced: Vec::new(), positions: BTreeMap::new() }
    }

    /// Does what a call did, if it was about these files. A sync keeps every change that had returned before it began.
    pub fn apply(&mut self, call: &SystemCall) -> Result<(), RunError> {
        let not_understood =
            || RunError::new(format!("line {} of the trace: {} is not understood", call.lines.1, call.name));
        if let Some(made) = self.names.apply(call) {
            self.synced.insert(made, Vec::new());
            let opened = i32::try_from(call.result).map_err(|_| not_understood())?;
            self.positions.insert(opened, 0);
        }
        let Some((file, path)) = &call.file else { return Ok(()) };
        if !self.synced.contains_key(path) {
            if self.names.has(path) && call.name == "fsync" && call.result == 0 && !call.injected {
                self.names.sync(path, call.lines.0);
            }
            return Ok(());
        }
        let Ok(result) = usize::try_from(call.result) else { return Ok(()) };
        let number = |index: usize| call.numbers.get(index).and_then(|number| usize::try_from(*number).ok());
        match call.name.as_str() {
            "lseek" => {
                self.positions.insert(*file, result);
            }
            "write" => {
                let at = *self.positions.get(file).ok_or_else(not_understood)?;
                self.positions.insert(*file, at + result);
                self.write(call, path, at, result)?;
            }
            "pwrite64" => self.write(call, path, number(1).ok_or_else(not_understood)?, result)?,
            "ftruncate" => {
                let what = What::Truncate(number(0).ok_or_else(not_understood)?);
                self.unsynced.push(Change { path: path.clone(), line: call.lines.1, what });
            }
            "fsync" | "fdatasync" if call.injected => {}
            "fsync" | "fdatasync" => self.sync(path, call.lines.0),
            _ => return Err(not_understood()),
        }
        Ok(())
    }

    /// The files after a power cut, and what became of the changes that were not synced.
    pub fn after(&self, cut: PowerCut, random: &mut Seeded) -> (BTreeMap<String, Vec<u8>>, Unsynced) {
        let mut contents = self.synced.clone();
        let mut count = Unsynced::default();
        for change in &self.unsynced {
            let Some(file) = contents.get_mut(&change.path) else { continue };
            let pieces = change.what.pieces(cut);
            let number = pieces.len();
            let left: Vec<What> =
                pieces.into_iter().filter(|_| cut != PowerCut::Nothing && random.chance(50)).collect();
            count.all += 1;
            count.dropped += u64::from(left.is_empty());
            count.torn += u64::from(!left.is_empty() && left.len() < number);
            for what in left {
                what.change(file);
            }
        }
        let named = self.names.after(cut, random, &mut count);
        let of_name = |(name, file)| Some((name, contents.get(&file)?.clone()));
        let mut files: BTreeMap<_, _> = named.into_iter().filter_map(of_name).collect();
        files.extend(contents.into_iter().filter(|(path, _)| !self.names.has(path)));
        (files, count)
    }

    fn write(&mut self, call: &SystemCall, path: &str, at: usize, written: usize) -> Result<(), RunError> {
        let bytes = call.bytes().get(..written).map(<[u8]>::to_vec);
        let bytes = bytes.ok_or_else(|| RunError::new("the trace lacks bytes that were written"))?;
        let what = What::Write { at, bytes };
        self.unsynced.push(Change { path: path.to_owned(), line: call.lines.1, what });
        Ok(())
    }

    fn sync(&mut self, path: &str, begun: u64) {
        let Some(file) = self.synced.get_mut(path) else { return };
        self.unsynced.retain(|change| {
            let is_synced = change.path == path && change.line < begun;
            if is_synced {
                change.what.change(file);
            }
            !is_synced
        });
    }
}

impl What {
    fn change(&self, file: &mut Vec<u8>) {
        match self {
            Self::Truncate(size) => file.resize(*size, 0),
            Self::Write { at, bytes } => {
                let end = at + bytes.len();
                if file.len() < end {
                    file.resize(end, 0);
                }
                if let Some(place) = file.get_mut(*at..end) {
                    place.copy_from_slice(bytes);
                }
            }
        }
    }

    fn pieces(&self, cut: PowerCut) -> Vec<Self> {
        let (Self::Write { at, bytes }, PowerCut::Torn(size)) = (self, cut) else {
            return vec![self.clone()];
        };
        let (mut at, mut rest) = (*at, bytes.as_slice());
        let mut pieces = Vec::new();
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(rest.len().min(size - at % size));
            pieces.push(Self::Write { at, bytes: piece.to_vec() });
            at += piece.len();
            rest = after;
        }
        pieces
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "/a";

    fn image() -> DiskImage {
        let files = BTreeMap::from([(FILE.to_owned(), b"old".to_vec()), ("/b".to_owned(), Vec::new())]);
        DiskImage::new(files, "/d".to_owned())
    }

    fn call(name: &str, numbers: &[u64], bytes: &[u8], lines: (u64, u64)) -> SystemCall {
        SystemCall {
            name: name.to_owned(),
            file: Some((4, FILE.to_owned())),
            texts: vec![bytes.to_vec()],
            creates: false,
            numbers: numbers.to_vec(),
            result: i64::try_from(if name == "lseek" { numbers[0] } else { bytes.len() as u64 }).unwrap(),
            injected: false,
            lines,
            at: std::time::Duration::ZERO,
        }
    }

    fn file(image: &DiskImage, cut: PowerCut) -> (Vec<u8>, Unsynced) {
        let (mut files, count) = image.after(cut, &mut Seeded::new(1));
        (files.remove(FILE).unwrap(), count)
    }

    #[test]
    fn what_was_not_synced_is_lost_and_what_was_is_kept() {
        let mut image = image();
        image.apply(&call("lseek", &[1], b"", (0, 0))).unwrap();
        image.apply(&call("write", &[2], b"NE", (1, 1))).unwrap();
        image.apply(&call("write", &[1], b"W", (2, 2))).unwrap();
        assert_eq!(
            file(&image, PowerCut::Nothing),
            (b"old".to_vec(), Unsynced { all: 2, dropped: 2, torn: 0 })
        );
        image.apply(&call("fdatasync", &[], b"", (3, 3))).unwrap();
        assert_eq!(file(&image, PowerCut::Nothing), (b"oNEW".to_vec(), Unsynced::default()));
        image.apply(&call("ftruncate", &[2], b"", (4, 4))).unwrap();
        image.apply(&call("fsync", &[], b"", (5, 5))).unwrap();
        assert_eq!(file(&image, PowerCut::Nothing).0, b"oN");
    }

    #[test]
    fn a_sync_keeps_only_what_was_written_to_its_file_before_it_began() {
        let mut image = image();
        image.apply(&call("pwrite64", &[1, 0], b"X", (0, 4))).unwrap();
        image.apply(&call("fdatasync", &[], b"", (3, 5))).unwrap();
        image
            .apply(&SystemCall { file: Some((5, "/b".to_owned())), ..call("fsync", &[], b"", (6, 7)) })
            .unwrap();
        image.apply(&SystemCall { injected: true, ..call("fdatasync", &[], b"", (8, 8)) }).unwrap();
        image.apply(&SystemCall { result: -1, ..call("fdatasync", &[], b"", (9, 9)) }).unwrap();
        assert_eq!(file(&image, PowerCut::Nothing).0, b"old");
    }

    #[test]
    fn a_torn_write_leaves_whole_sectors() {
        let mut image = image();
        image.apply(&call("pwrite64", &[5000, 300], &[7; 5000], (0, 0))).unwrap();
        let (left, count) = file(&image, PowerCut::Torn(512));
        assert_eq!(count, Unsynced { all: 1, dropped: 0, torn: 1 });
        let sectors: Vec<u8> = left.chunks(512).skip(1).map(|sector| sector[0]).collect();
        assert!(sectors.contains(&7) && sectors.contains(&0), "{sectors:?}");
        let whole = left.chunks(512).skip(1).all(|sector| sector.iter().all(|byte| *byte == sector[0]));
        assert!(whole, "a sector has two halves");
        assert!(left.starts_with(b"old"));
    }

    #[test]
    fn a_call_that_is_not_understood_is_an_error() {
        for name in ["fallocate", "write"] {
            assert!(image().apply(&call(name, &[1], b"X", (0, 0))).is_err(), "{name}");
        }
        let other = SystemCall { file: Some((4, "/c".to_owned())), ..call("fallocate", &[1], b"", (0, 0)) };
        assert!(image().apply(&other).is_ok(), "it is about another file");
    }

    /// A file whose name was synced without its contents is there, and empty.
    #[test]
    fn a_file_of_the_folder_has_its_contents_and_its_name_synced_apart() {
        let of = |name: &str, path: &str| SystemCall {
            file: Some((7, path.to_owned())),
            ..call(name, &[], b"", (1, 1))
        };
        let opened = SystemCall {
            file: None,
            texts: vec![b"/d/k".to_vec()],
            creates: true,
            result: 7,
            ..call("openat", &[], b"", (0, 0))
        };
        let written = SystemCall { file: Some((7, "/d/k".to_owned())), ..call("write", &[2], b"hi", (1, 1)) };
        let mut image = image();
        for call in [opened, written, SystemCall { lines: (2, 2), ..of("fsync", "/d") }] {
            image.apply(&call).unwrap();
        }
        let left = |image: &DiskImage| image.after(PowerCut::Nothing, &mut Seeded::new(1)).0.remove("/d/k");
        assert_eq!(left(&image), Some(Vec::new()));
        image.apply(&SystemCall { lines: (3, 3), ..of("fsync", "/d/k") }).unwrap();
        assert_eq!(left(&image), Some(b"hi".to_vec()));
    }
}
