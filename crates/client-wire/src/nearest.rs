//! The known name that a misspelt name most likely means.

/// Longer names are not compared.
const MAX_NAME_CHARS: usize = 64;

/// The known name with the smallest distance, if it differs in at most a third of its letters. Case does not matter.
pub(crate) fn nearest(given: &str, known: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let given: Vec<char> = given.chars().take(MAX_NAME_CHARS + 1).flat_map(char::to_lowercase).collect();
    if given.len() > MAX_NAME_CHARS {
        return None;
    }
    let distances = known.map(|name| {
        let letters: Vec<char> = name.chars().flat_map(char::to_lowercase).collect();
        (distance(&given, &letters), name)
    });
    let (distance, name) = distances.min_by_key(|(distance, _)| *distance)?;
    (distance <= name.chars().count() / 3).then_some(name)
}

/// The Levenshtein distance: how many letters have to be inserted, deleted or replaced.
fn distance(one: &[char], other: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (above, letter) in one.iter().enumerate() {
        let (mut diagonal, mut left) = (above, above + 1);
        let mut next = vec![left];
        for (cell, wanted) in row.iter().skip(1).zip(other) {
            let replaced = diagonal + usize::from(letter != wanted);
            left = replaced.min(cell + 1).min(left + 1);
            next.push(left);
            diagonal = *cell;
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_name_is_found_and_another_word_is_not() {
        let known = ["firstName", "lastName", "middleName", "emailAddress"];
        for (given, meant) in [
            ("lastname", Some("lastName")),
            ("fristName", Some("firstName")),
            ("email", None),
            ("emailAdress", Some("emailAddress")),
            ("nickname", None),
            ("", None),
        ] {
            assert_eq!(nearest(given, known.into_iter()), meant, "{given}");
        }
        assert_eq!(nearest(&"x".repeat(1_000_000), known.into_iter()), None);
    }

    #[test]
    fn distance_is_the_levenshtein_distance() {
        let of = |one: &str, other: &str| {
            distance(&one.chars().collect::<Vec<_>>(), &other.chars().collect::<Vec<_>>())
        };
        assert_eq!((of("kitten", "sitting"), of("", "abc"), of("abc", ""), of("abc", "abc")), (3, 3, 3, 0));
    }
}
