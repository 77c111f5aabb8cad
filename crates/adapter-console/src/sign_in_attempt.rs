//! An attempt of a browser to sign in at the provider. Its cookie holds all of it.

use client_app::jiff::{SignedDuration, Timestamp};
use client_app::ports::SignInSecrets;
use sha2::{Digest as _, Sha256};

use crate::hex::hex;

/// How long a person may take at the provider.
pub(crate) const TIME: SignedDuration = SignedDuration::from_mins(10);
/// The same in seconds, for the cookie.
pub(crate) const SECONDS: u32 = 10 * 60;
/// By how much the clocks of two instances may differ: each may be a minute from the database.
const CLOCK_LEEWAY: SignedDuration = SignedDuration::from_mins(2);
/// The longest page that an attempt leads to, in bytes: a browser keeps a cookie of 4,096.
const MAX_PAGE: usize = 512;

/// An attempt to sign in.
///
/// All of it is in the value of its cookie, `random.end.person.page`, and nothing is stored: an attempt that is only begun costs
/// the service nothing. The secrets are derived from the whole value, so an answer of the provider is to exactly this attempt, with
/// its end and its page, and one that comes with another cookie is of another attempt. A browser that makes a value of its own
/// gets what it could ask for as well: what the provider must show follows from the settings, and not from here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attempt {
    value: String,
    ends_at: i64,
    person: String,
    page: String,
}

impl Attempt {
    /// An attempt that leads to this page of the console, or to none; of this person, where one is signed in already and has to
    /// be the same. `random` has 256 random bits.
    pub(crate) fn new(random: &str, page: &str, person: Option<&str>, now: Timestamp) -> Self {
        let ends_at = now.as_second().saturating_add(TIME.as_secs());
        let person = person.map(|person| digest(random, person)).unwrap_or_default();
        let page = own_page(page).unwrap_or_default().to_owned();
        let encoded: String = form_urlencoded::byte_serialize(page.as_bytes()).collect();
        Self { value: format!("{random}.{ends_at}.{person}.{encoded}"), ends_at, person, page }
    }

    /// The attempt in this cookie.
    pub(crate) fn read(cookie: &str) -> Option<Self> {
        let mut parts = cookie.splitn(4, '.');
        let (random, ends_at, person, page) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let (ends_at, page) = (ends_at.parse().ok()?, decoded(page));
        if random.is_empty() || !(page.is_empty() || own_page(&page).is_some()) {
            return None;
        }
        Some(Self { value: cookie.to_owned(), ends_at, person: person.to_owned(), page })
    }

    /// The value of its cookie, which cannot be computed from any of the secrets.
    pub(crate) fn value(&self) -> &str {
        &self.value
    }

    /// Its secrets.
    pub(crate) fn secrets(&self) -> SignInSecrets {
        let derived = |name: &str| {
            let digest =
                Sha256::new().chain_update(name).chain_update(" of ").chain_update(&self.value).finalize();
            hex(&digest)
        };
        SignInSecrets { state: derived("state"), nonce: derived("nonce"), verifier: derived("verifier") }
    }

    /// Whether its time is over. An end that is further away than an attempt lasts, by the clock of the instance that began it,
    /// is none of this program.
    pub(crate) fn is_over(&self, now: Timestamp) -> bool {
        let left = self.ends_at.saturating_sub(now.as_second());
        !(1..=(TIME + CLOCK_LEEWAY).as_secs()).contains(&left)
    }

    /// Whether it is another proof of a person who is signed in already.
    pub(crate) fn is_of_one_person(&self) -> bool {
        !self.person.is_empty()
    }

    /// Whether this person may finish it.
    pub(crate) fn admits(&self, person: &str) -> bool {
        let random = self.value.split('.').next().unwrap_or_default();
        self.person.is_empty() || self.person == digest(random, person)
    }

    /// The page of the console that it leads to, if it is not the first one.
    pub(crate) fn page(&self) -> Option<&str> {
        Some(&*self.page).filter(|page| !page.is_empty())
    }
}

/// A page of the console.
pub(crate) fn own_page(page: &str) -> Option<&str> {
    // Anything else would be no header that a browser is sent.
    let is_written = page.bytes().all(|byte| byte.is_ascii_graphic());
    Some(page).filter(|page| page.starts_with("/console/") && page.len() <= MAX_PAGE && is_written)
}

fn decoded(page: &str) -> String {
    let pair = form_urlencoded::parse(page.as_bytes()).next();
    pair.map(|(page, _)| page.into_owned()).unwrap_or_default()
}

/// A cookie names no person.
fn digest(random: &str, person: &str) -> String {
    hex(&Sha256::new()
        .chain_update("person of ")
        .chain_update(random)
        .chain_update(".")
        .chain_update(person)
        .finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    #[test]
    fn the_secrets_belong_to_one_cookie() {
        let (one, other) = (Attempt::new("a", "", None, NOW), Attempt::new("b", "", None, NOW));
        let (one, other) = (one.secrets(), other.secrets());
        let all = [&one.state, &one.nonce, &one.verifier, &other.state, &other.nonce, &other.verifier];
        assert!(all.iter().all(|text| text.len() == 64), "43 to 128 letters and digits are a verifier");
        let distinct: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), 6);
    }

    #[test]
    fn an_attempt_is_read_from_its_cookie() {
        let page = "/console/clients/k/do/approve?from=queue&a=b.c%25d+e=f%20g";
        let attempt = Attempt::new("a1", page, Some("maker@bank.example"), NOW);
        let text = attempt.value();
        assert!(text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\",;\\".contains(&byte)), "{text}");
        assert!(!text.contains("maker"), "{text}");
        assert_eq!(Attempt::read(text), Some(attempt.clone()));
        assert_eq!(attempt.page(), Some(page));
        assert!(
            attempt.is_of_one_person() && attempt.admits("maker@bank.example") && !attempt.admits("maker")
        );
        let first = Attempt::new("a2", "", None, NOW);
        assert_eq!(Attempt::read(first.value()), Some(first.clone()));
        assert!(!first.is_of_one_person() && first.admits("anyone") && first.page().is_none());
        for none in ["", "a", "a.b.c.d", ".600..", "a.600.", "a.600..%2Fapi", "a.600..%2F%2Fevil.example"] {
            assert_eq!(Attempt::read(none), None, "{none}");
        }
        for other in [
            "https://evil.example",
            "//evil.example",
            "/consoles",
            "/console/\n",
            &format!("/console/{}", "x".repeat(600)),
        ] {
            assert_eq!(Attempt::new("a", other, None, NOW).page(), None, "{other}");
        }
    }

    #[test]
    fn whatever_is_changed_in_a_cookie_is_another_attempt() {
        let attempt = Attempt::new("a", "/console/queue", Some("maker"), NOW);
        let (value, secrets) = (attempt.value().to_owned(), attempt.secrets());
        let person = value.split('.').nth(2).unwrap();
        for changed in [
            value.replace(".600.", ".601."),
            value.replace("queue", "me"),
            value.replace("a.", "b."),
            value.replace(person, ""),
        ] {
            let changed = Attempt::read(&changed).unwrap();
            assert!(changed.secrets().state != secrets.state && changed.secrets().nonce != secrets.nonce);
        }
    }

    #[test]
    fn an_attempt_has_its_time() {
        let attempt = Attempt::new("a", "", None, NOW);
        let at = |second| Timestamp::from_second(second).unwrap();
        assert!(!attempt.is_over(NOW) && !attempt.is_over(at(599)));
        assert!(attempt.is_over(at(600)) && attempt.is_over(at(601)));
        assert!(
            !attempt.is_over(at(-120)) && attempt.is_over(at(-121)),
            "the clock of another instance is behind"
        );
        let far = Attempt::read(&format!("a.{}..", i64::MAX)).unwrap();
        assert!(far.is_over(NOW) && far.is_over(at(-1)));
    }
}
