//! Key sources and mappings of claims. What callers see of tokens is tested over HTTP, in `adapter-http`.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should say so on the spot"
)]

mod expected;
mod identity_providers;
#[expect(dead_code, reason = "the tests of adapter-http sign with the other ones")]
mod keys;
mod sources;
