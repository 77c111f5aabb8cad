//! Workbooks as spreadsheets write them, and as attackers do.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Cursor, Read as _, Write as _};

use proptest::prelude::*;
use workbook::{Limits, Rejection, TableWriter};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const TYPES: &str =
    r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#;
const PACKAGE: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const SHEET: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet";
const STYLES: &str = r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#;

fn read(file: Vec<u8>, limits: &Limits) -> Result<Vec<Vec<String>>, Rejection> {
    let mut rows = Vec::new();
    workbook::read(file, limits, |row| rows.push(row))?;
    Ok(rows)
}

/// A workbook with these sheets, each the XML of its rows, and these shared strings.
fn book(sheets: &[&str], strings: &str) -> Vec<u8> {
    book_with(sheets, &[("xl/sharedStrings.xml", &format!("<sst>{strings}</sst>"))])
}

/// A workbook with these sheets, and these parts instead of, or besides, the usual ones.
fn book_with(sheets: &[&str], instead: &[(&str, &str)]) -> Vec<u8> {
    let mut parts = BTreeMap::from([
        ("[Content_Types].xml".to_owned(), TYPES.to_owned()),
        ("_rels/.rels".to_owned(), PACKAGE.to_owned()),
        ("xl/styles.xml".to_owned(), STYLES.to_owned()),
    ]);
    let (mut list, mut targets) = (String::new(), String::new());
    for (number, rows) in sheets.iter().enumerate() {
        write!(list, r#"<sheet name="S{number}" sheetId="{}" r:id="rId{number}"/>"#, number + 1).unwrap();
        let target = format!("worksheets/s{number}.xml");
        write!(targets, r#"<Relationship Id="rId{number}" Type="{SHEET}" Target="{target}"/>"#).unwrap();
        let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
        parts.insert(format!("xl/{target}"), sheet);
    }
    parts.insert("xl/workbook.xml".to_owned(), format!("<workbook><sheets>{list}</sheets></workbook>"));
    let targets = format!("<Relationships>{targets}</Relationships>");
    parts.insert("xl/_rels/workbook.xml.rels".to_owned(), targets);
    parts.extend(instead.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())));
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A cell with a text of its own.
fn text(text: &str) -> String {
    format!(r#"<c t="inlineStr"><is><t>{text}</t></is></c>"#)
}

fn row(cells: &[String]) -> String {
    format!("<row>{}</row>", cells.concat())
}

fn one_sheet(rows: &str) -> Result<Vec<Vec<String>>, Rejection> {
    read(book(&[rows], ""), &Limits::default())
}

#[test]
fn cells_are_read_as_a_person_would_type_them() {
    let head = row(&[text("a"), text("b"), text("c"), text("d"), text("e"), text("f")]);
    let values = r#"<row r="7"><c t="s"><v>0</v></c><c><v>803</v></c><c s="1"><v>36526</v></c><c t="b"><v>1</v></c><c r="F7"><v>0.25</v></c></row>"#;
    let rows = read(book(&[&format!("{head}{values}"), ""], "<si><t>Ada</t></si>"), &Limits::default());
    assert_eq!(
        rows.unwrap(),
        [["a", "b", "c", "d", "e", "f"], ["Ada", "803", "2000-01-01", "true", "", "0.25"]]
    );
}

#[test]
fn rows_without_content_do_not_count() {
    let rows = one_sheet(&format!("<row/>{}<row r=\"9\"><c/></row>{}", row(&[text("a")]), row(&[text("1")])));
    assert_eq!(rows.unwrap(), [["a"], ["1"]]);
}

#[test]
fn what_has_no_text_of_its_own_is_refused_with_its_row() {
    let head = row(&[text("a")]);
    for (cell, expected) in [
        (r#"<c t="str"><f>1+1</f><v>2</v></c>"#, Rejection::Formula { row: 1 }),
        (r#"<c t="e"><v>#N/A</v></c>"#, Rejection::ErrorValue { row: 1 }),
        ("<c><v>1234567890123456</v></c>", Rejection::LongNumber { row: 1 }),
        (r#"<c r="B2"><v>1</v></c>"#, Rejection::ColumnWithoutName { row: 1 }),
        (r#"<c r="XFD2"><v>1</v></c>"#, Rejection::TooManyColumns { row: 1, max: 200 }),
        (r#"<c s="1"><v>0.5</v></c>"#, Rejection::NoDate { row: 1 }),
        (r#"<c s="1"><v>-5</v></c>"#, Rejection::NoDate { row: 1 }),
        (r#"<c s="1"><v>1000000000</v></c>"#, Rejection::NoDate { row: 1 }),
        (&text(&"x".repeat(16_001)), Rejection::LongCell { row: 1, max: 16_000 }),
    ] {
        let refused = one_sheet(&format!("{head}<row>{cell}</row>")).unwrap_err();
        assert_eq!(refused, expected);
        assert_eq!(refused.row(), Some(1));
    }
}

#[test]
fn several_sheets_with_content_are_refused_and_empty_ones_do_not_count() {
    let full = row(&[text("a")]);
    let both = read(book(&[&full, &full], ""), &Limits::default());
    assert_eq!(both.unwrap_err(), Rejection::SeveralSheets);
    assert_eq!(read(book(&["", ""], ""), &Limits::default()).unwrap_err(), Rejection::Empty);
    assert_eq!(read(book(&["<row><c/></row>", &full], ""), &Limits::default()).unwrap(), [["a"]]);
}

#[test]
fn a_workbook_that_inflates_too_far_is_refused_before_it_is_read() {
    let limits = Limits { inflated_bytes: 100_000, ..Limits::default() };
    let blanks = " ".repeat(200_000);
    let bomb = book(&[&blanks], "");
    assert!(bomb.len() < 3_000, "{}", bomb.len());
    let expected = Rejection::InflatesTooFar { max: 100_000 };
    assert_eq!(read(bomb, &limits).unwrap_err(), expected);

    // One text that many cells share is small in the file, and large as cells.
    let shared = format!("<si><t>{}</t></si>", "x".repeat(10_000));
    let cells: String = std::iter::repeat_n("<row><c t=\"s\"><v>0</v></c></row>", 20).collect();
    assert_eq!(read(book(&[&cells], &shared), &limits).unwrap_err(), expected);
}

#[test]
fn every_limit_holds() {
    let limits = Limits { rows: 3, columns: 2, row_bytes: 5, ..Limits::default() };
    let of = |rows: &[&[&str]]| {
        let xml: String =
            rows.iter().map(|cells| row(&cells.iter().map(|cell| text(cell)).collect::<Vec<_>>())).collect();
        read(book(&[&xml], ""), &limits)
    };
    assert!(of(&[&["a", "b"], &["1", "2"], &["12", "345"]]).is_ok());
    assert_eq!(of(&[&["a"], &["1"], &["2"], &["3"]]).unwrap_err(), Rejection::TooManyRows { max: 2 });
    assert_eq!(of(&[&["a", "b", "c"]]).unwrap_err(), Rejection::TooManyColumns { row: 0, max: 2 });
    assert_eq!(of(&[&["a"], &["123456"]]).unwrap_err(), Rejection::RowTooLarge { row: 1, max: 5 });
    let small = Limits { file_bytes: 10, ..limits };
    assert_eq!(read(book(&[], ""), &small).unwrap_err(), Rejection::TooLarge { max: 10 });
}

#[test]
fn what_a_reader_would_keep_in_memory_is_counted_first() {
    let limits = Limits { shared_texts: 10, other_elements: 150, empty_cells: 100, ..Limits::default() };
    let full = row(&[text("a")]);
    let part = |name, text: &str| read(book_with(&[&full], &[(name, text)]), &limits);
    for announced in ["100000000000", "99999999999999999999", "11", "many"] {
        let strings = format!(r#"<sst count="1" uniqueCount="{announced}"><si><t>x</t></si></sst>"#);
        assert_eq!(part("xl/sharedStrings.xml", &strings).unwrap_err(), Rejection::TooComplex);
    }
    assert_eq!(part("xl/sharedStrings.xml", r#"<sst uniqueCount="10"/>"#).unwrap(), [["a"]]);
    let texts = |count| format!("<sst>{}</sst>", "<si/>".repeat(count));
    assert_eq!(part("xl/sharedStrings.xml", &texts(11)).unwrap_err(), Rejection::TooComplex);
    assert_eq!(part("xl/sharedStrings.xml", &texts(10)).unwrap(), [["a"]]);
    let formats = format!("<styleSheet><cellXfs>{}</cellXfs></styleSheet>", "<xf/>".repeat(151));
    assert_eq!(part("xl/styles.xml", &formats).unwrap_err(), Rejection::TooComplex);

    let many = r#"<sheet name="S" sheetId="1" r:id="rId0"/>"#.repeat(101);
    let sheets = format!("<workbook><sheets>{many}</sheets></workbook>");
    assert_eq!(part("xl/workbook.xml", &sheets).unwrap_err(), Rejection::TooComplex);
    assert_eq!(read(book(&[&"<c/>".repeat(101)], ""), &limits).unwrap_err(), Rejection::TooComplex);
    assert_eq!(read(book(&[&"<c/>".repeat(100)], ""), &limits).unwrap_err(), Rejection::Empty);
}

#[test]
fn no_cell_takes_the_place_of_another() {
    for rows in [
        r#"<row r="2"><c r="A2"><v>1</v></c><c r="A2"><v>2</v></c></row>"#,
        r#"<row r="2"><c r="B2"><v>1</v></c><c r="A2"><v>2</v></c></row>"#,
        r#"<row r="3"><c r="A3"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>"#,
        r#"<row r="2"><c r="A2"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>"#,
    ] {
        let head = row(&[text("a"), text("b")]);
        assert_eq!(one_sheet(&format!("{head}{rows}")).unwrap_err(), Rejection::NotReadable, "{rows}");
    }
}

#[test]
fn a_sheet_that_cannot_be_read_is_not_taken_for_an_empty_one() {
    let full = row(&[text("a")]);
    for damaged in [
        r#"<worksheet><dimension ref="A"/><sheetData/></worksheet>"#,
        r#"<worksheet><dimension ref="B2:A1"/><sheetData/></worksheet>"#,
        r#"<worksheet><sheetData><row><c r="AAAAAAAAA1"><v>1</v></c></row></sheetData></worksheet>"#,
        r#"<worksheet><sheetData><row r="99999999999"><c/></row></sheetData></worksheet>"#,
        "<worksheet><sheetData><row><c",
    ] {
        let file = book_with(&[&full, ""], &[("xl/worksheets/s1.xml", damaged)]);
        assert_eq!(read(file, &Limits::default()).unwrap_err(), Rejection::NotReadable, "{damaged}");
    }
}

#[test]
fn numbers_have_the_digits_that_a_sheet_shows() {
    let head = row(&[text("a")]);
    for (stored, shown) in [
        ("0.30000000000000004", "0.3"),
        ("-0", "0"),
        ("8031234567", "8031234567"),
        ("1E3", "1000"),
        ("999999999999999", "999999999999999"),
        ("-12.5", "-12.5"),
    ] {
        let rows = one_sheet(&format!("{head}<row><c><v>{stored}</v></c></row>")).unwrap();
        assert_eq!(rows[1][0], shown);
    }
}

#[test]
fn what_is_no_workbook_is_refused() {
    let whole = book(&[&row(&[text("a")])], "");
    let cut = whole.get(..whole.len() / 2).unwrap().to_vec();
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("other.txt", SimpleFileOptions::default()).unwrap();
    let archive = archive.finish().unwrap().into_inner();
    let unfinished = book(&["<row><c><v>1"], "");
    let entity = book(&[&row(&[text("&lol;")])], "");
    for file in [Vec::new(), b"a,b\r\n1,2".to_vec(), cut, archive, unfinished, entity] {
        assert_eq!(read(file, &Limits::default()).unwrap_err(), Rejection::NotReadable);
    }
}

#[test]
fn a_damaged_workbook_is_refused_and_ends_no_process() {
    let whole = book(&[&row(&[text("a"), text("b")]), ""], "<si><t>Ada</t></si>");
    for position in 0..whole.len() {
        for change in [0x01, 0x80] {
            let mut file = whole.clone();
            if let Some(byte) = file.get_mut(position) {
                *byte ^= change;
            }
            // Some bytes do not matter. Only the answer is of interest, not which.
            if let Err(refused) = read(file, &Limits::default()) {
                assert!(!refused.to_string().is_empty());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_text_that_is_written_is_read(
        cells in prop::collection::vec(prop::collection::vec("[^\u{fffe}\u{ffff}]{0,20}|=1\\+1|_x0041_|'a", 1..5), 1..5),
    ) {
        let columns = cells.iter().map(Vec::len).max().unwrap_or_default();
        let head: Vec<_> = (0..columns).map(|column| format!("c{column}")).collect();
        let mut table = TableWriter::new().unwrap();
        table.add(&head).unwrap();
        for cells in &cells {
            table.add(cells).unwrap();
        }
        let mut file = Vec::new();
        table.finish().unwrap().read_to_end(&mut file).unwrap();
        let read = read(file, &Limits::default()).unwrap();
        let expected: Vec<Vec<String>> = std::iter::once(head)
            .chain(cells.into_iter().filter(|cells| cells.iter().any(|cell| !cell.is_empty())))
            .map(|mut cells| { cells.resize(columns, String::new()); cells })
            .collect();
        prop_assert_eq!(read, expected);
    }
}
