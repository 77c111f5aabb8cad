//! Which permissions the claims of a token stand for.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use client_domain::{Permission, Permissions};
use client_wire::strict_json;
use serde_json::{Map, Value};

use crate::claim_path::ClaimPath;

/// The claims that hold permissions, and which permissions their values stand for.
///
/// By default `permissions` is a list of the names of permissions and `scope` a text of them. A bank whose identity
/// provider writes roles or groups says what these stand for; then no other claim counts.
///
/// ```
/// use token_verification::PermissionClaims;
///
/// let claims = PermissionClaims::read(
///     r#"{ "claims": [{ "claim": "realm_access.roles", "values": { "teller": ["customers.read"] } }] }"#,
/// );
/// assert!(claims.is_ok());
/// let wrong = PermissionClaims::read(
///     r#"{ "claims": [{ "claim": "realm_access.roles", "values": { "teller": ["customers.fly"] } }] }"#,
/// );
/// assert!(wrong.unwrap_err().to_string().starts_with("claims[0].values.teller[0] must be a permission"));
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PermissionClaims(Option<Arc<[PermissionClaim]>>);

/// One claim.
#[derive(PartialEq, Eq)]
struct PermissionClaim {
    path: ClaimPath,
    grants: Grants,
}

/// What the values of a claim stand for.
#[derive(PartialEq, Eq)]
enum Grants {
    /// Each for the permission of that name.
    Named,
    /// Each for these permissions.
    Values(BTreeMap<String, Permissions>),
}

/// Why claims cannot be read: the place in the file, and what would be accepted there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PermissionClaimsError(String);

/// How many claims there may be.
const MAX_CLAIMS: usize = 50;

impl PermissionClaims {
    /// Reads the claims from JSON.
    ///
    /// # Errors
    ///
    /// The text is not a JSON object of this form. Nothing in it is ignored: a name that is not known, a permission that
    /// there is not, an empty list and a value that occurs twice are errors.
    pub fn read(text: &str) -> Result<Self, PermissionClaimsError> {
        let root = strict_json::object(text.as_bytes()).map_err(|malformed| {
            let (line, column) = (malformed.line, malformed.column);
            PermissionClaimsError(format!("line {line}, column {column} is not JSON with each member once"))
        })?;
        know(&root, "", &["claims"])?;
        let claims = list(root.get("claims"), "claims", MAX_CLAIMS)?;
        let read = claims
            .iter()
            .enumerate()
            .map(|(at, claim)| PermissionClaim::read(claim, &format!("claims[{at}]")));
        let read: Vec<PermissionClaim> = read.collect::<Result<_, _>>()?;
        for (at, claim) in read.iter().enumerate() {
            if read.iter().take(at).any(|other| other.path == claim.path) {
                return Err(wrong(
                    &format!("claims[{at}].claim"),
                    "occurs twice: write all values of a claim together",
                ));
            }
        }
        Ok(Self(Some(read.into())))
    }

    /// The permissions of a token.
    pub(crate) fn permissions(&self, claims: &Map<String, Value>) -> Permissions {
        match &self.0 {
            None => published(claims),
            Some(all) => all.iter().flat_map(|one| one.permissions(claims)).collect(),
        }
    }
}

/// The permissions of a token where no claims are configured.
fn published(claims: &Map<String, Value>) -> Permissions {
    let listed = claims.get("permissions").and_then(Value::as_array).into_iter().flatten();
    let scoped = claims.get("scope").and_then(Value::as_str).unwrap_or_default().split(' ');
    listed.filter_map(Value::as_str).chain(scoped).filter_map(Permission::parse).collect()
}

impl PermissionClaim {
    fn read(value: &Value, at: &str) -> Result<Self, PermissionClaimsError> {
        let members =
            value.as_object().ok_or_else(|| wrong(at, "must be an object with claim and values"))?;
        know(members, at, &["claim", "values"])?;
        let path = members.get("claim").ok_or_else(|| wrong(&format!("{at}.claim"), "is missing"))?;
        let path = ClaimPath::read(path).map_err(|problem| wrong(&format!("{at}.claim"), problem))?;
        let at = format!("{at}.values");
        let grants = match members.get("values") {
            Some(Value::String(word)) if word == "permissions" => Grants::Named,
            Some(Value::Object(values)) if !values.is_empty() => Grants::Values(
                values
                    .iter()
                    .map(|(value, names)| Ok((value.clone(), permissions(names, &format!("{at}.{value}"))?)))
                    .collect::<Result<_, PermissionClaimsError>>()?,
            ),
            _ => {
                let expected = "must be an object with a list of permissions for each value, or the word permissions where \
                                the values are names of permissions";
                return Err(wrong(&at, expected));
            }
        };
        if let Grants::Values(values) = &grants
            && values.keys().any(|value| value.trim().is_empty())
        {
            return Err(wrong(&at, "has a value without a visible character"));
        }
        Ok(Self { path, grants })
    }

    /// The permissions of the claim; none if it is missing or of another type.
    fn permissions(&self, claims: &Map<String, Value>) -> Vec<Permission> {
        let values: Vec<&str> = match self.path.find(claims) {
            // As `scope` is written (RFC 6749, section 3.3).
            Some(Value::String(text)) => text.split(' ').filter(|word| !word.is_empty()).collect(),
            Some(Value::Array(values)) => match values.iter().map(Value::as_str).collect() {
                Some(values) => values,
                None => return Vec::new(),
            },
            _ => return Vec::new(),
        };
        match &self.grants {
            Grants::Named => values.into_iter().filter_map(Permission::parse).collect(),
            Grants::Values(grants) => {
                values.into_iter().filter_map(|value| grants.get(value)).flat_map(Permissions::iter).collect()
            }
        }
    }
}

/// A list of names of permissions.
fn permissions(value: &Value, at: &str) -> Result<Permissions, PermissionClaimsError> {
    let names = list(Some(value), at, Permission::ALL.len())?;
    let permissions = names.iter().enumerate().map(|(place, name)| {
        name.as_str().and_then(Permission::parse).ok_or_else(|| {
            let known: Vec<_> = Permission::ALL.iter().map(|permission| permission.name()).collect();
            wrong(&format!("{at}[{place}]"), &format!("must be a permission: {}", known.join(", ")))
        })
    });
    permissions.collect()
}

fn list<'a>(value: Option<&'a Value>, at: &str, max: usize) -> Result<&'a [Value], PermissionClaimsError> {
    match value {
        Some(Value::Array(items)) if (1..=max).contains(&items.len()) => Ok(items),
        _ => Err(wrong(at, &format!("must be a list of 1 to {max}"))),
    }
}

/// Refuses members that are not known.
fn know(members: &Map<String, Value>, at: &str, known: &[&str]) -> Result<(), PermissionClaimsError> {
    match members.keys().find(|name| !known.contains(&name.as_str())) {
        None => Ok(()),
        Some(name) => {
            let path = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
            Err(wrong(&path, &format!("is not known here; known are: {}", known.join(", "))))
        }
    }
}

fn wrong(at: &str, problem: &str) -> PermissionClaimsError {
    PermissionClaimsError(format!("{at} {problem}"))
}

impl fmt::Debug for PermissionClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let paths = self.0.iter().flat_map(|claims| claims.iter().map(|claim| &claim.path));
        f.debug_list().entries(paths).finish()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn held(mapping: &Value, claims: &Value) -> Vec<&'static str> {
        let read = PermissionClaims::read(&mapping.to_string()).unwrap();
        read.permissions(claims.as_object().unwrap()).iter().map(Permission::name).collect()
    }

    fn roles(claim: &Value) -> Value {
        let values =
            json!({ "teller": ["customers.read", "customers.write"], "head teller": ["customers.approve"] });
        json!({ "claims": [{ "claim": claim, "values": values }] })
    }

    #[test]
    fn a_claim_is_found_by_its_path() {
        for (path, claims) in [
            (json!("roles"), json!({ "roles": ["teller"] })),
            (
                json!("realm_access.roles"),
                json!({ "realm_access": { "roles": ["teller", "offline_access"] } }),
            ),
            (json!(["https://bank.example/roles"]), json!({ "https://bank.example/roles": ["teller"] })),
            (
                json!(["resource_access", "clients.api", "roles"]),
                json!({ "resource_access": { "clients.api": { "roles": ["teller"] }, "other": { "roles": ["x"] } } }),
            ),
            (json!(["urn:bank:roles"]), json!({ "urn:bank:roles": "teller" })),
            (json!("scp"), json!({ "scp": "openid teller" })),
        ] {
            assert_eq!(held(&roles(&path), &claims), ["customers.read", "customers.write"], "{path}");
        }
    }

    #[test]
    fn a_value_in_a_list_counts_as_a_whole_and_a_text_word_by_word() {
        let mapping = roles(&json!("groups"));
        assert_eq!(held(&mapping, &json!({ "groups": ["head teller"] })), ["customers.approve"]);
        assert_eq!(
            held(&mapping, &json!({ "groups": "head teller" })),
            ["customers.read", "customers.write"],
            "two words, of which one is known"
        );
    }

    #[test]
    fn a_claim_of_another_type_grants_nothing() {
        let mapping = roles(&json!("realm_access.roles"));
        for claims in [
            json!({}),
            json!({ "realm_access": null }),
            json!({ "realm_access": "teller" }),
            json!({ "realm_access": ["teller"] }),
            json!({ "realm_access": { "roles": null } }),
            json!({ "realm_access": { "roles": { "teller": true } } }),
            json!({ "realm_access": { "roles": ["teller", 7] } }),
            json!({ "realm_access": { "roles": [["teller"]] } }),
            json!({ "realm_access": { "roles": true } }),
            json!({ "realm_access": { "roles": ["Teller", "teller "] } }),
            json!({ "realm_access.roles": ["teller"] }),
            json!({ "permissions": ["customers.read"], "scope": "customers.read" }),
        ] {
            assert_eq!(held(&mapping, &claims), [""; 0], "{claims}");
        }
    }

    #[test]
    fn a_claim_may_hold_the_names_themselves() {
        let mapping = json!({ "claims": [
            { "claim": "permissions", "values": "permissions" },
            { "claim": "scope", "values": "permissions" },
        ] });
        let claims = json!({ "permissions": "customers.read customers.fly", "scope": ["customers.exit"] });
        assert_eq!(held(&mapping, &claims), ["customers.read", "customers.exit"]);
    }

    #[test]
    fn a_mistake_is_named_with_its_place() {
        let one = |claim: Value| json!({ "claims": [claim] }).to_string();
        let good = json!({ "teller": ["customers.read"] });
        for (text, problem) in [
            ("[]".to_owned(), "line 1, column 1 is not JSON with each member once"),
            (r#"{"claims":[],"claims":[]}"#.to_owned(), "line 1"),
            ("{}".to_owned(), "claims must be a list of 1 to 50"),
            (r#"{"claims":[]}"#.to_owned(), "claims must be a list of 1 to 50"),
            (r#"{"claim":[]}"#.to_owned(), "claim is not known here; known are: claims"),
            (one(json!("roles")), "claims[0] must be an object with claim and values"),
            (one(json!({ "values": good })), "claims[0].claim is missing"),
            (one(json!({ "claim": "roles" })), "claims[0].values must be an object"),
            (one(json!({ "claim": "roles", "values": {} })), "claims[0].values must be an object"),
            (one(json!({ "claim": "roles", "values": "all" })), "claims[0].values must be an object"),
            (one(json!({ "claim": "roles", "values": { " ": ["customers.read"] } })), "claims[0].values has a value"),
            (one(json!({ "claim": "roles", "values": { "x": [] } })), "claims[0].values.x must be a list of 1 to"),
            (one(json!({ "claim": "roles", "values": { "x": "customers.read" } })), "claims[0].values.x must be a list"),
            (one(json!({ "claim": "roles", "values": { "x": ["fly"] } })), "claims[0].values.x[0] must be a permission"),
            (one(json!({ "claim": "roles", "values": { "x": [7] } })), "claims[0].values.x[0] must be a permission"),
            (one(json!({ "claim": "roles", "value": good })), "claims[0].value is not known here"),
            (one(json!({ "claim": "", "values": good })), "claims[0].claim has an empty name"),
            (one(json!({ "claim": "a..b", "values": good })), "claims[0].claim has an empty name"),
            (one(json!({ "claim": ".roles", "values": good })), "claims[0].claim has an empty name"),
            (one(json!({ "claim": [], "values": good })), "claims[0].claim must have 1 to 8 names"),
            (one(json!({ "claim": ["a", 1], "values": good })), "claims[0].claim must be a list of names"),
            (one(json!({ "claim": 7, "values": good })), "claims[0].claim must be the path of a claim"),
            (
                one(json!({ "claim": "https://bank.example/roles", "values": good })),
                "claims[0].claim has a name with signs besides letters",
            ),
            (one(json!({ "claim": "roles[0]", "values": good })), "claims[0].claim has a name with signs"),
            (
                json!({ "claims": [{ "claim": "a.b", "values": good }, { "claim": ["a", "b"], "values": good }] })
                    .to_string(),
                "claims[1].claim occurs twice",
            ),
        ] {
            let error = PermissionClaims::read(&text).unwrap_err().to_string();
            assert!(error.contains(problem), "{text}: {error}");
        }
    }
}
