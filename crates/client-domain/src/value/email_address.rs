use std::fmt;

use super::invalid::Invalid;
use super::text::{Layout, parse_text};
use crate::text::{email, is_ambiguous};

/// An e-mail address of up to 254 characters (RFC 5321, section 4.5.3.1.3), stored as it was written.
///
/// The `email_address` crate checks the syntax. The domain needs at least two labels; display names and
/// address literals are rejected. The mailbox is not verified.
///
/// One mailbox has one spelling but for case, width and punycode, because clients are compared by it. So a name in quotation
/// marks is rejected, and so is an invisible character.
///
/// ```
/// use client_domain::value::{EmailAddress, Invalid};
///
/// assert_eq!(EmailAddress::parse(" Ada@Example.com ")?.as_str(), "Ada@Example.com");
/// assert!(matches!(EmailAddress::parse("ada at example"), Err(Invalid::Format { .. })));
/// assert!(matches!(EmailAddress::parse("ada@localhost"), Err(Invalid::Format { .. })));
/// assert!(matches!(EmailAddress::parse("\"ada\"@example.com"), Err(Invalid::Format { .. })));
/// # Ok::<(), Invalid>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// The maximum number of characters.
    pub const MAX: usize = 254;

    /// Trims, normalises to NFC and checks the syntax.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let address = Self::restore(raw)?;
        if address.0.contains(['"', '\\']) {
            return Err(Invalid::Format {
                expected: "an e-mail address without quotation marks and backslashes, such as name@example.com",
            });
        }
        // A label in punycode can hide one too.
        if address.0.chars().chain(email(&address.0).chars()).any(is_ambiguous) {
            return Err(Invalid::InvisibleCharacter);
        }
        Ok(address)
    }

    /// Reads an address that was stored. An earlier release stored quoted names and invisible characters too.
    pub fn restore(kept: &str) -> Result<Self, Invalid> {
        let text = parse_text(kept, Layout::Verbatim, 1, Self::MAX)?;
        let options = email_address::Options::default()
            .with_required_tld()
            .without_display_text()
            .without_domain_literal();
        match email_address::EmailAddress::parse_with_options(&text, options) {
            Ok(_) => Ok(Self(text)),
            Err(_) => Err(Invalid::Format { expected: "an e-mail address such as name@example.com" }),
        }
    }

    /// The address as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(***)")
    }
}

crate::conversions::text_conversions!(EmailAddress, as_str, restore);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn valid_addresses_are_accepted_and_invalid_ones_rejected() {
        for right in
            ["a@b.co", "first.last+tag@sub.example.org", "user_name@example.co.uk", "дмитрий@пример.рф"]
        {
            assert!(EmailAddress::parse(right).is_ok(), "{right}");
        }
        let long = format!("{}@example.com", "a".repeat(250));
        for wrong in [
            "",
            "@",
            "a@",
            "@b.co",
            "a b@c.de",
            "a@b..co",
            "Ada <a@b.co>",
            "a@[127.0.0.1]",
            "a@b.co\0",
            &long,
        ] {
            assert!(EmailAddress::parse(wrong).is_err(), "{wrong}");
        }
    }

    /// What makes several addresses of one mailbox is refused, and read if it was stored.
    #[test]
    fn quoted_names_and_invisible_characters_are_refused_and_restored() {
        for quoted in [r#""ada.obi"@example.com"#, r#""ada\.obi"@example.com"#, r#""a@b"@example.com"#] {
            let refused = EmailAddress::parse(quoted);
            assert!(matches!(refused, Err(Invalid::Format { expected }) if expected.contains("quotation")));
            assert_eq!(EmailAddress::restore(quoted).unwrap().as_str(), quoted);
        }
        let fillers = ['\u{3164}', '\u{115F}', '\u{1160}', '\u{FFA0}'];
        for hidden in fillers.into_iter().flat_map(|c| {
            [format!("ada{c}@example.com"), format!("{c}ada@example.com"), format!("ada@exam{c}ple.com")]
        }) {
            assert_eq!(EmailAddress::parse(&hidden), Err(Invalid::InvisibleCharacter), "{hidden:?}");
            assert_eq!(EmailAddress::restore(&hidden).unwrap().as_str(), hidden);
        }
        // `exam\u{1160}ple`, which the mailbox's own spelling hides.
        let hidden = "ada@xn--example-th2a.com";
        assert!(email(hidden).contains('\u{1160}'));
        assert_eq!(EmailAddress::parse(hidden), Err(Invalid::InvisibleCharacter));
    }

    /// Nothing that a reader does not see makes another address of the same look.
    #[test]
    fn no_invisible_character_is_accepted_anywhere() {
        for c in ('\0'..=char::MAX).filter(|c| is_ambiguous(*c)) {
            for hidden in [format!("a{c}b@example.com"), format!("ab@exa{c}mple.com")] {
                assert!(EmailAddress::parse(&hidden).is_err(), "{hidden:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_accepted_has_one_line_and_a_domain(raw in "[ -~]{0,40}|[a-z.+]{1,12}@[a-z.-]{1,12}") {
            if let Ok(address) = EmailAddress::parse(&raw) {
                let (local, domain) = address.as_str().rsplit_once('@').unwrap();
                prop_assert!(!local.is_empty() && domain.contains('.'));
                prop_assert_eq!(EmailAddress::parse(address.as_str()), Ok(address.clone()));
            }
        }
    }
}
