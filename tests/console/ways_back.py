"""The way back of the browser and its reload: the list is there again, and no form is sent again."""

from playwright.sync_api import expect

from stage import STAGE, Stage
from views import press


class WaysBack(Stage):
    """With a script, and the same without one below."""

    script = True
    name = "Wayback"

    def at(self, person, path):
        window = self.window(java_script_enabled=self.script).sign_in(person)
        window.open(path)
        return window

    def only_reads(self, window, go):
        """Goes somewhere; no form is sent on the way."""
        methods = []
        note = lambda request: methods.append(request.method)
        window.page.on("request", note)
        go()
        window.page.remove_listener("request", note)
        self.assertEqual(set(methods) - {"GET"}, set())

    def there_and_back(self, window, link, shows):
        """Opens what the list leads to, comes back, and loads the list again; each time it shows the same."""
        page = window.page
        address = page.url
        self.assertIn("?s=", address)
        shows()
        with page.expect_navigation():
            link.click()
        self.assertNotEqual(page.url, address)
        self.only_reads(window, page.go_back)
        self.assertEqual(page.url, address)
        shows()
        self.only_reads(window, page.reload)
        self.assertEqual(page.url, address)
        shows()

    def test_list_of_a_search(self):
        key = self.bank.created(lastName=self.name, city="Epe")
        window = self.at("maker", "/console/clients")
        page = window.page
        page.locator("#term").fill(self.name)
        page.get_by_role("checkbox", name="Pending approval").check()
        press(window, "Search")
        self.assertNotIn(self.name, page.url)

        def shows():
            expect(page.locator("tr[data-line]")).to_have_count(1)
            expect(page.locator("#term")).to_have_value(self.name)
            expect(page.locator(".chips button")).to_have_count(2)

        self.there_and_back(window, page.locator(f"a[href='/console/clients/{key}']"), shows)
        # A search that was left is on the way back as well.
        press(window, f"Remove the condition {self.name}")
        expect(page.locator(".chips button")).to_have_count(1)
        self.only_reads(window, page.go_back)
        shows()

    def test_saved_view(self):
        key = self.bank.created(lastName=f"{self.name}saved")
        window = self.at("maker", "/console/clients")
        page = window.page
        page.locator("#term").fill(f"{self.name}saved")
        press(window, "Search")
        page.locator("summary", has_text="Save this search").click()
        page.locator("input[name=view]").fill(f"View of {self.name}")
        page.locator("button[form=save-view]").first.click()
        expect(page.get_by_text(f"Saved as View of {self.name}.")).to_be_visible()
        window.open("/console/clients")
        page.locator("summary", has_text="Saved views").click()
        press(window, f"View of {self.name}")
        shows = lambda: expect(page.locator("tr[data-line]")).to_have_count(1)
        self.there_and_back(window, page.locator(f"a[href='/console/clients/{key}']"), shows)

    def test_activity(self):
        self.bank.created()
        window = self.at("checker", "/console/activity")
        page = window.page
        page.locator("#f-actorId").fill("maker")
        press(window, "Search")
        shows = lambda: expect(page.locator("#f-actorId")).to_have_value("maker")
        self.there_and_back(window, page.locator("li[data-line] a").first, shows)

    def test_check_of_several_approvals(self):
        key = self.bank.requested(STAGE.picture)
        window = self.at("checker", "/console/queue?kind=Approval&mine=hide")
        page = window.page
        page.locator(f"input[name=pick][value^='{key}:']").check()
        press(window, "Approve the chosen ones")
        shows = lambda: expect(page.locator("tr[data-accepted=true]")).to_have_count(1)
        self.there_and_back(window, page.locator(f"a[href='/console/clients/{key}']"), shows)
        page.get_by_role("link", name="Cancel").click()
        self.assertTrue(page.url.endswith("/console/queue?kind=Approval&mine=hide"), page.url)

    def test_address_of_another_session(self):
        window = self.at("maker", "/console/clients")
        window.page.locator("#term").fill("a")
        press(window, "Search")
        address = window.page.url.removeprefix(self.bank.base)
        other = self.window(java_script_enabled=self.script).sign_in("maker")
        with other.expecting(409):
            other.open(address)
        expect(other.page.get_by_role("alert")).to_contain_text("is of an earlier sign-in")
        expect(other.page.locator("tr[data-line]")).to_have_count(0)


class WaysBackWithoutScript(WaysBack):
    script = False
    name = "Plainback"


class WayBackFromTyping(Stage):
    def test_search_that_was_only_typed(self):
        key = self.bank.created(lastName="Waytyped")
        window = self.window().sign_in("maker")
        window.open("/console/clients")
        page = window.page
        page.locator("#term").press_sequentially("waytyped", delay=20)
        expect(page.locator("tr[data-line]")).to_have_count(1)
        page.wait_for_url("**/console/clients?s=*")
        address = page.url
        with page.expect_navigation():
            page.locator(f"a[href='/console/clients/{key}']").click()
        page.go_back()
        self.assertEqual(page.url, address)
        expect(page.locator("tr[data-line]")).to_have_count(1)
        expect(page.locator("#term")).to_have_value("waytyped")
        page.reload()
        expect(page.locator("tr[data-line]")).to_have_count(1)
        # Typing leaves no step of its own on the way back.
        page.go_back()
        self.assertTrue(page.url.endswith("/console/queue"), page.url)
