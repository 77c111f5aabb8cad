use std::fmt;

use super::client_id::ClientId;
use super::invalid::Invalid;

/// The number by which people know a client: `CUST` and at least seven digits, from `CUST1000001`.
///
/// It maps to exactly one [`ClientId`]: the id plus one million.
///
/// ```
/// use client_domain::value::{ClientId, CustomerNumber};
///
/// let number = CustomerNumber::parse("cust1000042")?;
/// assert_eq!(number.to_string(), "CUST1000042");
/// assert_eq!(number.id(), ClientId::new(42)?);
/// assert!(CustomerNumber::parse("CUST999").is_err());
/// # Ok::<(), client_domain::Invalid>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CustomerNumber(ClientId);

impl CustomerNumber {
    const PREFIX: &'static str = "CUST";

    /// Reads `CUST`, in any case, and the digits.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        const WRONG: Invalid =
            Invalid::Format { expected: "CUST and at least seven digits, from CUST1000001" };
        let text = raw.trim();
        let (prefix, digits) = text.split_at_checked(Self::PREFIX.len()).ok_or(WRONG)?;
        let plain = prefix.eq_ignore_ascii_case(Self::PREFIX)
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0');
        if !plain {
            return Err(WRONG);
        }
        let number: i64 = digits.parse().map_err(|_| WRONG)?;
        ClientId::new(number - ClientId::CUSTOMER_NUMBER_OFFSET).map(Self).map_err(|_| WRONG)
    }

    /// The id of the client with this number.
    pub const fn id(self) -> ClientId {
        self.0
    }
}

impl ClientId {
    /// The customer number of the client with this id.
    pub const fn customer_number(self) -> CustomerNumber {
        CustomerNumber(self)
    }
}

impl fmt::Display for CustomerNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", Self::PREFIX, self.0.get() + ClientId::CUSTOMER_NUMBER_OFFSET)
    }
}

crate::conversions::from_text!(CustomerNumber);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn foreign_number_formats_are_rejected() {
        for wrong in [
            "",
            "CUST",
            "1000001",
            "CUST1000000",
            "CUST0",
            "CUST01000001",
            "CUST-1",
            "CÜST1000001",
            "CUST9999999999999999999",
        ] {
            assert!(CustomerNumber::parse(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn a_number_is_read_back_as_it_was_written(id in 1..=ClientId::MAX) {
            let number = ClientId::new(id).unwrap().customer_number();
            prop_assert_eq!(CustomerNumber::parse(&number.to_string()), Ok(number));
        }
    }
}
