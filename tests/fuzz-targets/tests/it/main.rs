//! The corpus in `fuzz/corpus`, and mutations of it, through every target.

mod corpus;
mod replay;
