"""How a person works a page: with a mouse, or with keys alone. Both count what they do."""

from playwright.sync_api import TimeoutError as BrowserTimeout

FOCUSED = "element => element === document.activeElement"
# What has the focus is marked: by an outline, or by the shadow that Pico draws around fields.
MARKED = """element => {
  const style = getComputedStyle(element);
  return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
}"""
CHOSEN = "element => element.selectedOptions[0]?.textContent ?? ''"
WITHOUT_FOCUS = "document.activeElement === document.body"
# A page with more stops than this is not worked by keys.
MOST_STOPS = 120


class Mouse:
    """Points and clicks; texts are typed."""

    name = "mouse"

    def __init__(self, page):
        self.page, self.clicks, self.keys = page, 0, 0

    def activate(self, target):
        self.clicks += 1
        target.click()

    def press(self, target):
        """Activates a link or a button that leads to another page."""
        with self.page.expect_navigation():
            self.activate(target)

    def press_in(self, _line, target):
        """The same in a line of a list."""
        self.press(target)

    def tick(self, target):
        self.clicks += 1
        target.click()

    def enter(self, target, text):
        self.clicks += 1
        self.keys += len(text)
        target.fill(text)

    def enter_day(self, target, day):
        self.clicks += 1
        self.keys += 8
        target.fill(day)

    def choose(self, target, label):
        self.clicks += 2
        target.select_option(label=label)

    def attach(self, target, path):
        self.clicks += 1
        with self.page.expect_file_chooser() as chooser:
            target.click()
        chooser.value.set_files(path)

    def unfold(self, target):
        self.clicks += 1
        target.click()

    def search(self, target, text):
        self.enter(target, text)


class Keys:
    """Tabs, types, and uses the keys that the console documents. It never clicks."""

    name = "keys"

    def __init__(self, page):
        self.page, self.clicks, self.keys = page, 0, 0

    def key(self, name):
        self.keys += 1
        self.page.keyboard.press(name)

    def type(self, text):
        self.keys += len(text)
        self.page.keyboard.type(text)

    def reach(self, target):
        """Moves the focus to the target, past the navigation by the link that skips it."""
        element = target.element_handle()
        inside = element.evaluate("element => Boolean(element.closest('main'))")
        if inside and self.page.evaluate(WITHOUT_FOCUS):
            self.key("Tab")
            self.key("Enter")
        for _ in range(MOST_STOPS):
            if element.evaluate(FOCUSED):
                assert element.evaluate(MARKED), "nothing marks what has the focus"
                return
            self.key("Tab")
        raise AssertionError(f"{target} is not reached with {MOST_STOPS} tabs")

    def activate(self, target):
        self.reach(target)
        self.key("Enter")

    def press(self, target):
        self.reach(target)
        with self.page.expect_navigation():
            self.key("Enter")

    def press_in(self, line, target):
        for _ in range(MOST_STOPS):
            self.key("j")
            if line.evaluate("element => element.contains(document.activeElement)"):
                break
        self.press(target)

    def tick(self, target):
        self.reach(target)
        self.key("Space")

    def enter(self, target, text):
        self.reach(target)
        # A key that leads into a field of several lines selects nothing there.
        if target.evaluate("one => one.tagName === 'TEXTAREA' && one.value !== ''"):
            self.key("Control+a")
        self.type(text)

    def enter_day(self, target, day):
        self.reach(target)
        year, month, day = day.split("-")
        # The browser shows months before days, whatever the locale of the page is.
        self.type(f"{month}{day}{year}")

    def choose(self, target, label):
        """Types the beginning of the choice until it is chosen."""
        self.reach(target)
        for letter in label:
            if target.evaluate(CHOSEN) == label:
                break
            self.type(letter)
        for _ in range(MOST_STOPS):
            if target.evaluate(CHOSEN) == label:
                return
            self.key("ArrowDown")
        raise AssertionError(f"{label} cannot be chosen with keys")

    def attach(self, target, path):
        self.reach(target)
        # The browser drops the key now and then while the page is still being laid out; a person presses it again.
        for attempt in (1, 2):
            try:
                with self.page.expect_file_chooser(timeout=4_000) as chooser:
                    self.key("Space")
                break
            except BrowserTimeout:
                if attempt == 2:
                    raise
        chooser.value.set_files(path)

    def unfold(self, target):
        self.activate(target)

    def search(self, target, text):
        self.key("/")
        assert target.evaluate(FOCUSED), "/ does not lead to the search"
        self.type(text)
