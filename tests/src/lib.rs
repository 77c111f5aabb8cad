//! The Rust example of the README, compiled and run as a documentation test. Everything else is in `it`.

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod readme {}
