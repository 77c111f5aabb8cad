//! Binds one row value by value, or many rows column by column.

/// Two functions from one list of values: `bind` binds one row value by value, `bind_all` binds many rows with one array a
/// column. Both keep the order of the list, which is the order of the parameters. A macro, because each value has a type of
/// its own, which a list of closures could not hold.
macro_rules! columns {
    ($life:lifetime, $row:ident: $type:ty => $($value:expr),* $(,)?) => {
        /// Binds one row.
        pub(crate) fn bind<$life>(statement: $crate::sql::Statement<$life>, $row: $type) -> $crate::sql::Statement<$life> {
            statement$(.bind($value))*
        }

        /// Binds many rows, each column as an array.
        pub(crate) fn bind_all<$life>(
            statement: $crate::sql::Statement<$life>,
            rows: &[$type],
        ) -> $crate::sql::Statement<$life> {
            statement$(.bind(rows.iter().map(|$row| $value).collect::<Vec<_>>()))*
        }
    };
}
pub(crate) use columns;
