//! Permissions: the page that documents them, and a test of every cell of its matrix.

mod fixtures;
mod matrix;
mod page;
mod properties;
