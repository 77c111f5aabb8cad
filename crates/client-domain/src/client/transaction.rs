use jiff::civil::Date;

use crate::value::{Invalid, TransactionReference};

/// A transaction as the ledger reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct Transaction {
    /// The ledger's own reference.
    pub reference: TransactionReference,
    /// The day of the transaction, if the ledger reports it; see [`Transaction::parse_date`].
    pub date: Option<Date>,
}

impl Transaction {
    /// A transaction of which only the reference is known.
    pub const fn of(reference: TransactionReference) -> Self {
        Self { reference, date: None }
    }

    /// The first day allowed.
    pub const EARLIEST: Date = Date::constant(1900, 1, 1);

    /// Reads the day of a transaction, which is not before 1900-01-01 and not after tomorrow.
    ///
    /// Days here are in UTC; in the time zone of the ledger it may already be tomorrow.
    ///
    /// ```
    /// use client_domain::Invalid;
    /// use client_domain::client::Transaction;
    /// use jiff::civil::date;
    ///
    /// let today = date(2026, 1, 5);
    /// assert_eq!(Transaction::parse_date("2026-01-06", today)?, date(2026, 1, 6));
    /// assert_eq!(Transaction::parse_date("2026-01-07", today), Err(Invalid::InFuture));
    /// # Ok::<(), Invalid>(())
    /// ```
    pub fn parse_date(raw: &str, today: Date) -> Result<Date, Invalid> {
        let date = crate::value::parse_date(raw)?;
        let tomorrow = today.tomorrow().unwrap_or(today);
        if date < Self::EARLIEST {
            Err(Invalid::TooEarly { earliest: Self::EARLIEST })
        } else if date > tomorrow {
            Err(Invalid::InFuture)
        } else {
            Ok(date)
        }
    }
}
