#![doc = include_str!("../README.md")]

mod typed;
mod world;

pub use world::{NationalNumbers, WorldNumbering};
