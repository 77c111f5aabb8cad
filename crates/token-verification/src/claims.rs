//! The claims of a verified token: when it may be used, and whose it is.

use std::time::Duration;

use client_app::Caller;
use client_domain::Actor;
use client_domain::text::is_ambiguous;
use client_domain::value::{BranchKey, EmailAddress};
use jiff::Timestamp;
use serde_json::{Map, Value};
use unicode_normalization::UnicodeNormalization as _;

use crate::permission_claims::PermissionClaims;
use crate::refused::Refused;

/// How far apart the clocks of the issuer and of this service may be.
const LEEWAY_SECONDS: i64 = 30;
/// The prefix of subjects that are reserved for the service itself.
const RESERVED: &str = "system:";

/// Which issuer and audience a token must name, how long it may live, and which claims hold its permissions.
///
/// ```
/// use token_verification::Expectations;
///
/// let expected = Expectations { audience: Some("clients-api".to_owned()), ..Expectations::default() };
/// assert_eq!((expected.issuer, expected.max_lifetime), (None, None), "not checked");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expectations {
    /// The exact `iss`; where it is set, a token without it is refused.
    pub issuer: Option<String>,
    /// The `aud`, or a member of it; where it is set, a token without it is refused.
    pub audience: Option<String>,
    /// The maximum lifetime: a token that expires later than this from now, or from its `iat`, is refused.
    pub max_lifetime: Option<Duration>,
    /// The claims that hold permissions.
    pub permissions: PermissionClaims,
}

/// When a token may be used, in seconds since 1970.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Validity {
    expires: i64,
    not_before: i64,
    issued: Option<i64>,
    /// How long after it was issued, and after now, it may expire.
    max_lifetime: Option<i64>,
}

impl Validity {
    pub(crate) fn read(claims: &Map<String, Value>, expected: &Expectations) -> Result<Self, Refused> {
        Ok(Self {
            // Fractions count against the token: it begins at the next whole second and ends at the last.
            expires: date(claims, "exp", f64::floor)?.ok_or(Refused::Invalid("exp"))?,
            not_before: date(claims, "nbf", f64::ceil)?.unwrap_or(0),
            issued: date(claims, "iat", f64::ceil)?,
            max_lifetime: expected.max_lifetime.map(|life| i64::try_from(life.as_secs()).unwrap_or(i64::MAX)),
        })
    }

    pub(crate) fn check(self, now: Timestamp) -> Result<(), Refused> {
        let now = now.as_second();
        if self.not_before > now + LEEWAY_SECONDS {
            return Err(Refused::Invalid("nbf"));
        }
        let issued = self.issued.unwrap_or(now);
        if issued > now + LEEWAY_SECONDS {
            return Err(Refused::Invalid("iat"));
        }
        if let Some(max) = self.max_lifetime {
            // A token without `iat`, or with an old one, is bounded by what is left of its life.
            let begin = issued.min(now);
            if self.expires.saturating_sub(begin) > max.saturating_add(LEEWAY_SECONDS) {
                return Err(Refused::Invalid("lifetime"));
            }
        }
        if self.expires + LEEWAY_SECONDS <= now {
            return Err(Refused::Expired);
        }
        Ok(())
    }
}

/// The caller that the claims of a verified token describe, whenever it is used.
pub(crate) fn caller(claims: &Map<String, Value>, expected: &Expectations) -> Result<Caller, Refused> {
    let mut actor = subject(claims)?;
    actor.email = verified_email(claims);
    let permissions = expected.permissions.permissions(claims);
    Ok(Caller { actor, permissions, branch: branch(claims)? })
}

/// A `NumericDate` in whole seconds, from 1970 to the year 9999; anything else is a forgery or a mistake.
///
/// RFC 7519 lets it have a fraction, which issuers that write the system's floating-point time send.
pub(crate) fn date(
    claims: &Map<String, Value>,
    name: &'static str,
    round: fn(f64) -> f64,
) -> Result<Option<i64>, Refused> {
    let Some(value) = claims.get(name) else { return Ok(None) };
    let seconds = value.as_i64().or_else(|| {
        value.as_f64().filter(|seconds| *seconds >= 0.0).and_then(|seconds| whole(round(seconds)))
    });
    let dates = 0..=Timestamp::MAX.as_second();
    seconds.filter(|seconds| dates.contains(seconds)).map(Some).ok_or(Refused::Invalid(name))
}

/// A number without a fraction as an integer; `None` if it is too large for every date.
fn whole(seconds: f64) -> Option<i64> {
    /// Below 2^53, where every whole number is exact, and beyond every date.
    const LIMIT: f64 = 1e15;
    // The comparison also leaves out what is not a number.
    let fits = (0.0..=LIMIT).contains(&seconds);
    #[expect(clippy::cast_possible_truncation, reason = "it is whole and within the range")]
    fits.then_some(seconds as i64)
}

/// Whether a token names the issuer and the audience that it must name.
pub(crate) fn check_addressing(claims: &Map<String, Value>, expected: &Expectations) -> Result<(), Refused> {
    if let Some(issuer) = &expected.issuer
        && text(claims, "iss") != Some(issuer)
    {
        return Err(Refused::Invalid("iss"));
    }
    if let Some(audience) = &expected.audience {
        let named = match claims.get("aud") {
            Some(Value::String(one)) => one == audience,
            Some(Value::Array(many)) => many.iter().any(|one| one.as_str() == Some(audience)),
            _ => false,
        };
        if !named {
            return Err(Refused::Invalid("aud"));
        }
    }
    Ok(())
}

/// The e-mail address, if the issuer has verified it: one that it has not verified may belong to another person.
///
/// `email_verified` is `true` (`OpenID` Connect Core, section 5.1), or `"true"` as some issuers write it. The
/// address of a token without it must not be shown as the name of an approver.
fn verified_email(claims: &Map<String, Value>) -> Option<EmailAddress> {
    let verified = match claims.get("email_verified") {
        Some(Value::Bool(verified)) => *verified,
        Some(Value::String(verified)) => verified == "true",
        _ => false,
    };
    let email = text(claims, "email").filter(|_| verified)?;
    EmailAddress::parse(email).ok()
}

/// The subject exactly as the issuer wrote it.
///
/// Parsing trims and normalises. Two subjects must not become one by that, because idempotency keys belong to them, so a
/// subject that parsing would change is refused. So is one with characters that cannot be seen, or with blanks that look like
/// one blank: in a list it would look like another.
fn subject(claims: &Map<String, Value>) -> Result<Actor, Refused> {
    let subject = text(claims, "sub").ok_or(Refused::Invalid("sub"))?;
    if is_reserved(subject) {
        return Err(Refused::Invalid("reserved_sub"));
    }
    let is_blank = |c: char| c.is_whitespace() && c != ' ';
    if subject.contains("  ") || subject.chars().any(|c| is_ambiguous(c) || is_blank(c)) {
        return Err(Refused::Invalid("sub_invisible_characters"));
    }
    match Actor::parse(subject) {
        Ok(actor) if actor.id.as_str() == subject => Ok(actor),
        _ => Err(Refused::Invalid("sub")),
    }
}

/// Whether a subject looks like one of the service itself, such as `system:expiry-watch`, which signs its own entries
/// of the history. Case, width and invisible characters make no other name of it for a reader.
fn is_reserved(subject: &str) -> bool {
    let mut folded =
        subject.nfkc().filter(|letter| letter.is_ascii_graphic()).map(|letter| letter.to_ascii_lowercase());
    RESERVED.chars().all(|letter| folded.next() == Some(letter))
}

/// The branch of the caller. A malformed one makes the token invalid, so that no client is created without its branch.
fn branch(claims: &Map<String, Value>) -> Result<Option<BranchKey>, Refused> {
    let key = match claims.get("branchId") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(key)) => key.clone(),
        Some(Value::Number(number)) if number.is_u64() => number.to_string(),
        Some(_) => return Err(Refused::Invalid("branchId")),
    };
    BranchKey::parse(&key).map(Some).map_err(|_| Refused::Invalid("branchId"))
}

pub(crate) fn text<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    claims.get(name).and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use client_domain::Permission;
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn read(claims: &Value) -> Result<Caller, Refused> {
        let mut all = json!({"sub": "maker-1", "exp": NOW + 60}).as_object().unwrap().clone();
        for (name, value) in claims.as_object().unwrap() {
            all.insert(name.clone(), value.clone());
        }
        let expected =
            Expectations { max_lifetime: Some(Duration::from_hours(1)), ..Expectations::default() };
        Validity::read(&all, &expected)?.check(Timestamp::from_second(NOW).unwrap())?;
        check_addressing(&all, &expected)?;
        caller(&all, &expected)
    }

    #[test]
    fn permissions_come_from_both_claims_and_unknown_names_are_ignored() {
        let caller = read(&json!({
            "permissions": ["customers.read", "customers.fly", 7, "Customers.Exit"],
            "scope": "openid customers.write  customers.approve",
        }))
        .unwrap();
        let held: Vec<_> = caller.permissions.iter().map(Permission::name).collect();
        assert_eq!(held, ["customers.read", "customers.write", "customers.approve"]);
        let odd = json!({"permissions": "customers.read", "scope": ["customers.write"]});
        assert_eq!(read(&odd).unwrap().permissions.iter().count(), 0);
    }

    #[test]
    fn branch_is_text_or_a_number() {
        let branch = |value: Value| read(&json!({"branchId": value})).unwrap().branch;
        assert_eq!(branch(json!("b-1")).unwrap().as_str(), "b-1");
        assert_eq!(branch(json!(17)).unwrap().as_str(), "17");
        assert_eq!(branch(json!(null)), None);
        for odd in [json!(1.5), json!(-1), json!([1]), json!(""), json!("x".repeat(65))] {
            assert_eq!(read(&json!({"branchId": odd})), Err(Refused::Invalid("branchId")), "{odd}");
        }
    }

    #[test]
    fn malformed_email_is_ignored() {
        let email =
            |value: Value| read(&json!({"email": value, "email_verified": true})).unwrap().actor.email;
        assert_eq!(email(json!("ada@example.com")).unwrap().as_str(), "ada@example.com");
        assert_eq!(email(json!("no-address")), None);
        assert_eq!(email(json!(5)), None);
    }

    #[test]
    fn email_that_the_issuer_has_not_verified_is_not_shown() {
        let label = |claims: Value| read(&claims).unwrap().actor.label().to_owned();
        for verified in [json!(true), json!("true")] {
            let claims = json!({"email": "ada@example.com", "email_verified": verified});
            assert_eq!(label(claims), "ada@example.com");
        }
        for not in [json!(false), json!("false"), json!(null), json!(1), json!("True"), json!([true])] {
            let claims = json!({"email": "ceo@example.com", "email_verified": not});
            assert_eq!(label(claims), "maker-1");
        }
        assert_eq!(label(json!({"email": "ceo@example.com"})), "maker-1");
    }

    #[test]
    fn subject_with_invisible_characters_is_refused() {
        for hidden in [
            "\u{200B}",
            "\u{AD}",
            "\u{FEFF}",
            "\u{2060}",
            "\u{FE0F}",
            "\u{E0061}",
            "\u{0}",
            "\n",
            "\u{7f}",
            "\u{2800}",
            "\u{FFF9}",
            "\u{FFFC}",
            "\u{70F}",
            "\u{600}",
            "\u{E000}",
            "\u{378}",
            "\u{13430}",
            "\u{1D159}",
            "\u{A0}",
            "\u{2003}",
            "  ",
        ] {
            for subject in [format!("ali{hidden}ce"), format!("alice{hidden}"), format!("{hidden}alice")] {
                let refused = read(&json!({"sub": subject})).unwrap_err();
                assert_eq!(refused, Refused::Invalid("sub_invisible_characters"), "{subject:?}");
            }
        }
        assert_eq!(read(&json!({"sub": "Алиса 李"})).unwrap().actor.id.as_str(), "Алиса 李");
    }

    #[test]
    fn times_are_checked_to_the_second() {
        let exp = |seconds: i64| read(&json!({"exp": NOW + seconds})).map(|_| ());
        assert_eq!(exp(-29), Ok(()));
        assert_eq!(exp(-30), Err(Refused::Expired));
        let nbf = |seconds: i64| read(&json!({"nbf": NOW + seconds})).map(|_| ());
        assert_eq!(nbf(30), Ok(()));
        assert_eq!(nbf(31), Err(Refused::Invalid("nbf")));
        let iat = |seconds: i64| read(&json!({"iat": NOW + seconds})).map(|_| ());
        assert_eq!(iat(30), Ok(()));
        assert_eq!(iat(31), Err(Refused::Invalid("iat")));
    }

    #[test]
    fn fractions_of_a_second_are_accepted_and_count_against_the_token() {
        let claim = |name: &str, value: Value| read(&json!({ name: value })).map(|_| ());
        for good in [json!(1_800_000_060.5), json!(1_800_000_060.0), json!(1.800_000_06e9)] {
            assert_eq!(claim("exp", good.clone()), Ok(()), "{good}");
        }
        assert_eq!(claim("exp", json!(1_799_999_970.9)), Err(Refused::Expired));
        assert_eq!(claim("exp", json!(1_799_999_971.0)), Ok(()));
        assert_eq!(claim("nbf", json!(1_800_000_030.0)), Ok(()));
        assert_eq!(claim("nbf", json!(1_800_000_030.1)), Err(Refused::Invalid("nbf")));
        assert_eq!(claim("iat", json!(1_800_000_030.1)), Err(Refused::Invalid("iat")));
        for name in ["exp", "nbf", "iat"] {
            for odd in [json!(-0.5), json!(-1e9), json!(1e300), json!(f64::MAX), json!(1e15), json!(u64::MAX)]
            {
                assert_eq!(claim(name, odd.clone()), Err(Refused::Invalid(name)), "{name} {odd}");
            }
        }
    }

    #[test]
    fn lifetime_is_limited_from_issue_and_from_now() {
        let life = |issued: Option<i64>, expires: i64| {
            let mut claims = json!({ "exp": NOW + expires });
            if let Some(issued) = issued {
                claims["iat"] = json!(NOW + issued);
            }
            read(&claims).map(|_| ())
        };
        let refused = Err(Refused::Invalid("lifetime"));
        assert_eq!(life(Some(0), 3_630), Ok(()));
        assert_eq!(life(Some(0), 3_631), refused);
        assert_eq!(life(None, 3_630), Ok(()));
        assert_eq!(life(None, 3_631), refused);
        assert_eq!(life(Some(-3_000), 630), Ok(()));
        assert_eq!(life(Some(-3_000), 631), refused, "issued long ago and valid for too long");
        assert_eq!(life(Some(30), 3_631), refused, "an issuer whose clock is ahead gains nothing");
        assert_eq!(life(None, Timestamp::MAX.as_second() - NOW), refused);
    }

    #[test]
    fn subjects_of_the_service_itself_are_refused_in_every_spelling() {
        for reserved in [
            "system:expiry-watch",
            "system:",
            "SYSTEM:x",
            "System:expiry-watch",
            "\u{ff53}\u{ff59}\u{ff53}\u{ff54}\u{ff45}\u{ff4d}:x",
            "system\u{ff1a}x",
            "sys\u{ad}tem:x",
            "system\u{200b}:x",
            " system:x",
        ] {
            assert_eq!(
                read(&json!({ "sub": reserved })),
                Err(Refused::Invalid("reserved_sub")),
                "{reserved:?}"
            );
        }
        for free in ["system", "systems:x", "my-system:x", "maker-system:"] {
            assert_eq!(read(&json!({ "sub": free })).map(|_| ()), Ok(()), "{free}");
        }
    }
}
