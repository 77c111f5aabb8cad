//! Columns that are written, for one row value by value and for many column by column.

/// Two functions from one list: `bind` binds the values of one row, `bind_all` each value of all rows as an array. Both
/// in the order of the list, which is that of the statements.
macro_rules! columns {
    ($life:lifetime, $row:ident: $type:ty => $($value:expr),* $(,)?) => {
        /// Binds one row.
        pub(crate) fn bind<$life>(statement: $crate::pool::Bound<$life>, $row: $type) -> $crate::pool::Bound<$life> {
            statement$(.bind($value))*
        }

        /// Binds many rows, each column as an array.
        pub(crate) fn bind_all<$life>(
            statement: $crate::pool::Bound<$life>,
            rows: &[$type],
        ) -> $crate::pool::Bound<$life> {
            statement$(.bind(rows.iter().map(|$row| $value).collect::<Vec<_>>()))*
        }
    };
}
pub(crate) use columns;
