//! A claim as a row of `client_claim`: its kind and the digest of its value.

use client_domain::{Claim, ClaimKind};
use sha2::{Digest as _, Sha256};

/// The digest that is stored of a claimed value.
///
/// Every digest has one length, so that the longest value fits an index, and personal data stands in plain in one column
/// less. It hides little: phone numbers are few enough to try.
pub(crate) fn digest(claim: &Claim) -> Vec<u8> {
    Sha256::digest(claim.value().as_bytes()).to_vec()
}

/// Kinds and digests of claims, side by side.
pub(crate) fn digests<'a>(claims: impl IntoIterator<Item = &'a Claim>) -> (Vec<&'static str>, Vec<Vec<u8>>) {
    claims.into_iter().map(|claim| (claim.kind().name(), digest(claim))).unzip()
}

/// The kind of claim with this name.
pub(crate) fn kind(name: &str) -> Option<ClaimKind> {
    ClaimKind::ALL.into_iter().find(|kind| kind.name() == name)
}
