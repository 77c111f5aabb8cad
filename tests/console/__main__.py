"""Works the console with a browser: python tests/console --service P --chromium P --axe P --work FOLDER [--pictures] [NAME]...

NAME chooses tests, such as access.Access or tasks.TasksWithKeys.test_01_onboard.
"""

import argparse
import json
import shutil
import sys
import time
import unittest
from pathlib import Path

from playwright.sync_api import sync_playwright

import bank
import papers
from stage import STAGE

MODULES = ["tasks", "access", "ways_back", "attacks", "provider", "weights"]


def arguments():
    parser = argparse.ArgumentParser(prog="tests/console")
    for name in ("service", "chromium", "axe", "work"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--pictures", action="store_true", help="keep a picture of every page in every look")
    parser.add_argument("--clients", type=int, default=0, help="how many clients to add to those that the tests need")
    parser.add_argument("names", nargs="*", default=MODULES)
    return parser.parse_args()


def report(folder):
    """What was measured on the way, for people and as a file."""
    (folder / "figures.json").write_text(
        json.dumps({"efforts": STAGE.efforts, "pages": STAGE.pages}, indent=1, ensure_ascii=False), encoding="utf-8"
    )
    for task, by in sorted(STAGE.efforts.items()):
        mouse, keys = by.get("mouse", ["-", "-"]), by.get("keys", ["-", "-"])
        print(f"{task}: {mouse[0]} clicks and {mouse[1]} keys, or {keys[1]} keys alone")
    if STAGE.looks:
        print(f"{STAGE.looks} looks of pages, 0 violations")


def main():
    given = arguments()
    shutil.rmtree(given.work, ignore_errors=True)
    given.work.mkdir(parents=True)
    STAGE.folder, STAGE.axe = given.work, given.axe.read_text(encoding="utf-8")
    if given.pictures:
        STAGE.pictures = given.work / "pictures"
        STAGE.pictures.mkdir()
    suite = unittest.defaultTestLoader.loadTestsFromNames(given.names)
    begun = time.monotonic()
    with sync_playwright() as playwright:
        # The sandbox of the browser needs rights that containers do not give to root.
        STAGE.browser = playwright.chromium.launch(
            executable_path=given.chromium, chromium_sandbox=False, args=["--lang=en-US"]
        )
        STAGE.picture, STAGE.scan = papers.drawn(STAGE.browser, given.work)
        with bank.opened(given.service, given.work / "bank", STAGE.picture, STAGE.scan, given.clients) as STAGE.bank:
            print(f"ready in {time.monotonic() - begun:.1f} s", flush=True)
            result = unittest.TextTestRunner(verbosity=2, stream=sys.stdout).run(suite)
        STAGE.browser.close()
    if not result.wasSuccessful():
        sys.exit(1)
    report(given.work)


if __name__ == "__main__":
    main()
