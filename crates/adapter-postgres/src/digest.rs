use client_domain::Claim;
use sha2::{Digest as _, Sha256};

/// What is stored of a claimed value.
///
/// One length for every value, so that the longest fits an index, and one place less where personal data stands
/// in plain. It hides little: phone numbers are few enough to try.
pub(crate) fn digest(claim: &Claim) -> Vec<u8> {
    Sha256::digest(claim.value().as_bytes()).to_vec()
}

/// Kinds and digests of claims, side by side.
pub(crate) fn digests<'a>(claims: impl IntoIterator<Item = &'a Claim>) -> (Vec<&'static str>, Vec<Vec<u8>>) {
    claims.into_iter().map(|claim| (claim.kind().name(), digest(claim))).unzip()
}
