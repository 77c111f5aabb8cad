//! The key of an encrypted file, and what it opens.

use aes::cipher::{Array, BlockModeDecrypt as _, KeyIvInit as _};
use aes::{Aes128, Aes256};
use md5::{Digest as _, Md5};
use rc4::{KeyInit as _, Rc4, StreamCipher as _};

/// How a part of the file is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Method {
    /// It is not.
    Identity,
    Rc4,
    /// AES with a key of 128 bits for each object.
    Aes128,
    /// AES with one key of 256 bits.
    Aes256,
}

/// What is encrypted each in its own way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Part {
    Stream,
    Text,
}

/// The number and the generation of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct ObjectId {
    pub(in super::super) number: u32,
    pub(in super::super) generation: u16,
}

impl ObjectId {
    pub(in super::super) fn of(number: i64, generation: i64) -> Option<Self> {
        Some(Self { number: u32::try_from(number).ok()?, generation: u16::try_from(generation).ok()? })
    }
}

/// The key of a file.
pub(in super::super) struct FileKey {
    key: Vec<u8>,
    streams: Method,
    texts: Method,
}

impl FileKey {
    pub(super) fn new(key: Vec<u8>, streams: Method, texts: Method) -> Self {
        Self { key, streams, texts }
    }

    /// How this part is encrypted.
    pub(in super::super) fn method(&self, part: Part) -> Method {
        if part == Part::Stream { self.streams } else { self.texts }
    }

    /// The bytes of a stream or of a string of this object as they were; `None` if that cannot be known.
    pub(in super::super) fn decrypt(&self, part: Part, object: ObjectId, bytes: &[u8]) -> Option<Vec<u8>> {
        let method = self.method(part);
        if method == Method::Identity || bytes.is_empty() {
            return Some(bytes.to_vec());
        }
        if method == Method::Rc4 {
            let mut plain = bytes.to_vec();
            Rc4::new_from_slice(&self.object_key(object, method)?).ok()?.apply_keystream(&mut plain);
            return Some(plain);
        }
        let (iv, data) = bytes.split_at_checked(16)?;
        // Some readers show such a string as it stands.
        if part == Part::Text && (data.is_empty() || !data.len().is_multiple_of(16)) {
            return None;
        }
        let mut plain = data.to_vec();
        // Half a block says nothing; it was a line feed before `endstream`.
        plain.truncate(plain.len() / 16 * 16);
        if method == Method::Aes256 {
            aes_256_decrypt(&self.key, iv, &mut plain)?;
        } else {
            let key = self.object_key(object, method)?;
            let (blocks, _) = Array::slice_as_chunks_mut(&mut plain);
            cbc::Decryptor::<Aes128>::new_from_slices(&key, iv).ok()?.decrypt_blocks(blocks);
        }
        let padding = plain.last().map_or(0, |byte| usize::from(*byte));
        let end = plain.len().checked_sub(padding).filter(|_| (1..=16).contains(&padding));
        if let Some(end) = end
            && plain.get(end..)?.iter().all(|byte| usize::from(*byte) == padding)
        {
            plain.truncate(end);
        }
        Some(plain)
    }

    /// The key of one object (algorithm 1).
    fn object_key(&self, object: ObjectId, method: Method) -> Option<Vec<u8>> {
        let salt: &[u8] = if method == Method::Aes128 { b"sAlT" } else { b"" };
        let digest = Md5::new_with_prefix(&self.key)
            .chain_update(object.number.to_le_bytes().get(..3)?)
            .chain_update(object.generation.to_le_bytes())
            .chain_update(salt)
            .finalize();
        digest.get(..(self.key.len() + 5).min(16)).map(<[u8]>::to_vec)
    }
}

/// Decrypts whole blocks in place.
pub(super) fn aes_256_decrypt(key: &[u8], iv: &[u8], bytes: &mut [u8]) -> Option<()> {
    let (blocks, _) = Array::slice_as_chunks_mut(bytes);
    cbc::Decryptor::<Aes256>::new_from_slices(key, iv).ok()?.decrypt_blocks(blocks);
    Some(())
}
