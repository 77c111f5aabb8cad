"""People sign in at an identity provider, in a browser: there and back, another proof before a decision, and every way out.

The provider is the honest one of the service's own tests, in a process of its own.
"""

import http.client
import json
import re
import socket
import subprocess
import sys
import time
import unittest
import urllib.parse
import urllib.request
from pathlib import Path

from bank import Bank
from stage import STAGE
from window import Window

PROGRAM = Path(__file__).resolve().parents[2] / "crates" / "client-service" / "tests" / "it" / "identity_provider.py"
SECRET = "a secret of the console: %&+ and more"
CHECKER = ["customers.read", "customers.approve", "customers.history"]


def posted(address, body, kind="application/json"):
    request = urllib.request.Request(address, body.encode(), {"content-type": kind})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.status, answer.read().decode()


class Provider:
    """The identity provider, which signs in the person that a test names."""

    def __init__(self):
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self.process = subprocess.Popen([sys.executable, "-B", PROGRAM, "0"], **pipes)
        self.issuer = f"http://127.0.0.1:{self.process.stdout.readline().strip()}"

    def has(self, person, case="honest"):
        change = {"case": case, "person": person, "claims": {"permissions": CHECKER}}
        posted(f"{self.issuer}/test/case", json.dumps(change))

    def logout_token(self, **claims):
        return posted(f"{self.issuer}/test/logout-token", json.dumps({"case": "honest", "claims": claims}))[1]

    def authorized(self):
        """What the last browser was sent with."""
        with urllib.request.urlopen(f"{self.issuer}/test/authorized", timeout=10) as answer:
            return json.load(answer)

    def stop(self):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


class ProviderBank(Bank):
    """A service whose people sign in at a provider."""

    def start(self, provider, *settings):
        # The provider leads back to an address that the service has to know before it starts.
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{free.getsockname()[1]}"
        secret = self.folder / "secret"
        secret.write_text(SECRET, encoding="utf-8")
        log = self.folder / "service.log"
        arguments = [
            *("serve", "--data", self.folder / "data", "--listen", address, "--console-url", f"http://{address}"),
            *("--oidc-issuer", provider.issuer, "--oidc-client-id", "the-console", "--oidc-client-secret-file", secret),
            *settings,
        ]
        with open(log, "w", encoding="utf-8") as output:
            self.process = subprocess.Popen([self.program, *arguments], stdout=output, stderr=output)
        self.base = f"http://{address}"
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"{self.base}/readyz", timeout=5):
                    break
            except OSError:
                if self.process.poll() is not None:
                    raise SystemExit(f"check-console: the service does not start:\n{log.read_text()}") from None
                time.sleep(0.05)
        found = dict(re.findall(r"^export (MAKER|CHECKER)=(\S+)$", log.read_text(encoding="utf-8"), re.MULTILINE))
        self.tokens = {"maker": found["MAKER"], "checker": found["CHECKER"]}
        self.connection = http.client.HTTPConnection(address, timeout=30)


class SignIn(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.provider = Provider()
        cls.addClassCleanup(cls.provider.stop)
        cls.bank = ProviderBank(STAGE.bank.program, STAGE.folder / "bank-of-the-provider")
        cls.bank.start(cls.provider, "--console-fresh-sign-in", "10m")
        cls.addClassCleanup(cls.bank.stop)

    def window(self):
        window = Window(STAGE.browser, self.bank.base, others=[self.provider.issuer])
        self.addCleanup(window.close)
        return window

    def signed_in(self, person, case="honest"):
        self.provider.has(person, case)
        window = self.window()
        window.open("/console")
        self.assertTrue(window.page.url.split("?")[0].endswith("/console/sign-in"))
        window.page.get_by_role("button", name="Sign in").click()
        window.page.wait_for_url("**/console/queue")
        return window

    def assert_signed_out(self, window):
        window.open("/console/queue")
        self.assertTrue(window.page.url.split("?")[0].endswith("/console/sign-in"), window.page.url)

    def test_person_signs_in_decides_and_is_signed_out_there_too(self):
        key = self.bank.created()
        window = self.signed_in("checker")
        page = window.page
        self.assertEqual([cookie["name"] for cookie in window.context.cookies()], ["clients-dev"])
        self.assertNotIn("development", page.content().lower())
        window.open("/console/me")
        self.assertIn("checker@marker.example", page.content())
        window.open(f"/console/clients/{key}/do/approve")
        page.get_by_role("button", name="Check").click()
        page.get_by_role("button", name="Confirm: Approve").click()
        page.wait_for_url("**done=approve")
        with page.expect_navigation(url=f"{self.provider.issuer}/logout*"):
            page.get_by_role("button", name="Sign out", exact=True).click()
        self.assertEqual(window.context.cookies(), [])
        self.assert_signed_out(window)

    def test_decision_with_an_old_proof_leads_to_the_provider_and_back(self):
        key = self.bank.created()
        window = self.signed_in("checker", "old-proof")
        self.provider.has("checker")
        path = f"{self.bank.base}/console/clients/{key}/do/approve"
        window.page.goto(path, wait_until="commit")
        window.page.get_by_role("button", name="Check").wait_for()
        self.assertEqual(window.page.url, path)
        self.assertEqual(self.provider.authorized()["prompt"], "login")

    def test_another_person_gives_no_proof_for_this_one(self):
        key = self.bank.created()
        window = self.signed_in("checker", "old-proof")
        self.provider.has("second")
        with window.expecting(403):
            window.page.goto(f"{self.bank.base}/console/clients/{key}/do/approve", wait_until="commit")
            window.page.get_by_text("This sign-in is of another person").wait_for()

    def test_provider_ends_the_session_of_a_browser(self):
        window, other = self.signed_in("checker"), self.signed_in("second")
        token = self.provider.logout_token(sub="checker", sid="session-of-checker")
        form = urllib.parse.urlencode({"logout_token": token})
        kind = "application/x-www-form-urlencoded"
        self.assertEqual(posted(f"{self.bank.base}/console/back-channel-logout", form, kind)[0], 200)
        self.assert_signed_out(window)
        other.open("/console/queue")
        self.assertTrue(other.page.url.endswith("/console/queue"))

    def test_another_site_cannot_end_an_attempt(self):
        self.provider.has("checker")
        window = self.window()
        # The person is at the provider, and another window of the same browser is led to an answer to no attempt.
        there = window.context.request.get(f"{self.bank.base}/console/sign-in/provider", max_redirects=0)
        with window.expecting(403):
            window.open("/console/sign-in/callback?state=x&code=y")
        self.assertIn("This sign-in is over", window.page.content())
        window.page.goto(there.headers["location"])
        window.page.wait_for_url("**/console/queue")
