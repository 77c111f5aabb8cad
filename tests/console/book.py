"""The pictures of the README and the book. Not part of the checks: `.ci/check-console book` writes them into docs/assets."""

from pathlib import Path

from stage import Stage
from views import READ, settle

ASSETS = Path(__file__).resolve().parent.parent.parent / "docs" / "assets"
# The page, and the height that shows what it is about.
PICTURES = {"queue": 560, "client": 760, "decide-document": 800, "lifecycle": 640}
MOST_BYTES = 150 * 1024


class Book(Stage):
    def test_pictures(self):
        views = {name: (person, reach) for name, person, reach in READ}
        for name, height in PICTURES.items():
            person, reach = views[name]
            window = self.window(viewport={"width": 1100, "height": height}).sign_in(person)
            reach(window)
            settle(window.page)
            picture = window.page.screenshot(path=ASSETS / f"console-{name}.png")
            self.assertLessEqual(len(picture), MOST_BYTES, name)
