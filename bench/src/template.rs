//! A statement that was done once, made into one that pgbench can do over and over for other clients.
//!
//! Values that are the same for every client are bound again as they are. What belongs to one client is found in them by
//! its text and replaced by an expression of the running number `:n`; a digest, a fingerprint or an id of an event,
//! which is known by its length in hexadecimal, by a fresh one.

use clients_campaigns::RunError;

use crate::statement::Statement;

/// A text of the client that the statement was done for, and the SQL expression (a text) of any other client's.
#[derive(Clone, Debug)]
pub(crate) struct Mark {
    pub(crate) text: String,
    pub(crate) expression: String,
}

impl Mark {
    pub(crate) fn new(text: impl Into<String>, expression: impl Into<String>) -> Self {
        Self { text: text.into(), expression: expression.into() }
    }
}

/// A script for pgbench, and the values of its variables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Script {
    pub(crate) text: String,
    pub(crate) variables: Vec<(String, String)>,
}

/// What fresh digests and ids are made of, so that none comes twice.
const FRESH: &str = "'-' || :n::text || '-' || :case::text";

impl Script {
    /// Adds a statement to the script, without an end: the caller writes `;` or `\gset`.
    ///
    /// `types` are those of its parameters, in their order. `given` are expressions for single parameters that count
    /// more than what was bound.
    pub(crate) fn push(
        &mut self,
        statement: &Statement,
        types: &[String],
        marks: &[Mark],
        given: &[(usize, String)],
    ) -> Result<(), RunError> {
        if statement.values.len() != types.len() {
            return Err(RunError::new(format!(
                "{} values were bound to a statement with {} parameters",
                statement.values.len(),
                types.len()
            )));
        }
        let mut expressions = Vec::new();
        for (at, (value, kind)) in statement.values.iter().zip(types).enumerate() {
            let own =
                given.iter().find(|(number, _)| *number == at + 1).map(|(_, expression)| expression.clone());
            expressions.push(own.unwrap_or_else(|| match value {
                None => format!("NULL::{kind}"),
                Some(value) => match varying(value, marks) {
                    Some(expression) => format!("({expression})::{kind}"),
                    None => format!(":{}::{kind}", self.variable(value)),
                },
            }));
        }
        self.text.push_str(&replaced(&statement.text, &expressions)?);
        Ok(())
    }

    /// A variable with this value.
    fn variable(&mut self, value: &str) -> String {
        let name = format!("bound_{}", self.variables.len() + 1);
        self.variables.push((name.clone(), value.to_owned()));
        name
    }
}

/// The text with each `$n` replaced. Every parameter must have an expression, and every expression a place.
fn replaced(text: &str, expressions: &[String]) -> Result<String, RunError> {
    let mut used = vec![false; expressions.len()];
    let mut parts = text.split('$');
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        let (number, rest) = part.split_at(digits);
        let at = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let missing = || RunError::new(format!("nothing is bound to ${number}"));
        let at = at.ok_or_else(missing)?;
        whole.push_str(expressions.get(at).ok_or_else(missing)?);
        whole.push_str(rest);
        if let Some(used) = used.get_mut(at) {
            *used = true;
        }
    }
    match used.iter().position(|used| !used) {
        Some(at) => Err(RunError::new(format!("the statement does not use ${}", at + 1))),
        None => Ok(whole),
    }
}

/// The expression of a value that differs between clients, or nothing for one that does not.
pub(crate) fn varying(value: &str, marks: &[Mark]) -> Option<String> {
    let mut pieces = Vec::new();
    let mut constant = String::new();
    let mut varies = false;
    let mut fresh = 0;
    let mut rest = value;
    let mut inside_word = false;
    while let Some(next) = rest.chars().next() {
        let hexadecimal = rest.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(rest.len());
        let mark = marks.iter().find(|mark| rest.starts_with(&mark.text));
        let (expression, length) = if let Some(mark) = mark {
            (mark.expression.clone(), mark.text.len())
        } else if !inside_word && matches!(hexadecimal, 32 | 64) {
            fresh += 1;
            let seed = format!("'{fresh}' || {FRESH}");
            let hash = if hexadecimal == 64 {
                format!("encode(sha256(convert_to({seed}, 'UTF8')), 'hex')")
            } else {
                format!("md5({seed})")
            };
            (hash, hexadecimal)
        } else {
            constant.push(next);
            inside_word = next.is_ascii_hexdigit();
            rest = rest.strip_prefix(next).unwrap_or_default();
            continue;
        };
        varies = true;
        inside_word = false;
        if !constant.is_empty() {
            pieces.push(literal(&constant));
            constant.clear();
        }
        pieces.push(expression);
        rest = rest.get(length..).unwrap_or_default();
    }
    if !constant.is_empty() {
        pieces.push(literal(&constant));
    }
    varies.then(|| pieces.join(" || "))
}

/// A text as SQL, in which pgbench finds no variable and no end of the statement.
pub(crate) fn literal(text: &str) -> String {
    let mut sql = "E'".to_owned();
    for c in text.chars() {
        match c {
            '\'' => sql.push_str("''"),
            '\\' => sql.push_str("\\\\"),
            ':' => sql.push_str("\\x3A"),
            ';' => sql.push_str("\\x3B"),
            '\n' => sql.push_str("\\n"),
            other => sql.push(other),
        }
    }
    sql.push('\'');
    sql
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement(text: &str, values: &[Option<&str>]) -> Statement {
        let values = values.iter().map(|value| value.map(str::to_owned)).collect();
        Statement { text: text.to_owned(), values }
    }

    fn types(number: usize) -> Vec<String> {
        vec!["text".to_owned(); number]
    }

    #[test]
    fn constant_values_are_bound_and_varying_values_are_expressions() {
        let marks = [Mark::new("ada@x", "('a' || :n)"), Mark::new("77001", ":n")];
        let mut script = Script::default();
        let done = statement(
            "SELECT $1, $10, $2 WHERE $1",
            &[Some("NG"), Some("{\"m\":\"ada@x\"}"), None, None, None, None, None, None, None, Some("77001")],
        );
        let text = "SELECT $1, $10, $2, $3, $4, $5, $6, $7, $8, $9 WHERE $1";
        script.push(&Statement { text: text.to_owned(), ..done }, &types(10), &marks, &[]).unwrap();
        assert!(script.text.starts_with(
            r#"SELECT :bound_1::text, (:n)::text, (E'{"m"\x3A"' || ('a' || :n) || E'"}')::text, NULL::text"#
        ));
        assert!(script.text.ends_with("WHERE :bound_1::text"));
        assert_eq!(script.variables, [("bound_1".to_owned(), "NG".to_owned())]);
    }

    #[test]
    fn each_parameter_must_be_supplied_and_used() {
        let push = |text: &str, values: &[Option<&str>]| {
            let done = statement(text, values);
            Script::default().push(&done, &types(values.len()), &[], &[]).map_err(|error| error.to_string())
        };
        assert_eq!(push("SELECT $1, $2", &[Some("a"), None]), Ok(()));
        assert_eq!(push("SELECT $1, $2", &[Some("a")]).unwrap_err(), "nothing is bound to $2");
        assert_eq!(push("SELECT $1", &[Some("a"), Some("b")]).unwrap_err(), "the statement does not use $2");
        let unknown = Script::default().push(&statement("SELECT $1", &[Some("a")]), &[], &[], &[]);
        assert!(unknown.is_err(), "the types were not asked for");
    }

    #[test]
    fn given_expression_overrides_the_bound_value() {
        let mut script = Script::default();
        let given = [(2, "version".to_owned())];
        script.push(&statement("SELECT $1, $2", &[None, Some("7")]), &types(2), &[], &given).unwrap();
        assert_eq!(script.text, "SELECT NULL::text, version");
    }

    #[test]
    fn digests_and_ids_are_fresh_and_distinct() {
        let (digest, id) = ("0a".repeat(32), "0b".repeat(16));
        let expression = varying(&format!("{{\"\\\\x{digest}\",{id}}}"), &[]).unwrap();
        assert!(expression.contains("sha256(convert_to('1' || "), "{expression}");
        assert!(expression.contains("md5('2' || "), "{expression}");
        assert!(!expression.contains("0a0a"), "{expression}");
        assert_eq!(varying("0123456789", &[]), None);
        assert_eq!(varying(&"a".repeat(33), &[]), None);
    }

    #[test]
    fn client_key_is_not_replaced_by_a_fresh_id() {
        let key = "c0".repeat(16);
        assert_eq!(varying(&key, &[Mark::new(&key, "md5(:n::text)")]).unwrap(), "md5(:n::text)");
    }

    #[test]
    fn pgbench_finds_no_variable_in_a_literal() {
        assert_eq!(literal("10:20; it's \\ a\nb"), r"E'10\x3A20\x3B it''s \\ a\nb'");
    }
}
