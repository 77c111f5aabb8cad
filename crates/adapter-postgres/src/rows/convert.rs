//! Integers of this program as integers of PostgreSQL.

/// A count or a limit as a `bigint`. No collection of this program is longer than one.
pub(crate) fn to_i64(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
