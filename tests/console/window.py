"""A window of the browser in which one person works, and everything that must not happen in it."""

import contextlib

# Playwright's scripts are not subject to the policy of the page, so this one sees what the policy refuses.
REPORTS = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error("policy", event.violatedDirective, event.blockedURI);
});
"""
# The reader's side of the world: a zone that is not UTC, and days before months.
# Without motion, a look is whole as soon as it is changed.
READER = {"locale": "en-GB", "timezone_id": "Africa/Lagos", "reduced_motion": "reduce"}


class Window:
    """A window with cookies of its own."""

    def __init__(self, browser, base, others=(), **options):
        """`others` are the other servers that the browser may ask."""
        self.base, self.servers = base, (f"{base}/console", "data:", "blob:", *others)
        self.context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **READER, **options})
        self.context.add_init_script(REPORTS)
        self.context.set_default_timeout(10_000)
        self.faults, self.expected, self.sent, self.bytes = [], set(), 0, 0
        self.context.on("page", self.watch)
        self.page = self.context.new_page()

    def watch(self, page):
        page.on("console", self.said)
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("request", self.requested)
        page.on("requestfailed", self.failed)
        page.on("response", self.answered)

    def said(self, message):
        # The browser reports the statuses of pages as errors of its own; those are judged by `answered`.
        if message.type in ("error", "warning") and "the server responded with a status of" not in message.text:
            self.faults.append(f"the console says: {message.text}")

    def requested(self, request):
        self.sent += 1
        if not request.url.startswith(self.servers):
            self.faults.append(f"a request to {request.url}")

    def failed(self, request):
        # A page that is left, and a search that is overtaken by the next one, end their requests.
        if request.failure != "net::ERR_ABORTED":
            self.faults.append(f"{request.url} failed: {request.failure}")

    def answered(self, response):
        if response.status >= 400 and response.status not in self.expected:
            self.faults.append(f"{response.request.method} {response.url}: {response.status}")

    @contextlib.contextmanager
    def expecting(self, *statuses):
        """While these statuses are what a test wants to see."""
        self.expected = set(statuses)
        yield
        self.expected = set()

    def open(self, path):
        self.page.goto(self.base + path)

    def sign_in(self, person):
        self.open("/console/sign-in")
        self.page.get_by_role("button", name=f"Sign in as {person}").click()
        self.page.wait_for_url("**/console/queue")
        return self

    def close(self):
        """Closes the window; whatever went wrong in it fails the test."""
        self.context.close()
        if self.faults:
            raise AssertionError("\n".join(self.faults))
