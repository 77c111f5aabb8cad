//! The standard security handler with the empty user password (ISO 32000-1, 7.6.3; ISO 32000-2, 7.6.4).
//!
//! MD5, RC4 and AES without authentication are what the format has, so they are read here and protect nothing of ours.

use md5::Md5;
use rc4::{KeyInit as _, Rc4, StreamCipher as _};
use sha2::{Digest as _, Sha256};

use super::dictionary::Encrypt;
use super::hash;
use super::key::{FileKey, aes_256_decrypt};

/// What stands for a password of no characters (algorithm 2, step a).
const PADDING: [u8; 32] = [
    0x28, 0xBF, 0x4E, 0x5E, 0x4E, 0x75, 0x8A, 0x41, 0x64, 0x00, 0x4E, 0x56, 0xFF, 0xFA, 0x01, 0x08, 0x2E,
    0x2E, 0x00, 0xB6, 0xD0, 0x68, 0x3E, 0x80, 0x2F, 0x0C, 0xA9, 0xFE, 0x64, 0x53, 0x69, 0x7A,
];

/// Finds the key of a file that opens without a password.
pub(in super::super) struct StandardHandler;

impl StandardHandler {
    /// The key of the file; `None` if it needs a password.
    pub(in super::super) fn open_with_empty_password(encrypt: &Encrypt, id: &[u8]) -> Option<FileKey> {
        let key = match encrypt.revision {
            2..=4 => legacy_key(encrypt, id)?,
            _ => modern_key(encrypt)?,
        };
        Some(FileKey::new(key, encrypt.streams, encrypt.texts))
    }
}

/// Algorithms 2 and 6: the key, where it is that of the user.
fn legacy_key(encrypt: &Encrypt, id: &[u8]) -> Option<Vec<u8>> {
    let length = if encrypt.revision == 2 { 5 } else { encrypt.key_length };
    let mut digest = Md5::new();
    digest.update(PADDING);
    digest.update(encrypt.owner.get(..32)?);
    digest.update(encrypt.permissions.to_le_bytes());
    digest.update(id);
    if encrypt.revision == 4 && !encrypt.encrypts_metadata {
        digest.update([0xFF; 4]);
    }
    let mut key = digest.finalize().to_vec();
    if encrypt.revision > 2 {
        for _ in 0..50 {
            key = Md5::digest(key.get(..length)?).to_vec();
        }
    }
    key.truncate(length);

    let is_users = if encrypt.revision == 2 {
        encrypt.user.get(..32)? == rc4(&key, &PADDING)?
    } else {
        let mut check = Md5::new_with_prefix(PADDING).chain_update(id).finalize().to_vec();
        for round in 0..20 {
            let turned: Vec<u8> = key.iter().map(|byte| byte ^ round).collect();
            check = rc4(&turned, &check)?;
        }
        // The other half is arbitrary.
        encrypt.user.get(..16)? == check
    };
    is_users.then_some(key)
}

/// Algorithm 2.A. The owner's password comes first for some readers and last for others, so where the empty one is both,
/// both must give the same key.
fn modern_key(encrypt: &Encrypt) -> Option<Vec<u8>> {
    let user = encrypt.user.get(..48)?;
    let by_user = wrapped_key(encrypt.revision, user, &encrypt.user_key, b"")??;
    match wrapped_key(encrypt.revision, encrypt.owner.get(..48)?, &encrypt.owner_key, user)? {
        Some(by_owner) if by_owner != by_user => None,
        _ => Some(by_user),
    }
}

/// The key that an entry of 32 bytes of hash, 8 of salt for the check and 8 of salt for the key gives. The outer option
/// is whether it is such an entry, the inner one whether the empty password is right.
#[expect(clippy::option_option, reason = "a broken entry and a wrong password mean different things")]
fn wrapped_key(revision: i64, entry: &[u8], wrapped: &[u8], user: &[u8]) -> Option<Option<Vec<u8>>> {
    let (check, salts) = entry.split_at_checked(32)?;
    let (check_salt, key_salt) = salts.split_at_checked(8)?;
    let hashed = |salt: &[u8]| match revision {
        5 => Some(Sha256::new_with_prefix(salt).chain_update(user).finalize().to_vec()),
        _ => hash::hardened(salt, user),
    };
    if hashed(check_salt)? != check {
        return Some(None);
    }
    let mut key = wrapped.get(..32)?.to_vec();
    aes_256_decrypt(&hashed(key_salt)?, &[0; 16], &mut key)?;
    Some(Some(key))
}

fn rc4(key: &[u8], bytes: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = bytes.to_vec();
    Rc4::new_from_slice(key).ok()?.apply_keystream(&mut bytes);
    Some(bytes)
}
