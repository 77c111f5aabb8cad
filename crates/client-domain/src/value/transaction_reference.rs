use super::text::text_value;

text_value! {
    /// The ledger's own reference of a transaction: 1 to 100 characters on one line.
    ///
    /// ```
    /// use client_domain::value::TransactionReference;
    ///
    /// assert_eq!(TransactionReference::parse("TX-2026-000001")?.as_str(), "TX-2026-000001");
    /// # Ok::<(), client_domain::Invalid>(())
    /// ```
    TransactionReference, Identifier, 1..=100, open
}
