"""What every page must be: readable to assistive software, in light and dark, narrow and wide."""

import json

from stage import STAGE, Stage
from views import READ, REACHED, filled, settle

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# What can differ between light and dark, and between narrow and wide.
OF_LOOKS = {"runOnly": {"type": "rule", "values": ["color-contrast", "target-size"]}}
EVERYTHING = {"runOnly": {"type": "tag", "values": RULES}}
LOOKS = [("light", 1280, EVERYTHING), ("dark", 1280, OF_LOOKS), ("dark", 360, EVERYTHING), ("light", 360, OF_LOOKS)]
FOUND = """async options => {
  const found = await axe.run(document, { ...options, resultTypes: ["violations"] });
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.target.join(" ")).join(", ")}`);
}"""
# What is wider than the window, except what scrolls by itself.
OVERFLOW = """() => document.documentElement.scrollWidth - document.documentElement.clientWidth"""


class Access(Stage):
    def pages(self, views):
        windows = {}
        for name, person, reach in views:
            window = windows.get(person)
            if window is None or name == "sign-in":
                window = windows[person] = self.window().sign_in(person)
            with self.subTest(page=name):
                window.page.set_viewport_size({"width": 1280, "height": 800})
                reach(window)
                self.look_at(name, window.page)

    def look_at(self, name, page):
        settle(page)
        page.evaluate(STAGE.axe)
        for scheme, width, options in LOOKS:
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 800})
            self.assertEqual(page.evaluate(FOUND, options), [], f"{name}, {scheme}, {width} pixels")
            self.assertLessEqual(page.evaluate(OVERFLOW), 0, f"{name} is wider than {width} pixels")
            STAGE.looks += 1
            if STAGE.pictures:
                page.screenshot(path=STAGE.pictures / f"{name}-{scheme}-{width}.png", full_page=True)
        page.emulate_media(color_scheme="light")

    def test_pages_that_are_read(self):
        self.pages(READ)

    def test_pages_that_forms_lead_to(self):
        self.pages(REACHED)

    def test_print_of_a_client(self):
        window = self.window().sign_in("checker")
        dict((name, reach) for name, _, reach in READ)["client"](window)
        window.page.emulate_media(media="print")
        for hidden in (".bar", ".offers", ".curl", "form"):
            self.assertEqual(window.page.locator(hidden).filter(visible=True).count(), 0, hidden)
        self.assertTrue(window.page.locator("dl.pairs").first.is_visible())
        if STAGE.pictures:
            window.page.pdf(path=STAGE.pictures / "client-print.pdf")
            window.page.screenshot(path=STAGE.pictures / "client-print.png", full_page=True)


class WithoutScript(Stage):
    """Everything can be read, and decided, without a script."""

    def test_pages_are_read(self):
        windows = {person: self.window(java_script_enabled=False).sign_in(person) for person in ("maker", "checker")}
        for name, person, reach in READ:
            with self.subTest(page=name):
                page = windows[person].page
                reach(windows[person])
                self.assertEqual(page.locator("h1").count(), 1)
                self.assertGreater(len(page.locator("main").inner_text()), 60)

    def test_a_document_is_decided(self):
        key = self.bank.created()
        document = self.bank.passport(key, STAGE.picture)
        page = self.window(java_script_enabled=False).sign_in("checker").page
        page.goto(f"{self.bank.base}/console/clients/{key}/documents/{document}")
        page.get_by_role("link", name="Approve the document").click()
        page.get_by_role("button", name="Check").click()
        page.get_by_role("button", name="Confirm: Approve the document").click()
        page.get_by_text("Done: Approve the document").wait_for()
        found = self.bank.query("GetCustomerIdentityDetailsQuery", contactEncodedKey=key)
        self.assertEqual(found["documents"][0]["verificationStatusDesc"], "APPROVED")


class Script(Stage):
    """What a script adds."""

    def test_search_while_typing_keeps_the_page_and_the_focus(self):
        self.bank.created(lastName="Typewriter")
        window = self.window().sign_in("maker")
        window.open("/console/clients")
        term = window.page.locator("#term")
        term.press_sequentially("typewri", delay=20)
        window.page.locator("tr[data-line]", has_text="Typewriter").wait_for()
        self.assertTrue(term.evaluate("element => element === document.activeElement"))
        self.assertEqual(term.input_value(), "typewri")

    def test_application_is_checked_while_it_is_filled_in(self):
        taken = self.bank.client(self.bank.created())["emailAddress"]
        window = self.window().sign_in("maker")
        page, check = window.page, window.page.locator("#check")
        window.open("/console/new")
        page.locator("#f-phoneNumber").fill("+234 1")
        page.locator("#f-city").click()
        check.get_by_text("Enter 8 to 15 digits").wait_for()
        filled(window, self.bank.application(emailAddress=taken))
        page.locator("#f-middleName").click()
        check.get_by_text("Another client has this e-mail address").wait_for()
        # What is checked takes the focus from nobody.
        self.assertTrue(page.locator("#f-middleName").evaluate("element => element === document.activeElement"))
        page.locator("#f-emailAddress").fill(f"other-{taken}")
        page.locator("#f-middleName").click()
        check.get_by_text("All of it can be accepted").wait_for()

    def test_times_are_in_the_zone_of_the_reader(self):
        window = self.window().sign_in("checker")
        window.open(f"/console/clients/{self.bank.seeds['active'][0]}")
        shown = window.page.locator(".timeline time").first
        moment = shown.get_attribute("title")
        # The reader's zone is an hour ahead of UTC.
        self.assertEqual((int(moment[11:13]) + 1) % 24, int(shown.inner_text()[11:13]))

    def test_keys_can_be_switched_off(self):
        window = self.window().sign_in("maker")
        window.open("/console/clients")
        page = window.page
        page.keyboard.press("?")
        page.get_by_label("Use these keys").uncheck()
        page.get_by_role("button", name="Close").click()
        for _ in range(2):
            page.keyboard.press("/")
            self.assertFalse(page.locator("#term").evaluate("element => element === document.activeElement"))
            page.reload()

    def test_the_policy_of_the_page_is_in_force(self):
        """The watch of the tests sees what it is for."""
        window = self.window().sign_in("maker")
        window.open("/console/me")
        window.page.evaluate("""() => {
          const script = document.createElement("script");
          script.textContent = "window.ran = true";
          document.body.append(script);
          const picture = new Image();
          picture.src = "https://example.invalid/picture.png";
          document.body.append(picture);
        }""")
        window.page.wait_for_timeout(200)
        self.assertIsNone(window.page.evaluate("window.ran ?? null"))
        refused = "\n".join(window.faults)
        window.faults.clear()
        self.assertIn("script-src", refused, json.dumps(refused))
        self.assertIn("img-src", refused)
