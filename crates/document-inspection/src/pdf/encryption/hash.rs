//! The hash of revision 6, which makes guessing passwords slow (ISO 32000-2, algorithm 2.B).

use aes::Aes128;
use aes::cipher::{Array, BlockModeEncrypt as _, KeyIvInit as _};
use sha2::{Digest as _, Sha256, Sha384, Sha512};

/// How often the parts are repeated in a round.
const REPETITIONS: usize = 64;
const MIN_ROUNDS: usize = 64;
/// No hash takes more rounds: the last byte of a round is at most 255, and a round later than this ends whatever it is.
const MAX_ROUNDS: usize = 287;

/// The hash of the empty password with this salt and, for the owner's, with the entry of the user.
pub(super) fn hardened(salt: &[u8], user: &[u8]) -> Option<Vec<u8>> {
    let mut key = Sha256::new_with_prefix(salt).chain_update(user).finalize().to_vec();
    for round in 1..=MAX_ROUNDS {
        // 64 times a multiple of 16 bytes, so there is no rest.
        let mut mixed = [key.as_slice(), user].concat().repeat(REPETITIONS);
        let (aes_key, iv) = key.get(..32)?.split_at(16);
        let (blocks, _) = Array::slice_as_chunks_mut(&mut mixed);
        cbc::Encryptor::<Aes128>::new_from_slices(aes_key, iv).ok()?.encrypt_blocks(blocks);
        // 256 leaves 1 when divided by 3, so a number of 16 bytes leaves what the sum of its bytes leaves.
        let sum: u32 = mixed.iter().take(16).map(|byte| u32::from(*byte)).sum();
        key = match sum % 3 {
            0 => Sha256::digest(&mixed).to_vec(),
            1 => Sha384::digest(&mixed).to_vec(),
            _ => Sha512::digest(&mixed).to_vec(),
        };
        let last = usize::from(*mixed.last()?);
        if round >= MIN_ROUNDS && last + 32 <= round {
            break;
        }
    }
    key.truncate(32);
    Some(key)
}
