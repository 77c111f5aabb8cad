//! Whether a commit that was confirmed outlives its server.

/// How many standbys confirm a commit, as `synchronous_standby_names` has it: 0 for none.
pub(crate) fn confirming_standbys(names: &str) -> u32 {
    let names = names.trim();
    if names.is_empty() {
        return 0;
    }
    // `FIRST 2 (a, b)`, `ANY 1 (a, b)`, `2 (a, b)`, or a list of which the first that is there confirms.
    let words = names.split_once('(').map_or("1", |(number, _)| number.trim());
    words.rsplit(' ').next().and_then(|number| number.parse().ok()).unwrap_or(1)
}

/// What is wrong with a server that confirms alone.
pub(crate) const ALONE: &str = "it asks no synchronous standby to confirm commits (synchronous_standby_names is empty), so a \
    failover may lose what it has confirmed; name one, or start without --require-synchronous-standby";

#[cfg(test)]
mod tests {
    use super::confirming_standbys;

    #[test]
    fn the_number_of_standbys_is_that_of_the_setting() {
        for (names, number) in [
            ("", 0),
            (" ", 0),
            ("*", 1),
            ("node1", 1),
            ("a, b", 1),
            ("\"node1\"", 1),
            ("FIRST 2 (a, b, c)", 2),
            ("any 1 (*)", 1),
            ("3 (a, b, c)", 3),
        ] {
            assert_eq!(confirming_standbys(names), number, "{names}");
        }
    }
}
