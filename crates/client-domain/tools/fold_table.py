#!/usr/bin/env python3
"""Writes src/text/fold_table.rs from the data of Unicode and CLDR.

    fold_table.py [--data FOLDER] [--check]

The data are those of the Debian packages unicode-data (15.0) and unicode-cldr-core (41), which install into
/usr/share/unicode. `--check` compares the file with what would be written, and ends with 1 where they differ, or with 2
where the data are of another edition.

The table is frozen: normal forms are stored, so another table is another NORMAL_FORM, and needs a recompute.
"""

import argparse
import bz2
import pathlib
import re
import sys

TARGET = pathlib.Path(__file__).resolve().parent.parent / "src/text/fold_table.rs"

# Scripts whose marks are accents: without them the letter is the same letter. In others, marks are vowels.
ACCENTED = {"Inherited", "Latin", "Greek", "Cyrillic", "Hebrew", "Arabic", "Syriac", "Coptic"}
# The voicing marks of kana make another letter.
KEPT_MARKS = {0x3099, 0x309A}
# "<letter> WITH <something>" is that letter for those who have no key for it.
WITH = {"LATIN", "CYRILLIC", "ARABIC"}
# Letters that no source has: African and Azerbaijani ones, as passports write them (ICAO 9303-3).
EXTRA = {"ə": "e", "ɔ": "o"}
# Signs between the parts of a name besides dashes, quotation marks, brackets and ends of sentences: apostrophes
# of many kinds by their names, and dots in the middle.
SEPARATOR_NAMES = re.compile(
    r"APOSTROPHE|PRIME$|TURNED COMMA|GERESH|GERSHAYIM|HALF RING$|REVERSED COMMA|MIDDLE DOT|HYPHEN|SALTILLO|GLOTTAL STOP$"
    r"|ACUTE ACCENT$|GRAVE ACCENT$"
)


class Unicode:
    def __init__(self, folder):
        self.folder = folder
        self.category, self.name, self.decomposes, self.lower, self.digit = {}, {}, set(), {}, {}
        first = None
        for line in self.lines("UnicodeData.txt"):
            f = line.split(";")
            code = int(f[0], 16)
            if f[1].endswith(", First>"):
                first = code
            elif f[1].endswith(", Last>"):
                for c in range(first, code + 1):
                    self.category[c], self.name[c] = f[2], ""
            else:
                self.category[code], self.name[code] = f[2], f[1]
                if f[5]:
                    self.decomposes.add(code)
                if f[13]:
                    self.lower[code] = int(f[13], 16)
                if f[2] == "Nd":
                    self.digit[code] = int(f[6])
        self.script = self.property("Scripts.txt")

    def text(self, path):
        path = self.folder / path
        return bz2.decompress(path.read_bytes()).decode() if path.suffix == ".bz2" else path.read_text("utf-8")

    def lines(self, path):
        for line in self.text(path).splitlines():
            line = line.split("#")[0].strip()
            if line:
                yield line

    def property(self, path, wanted=None):
        found = {}
        for line in self.lines(path):
            codes, value = (part.strip() for part in line.split(";")[:2])
            if wanted is None or value in wanted:
                start, _, end = codes.partition("..")
                for c in range(int(start, 16), int(end or start, 16) + 1):
                    found[c] = value
        return found

    def is_plain_letter(self, c):
        """A letter as it is after decomposition and in lower case."""
        return self.category.get(c, "").startswith("L") and c not in self.decomposes and c not in self.lower

    def primaries(self):
        """The primary weights of each character in the default collation, without zeros."""
        weights = {}
        for line in self.text("allkeys.txt").splitlines():
            found = re.match(r"([0-9A-F]+)\s*; ((?:\[[^]]*\])+)", line)
            if found:
                elements = re.findall(r"\[[.*]([0-9A-F]+)\.([0-9A-F]+)\.([0-9A-F]+)", found[2])
                weights[int(found[1], 16)] = [tuple(int(w, 16) for w in e) for e in elements]
        return weights


def marks(u, weights):
    """Characters that never count in a text: accents, format characters, and what lengthens a letter."""
    ignorable = u.property("DerivedCoreProperties.txt", {"Default_Ignorable_Code_Point"})
    dropped = set(ignorable)
    for c, category in u.category.items():
        weightless = c in weights and not any(w[0] for w in weights[c])
        accent = category in ("Mn", "Me") and (u.script.get(c) in ACCENTED or "NUKTA" in u.name[c])
        lengthener = category == "Lm" and u.script.get(c) in ("Arabic", "Common") and "TATWEEL" in u.name[c]
        if weightless and (accent or lengthener) or category == "Cf":
            dropped.add(c)
    # Drawn, but empty: the Braille blank, annotations, the placeholder of an object, the null notehead.
    dropped |= {0x2800, 0xFFF9, 0xFFFA, 0xFFFB, 0xFFFC, 0x1D159}
    return dropped - KEPT_MARKS


def collation_rules(u, path, kind):
    """Letters that a tailoring of CLDR tells apart by no more than an accent: pairs of one and its like."""
    text = u.text(path)
    text = text[text.index(f'type="{kind}"'):]
    text = text[text.index("<![CDATA["):text.index("]]>")]
    base = None
    for line in text.splitlines():
        line = line.split("#")[0].strip()
        for sign, star, letters in re.findall(r"(&|<{1,3}|=)(\*?)\s*([^&<=\s]+)", line):
            if sign == "&" or sign == "<":
                base = letters if len(letters) == 1 else None
            elif base and (len(letters) == 1 or star):
                for letter in letters:
                    yield ord(base), ord(letter)


def plain(u, weights, dropped):
    table = {}

    def put(c, text):
        if c not in table and text != chr(c) and u.is_plain_letter(c) and c not in dropped:
            table[c] = text

    for letter, text in EXTRA.items():
        put(ord(letter), text)
    # 1. What CLDR writes in ASCII for a letter of the Latin script.
    for letter, text in re.findall(r"^(\S) → (\S+) ;", u.text("cldr/common/transforms/Latin-ASCII.xml"), re.M):
        if re.fullmatch(r"[A-Za-z]+", text) and u.script.get(ord(letter)) == "Latin":
            put(ord(letter), text.lower())
    # 2. Letters that are one in searches (root) and in Persian, which knows those of its neighbours.
    classes = {}
    rules = list(collation_rules(u, "cldr/common/collation/root.xml", "search"))
    rules += collation_rules(u, "cldr/common/collation/fa.xml", "standard")
    for one, other in rules:
        if all(u.script.get(c) == "Arabic" and u.is_plain_letter(c) for c in (one, other)) and other != 0x621:
            merged = classes.get(one, {one}) | classes.get(other, {other})
            for c in merged:
                classes[c] = merged
    bases = {one for one, _ in collation_rules(u, "cldr/common/collation/root.xml", "search")}
    for c, merged in classes.items():
        put(c, chr(min(merged & bases or merged)))
    # 3. Letters with the primary weights of others: ligatures, kana of both kinds, final forms.
    base = {}
    for c in sorted(weights):
        small_kana = re.match(r"(HIRAGANA|KATAKANA) LETTER SMALL", u.name.get(c, ""))
        if u.is_plain_letter(c) and len(weights[c]) == 1 and weights[c][0][0] and not small_kana:
            base[weights[c][0][0]] = min(base.get(weights[c][0][0], (9e9, 0, 0)), (*weights[c][0][1:], c))
    for c in sorted(weights):
        letters = [base.get(w[0]) for w in weights[c] if w[0]]
        if letters and None not in letters:
            put(c, "".join(chr(letter[2]) for letter in letters))
    # 4. A letter WITH something is the letter.
    by_name = {name: c for c, name in u.name.items() if name}
    for c, name in u.name.items():
        if name.split(" ")[0] in WITH and " WITH " in name and by_name.get(name.split(" WITH ")[0]):
            put(c, chr(by_name[name.split(" WITH ")[0]]))
    # What a letter stands for stands for itself.
    for _ in range(9):
        for c, text in table.items():
            table[c] = "".join(table.get(ord(letter), letter) for letter in text)
    return {c: text for c, text in table.items() if text != chr(c)}


def simplified(u):
    """Traditional Chinese characters and their simplified forms, where there is one."""
    table = {}
    for line in u.lines("Unihan_Variants.txt.bz2"):
        code, kind, values = line.split("\t")
        if kind == "kSimplifiedVariant":
            c, targets = int(code[2:], 16), [int(value[2:], 16) for value in values.split()]
            if c not in targets and c not in u.decomposes and len(targets) == 1:
                table[c] = targets[0]
    for _ in range(9):
        table = {c: table.get(target, target) for c, target in table.items()}
    three_bytes = lambda c: 0x800 <= c <= 0xFFFF
    return {c: t for c, t in table.items() if three_bytes(c) and three_bytes(t) and c != t}


def separators(u):
    """What stands between the parts of a name, or around them, and is no part of it."""
    wanted = {"White_Space", "Dash", "Quotation_Mark", "Terminal_Punctuation", "Hyphen"}
    found = set(u.property("PropList.txt", wanted))
    for c, category in u.category.items():
        named = category in ("Po", "Lm", "Sk") and SEPARATOR_NAMES.search(u.name[c])
        if category in ("Ps", "Pe", "Pi", "Pf", "Pd") or named:
            found.add(c)
    # Mathematics and control.
    return {c for c in found if u.category[c] not in ("Sm", "Cc", "Nd", "Lo", "So")}


def ranges(codes):
    start = last = None
    for c in sorted(codes):
        if last is not None and c == last + 1:
            last = c
            continue
        if start is not None:
            yield start, last
        start = last = c
    if start is not None:
        yield start, last


def rust(c):
    return "\\u{%X}" % c


def shown(c, u):
    if c < 0x80 or u.category.get(c, "").startswith("L"):
        return chr(c)
    return rust(c)


def rows(items, width):
    for at in range(0, len(items), width):
        yield "    " + " ".join(items[at:at + width])


def constant(doc, signature, items, width):
    return [f"/// {doc}", "#[rustfmt::skip]", f"pub(super) const {signature} = &[", *rows(items, width), "];", ""]


def written(u):
    weights = u.primaries()
    dropped = marks(u, weights)
    span = lambda codes: [f"('{rust(a)}', '{rust(b)}')," for a, b in ranges(codes)]
    letters = plain(u, weights, dropped)
    zeros = sorted(c for c, digit in u.digit.items() if digit == 0 and c not in u.decomposes and c > 0x7F)
    assert all(u.digit.get(zero + n) == n for zero in zeros for n in range(10))
    han = "".join(chr(c) + chr(target) for c, target in sorted(simplified(u).items()))
    out = [
        "//! Which characters do not count, and which stand for others. Generated by `tools/fold_table.py` from Unicode 15.0",
        "//! and CLDR 41, and frozen: what is folded is stored, so another table is another",
        "//! [`NORMAL_FORM`](super::NORMAL_FORM).",
        "",
    ]
    out += constant("Characters that do not count: accents, format characters, lengtheners. Ranges, both ends included.",
                    "DROPPED: &[(char, char)]", span(dropped), 6)
    out += constant("What stands between the parts of a name, or around them. Ranges, both ends included.",
                    "SEPARATORS: &[(char, char)]", span(separators(u)), 6)
    out += constant("The zero of each script; its other digits follow it.", "ZEROS: &[char]",
                    [f"'{rust(c)}'," for c in zeros], 12)
    out += constant("Lower-case letters that Unicode does not decompose, and their plain forms.",
                    "PLAIN: &[(char, &str)]",
                    [f"('{shown(c, u)}', \"{letters[c]}\")," for c in sorted(letters)], 9)
    out += ["/// Traditional Chinese characters, each followed by its simplified form; three bytes each, in their order.",
            "#[rustfmt::skip]", "pub(super) const SIMPLIFIED: &str = \"\\"]
    out += ["    " + han[at:at + 96] + "\\" for at in range(0, len(han), 96)]
    out += ["\";"]
    return "\n".join(out) + "\n"


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--data", type=pathlib.Path, default=pathlib.Path("/usr/share/unicode"))
    arguments.add_argument("--check", action="store_true")
    given = arguments.parse_args()
    edition = (given.data / "allkeys.txt").read_text("utf-8").splitlines()[0]
    if edition != "# allkeys-15.0.0.txt":
        print(f"the data are of another edition: {edition}", file=sys.stderr)
        return 2
    text = written(Unicode(given.data))
    if given.check:
        return 0 if TARGET.read_text("utf-8") == text else 1
    TARGET.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
