//! The result for every file of the corpus, in a table that a person approves:
//! `tests/files/verdicts.md`.

use std::fmt::Write as _;

use document_inspection::samples::{corpus, corpus_folder, inspect_in_pieces};

const HEAD: &str = "# Verdicts of the inspection\n\nWritten by `UPDATE_GENERATED=1 cargo test --workspace`; the files \
                    are made by `make.py`. A changed row is a changed rule: read it as the person whose file it is.\n\n\
                    | file | verdict | found |\n| --- | --- | --- |\n";

#[test]
fn verdict_of_every_file_is_the_approved_one() {
    let mut table = HEAD.to_owned();
    for sample in corpus() {
        let verdict = inspect_in_pieces(sample.media_type, &sample.bytes, &[usize::MAX]);
        let code = verdict.as_ref().map_or_else(|rejection| rejection.code(), |_| "accepted");
        let found = verdict.err().and_then(|rejection| rejection.found());
        let found = found.map(|found| format!("`{found}`")).unwrap_or_default();
        writeln!(table, "| {} | {code} | {found} |", sample.name).unwrap();
    }
    let path = corpus_folder().join("verdicts.md");
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::write(&path, &table).unwrap();
    }
    let approved = std::fs::read_to_string(&path).unwrap();
    let changed: Vec<_> = table.lines().filter(|row| !approved.lines().any(|line| line == *row)).collect();
    assert!(table == approved, "not in verdicts.md: {changed:#?}");
}

#[test]
fn honest_files_are_accepted_and_hostile_ones_refused() {
    let samples = corpus();
    let count = |kind| samples.iter().filter(|sample| sample.name.starts_with(kind)).count();
    assert!(count("honest") >= 100 && count("hostile") >= 80);
    for sample in &samples {
        let verdict = inspect_in_pieces(sample.media_type, &sample.bytes, &[usize::MAX]);
        assert_eq!(verdict.is_ok(), sample.name.starts_with("honest/"), "{}: {verdict:?}", sample.name);
    }
}

#[test]
fn packing_of_pdf_objects_does_not_change_the_verdict() {
    let samples = corpus();
    let verdict_of = |name: &str| {
        let sample = samples.iter().find(|sample| sample.name == name).unwrap();
        inspect_in_pieces(sample.media_type, &sample.bytes, &[usize::MAX]).map(|_| ())
    };
    let packed: Vec<_> =
        samples.iter().filter_map(|sample| sample.name.strip_suffix("-packed.pdf")).collect();
    assert!(packed.len() >= 60, "{}", packed.len());
    for name in packed {
        assert_eq!(verdict_of(&format!("{name}-packed.pdf")), verdict_of(&format!("{name}.pdf")), "{name}");
    }
}

#[test]
fn verdict_does_not_depend_on_the_sizes_of_pieces() {
    for sample in corpus() {
        let whole = inspect_in_pieces(sample.media_type, &sample.bytes, &[usize::MAX]);
        for cuts in [&[1][..], &[7], &[4096], &[1, 8191, 3], &[16384], &[16383, 2]] {
            let cut = inspect_in_pieces(sample.media_type, &sample.bytes, cuts);
            assert_eq!(cut, whole, "{} in pieces of {cuts:?}", sample.name);
        }
    }
}
