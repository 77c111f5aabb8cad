//! Values that are written as their text.

use std::fmt::Display;

use serde::{Serialize, Serializer};

/// A value that is written as its text, without a string of its own.
pub(crate) struct Displayed<T>(pub(crate) T);

impl<T: Display> Serialize for Displayed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}
