use std::fmt;

use crate::value::Invalid;

/// Defines the id of a document or an address.
macro_rules! key {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Formats 128 bits as an id, in hexadecimal. Enough of them must be random that no two ids are equal.
            pub fn from_bits(bits: u128) -> Self {
                Self(format!("{bits:032x}"))
            }

            /// Reads an id that was generated here.
            pub fn parse(raw: &str) -> Result<Self, Invalid> {
                let text = raw.trim();
                let made_here =
                    text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
                let wrong = Invalid::Format { expected: "32 lower-case hexadecimal characters" };
                if made_here { Ok(Self(text.to_owned())) } else { Err(wrong) }
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        crate::conversions::text_conversions!($name, as_str);
    };
}

key! {
    /// The id of an identity document: 32 lower-case hexadecimal characters.
    ///
    /// ```
    /// use client_domain::kyc::DocumentId;
    ///
    /// let id = DocumentId::from_bits(42);
    /// assert_eq!(DocumentId::parse(id.as_str())?, id);
    /// assert!(DocumentId::parse("42").is_err());
    /// # Ok::<(), client_domain::Invalid>(())
    /// ```
    DocumentId
}

key! {
    /// The id of an address information: 32 lower-case hexadecimal characters.
    ///
    /// ```
    /// use client_domain::kyc::AddressId;
    ///
    /// let id = AddressId::from_bits(42);
    /// assert_eq!(AddressId::parse(id.as_str())?, id);
    /// assert!(AddressId::parse("../42").is_err());
    /// # Ok::<(), client_domain::Invalid>(())
    /// ```
    AddressId
}
