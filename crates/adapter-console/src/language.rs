//! The texts of the pages: one file for each language, apart from the templates.

use std::collections::BTreeMap;
use std::sync::LazyLock;

include!(concat!(env!("OUT_DIR"), "/languages.rs"));

/// The language of a person whose browser asks for none of ours.
const DEFAULT: &str = "en";

static ALL: LazyLock<Vec<Language>> =
    LazyLock::new(|| LANGUAGES.iter().map(|(code, file)| Language::read(code, file)).collect());

/// The texts of one language by their keys.
pub(crate) struct Language {
    code: &'static str,
    texts: BTreeMap<&'static str, &'static str>,
}

impl Language {
    /// The first language of the header `Accept-Language` that the console has.
    pub(crate) fn accepted(header: &str) -> &'static Self {
        let wanted = header.split(',').filter_map(|entry| entry.split([';', '-']).next());
        let mut known = wanted.filter_map(|code| Self::find(code.trim()));
        known.next().unwrap_or_else(Self::standard)
    }

    fn find(code: &str) -> Option<&'static Self> {
        ALL.iter().find(|language| language.code.eq_ignore_ascii_case(code))
    }

    fn standard() -> &'static Self {
        static NONE: Language = Language { code: DEFAULT, texts: BTreeMap::new() };
        Self::find(DEFAULT).unwrap_or(&NONE)
    }

    /// Reads a file of lines such as `nav.clients = Clients`; a line that begins with `#` is a comment.
    fn read(code: &'static str, file: &'static str) -> Self {
        let lines = file.lines().filter(|line| !line.starts_with('#'));
        let texts =
            lines.filter_map(|line| line.split_once('=')).map(|(key, text)| (key.trim(), text.trim()));
        Self { code, texts: texts.collect() }
    }

    /// The code of the language, for `lang`.
    pub(crate) const fn code(&self) -> &'static str {
        self.code
    }

    /// The text with this key, if the file has it.
    pub(crate) fn find_text(&self, key: &str) -> Option<&'static str> {
        self.texts.get(key).copied()
    }

    /// The text with this key; the key itself where the file lacks it, which a test excludes for every key of a template.
    pub(crate) fn text(&self, key: &str) -> String {
        self.find_text(key).unwrap_or(key).to_owned()
    }

    /// The text with `{name}` replaced by each value.
    pub(crate) fn filled(&self, key: &str, values: &[(&str, &str)]) -> String {
        let replaced =
            |text: String, (name, value): &(&str, &str)| text.replace(&format!("{{{name}}}"), value);
        values.iter().fold(self.text(key), replaced)
    }

    /// What a word of the wire means to a person: the text of `group.word`, else the word.
    pub(crate) fn word(&self, group: &str, word: &str) -> String {
        self.find_text(&format!("{group}.{word}")).unwrap_or(word).to_owned()
    }
}

impl std::fmt::Debug for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Language").field(&self.code).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use client_app::CheckName;
    use client_domain::Permission;
    use client_wire::{Code, OPERATIONS};

    use super::*;
    use crate::command::table::FORMS;

    /// Every file of the crate with this ending, with its text.
    fn sources(folder: &str, ending: &str) -> Vec<(String, String)> {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut found = Vec::new();
        let mut folders = vec![root.join(folder)];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|found| found == ending) {
                    found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
                }
            }
        }
        found
    }

    /// The keys that a source names, as in `t("nav.clients")`.
    fn named(source: &str) -> BTreeSet<String> {
        let calls = [".t(\"", ".tf(\"", ".text(\"", ".filled(\""];
        let after = calls.iter().flat_map(|call| source.split(call).skip(1));
        let keys = after.filter_map(|rest| rest.split('"').next());
        keys.filter(|key| key.contains('.') && !key.contains(' ')).map(str::to_owned).collect()
    }

    fn placeholders(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect()
    }

    #[test]
    fn every_language_has_every_text_with_the_same_values_in_it() {
        let standard = Language::standard();
        assert!(standard.texts.len() > 100, "the texts were not found");
        for language in ALL.iter() {
            let keys: BTreeSet<_> = language.texts.keys().collect();
            assert_eq!(keys, standard.texts.keys().collect(), "{language:?}");
            for (key, text) in &language.texts {
                assert_eq!(placeholders(text), placeholders(standard.texts[key]), "{language:?} {key}");
                assert!(!text.is_empty(), "{language:?} {key}");
            }
        }
    }

    #[test]
    fn every_text_that_a_page_names_is_there() {
        let standard = Language::standard();
        let files = sources("templates", "html").into_iter().chain(sources("src", "rs"));
        let mut count = 0;
        for (path, source) in files {
            for key in named(source.split("#[cfg(test)]").next().unwrap()) {
                assert!(standard.find_text(&key).is_some(), "{path}: {key}");
                count += 1;
            }
        }
        assert!(count > 80, "the keys were not found: {count}");
    }

    /// The groups whose words are looked up by a name of the wire.
    fn groups(source: &str) -> BTreeSet<String> {
        let calls = [".word(\"", "=> \"", "choice(\"", "format!(\"", "format!(\"choice."];
        let after = calls.iter().flat_map(|call| source.split(call).skip(1));
        after.filter_map(|rest| rest.split(['"', '.', '{']).next()).map(str::to_owned).collect()
    }

    #[test]
    fn every_text_is_used() {
        let files: Vec<_> = sources("templates", "html").into_iter().chain(sources("src", "rs")).collect();
        let files: Vec<_> =
            files.iter().map(|(_, source)| source.split("#[cfg(test)]").next().unwrap()).collect();
        // The group of these is chosen by a condition.
        let chosen = ["batchcheck", "batchrows", "measure"].map(str::to_owned);
        assert!(
            chosen.iter().all(|group| files.iter().any(|source| source.contains(&format!("\"{group}\""))))
        );
        let by_name: BTreeSet<_> = files.iter().flat_map(|source| groups(source)).chain(chosen).collect();
        let is_used = |key: &str| {
            let group = key.split('.').next().unwrap();
            by_name.contains(group) || files.iter().any(|source| source.contains(&format!("\"{key}\"")))
        };
        let unused: Vec<_> = Language::standard().texts.keys().filter(|key| !is_used(key)).collect();
        assert_eq!(unused, Vec::<&&str>::new());
    }

    #[test]
    fn every_key_occurs_once() {
        for (code, file) in LANGUAGES {
            let mut keys = BTreeSet::new();
            let lines = file.lines().filter(|line| !line.starts_with('#'));
            for key in lines.filter_map(|line| line.split_once('=')).map(|(key, _)| key.trim()) {
                assert!(keys.insert(key), "{code}: {key}");
            }
        }
    }

    /// The words of a group are those of the names that there are: none is missing, and none is of a name that is gone.
    #[test]
    fn every_name_has_its_words() {
        let words = |group: &str| -> BTreeSet<String> {
            let begin = format!("{group}.");
            let keys = Language::standard().texts.keys();
            keys.filter_map(|key| key.strip_prefix(&begin)).map(str::to_owned).collect()
        };
        let names = |names: &mut dyn Iterator<Item = &str>| names.map(str::to_owned).collect::<BTreeSet<_>>();
        assert_eq!(words("permission"), names(&mut Permission::ALL.into_iter().map(Permission::name)));
        assert_eq!(words("check"), names(&mut CheckName::ALL.into_iter().map(CheckName::name)));
        assert_eq!(words("error"), names(&mut Code::ALL.iter().map(|code| code.name())));
        assert_eq!(words("do"), names(&mut FORMS.iter().map(|form| form.slug)));
        assert_eq!(words("job"), jobs());
    }

    /// The jobs that the service starts. It is no dependency of the console, so they are read where they are started.
    fn jobs() -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for (_, source) in sources("../client-service/src/jobs", "rs") {
            let source = source.split("#[cfg(test)]").next().unwrap();
            let named = source.split(".start(\"").skip(1);
            found.extend(named.filter_map(|rest| rest.split('"').next()).map(str::to_owned));
            // The name of this one is that of its receiver.
            found.extend(source.contains("\"delivery\"").then(|| "delivery".to_owned()));
            let listed = source.split("const JOBS").nth(1).and_then(|rest| rest.split(';').nth(1));
            found.extend(listed.unwrap_or_default().split('"').skip(1).step_by(2).map(str::to_owned));
        }
        assert!(found.len() > 15, "{found:?}");
        found
    }

    #[test]
    fn no_reason_is_in_the_words_of_the_service() {
        let texts = Language::standard().texts.iter().filter(|(key, _)| key.starts_with("blocker."));
        let foreign: Vec<_> = texts.filter(|(_, text)| text.contains("{message}")).collect();
        assert!(foreign.is_empty(), "{foreign:?}");
    }

    #[test]
    fn templates_hold_no_words() {
        for (path, source) in sources("templates", "html") {
            let mut outside = String::new();
            let mut depth = 0_i32;
            for c in source.chars() {
                match c {
                    '<' | '{' => depth += 1,
                    '>' | '}' => depth -= 1,
                    c if depth <= 0 => outside.push(c),
                    _ => {}
                }
            }
            let words: Vec<_> =
                outside.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).collect();
            let allowed = ["UTC", "KYC", "j", "k", "Enter", "/", "?"];
            let words: Vec<_> = words.into_iter().filter(|word| !allowed.contains(word)).collect();
            assert_eq!(words, Vec::<&str>::new(), "{path}");
        }
    }

    #[test]
    fn every_code_of_the_catalogue_has_its_sentence() {
        let standard = Language::standard();
        for code in Code::ALL {
            let sentence = standard.find_text(&format!("error.{}", code.name()));
            let sentence = sentence.unwrap_or_else(|| panic!("error.{} is missing", code.name()));
            assert!(
                (sentence.ends_with('.') && sentence.starts_with(char::is_uppercase))
                    || sentence.starts_with("{message}"),
                "{}: {sentence}",
                code.name()
            );
        }
    }

    #[test]
    fn every_member_of_a_command_has_a_label() {
        let standard = Language::standard();
        let commands =
            OPERATIONS.iter().filter(|spec| spec.kind == client_wire::spec::OperationKind::Command);
        for spec in commands {
            for field in spec.fields {
                assert!(
                    standard.find_text(&format!("field.{}", field.name)).is_some(),
                    "field.{}",
                    field.name
                );
            }
        }
    }

    #[test]
    fn the_language_of_the_browser_is_used_if_there_is_one() {
        for header in ["", "en", "en-GB,fr;q=0.5", "xx, EN;q=0.1", "xx", ";;,,"] {
            assert_eq!(Language::accepted(header).code(), "en", "{header}");
        }
    }
}
