//! The texts of a property in their normal forms: those of a client, and those of a condition.

use super::property::Property;
use crate::client::{Client, FullName};
use crate::text::{
    cyrillic_passport, email, fold, fold_marks, is_separator, kind_key, kind_names, latin_passport, name,
    name_key, number, number_key, plain_kind,
};
use crate::value::PersonName;

impl Property {
    /// The normal form of a text of this property: stores keep it beside the text and sort by it.
    ///
    /// ```
    /// use client_domain::search::Property;
    ///
    /// assert_eq!(Property::LastName.normal_form("O’Brien"), "obrien");
    /// assert_eq!(Property::IdentificationNumber.normal_form("A 765-4321"), "a7654321");
    /// assert_eq!(Property::Address.normal_form("12  Allen Avenue"), "12 allen avenue");
    /// ```
    pub fn normal_form(self, text: &str) -> String {
        match self {
            Self::FirstName
            | Self::MiddleName
            | Self::LastName
            | Self::FullName
            | Self::FormerName
            | Self::City
            | Self::State => name(text),
            Self::EmailAddress => fold(&email(text)),
            Self::IdentificationType => plain_kind(text),
            Self::IdentificationNumber | Self::DocumentNumber => number(text),
            _ => fold(text),
        }
    }

    /// The same, but empty for a text without comparable characters.
    pub(super) fn bare_form(self, text: &str) -> String {
        match self {
            Self::FirstName
            | Self::MiddleName
            | Self::LastName
            | Self::FullName
            | Self::FormerName
            | Self::City
            | Self::State => name_key(text),
            Self::IdentificationType => kind_key(text),
            Self::IdentificationNumber | Self::DocumentNumber => number_key(text),
            _ => fold_marks(text),
        }
    }

    /// The forms of the text of a condition, one of which must match: a name also in its passport spelling, and a kind of
    /// document by each of its names if it is compared as a whole.
    pub(super) fn asked_forms(self, text: &str, as_whole: bool) -> Vec<String> {
        let mut forms = match self {
            Self::IdentificationType if as_whole => kind_names(text),
            _ => vec![self.normal_form(text)],
        };
        if self.is_name() {
            forms.extend(latin_passport(text));
            forms.extend(cyrillic_passport(text));
        }
        forms
    }

    /// The passport spelling of the name of a client, if it differs from its normal form.
    ///
    /// ```
    /// use client_domain::search::Property;
    /// use client_domain::value::PersonName;
    /// use client_domain::{Actor, AuditStamp, Client, example};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let maker = AuditStamp::new(Actor::parse("maker-1")?, "2026-01-05T09:00:00Z".parse()?);
    /// let mut application = example::application()?;
    /// application.details.last_name = PersonName::parse("Müller")?;
    /// let client = Client::onboard(application, &maker).client;
    /// assert_eq!(Property::LastName.passport_form(&client).as_deref(), Some("mueller"));
    /// assert_eq!(Property::FirstName.passport_form(&client), None);
    /// # Ok(())
    /// # }
    /// ```
    pub fn passport_form(self, client: &Client) -> Option<String> {
        match self {
            Self::FirstName | Self::MiddleName | Self::LastName => latin_passport(&self.text(client)?),
            _ => None,
        }
    }

    /// Every form of the texts that a client has of this property, the one to sort by first. A full name is found with and
    /// without its middle name, and with the last name first.
    pub(super) fn forms(self, client: &Client) -> Vec<String> {
        match self {
            Self::FullName => return full_names(&FullName::of(&client.snapshot().details)),
            Self::FormerName => return client.snapshot().former_names.iter().flat_map(full_names).collect(),
            _ => {}
        }
        let texts = self.texts(client);
        let plain = texts.iter().map(|text| self.normal_form(text));
        plain.chain(self.passport_form(client)).collect()
    }

    const fn is_name(self) -> bool {
        matches!(
            self,
            Self::FirstName | Self::MiddleName | Self::LastName | Self::FullName | Self::FormerName
        )
    }
}

/// The parts of a name in one spelling.
struct Parts {
    first: String,
    middle: Option<String>,
    last: String,
}

impl Parts {
    fn of(whole: &FullName, spelling: impl Fn(&str) -> String) -> Self {
        Self {
            first: spelling(whole.first.as_str()),
            middle: whole.middle.as_ref().map(PersonName::as_str).map(&spelling),
            last: spelling(whole.last.as_str()),
        }
    }

    fn first_to_last(&self) -> String {
        [&*self.first, self.middle(), &*self.last].concat()
    }

    fn last_first(&self) -> String {
        [&*self.last, &*self.first, self.middle()].concat()
    }

    fn without_middle(&self) -> impl Iterator<Item = String> + '_ {
        let short = [[&*self.first, &*self.last].concat(), [&*self.last, &*self.first].concat()];
        short.into_iter().filter(|_| self.middle.is_some())
    }

    fn middle(&self) -> &str {
        self.middle.as_deref().unwrap_or_default()
    }
}

/// The passport spellings of the parts of a name, if one of them differs from its normal form.
fn passport_parts(whole: &FullName, passport: fn(&str) -> Option<String>) -> Option<Parts> {
    let mut parts = [&whole.first, &whole.last].into_iter().chain(&whole.middle);
    let differs = parts.any(|part| passport(part.as_str()).is_some());
    differs.then(|| Parts::of(whole, |part| passport(part).unwrap_or_else(|| name(part))))
}

fn full_names(whole: &FullName) -> Vec<String> {
    let plain = Parts::of(whole, name);
    let mut forms = vec![name(&whole.to_string()), plain.last_first()];
    forms.extend(plain.without_middle());
    if let Some(written) = passport_parts(whole, latin_passport) {
        forms.extend([written.first_to_last(), written.last_first()]);
        forms.extend(written.without_middle());
    }
    forms
}

/// The forms in which a search text has a name: each part is contained in them.
fn name_lines(whole: &FullName) -> Vec<String> {
    let mut lines = full_names(whole);
    // A sign that was typed is found as well.
    let parts = [Some(&whole.first), whole.middle.as_ref(), Some(&whole.last)].into_iter().flatten();
    let folded = parts.map(|part| fold(part.as_str()));
    lines.extend(folded.filter(|text| text.contains(|c| c != ' ' && is_separator(c))));
    if let Some(written) = passport_parts(whole, cyrillic_passport) {
        lines.extend([written.first_to_last(), written.last_first()]);
    }
    lines
}

/// The text that a free-text search searches: names, customer number, e-mail address, phone number and identification
/// number in their normal forms, one to a line. Names are joined in both orders, as they are written in scripts without
/// blanks, and once more in their passport spellings; each part is contained in them. A part with signs, such as an
/// apostrophe, is included with the signs too. Former names follow in the same forms.
///
/// ```
/// use client_domain::{Actor, Client, AuditStamp, example, search::search_text};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let maker = AuditStamp::new(Actor::parse("maker-1")?, "2026-01-05T09:00:00Z".parse()?);
/// let client = Client::onboard(example::application()?, &maker).client;
/// assert!(search_text(&client).starts_with("adaezeokafor\nokaforadaeze\ncust1000001\n"));
/// # Ok(())
/// # }
/// ```
pub fn search_text(client: &Client) -> String {
    let mut lines: Vec<String> = Vec::with_capacity(8);
    let mut add = |line: String| {
        if !lines.iter().any(|longer| longer.contains(&line)) {
            lines.push(line);
        }
    };
    name_lines(&FullName::of(&client.snapshot().details)).into_iter().for_each(&mut add);
    for property in [
        Property::CustomerNumber,
        Property::EmailAddress,
        Property::PhoneNumber,
        Property::IdentificationNumber,
    ] {
        property.forms(client).into_iter().for_each(&mut add);
    }
    client.snapshot().former_names.iter().flat_map(name_lines).for_each(&mut add);
    lines.join("\n")
}

/// The forms of the former names, each between line feeds, as a store keeps them beside the client; none without former
/// names. [`search_text`] has all of them.
pub fn former_name_text(client: &Client) -> Option<String> {
    let forms = Property::FormerName.forms(client);
    (!forms.is_empty()).then(|| format!("\n{}\n", forms.join("\n")))
}

impl Property {
    /// Whether the free-text search includes it.
    pub const fn is_in_search_text(self) -> bool {
        matches!(
            self,
            Self::FirstName
                | Self::MiddleName
                | Self::LastName
                | Self::FullName
                | Self::FormerName
                | Self::CustomerNumber
                | Self::EmailAddress
                | Self::PhoneNumber
                | Self::IdentificationNumber
        )
    }
}
