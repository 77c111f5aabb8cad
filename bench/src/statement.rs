//! Statements as the server wrote them into its log: their text and every value that was bound.

/// A statement that was executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Statement {
    /// Its text, with `$1` and so on.
    pub(crate) text: String,
    /// The bound values as text, null where there is none.
    pub(crate) values: Vec<Option<String>>,
}

impl Statement {
    /// All that a user has executed with bound values or without, in the order in which it was done.
    ///
    /// The log begins every entry with `[user] ` and goes on in lines that begin with a tab.
    pub(crate) fn all(log: &str, user: &str) -> Vec<Self> {
        let mut found: Vec<Self> = Vec::new();
        for entry in entries(log, user) {
            if let Some(text) = entry.strip_prefix("LOG:  execute ").and_then(|rest| rest.split_once(": ")) {
                found.push(Self { text: bare(text.1), values: Vec::new() });
            } else if let Some(list) = entry.strip_prefix("DETAIL:  parameters: ")
                && let Some(last) = found.last_mut()
            {
                last.values = values(list);
            }
        }
        found
    }
}

/// A statement without the comment at its top and without its semicolon.
pub(crate) fn bare(text: &str) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with("--")).collect();
    lines.join("\n").trim_end().trim_end_matches(';').to_owned()
}

/// The entries of one user, each as one text.
fn entries(log: &str, user: &str) -> Vec<String> {
    let mark = format!("[{user}] ");
    let mut entries: Vec<String> = Vec::new();
    let mut is_mine = false;
    for line in log.lines() {
        if let Some(more) = line.strip_prefix('\t') {
            if let Some(entry) = entries.last_mut().filter(|_| is_mine) {
                entry.push('\n');
                entry.push_str(more);
            }
        } else {
            is_mine = line.starts_with(&mark);
            entries.extend(line.strip_prefix(&mark).map(str::to_owned));
        }
    }
    entries
}

/// `$1 = 'text', $2 = NULL, …`, where a quote inside a text is written twice.
fn values(mut list: &str) -> Vec<Option<String>> {
    let mut values = Vec::new();
    while let Some((_, after)) = list.split_once(" = ") {
        let Some(mut rest) = after.strip_prefix('\'') else {
            values.push(None);
            list = after;
            continue;
        };
        let mut value = String::new();
        while let Some((part, after)) = rest.split_once('\'') {
            value.push_str(part);
            rest = after;
            match rest.strip_prefix('\'') {
                Some(after) => {
                    value.push('\'');
                    rest = after;
                }
                None => break,
            }
        }
        values.push(Some(value));
        list = rest;
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn multi_line_statement_is_parsed_with_its_values() {
        let log = "[other] LOG:  execute x: SELECT 9\n\
                   [probe] LOG:  execute sqlx_s_1: SELECT $1,\n\t    $2, $3, $4\n\
                   [probe] DETAIL:  parameters: $1 = 'O''Neil = 1, $2', $2 = NULL, $3 = 'two\n\tlines', $4 = ''\n\
                   [other] DETAIL:  parameters: $1 = 'x'\n\
                   [probe] LOG:  execute sqlx_s_2: SELECT 1\n";
        let all = Statement::all(log, "probe");
        assert_eq!(all.len(), 2);
        assert_eq!(all[0].text, "SELECT $1,\n    $2, $3, $4");
        let values: Vec<_> = all[0].values.iter().map(Option::as_deref).collect();
        assert_eq!(values, [Some("O'Neil = 1, $2"), None, Some("two\nlines"), Some("")]);
        assert!(all[1].values.is_empty());
    }

    #[test]
    fn a_bare_statement_has_no_comment_and_no_semicolon() {
        assert_eq!(bare("-- Reads $1.\n--\nSELECT $1,\n    '--';\n"), "SELECT $1,\n    '--'");
    }

    #[test]
    fn statements_of_other_users_are_ignored() {
        assert_eq!(Statement::all("[a] LOG:  execute x: SELECT 1\n\tFROM t\n", "b"), []);
    }
}
