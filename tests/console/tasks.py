"""The twelve tasks of a back office. Each is done with a mouse, and again with keys alone."""

import json

from playwright.sync_api import expect

from hands import Keys, Mouse
from stage import STAGE, Stage


class Tasks(Stage):
    """The tasks, for hands that a class below names."""

    hands = None

    def work(self, person):
        """A window in which the person is signed in, and the hands that work it."""
        window = self.window().sign_in(person)
        return window, self.at(window)

    def at(self, window):
        hands = self.hands(window.page)
        self.used.append(hands)
        return hands

    def setUp(self):
        super().setUp()
        self.used = []

    def counted(self, task):
        """Notes what the task has taken."""
        clicks, keys = (sum(getattr(hands, name) for hands in self.used) for name in ("clicks", "keys"))
        STAGE.efforts.setdefault(task, {})[self.hands.name] = [clicks, keys]

    def link(self, window, name):
        return window.page.get_by_role("link", name=name, exact=True)

    def button(self, window, name):
        return window.page.get_by_role("button", name=name, exact=True)

    def field(self, window, name):
        return window.page.locator(f"#f-{name}")

    def confirm(self, window, hands, action):
        """Checks, then confirms."""
        hands.press(self.button(window, "Check"))
        expect(window.page.get_by_role("heading", name="Checked; nothing has been changed yet")).to_be_visible()
        hands.press(self.button(window, f"Confirm: {action}"))

    def done(self, window, action):
        expect(window.page.get_by_text(f"Done: {action}", exact=True)).to_be_visible()

    def queue(self, window, hands, kind):
        """Opens a kind of work."""
        hands.press(self.link(window, "Work queue"))
        if kind != "Approvals":
            hands.press(self.link(window, kind))

    def decide(self, window, hands, key, action):
        """Opens a decision about a client from the queue."""
        line = window.page.locator("tr", has=window.page.locator(f"a[href='/console/clients/{key}']"))
        hands.press_in(line, line.get_by_role("link", name=action, exact=True))

    def open_client(self, window, hands, key, action):
        """Opens a command from the page of a client. The way there is a search by its number."""
        number = self.bank.client(key)["customerNumber"]
        hands.press(self.link(window, "Clients"))
        hands.search(window.page.locator("#term"), number)
        found = window.page.locator(f"a[href='/console/clients/{key}']")
        expect(window.page.locator("tr[data-line]")).to_have_count(1)
        hands.press(found)
        hands.press(self.link(window, action))

    def test_01_onboard(self):
        window, hands = self.work("maker")
        hands.press(self.link(window, "New client"))
        data = self.bank.application(country="Nigeria")
        for name in ("firstName", "lastName"):
            hands.enter(self.field(window, name), data[name])
        hands.enter_day(self.field(window, "dateOfBirth"), data["dateOfBirth"])
        hands.choose(self.field(window, "gender"), data["gender"])
        for name in ("emailAddress", "phoneNumber", "address", "city", "state", "country"):
            hands.enter(self.field(window, name), data[name])
        for name in ("identificationType", "identificationNumber"):
            hands.enter(self.field(window, name), data[name])
        hands.press(self.button(window, "Check"))
        expect(window.page.get_by_role("heading", name="Ready to create")).to_be_visible()
        hands.press(self.button(window, "Create the client"))
        expect(window.page.get_by_role("heading", level=1)).to_contain_text(data["lastName"])
        expect(window.page.locator(".who")).to_contain_text("Pending approval")
        self.counted("onboard a client")

    def test_02_upload(self):
        key = self.bank.created()
        window, hands = self.work("maker")
        self.open_client(window, hands, key, "Submit a document")
        hands.choose(self.field(window, "identityType"), "International Passport")
        hands.enter(self.field(window, "idNumber"), f"P{next(self.bank.numbers):07}")
        hands.attach(self.field(window, "base64Doc"), STAGE.picture)
        hands.enter_day(self.field(window, "expiryDate"), "2034-05-31")
        hands.press(self.button(window, "Submit a document"))
        self.done(window, "Submit a document")
        self.counted("upload a document")

    def test_03_review(self):
        key = self.bank.created()
        self.bank.passport(key, STAGE.picture)
        window, hands = self.work("checker")
        self.queue(window, hands, "Documents")
        self.decide(window, hands, key, "Approve the document")
        picture = window.page.locator(".viewer img")
        expect(picture).to_have_js_property("complete", True)
        self.assertGreater(picture.evaluate("image => image.naturalWidth"), 300)
        hands.activate(self.button(window, "Larger"))
        hands.activate(self.button(window, "Rotate"))
        expect(window.page.locator(".viewer.larger.turned-90")).to_be_visible()
        self.confirm(window, hands, "Approve the document")
        self.done(window, "Approve the document")
        documents = self.bank.query("GetCustomerIdentityDetailsQuery", contactEncodedKey=key)["documents"]
        self.assertEqual(documents[0]["verificationStatusDesc"], "APPROVED")
        self.counted("review a document")

    def test_04_reject_with_reason(self):
        key = self.bank.created()
        self.bank.passport(key, STAGE.scan)
        window, hands = self.work("checker")
        self.queue(window, hands, "Documents")
        self.decide(window, hands, key, "Reject the document")
        expect(window.page.locator(".viewer canvas")).to_be_visible()
        expect(window.page.locator("[data-undrawn]")).to_have_count(0)
        hands.choose(self.field(window, "reasonCode"), "The file cannot be read (unreadable)")
        hands.enter(self.field(window, "comment"), "Too dark.")
        self.confirm(window, hands, "Reject the document")
        self.done(window, "Reject the document")
        document = self.bank.query("GetCustomerIdentityDetailsQuery", contactEncodedKey=key)["documents"][0]
        self.assertEqual((document["verificationStatusDesc"], document["reasonCode"]), ("REJECTED", "unreadable"))
        self.counted("reject a document with a reason code")

    def test_05_approve_next_three(self):
        for _ in range(3):
            self.bank.requested(STAGE.picture)
        window, hands = self.work("checker")
        self.queue(window, hands, "Approvals")
        approve = window.page.get_by_role("link", name="Approve", exact=True).first
        hands.press_in(window.page.locator("tr", has=approve).first, approve)
        approved = set()
        for _ in range(3):
            address = window.page.url
            self.assertIn("/do/approve", address)
            approved.add(address.split("/clients/")[1].split("/")[0])
            self.confirm(window, hands, "Approve")
            self.done(window, "Approve")
        self.assertEqual({self.bank.client(key)["clientStateDescription"] for key in approved}, {"Approved"})
        self.assertEqual(len(approved), 3)
        self.counted("approve the next three clients")

    def test_05_approve_three_together(self):
        clients = [self.bank.requested(STAGE.picture) for _ in range(3)]
        window, hands = self.work("checker")
        self.queue(window, hands, "Approvals")
        for key in clients:
            hands.tick(window.page.locator(f"input[name=pick][value^='{key}:']"))
        hands.press(self.button(window, "Approve the chosen ones"))
        expect(window.page.get_by_text("Can be approved: 3")).to_be_visible()
        hands.press(self.button(window, "Confirm: approve 3"))
        expect(window.page.get_by_text("Approved: 3")).to_be_visible()
        self.assertEqual({self.bank.client(key)["clientStateDescription"] for key in clients}, {"Approved"})
        self.counted("approve three chosen clients together")

    def test_06_amend_and_confirm(self):
        key = self.bank.approved(STAGE.picture)
        window, hands = self.work("maker")
        self.open_client(window, hands, key, "Update details")
        hands.enter(self.field(window, "lastName"), "Amended")
        hands.press(self.button(window, "Check"))
        expect(window.page.get_by_text("These will wait for a second person: Last name.")).to_be_visible()
        hands.press(self.button(window, "Confirm: Update details"))
        self.assertNotEqual(self.bank.client(key)["lastName"], "Amended")
        checker, hands = self.work("checker")
        self.queue(checker, hands, "Amendments")
        self.decide(checker, hands, key, "Approve the amendment")
        expect(checker.page.locator("[data-changes] ins")).to_have_text("Amended")
        self.confirm(checker, hands, "Approve the amendment")
        self.done(checker, "Approve the amendment")
        self.assertEqual(self.bank.client(key)["lastName"], "Amended")
        self.counted("amend a client, and confirm it as another person")

    def test_07_conflict(self):
        key = self.bank.created()
        first, hands = self.work("maker")
        self.open_client(first, hands, key, "Update details")
        second = self.window().sign_in("maker")
        other = self.hands(second.page)
        self.open_client(second, other, key, "Update details")
        other.enter(self.field(second, "city"), "Abuja")
        self.confirm(second, other, "Update details")
        self.done(second, "Update details")
        hands.enter(self.field(first, "address"), "9 Marina Road")
        with first.expecting(409):
            hands.press(self.button(first, "Check"))
        expect(first.page.get_by_role("alert")).to_contain_text("The client has changed since you opened the page")
        expect(self.field(first, "city")).to_have_value("Abuja")
        hands.enter(self.field(first, "address"), "9 Marina Road")
        self.confirm(first, hands, "Update details")
        client = self.bank.client(key)
        self.assertEqual((client["city"], client["address"]), ("Abuja", "9 Marina Road"))
        self.counted("change a client that another person has changed meanwhile")

    def test_08_search(self):
        self.bank.created(city="Gdańsk", lastName="Nowak")
        window, hands = self.work("maker")
        page = window.page
        hands.press(self.link(window, "Clients"))
        hands.search(page.locator("#term"), "nowak")
        expect(page.locator(".chips button")).to_have_count(1)
        hands.tick(page.get_by_role("checkbox", name="Pending approval"))
        hands.unfold(page.get_by_text("Conditions, columns and order"))
        hands.choose(page.locator("select[name=p0]"), "City")
        hands.choose(page.locator("select[name=o0]"), "is")
        hands.enter(page.locator("input[name=v0]"), "Gdańsk")
        hands.press(self.button(window, "Search"))
        chips = page.locator(".chips button")
        expect(chips).to_have_count(3)
        lines = page.locator("tr[data-line]")
        self.assertGreaterEqual(lines.count(), 1)
        for line in lines.all():
            expect(line).to_contain_text("Nowak")
        hands.press(page.get_by_role("button", name="Remove the condition City is Gdańsk"))
        expect(chips).to_have_count(2)
        self.counted("search by a word, a state and a condition")

    def test_09_blacklist(self):
        key = self.bank.active(STAGE.picture)
        window, hands = self.work("checker")
        self.open_client(window, hands, key, "Blacklist")
        hands.choose(self.field(window, "reasonCode"), "Named on a list of sanctions (sanctions)")
        hands.enter(self.field(window, "reason"), "Notice of the regulator.")
        self.confirm(window, hands, "Blacklist")
        self.done(window, "Blacklist")
        expect(window.page.locator(".who")).to_contain_text("Blacklisted")
        self.counted("blacklist a client")

    def test_10_off_the_blacklist(self):
        key = self.bank.blacklisted(STAGE.picture)
        window, hands = self.work("checker")
        self.open_client(window, hands, key, "Remove from the blacklist")
        hands.enter(self.field(window, "reason"), "Taken for another person.")
        self.confirm(window, hands, "Remove from the blacklist")
        self.done(window, "Remove from the blacklist")
        # The person who has lifted it is shown why another one approves.
        expect(self.link(window, "Approve")).to_have_count(0)
        other, hands = self.work("maker")
        self.open_client(other, hands, key, "Approve")
        self.confirm(other, hands, "Approve")
        self.done(other, "Approve")
        self.assertEqual(self.bank.client(key)["clientStateDescription"], "Approved")
        self.counted("take a client off the blacklist, by two persons")

    def test_11_policy(self):
        policy = self.bank.query("RetrieveKycPolicyQuery")
        policy = {**policy, "version": "2027-01", "required": {"Individual": ["International Passport", "Utility Bill"]}}
        file = STAGE.folder / "next-policy.json"
        file.write_text(json.dumps(policy), encoding="utf-8")
        window, hands = self.work("checker")
        hands.press(self.link(window, "KYC policy"))
        hands.attach(window.page.locator("#policy-file"), file)
        hands.press(self.button(window, "Show whom it touches"))
        expect(window.page.get_by_text("Clients that it would touch:")).to_be_visible()
        expect(window.page.locator("tr[data-line]").first).to_contain_text("Utility Bill")
        self.counted("preview another policy")

    def test_12_dead_letter(self):
        window, hands = self.work("checker")
        hands.press(self.link(window, "Operations"))
        letters = window.page.locator("tr[data-line]")
        before = letters.count()
        self.assertGreaterEqual(before, 1)
        hands.press(letters.first.get_by_role("button", name="Send again"))
        hands.press(window.page.locator("article.outcome").get_by_role("button", name="Send again"))
        expect(letters).to_have_count(before - 1)
        self.counted("send a dead letter again")

    def test_12_batch(self):
        clients = [self.bank.created(city="Epe") for _ in range(3)]
        window, hands = self.work("maker")
        hands.press(self.link(window, "Clients"))
        for key in clients[:2]:
            hands.tick(window.page.locator(f"input[name=pick][value^='{key}:']"))
        hands.press(self.button(window, "With the chosen clients…"))
        hands.press(self.button(window, "Update details"))
        hands.enter(self.field(window, "city"), "Badagry")
        hands.press(self.button(window, "Make the batch"))
        expect(window.page.locator("[data-state=checked]")).to_be_visible()
        expect(self.button(window, "Confirm the batch")).to_have_count(0)
        address = window.page.url
        checker, hands = self.work("checker")
        hands.press(self.link(checker, "Batches"))
        hands.press(checker.page.locator(f"a[href='{address.removeprefix(self.bank.base)}']"))
        hands.press(self.button(checker, "Confirm the batch"))
        hands.press(checker.page.locator("article.outcome").get_by_role("button", name="Confirm the batch"))
        expect(checker.page.locator("[data-state=finished]")).to_be_visible()
        self.assertEqual([self.bank.client(key)["city"] for key in clients], ["Badagry", "Badagry", "Epe"])
        self.counted("change chosen clients by a batch, and confirm it as another person")

    def test_13_sign_out_everywhere(self):
        window, hands = self.work("maker")
        elsewhere, _ = self.work("maker")
        hands.press(self.link(window, "maker"))
        hands.press(self.button(window, "Sign out everywhere"))
        expect(window.page.get_by_role("button", name="Sign in as maker")).to_be_visible()
        elsewhere.open("/console/clients")
        expect(elsewhere.page.get_by_role("button", name="Sign in as maker")).to_be_visible()
        self.counted("sign out everywhere")


class TasksWithMouse(Tasks):
    hands = Mouse


class TasksWithKeys(Tasks):
    hands = Keys


del Tasks
