"""Runs the shell blocks of the book; see .ci/check-book."""

import re
import sys
import time
from itertools import groupby
from pathlib import Path

import blocks
import controls
from machine import ROOT, Machine
from page import Run

WORK = ROOT / "target" / "check-book"
# What is not run because it is not here; other reasons say which other step runs it.
LACKS = re.compile(r"^needs ")


def run(found, machine):
    """What is wrong with these blocks."""
    findings, not_run = [], []
    for page, group in groupby(found, lambda block: block.page):
        group = list(group)
        begun = time.monotonic()
        wanted = [block for block in group if not block.reason]
        ran = []
        if wanted:
            ran, wrong = Run(group, machine).run()
            findings += wrong
            print(f"{page}: {len(ran)} of {len(group)} blocks in {time.monotonic() - begun:.1f} s", flush=True)
        findings += [f"{block.place}: was not run" for block in wanted if block not in ran]
        not_run += [block for block in group if block.reason]
    return findings, not_run


def main():
    names = set(sys.argv[1:])
    found, findings = [], []
    for path in sorted((ROOT / "docs").rglob("*.md")):
        if not names or path.name in names:
            more, wrong = blocks.read(path.relative_to(ROOT), path.read_text())
            found += more
            findings += wrong
    machine = Machine()
    try:
        findings += controls.check(machine, run)
        wrong, not_run = run(found, machine)
        findings += wrong
    finally:
        machine.remove()
    for block in not_run:
        print(f"not run: {block.place}: {block.reason}")
    WORK.mkdir(parents=True, exist_ok=True)
    lacking = [f"{block.place}: {block.reason}" for block in not_run if LACKS.match(block.reason)]
    (WORK / "not-checked").write_text("".join(f"{line}\n" for line in lacking))
    for finding in findings:
        print(f"book: {finding}")
    if not names and len(found) < 30:
        findings.append("few")
        print(f"book: only {len(found)} blocks were found")
    sys.exit(1 if findings else 0)


main()
