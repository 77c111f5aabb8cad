use client_app::Caller;
use client_domain::value::{BranchKey, EmailAddress};
use client_domain::{Actor, Permission};
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::Refused;

/// How far the clocks of the issuer and of this service may be apart.
const LEEWAY_SECONDS: i64 = 30;

/// Which issuer and audience a token must name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expectations {
    /// The exact `iss`; where it is set, a token without it is refused.
    pub issuer: Option<String>,
    /// The `aud`, or a member of it; where it is set, a token without it is refused.
    pub audience: Option<String>,
}

/// When a token may be used, in seconds since 1970.
#[derive(Clone, Copy, Debug)]
pub(super) struct Validity {
    expires: i64,
    not_before: i64,
    issued: i64,
}

impl Validity {
    pub(super) fn read(claims: &Map<String, Value>) -> Result<Self, Refused> {
        Ok(Self {
            expires: date(claims, "exp")?.ok_or(Refused::Invalid("exp"))?,
            not_before: date(claims, "nbf")?.unwrap_or(0),
            issued: date(claims, "iat")?.unwrap_or(0),
        })
    }

    pub(super) fn check(self, now: Timestamp) -> Result<(), Refused> {
        let now = now.as_second();
        if self.not_before > now + LEEWAY_SECONDS {
            return Err(Refused::Invalid("nbf"));
        }
        if self.issued > now + LEEWAY_SECONDS {
            return Err(Refused::Invalid("iat"));
        }
        if self.expires + LEEWAY_SECONDS <= now {
            return Err(Refused::Expired);
        }
        Ok(())
    }
}

/// The caller that the claims of a verified token describe, whenever it is used.
pub(super) fn caller(claims: &Map<String, Value>, expected: &Expectations) -> Result<Caller, Refused> {
    check_addressing(claims, expected)?;
    let mut actor = subject(claims)?;
    actor.email = text(claims, "email").and_then(|email| EmailAddress::parse(email).ok());
    let listed = claims.get("permissions").and_then(Value::as_array).into_iter().flatten();
    let scoped = text(claims, "scope").unwrap_or_default().split(' ');
    let names = listed.filter_map(Value::as_str).chain(scoped);
    let permissions = names.filter_map(Permission::parse).collect();
    Ok(Caller { actor, permissions, branch: branch(claims)? })
}

/// A `NumericDate` in whole seconds, from 1970 to the year 9999; anything else is a forgery or a mistake.
fn date(claims: &Map<String, Value>, name: &'static str) -> Result<Option<i64>, Refused> {
    let dates = 0..=Timestamp::MAX.as_second();
    let Some(value) = claims.get(name) else { return Ok(None) };
    let seconds = value.as_i64().filter(|seconds| dates.contains(seconds));
    seconds.map(Some).ok_or(Refused::Invalid(name))
}

fn check_addressing(claims: &Map<String, Value>, expected: &Expectations) -> Result<(), Refused> {
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

/// The subject exactly as the issuer wrote it.
///
/// Parsing trims and normalises. Two subjects must not become one person by that, because four eyes compares
/// them, so a subject that parsing would change is refused.
fn subject(claims: &Map<String, Value>) -> Result<Actor, Refused> {
    let subject = text(claims, "sub").ok_or(Refused::Invalid("sub"))?;
    match Actor::parse(subject) {
        Ok(actor) if actor.id.as_str() == subject => Ok(actor),
        _ => Err(Refused::Invalid("sub")),
    }
}

/// The caller's branch. One that cannot be is no reason to make clients without a branch: the token is refused.
fn branch(claims: &Map<String, Value>) -> Result<Option<BranchKey>, Refused> {
    let key = match claims.get("branchId") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(key)) => key.clone(),
        Some(Value::Number(number)) if number.is_u64() => number.to_string(),
        Some(_) => return Err(Refused::Invalid("branchId")),
    };
    BranchKey::parse(&key).map(Some).map_err(|_| Refused::Invalid("branchId"))
}

fn text<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    claims.get(name).and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn read(claims: &Value) -> Result<Caller, Refused> {
        let mut all = json!({"sub": "maker-1", "exp": NOW + 60}).as_object().unwrap().clone();
        for (name, value) in claims.as_object().unwrap() {
            all.insert(name.clone(), value.clone());
        }
        Validity::read(&all)?.check(Timestamp::from_second(NOW).unwrap())?;
        caller(&all, &Expectations::default())
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
    fn the_branch_is_text_or_a_number() {
        let branch = |value: Value| read(&json!({"branchId": value})).unwrap().branch;
        assert_eq!(branch(json!("b-1")).unwrap().as_str(), "b-1");
        assert_eq!(branch(json!(17)).unwrap().as_str(), "17");
        assert_eq!(branch(json!(null)), None);
        for odd in [json!(1.5), json!(-1), json!([1]), json!(""), json!("x".repeat(65))] {
            assert_eq!(read(&json!({"branchId": odd})), Err(Refused::Invalid("branchId")), "{odd}");
        }
    }

    #[test]
    fn an_address_that_is_none_is_ignored() {
        let email = |value: Value| read(&json!({"email": value})).unwrap().actor.email;
        assert_eq!(email(json!("ada@example.com")).unwrap().as_str(), "ada@example.com");
        assert_eq!(email(json!("nobody")), None);
        assert_eq!(email(json!(5)), None);
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
}
