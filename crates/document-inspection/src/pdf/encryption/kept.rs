//! The bytes of streams as they are in the file, for when it is known how they are encrypted.

use super::super::characters::is_blank;
use super::super::dictionary::Dictionary;
use super::key::{FileKey, Method, ObjectId, Part};

/// Streams that wait for the key.
pub(in super::super) struct Kept {
    pub(in super::super) streams: Vec<RawStream>,
    room: usize,
    /// Whether one had no room.
    pub(in super::super) is_full: bool,
}

/// A stream as it is in the file.
pub(in super::super) struct RawStream {
    pub(in super::super) dictionary: Box<Dictionary>,
    pub(in super::super) object: Option<ObjectId>,
    /// Everything after `stream`, the line feed and what ends it too.
    bytes: Vec<u8>,
    room: usize,
    is_cut: bool,
}

impl Kept {
    pub(in super::super) fn of(room: usize) -> Self {
        Self { streams: Vec::new(), room, is_full: false }
    }

    /// Begins with a stream.
    pub(in super::super) fn begin(&self, dictionary: &Dictionary, object: Option<ObjectId>) -> RawStream {
        let dictionary = Box::new(dictionary.clone());
        RawStream { dictionary, object, bytes: Vec::new(), room: self.room, is_cut: self.is_full }
    }

    /// Keeps a stream that has ended.
    pub(in super::super) fn keep(&mut self, mut stream: RawStream) {
        let size = stream.bytes.len() + size_of::<RawStream>() + size_of::<Dictionary>();
        if stream.is_cut || size > self.room {
            self.is_full = true;
            return;
        }
        self.room -= size;
        stream.bytes.shrink_to_fit();
        self.streams.push(stream);
    }
}

impl RawStream {
    pub(in super::super) fn push(&mut self, piece: &[u8]) {
        self.is_cut |= self.bytes.len() + piece.len() > self.room;
        if self.is_cut {
            self.bytes = Vec::new();
        } else {
            self.bytes.extend_from_slice(piece);
        }
    }

    /// Ends with this many characters of `endstream`.
    pub(in super::super) fn end(&mut self, end: usize) {
        self.bytes.truncate(self.bytes.len().saturating_sub(end));
    }

    /// The bytes of a stream that is not encrypted; `None` if there were too many.
    pub(in super::super) fn plain(&self) -> Option<&[u8]> {
        (!self.is_cut).then(|| self.data(Method::Identity))
    }

    /// The number of its object.
    pub(in super::super) fn number(&self) -> Option<i64> {
        self.object.map(|object| i64::from(object.number))
    }

    /// The bytes as they were before they were encrypted; `None` if that cannot be known.
    pub(in super::super) fn decrypt(&self, key: &FileKey) -> Option<Vec<u8>> {
        key.decrypt(Part::Stream, self.object?, self.data(key.method(Part::Stream)))
    }

    /// The bytes between the line ends (7.3.8). What is encrypted may begin and end with what looks like one.
    fn data(&self, method: Method) -> &[u8] {
        let line = self.bytes.iter().position(|byte| *byte != b' ').unwrap_or_default();
        let begin = match self.bytes.get(line..) {
            Some([b'\r', b'\n', ..]) => line + 2,
            Some([b'\r' | b'\n', ..]) => line + 1,
            _ => 0,
        };
        let data = self.bytes.get(begin..).unwrap_or_default();
        let length = self.dictionary.length.and_then(|length| usize::try_from(length).ok());
        if let Some((data, rest)) = length.and_then(|length| data.split_at_checked(length))
            && rest.iter().all(|byte| is_blank(*byte))
        {
            return data;
        }
        let is_whole = |data: &[u8]| data.len().is_multiple_of(16);
        if matches!(method, Method::Aes128 | Method::Aes256) && is_whole(data) {
            return data;
        }
        let without = data.strip_suffix(b"\n").unwrap_or(data);
        if without.len() < data.len()
            && matches!(method, Method::Aes128 | Method::Aes256)
            && is_whole(without)
        {
            return without;
        }
        without.strip_suffix(b"\r").unwrap_or(without)
    }
}
