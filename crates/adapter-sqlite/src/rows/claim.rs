//! A claim as a row of `client_claim`: its kind and the digest of its value.

use client_domain::Claim;
use sha2::{Digest as _, Sha256};

use crate::parameters::Parameters;

/// The kind and the digest of a claim. Every digest has one length, and personal data is in clear text in one column
/// less.
pub(crate) fn parameters(claim: &Claim) -> Parameters<'_> {
    Parameters::new()
        .with(":kind", claim.kind().name())
        .with(":digest", Sha256::digest(claim.value().as_bytes()).to_vec())
}
