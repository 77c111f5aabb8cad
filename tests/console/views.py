"""Every page of the console, with a person who sees it and how it is reached."""

import json

from stage import STAGE


def at(path):
    return lambda window: window.open(path)


def of(kind, place=0, path=""):
    """A page of a seeded client."""
    return lambda window: window.open(f"/console/clients/{STAGE.bank.seeds[kind][place]}{path}")


def document(place, command="documents"):
    def open_page(window):
        seeds = STAGE.bank.seeds
        document = seeds["scan"] if place == 3 else seeds["documents"][place]
        window.open(f"/console/clients/{seeds['waiting'][place]}/{command}/{document}")

    return open_page


def amendment(window):
    key = STAGE.bank.seeds["active"][0]
    found = STAGE.bank.query("GetCustomerAmendmentsQuery", contactEncodedKey=key)
    window.open(f"/console/clients/{key}/do/approve-amendment/{found['amendments'][0]['amendmentId']}")


def settle(page):
    """Waits until a PDF is drawn, if the page has one."""
    if page.locator("[data-pdf]").count():
        page.locator("[data-undrawn]").wait_for(state="detached")


def press(window, name):
    with window.page.expect_navigation():
        window.page.get_by_role("button", name=name, exact=True).first.click()


def signed_out(window):
    window.context.clear_cookies()
    window.open("/console/sign-in")


def replacing(window):
    document(0)(window)
    window.page.locator("summary", has_text="Replace the file").click()
    with window.expecting(400):
        press(window, "Replace the file")


def conditions(window):
    window.open("/console/clients")
    page = window.page
    page.locator("#term").fill("a")
    page.locator("summary", has_text="Conditions").click()
    page.locator("select[name=p0]").select_option(label="City")
    page.locator("select[name=o0]").select_option(label="starts with")
    page.locator("input[name=v0]").fill("I")
    press(window, "Search")


def nothing_found(window):
    window.open("/console/clients")
    window.page.locator("#term").fill("nobody of this name")
    press(window, "Search")


def wrong_search(window):
    window.open("/console/clients")
    window.page.locator("summary", has_text="Conditions").click()
    window.page.locator("select[name=p0]").select_option(label="Age")
    window.page.locator("input[name=v0]").fill("young")
    with window.expecting(400):
        press(window, "Search")


def unreadable(window):
    with window.expecting(409):
        window.open("/console/clients?s=A")


def filled(window, data):
    for name, value in data.items():
        field = window.page.locator(f"#f-{name}")
        if name == "gender":
            field.select_option(label=value)
        else:
            field.fill(value)


def refused_application(window):
    data = STAGE.bank.application(firstName="", emailAddress="not an address")
    window.open("/console/new")
    filled(window, data)
    with window.expecting(400):
        press(window, "Check")


def ready_application(window):
    window.open("/console/new")
    filled(window, STAGE.bank.application())
    press(window, "Check")


def refused_decision(window):
    of("requested", -1, "/do/reject")(window)
    with window.expecting(400):
        press(window, "Check")


def checked_decision(window):
    of("requested", -1, "/do/approve")(window)
    press(window, "Check")


def preview(window):
    policy = STAGE.bank.query("RetrieveKycPolicyQuery")
    policy = {**policy, "version": "2027-01", "required": {"Individual": ["Utility Bill"]}}
    window.open("/console/policy")
    file = {"name": "next.json", "mimeType": "application/json", "buffer": json.dumps(policy).encode()}
    window.page.locator("#policy-file").set_input_files(file)
    press(window, "Show whom it touches")


def batch(window):
    """A batch of which one row can be done and one is refused."""
    people = [STAGE.bank.application(), STAGE.bank.application(city="")]
    lines = [",".join(people[0])] + [",".join(person.values()) for person in people]
    window.open("/console/batches")
    file = {"name": "clients.csv", "mimeType": "text/csv", "buffer": "\n".join(lines).encode()}
    window.page.locator("#f-file").set_input_files(file)
    window.page.locator("#f-format").select_option(label="CSV")
    window.page.locator("#f-commandName").select_option(label="Create a client")
    press(window, "Send the file")
    window.page.locator("[data-state=checked]").wait_for()
    window.page.get_by_role("heading", name="Refused rows").wait_for()


def stopping(window):
    batch(window)
    press(window, "Stop for good")


def refused_file(window):
    window.open("/console/batches")
    with window.expecting(400):
        press(window, "Send the file")


def chosen(window):
    window.open("/console/clients")
    window.page.locator("input[name=pick]").first.check()
    press(window, "With the chosen clients…")


def chosen_command(window):
    chosen(window)
    press(window, "Withdraw the application")


def discarding(window):
    window.open("/console/operations")
    press(window, "Discard")


def not_there(window):
    with window.expecting(404):
        window.open("/console/clients/0123456789abcdef0123456789abcdef")


def not_allowed(window):
    with window.expecting(403):
        window.open("/console/operations")


def keys_shown(window):
    window.open("/console/queue")
    window.page.keyboard.press("?")
    window.page.get_by_role("dialog").wait_for()


# Pages that are only read: name, person, way there.
READ = [
    ("queue", "checker", at("/console/queue")),
    ("queue-own", "maker", at("/console/queue")),
    ("queue-documents", "checker", at("/console/queue?kind=Document")),
    ("queue-addresses", "checker", at("/console/queue?kind=Address")),
    ("queue-amendments", "checker", at("/console/queue?kind=Amendment")),
    ("queue-expiring", "maker", at("/console/queue?kind=Expiring")),
    ("clients", "maker", at("/console/clients")),
    ("client", "checker", of("active")),
    ("client-pending", "maker", of("waiting")),
    ("client-blacklisted", "checker", of("blacklisted")),
    ("document", "checker", document(0)),
    ("document-pdf", "checker", document(3)),
    ("decide", "checker", of("requested", -1, "/do/approve")),
    ("decide-document", "checker", document(0, "do/approve-document")),
    ("decide-amendment", "checker", amendment),
    ("update", "maker", of("approved", path="/do/update")),
    ("upload", "maker", of("waiting", path="/do/submit-document")),
    ("impossible", "maker", of("requested", -1, "/do/approve")),
    ("new", "maker", at("/console/new")),
    ("activity", "checker", at("/console/activity")),
    ("exports", "checker", at("/console/exports")),
    ("batches", "maker", at("/console/batches")),
    ("lifecycle", "checker", at("/console/lifecycle?state=Active")),
    ("policy", "checker", at("/console/policy")),
    ("operations", "checker", at("/console/operations")),
    ("me", "maker", at("/console/me")),
]
# What forms lead to, errors, and what a script opens.
REACHED = [
    ("document-replace", "maker", replacing),
    ("clients-conditions", "maker", conditions),
    ("clients-none", "maker", nothing_found),
    ("clients-wrong", "maker", wrong_search),
    ("clients-unreadable", "maker", unreadable),
    ("new-refused", "maker", refused_application),
    ("new-ready", "maker", ready_application),
    ("decide-refused", "checker", refused_decision),
    ("decide-checked", "checker", checked_decision),
    ("policy-preview", "checker", preview),
    ("batch", "maker", batch),
    ("batch-ask", "maker", stopping),
    ("batch-refused", "maker", refused_file),
    ("chosen", "maker", chosen),
    ("chosen-command", "maker", chosen_command),
    ("operations-ask", "checker", discarding),
    ("not-there", "maker", not_there),
    ("not-allowed", "maker", not_allowed),
    ("keys", "maker", keys_shown),
    ("sign-in", "maker", signed_out),
]
