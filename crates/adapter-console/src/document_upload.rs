//! The file of a document as a person chooses it: what kind it is, and what is said about it.

use client_wire::{Failure, Item};

use crate::posted::no_file;

/// The member of a submission that is its file.
pub(crate) const CONTENT: &str = "base64Doc";
/// What the service names besides: the kind of file, for which no form asks, and the body of a replacement.
const OTHER_NAMES: [&str; 2] = ["docExtension", "content"];

/// How the files of a kind begin.
const BEGINNINGS: &[(&[u8], &str)] =
    &[(b"\xFF\xD8\xFF", ".jpg"), (b"\x89PNG\r\n\x1A\n", ".png"), (b"%PDF-", ".pdf")];

/// The ending of a file among these: that of its name, else that of its content. A scanner or a browser names files as it likes. A
/// file of no such kind gets the first one, and the service says what is wrong with its content.
pub(crate) fn ending(name: &str, content: &[u8], endings: &[&'static str]) -> Option<&'static str> {
    let named = name.rsplit_once('.').map(|(_, ending)| format!(".{}", ending.to_ascii_lowercase()));
    let by_content =
        || BEGINNINGS.iter().find(|(start, _)| content.starts_with(start)).map(|(_, kind)| *kind);
    let known = |wanted: &str| endings.iter().copied().find(|ending| *ending == wanted);
    named
        .and_then(|ending| known(&ending))
        .or_else(|| by_content().and_then(known))
        .or(endings.first().copied())
}

/// The failure of a form with a file, so that everything about the file is said at its field, and a missing file once.
pub(crate) fn at_file(mut failure: Failure, has_file: bool) -> Failure {
    let is_about_file = |item: &Item| {
        item.field.as_deref().is_some_and(|field| field == CONTENT || OTHER_NAMES.contains(&field))
    };
    if !has_file && failure.items.iter().any(is_about_file) {
        failure.items.retain(|item| !is_about_file(item));
        failure.items.extend(no_file(CONTENT).items);
        return failure;
    }
    for item in failure.items.iter_mut().filter(|item| is_about_file(item)) {
        item.field = Some(CONTENT.to_owned());
    }
    failure
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_the_ending_of_its_name_else_that_of_its_content() {
        let endings = [".jpg", ".jpeg", ".png", ".pdf"];
        let (jpeg, png) = (&b"\xFF\xD8\xFF\xE0"[..], &b"\x89PNG\r\n\x1A\n."[..]);
        for (name, content, expected) in [
            ("Scan.PDF", png, ".pdf"),
            ("scan.JPEG", png, ".jpeg"),
            ("scan", png, ".png"),
            ("scan.", png, ".png"),
            ("scan.png.", png, ".png"),
            ("scan.jfif", jpeg, ".jpg"),
            ("", b"%PDF-1.7", ".pdf"),
            ("letter.doc", b"text", ".jpg"),
        ] {
            assert_eq!(ending(name, content, &endings), Some(expected), "{name}");
        }
    }
}
