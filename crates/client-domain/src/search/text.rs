use super::{Property, fold, fold_marks};
use crate::client::Client;
use crate::value::{Invalid, PersonName};

/// The greatest number of words in a search term.
pub const MAX_WORDS: usize = 10;
/// The greatest number of characters in a search term.
pub const MAX_TERM: usize = 256;

/// What the free-text search of a client looks at: names, customer number, e-mail address, phone number and
/// identification number, folded, one to a line.
///
/// ```
/// use client_domain::{Actor, Client, AuditStamp, example, search::search_text};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let maker = AuditStamp::new(Actor::parse("maker-1")?, "2026-01-05T09:00:00Z".parse()?);
/// let client = Client::onboard(example::application()?, &maker).client;
/// assert!(search_text(&client).starts_with("adaeze\nokafor\ncust1000001\n"));
/// # Ok(())
/// # }
/// ```
pub fn search_text(client: &Client) -> String {
    let details = &client.snapshot().details;
    let number = client.customer_number().to_string();
    let middle = details.middle_name.as_ref().map(PersonName::as_str);
    [
        Some(details.first_name.as_str()),
        middle,
        Some(details.last_name.as_str()),
        Some(&number),
        Some(details.email.as_str()),
        Some(details.phone.as_str()),
        Some(client.snapshot().identification.number.as_str()),
    ]
    .into_iter()
    .flatten()
    .map(fold)
    .collect::<Vec<_>>()
    .join("\n")
}

impl Property {
    /// Whether the free-text search looks at it.
    pub const fn is_in_search_text(self) -> bool {
        matches!(
            self,
            Self::FirstName
                | Self::MiddleName
                | Self::LastName
                | Self::FullName
                | Self::CustomerNumber
                | Self::EmailAddress
                | Self::PhoneNumber
                | Self::IdentificationNumber
        )
    }
}

/// One word of a search term, folded. A word that is a number with punctuation, such as part of a phone
/// number, is also looked for without the punctuation.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Word {
    folded: String,
    bare: Option<String>,
}

impl Word {
    /// Splits a search term at white space; a blank term has no words.
    ///
    /// ```
    /// use client_domain::search::Word;
    ///
    /// assert_eq!(Word::split("  ada  0803-123 ")?.len(), 2);
    /// assert_eq!(Word::split("   ")?.len(), 0);
    /// # Ok::<(), client_domain::Invalid>(())
    /// ```
    pub fn split(term: &str) -> Result<Vec<Self>, Invalid> {
        let folded = fold_marks(term);
        let words: Vec<_> = folded.split_whitespace().map(Self::new).collect();
        if words.len() > MAX_WORDS {
            return Err(Invalid::Format { expected: "at most 10 words" });
        }
        Ok(words)
    }

    /// Reads a search term as it was typed: bounded, without control characters, and with at least one
    /// word unless it is blank. A term of nothing but accents would otherwise find everybody.
    ///
    /// ```
    /// use client_domain::search::Word;
    ///
    /// assert_eq!(Word::read("Ada Okafor")?.len(), 2);
    /// assert!(Word::read("\u{301}").is_err());
    /// # Ok::<(), client_domain::Invalid>(())
    /// ```
    pub fn read(raw: &str) -> Result<Vec<Self>, Invalid> {
        if raw.chars().take(MAX_TERM + 1).count() > MAX_TERM {
            return Err(Invalid::TooLong { max: MAX_TERM });
        }
        if raw.chars().any(|c| c.is_control() && !c.is_whitespace()) {
            return Err(Invalid::ControlCharacter);
        }
        let words = Self::split(raw)?;
        // One character may fold into eighteen. What is looked for is what is bounded, and what is written again.
        if words.iter().map(|word| word.folded.chars().count() + 1).sum::<usize>() > MAX_TERM + 1 {
            return Err(Invalid::TooLong { max: MAX_TERM });
        }
        if words.is_empty() && !raw.trim().is_empty() { Err(Invalid::Invisible) } else { Ok(words) }
    }

    fn new(folded: &str) -> Self {
        let is_punctuation = |c: char| matches!(c, '-' | '(' | ')' | '[' | ']');
        let bare: String = folded.chars().filter(|c| !is_punctuation(*c)).collect();
        let digits = bare.trim_start_matches('+');
        let number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        let bare = (number && bare != folded).then_some(bare);
        Self { folded: folded.to_owned(), bare }
    }

    /// The spellings, one of which must occur.
    pub fn spellings(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.folded.as_str()).chain(self.bare.as_deref())
    }

    /// Whether the word occurs in the search text of a client.
    pub fn occurs_in(&self, search_text: &str) -> bool {
        self.spellings().any(|spelling| search_text.contains(spelling))
    }
}

impl std::fmt::Debug for Word {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Word(***)")
    }
}
