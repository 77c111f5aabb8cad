"""What hostile people and hostile clients try in the browser."""

import urllib.request

from stage import STAGE, Stage

# Each sets `ran` on the window if a page runs it.
PAYLOADS = [
    "<script>ran=1</script>", "<img src=x onerror=ran=1>", "\"><svg onload=ran=1>", "' autofocus onfocus=ran=1 x='",
    "</title><script>ran=1</script>", "</textarea><script>ran=1</script>", "{{ran=1}}", "javascript:ran=1",
    "<a href=javascript:ran=1>x</a>", "<iframe srcdoc='<script>top.ran=1</script>'>", "<body hx-on:load=ran=1>",
    "<div hx-get=/console/me hx-trigger=load>", "<style>@import 'https://example.invalid/x.css'</style>",
    "<base href=https://example.invalid/>", "<meta http-equiv=refresh content=0;url=//example.invalid>",
]
# Without quotation marks and with letters only where a field takes no more.
RAN = "() => window.ran ?? null"


class Attacks(Stage):
    def test_markup_in_texts_is_text(self):
        window = self.window().sign_in("maker")
        checker = self.window().sign_in("checker")
        for payload in PAYLOADS:
            with self.subTest(payload=payload):
                key = self.bank.created(firstName="Ada", address=f"1 {payload}", city=payload)
                for person, path in [
                    (window, f"/console/clients/{key}"), (window, f"/console/clients/{key}/do/update"),
                    (checker, f"/console/clients/{key}"),
                ]:
                    person.open(path)
                    self.assertIsNone(person.page.evaluate(RAN))
                    self.assertTrue(person.page.url.startswith(self.bank.base))
                self.assertEqual(window.page.locator("#f-city").input_value(), payload)

    def test_markup_in_a_search_is_text(self):
        window = self.window().sign_in("maker")
        window.open("/console/clients")
        page = window.page
        for payload in PAYLOADS[:5]:
            page.locator("#term").fill(payload)
            # What is no word to search for is refused with a sentence.
            with window.expecting(400), page.expect_navigation():
                page.get_by_role("button", name="Search", exact=True).click()
            self.assertIsNone(page.evaluate(RAN))
            self.assertEqual(page.locator("#term").input_value(), payload)

    def test_a_document_that_is_markup_is_refused(self):
        key = self.bank.created()
        window = self.window().sign_in("maker")
        window.open(f"/console/clients/{key}/do/submit-document")
        page = window.page
        page.locator("#f-identityType").select_option(label="International Passport")
        page.locator("#f-idNumber").fill("P7654321")
        file = {"name": "passport.png", "mimeType": "image/png", "buffer": b"<html><script>ran=1</script></html>"}
        page.locator("#f-base64Doc").set_input_files(file)
        with window.expecting(400), page.expect_navigation():
            page.get_by_role("button", name="Submit a document").click()
        self.assertIn("Choose one of these", page.get_by_role("alert").inner_text())
        self.assertIsNone(page.evaluate(RAN))

    def test_a_file_that_is_opened_by_itself_is_saved(self):
        window = self.window().sign_in("checker")
        with window.page.expect_download() as download:
            window.page.evaluate("path => { window.location = path; }", f"/console/files/{self.bank.seeds['scan']}")
        self.assertTrue(download.value.suggested_filename.endswith(".pdf"))

    def test_cookie_is_out_of_reach_and_dead_after_the_sign_out(self):
        window = self.window().sign_in("maker")
        self.assertEqual(window.page.evaluate("document.cookie"), "")
        (stolen,) = window.context.cookies()
        self.assertTrue(stolen["httpOnly"])
        self.assertEqual(stolen["sameSite"], "Lax")
        with window.page.expect_navigation():
            window.page.get_by_role("button", name="Sign out", exact=True).click()
        thief = self.window()
        thief.context.add_cookies([stolen])
        thief.open("/console/clients")
        self.assertTrue(thief.page.url.split("?")[0].endswith("/console/sign-in"))

    def test_back_button_after_the_sign_out_shows_nothing_personal(self):
        key = self.bank.created(lastName="Secretive")
        window = self.window().sign_in("maker")
        window.open(f"/console/clients/{key}")
        self.assertIn("Secretive", window.page.content())
        with window.page.expect_navigation():
            window.page.get_by_role("button", name="Sign out", exact=True).click()
        window.page.go_back()
        window.page.wait_for_load_state()
        self.assertNotIn("Secretive", window.page.content())
        self.assertIn("Sign in", window.page.title())

    def test_two_tabs_are_one_person_and_the_form_of_the_other_is_refused(self):
        key = self.bank.approved(STAGE.picture)
        window = self.window().sign_in("maker")
        window.open(f"/console/clients/{key}/do/exit")
        window.page.locator("#f-reason").fill("As agreed.")
        # In another tab, the same browser signs in as another person.
        tab = window.context.new_page()
        tab.goto(f"{self.bank.base}/console/sign-in")
        with tab.expect_navigation():
            tab.get_by_role("button", name="Sign in as checker").click()
        with window.expecting(400), window.page.expect_navigation():
            window.page.get_by_role("button", name="Check").click()
        self.assertIn("not from a page of this sign-in", window.page.get_by_role("alert").inner_text())
        self.assertEqual(self.bank.client(key)["clientStateDescription"], "Approved")

    def test_another_site_cannot_post_frame_or_read(self):
        window = self.window().sign_in("maker")
        # The same machine under another name is another site to the browser.
        stranger = self.window(bypass_csp=True)
        stranger.context.add_cookies(window.context.cookies())
        other = self.bank.base.replace("127.0.0.1", "localhost")
        stranger.faults_wanted = True
        stranger.page.route(f"{other}/elsewhere", lambda route: route.fulfill(content_type="text/html", body=f"""
            <iframe src="{self.bank.base}/console/clients"></iframe>
            <form method="post" action="{self.bank.base}/console/sign-out-everywhere"><button>Win</button></form>"""))
        stranger.page.goto(f"{other}/elsewhere")
        frame = stranger.page.frames[1]
        frame.wait_for_load_state()
        self.assertNotIn("Clients found", frame.content())
        with stranger.page.expect_navigation():
            stranger.page.get_by_role("button", name="Win").click()
        stranger.faults.clear()
        window.open("/console/me")
        self.assertIn("/console/me", window.page.url)

    def test_files_are_not_kept_by_caches(self):
        window = self.window().sign_in("checker")
        cookie = "; ".join(f"{one['name']}={one['value']}" for one in window.context.cookies())
        for path in ("/console/queue", f"/console/files/{self.bank.seeds['scan']}"):
            request = urllib.request.Request(self.bank.base + path, headers={"cookie": cookie})
            with urllib.request.urlopen(request) as answer:
                self.assertEqual(answer.headers["cache-control"], "no-store", path)
