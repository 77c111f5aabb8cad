"""The service that the browser visits, with clients in every state."""

import base64
import concurrent.futures
import contextlib
import http.client
import http.server
import itertools
import json
import os
import re
import sqlite3
import subprocess
import threading
import time
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

POLICY = {
    "version": "2026-11",
    "noticeDays": 30,
    "required": {"Individual": ["International Passport"]},
    "twoPersons": {state: ["lastName", "emailAddress"] for state in ("Approved", "Active")},
    "reasons": {
        "reject": [{"code": "incomplete", "text": "The application is incomplete"}],
        "rejectDocument": [
            {"code": "unreadable", "text": "The file cannot be read"},
            {"code": "forged", "text": "The document is not genuine", "final": True},
        ],
        "blacklist": [{"code": "fraud", "text": "Fraud"}, {"code": "sanctions", "text": "Named on a list of sanctions"}],
    },
}
NAMES = [
    ("Wanjiru", "Kamau", "Nairobi", "Kenya"), ("Zoë", "Müller-Lüdenscheidt", "Köln", "Germany"),
    ("ليلى", "الحداد", "Amman", "Jordan"), ("Ольга", "Кузнецова", "Алматы", "Kazakhstan"),
    ("さくら", "田中", "大阪", "Japan"), ("Adaeze", "Okafor", "Ikeja", "Nigeria"),
    ("Παναγιώτης", "Αντωνόπουλος", "Αθήνα", "Greece"), ("Łukasz", "Wiśniewski", "Gdańsk", "Poland"),
    ("José Luis", "de la Fuente y García-Montalbán", "Valladolid", "Spain"), ("Ngozi", "Balogun", "Lagos", "Nigeria"),
    ("Ananya", "Chakraborty", "Kolkata", "India"), ("Kwame", "Mensah", "Accra", "Ghana"),
]
WEBHOOK_SECRET = "whsec_" + base64.b64encode(b"deliveries of the console's checks").decode()


class Receiver(http.server.BaseHTTPRequestHandler):
    """Accepts every delivery."""

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


class Bank:
    """A service on a data folder, and its API as a maker and as a checker."""

    def __init__(self, program, folder):
        self.program, self.folder = program, Path(folder)
        self.numbers = itertools.count(1)
        self.folder.mkdir(parents=True)
        (self.folder / "policy.json").write_text(json.dumps(POLICY), encoding="utf-8")
        self.process = self.base = self.tokens = self.connection = None

    def start(self, *settings):
        """Starts the service, and waits until it is ready."""
        log = self.folder / "service.log"
        arguments = [
            *("serve", "--data", self.folder / "data", "--listen", "127.0.0.1:0"),
            *("--kyc-policy", self.folder / "policy.json", "--look-alikes", "warn", *settings),
        ]
        with open(log, "w", encoding="utf-8") as output:
            environment = dict(os.environ)
            if "--webhook" in settings:
                environment["CLIENTS_WEBHOOK_SECRET"] = WEBHOOK_SECRET
            self.process = subprocess.Popen([self.program, *arguments], stdout=output, stderr=output, env=environment)
        for _ in range(300):
            text = log.read_text(encoding="utf-8")
            address = re.search(r"in a browser: (\S+)/console", text)
            if address:
                break
            if self.process.poll() is not None:
                raise SystemExit(f"check-console: the service does not start:\n{text}")
            time.sleep(0.05)
        else:
            raise SystemExit(f"check-console: the service names no address of a console:\n{text}")
        self.base = address[1]
        found = dict(re.findall(r"^export (MAKER|CHECKER)=(\S+)$", text, re.MULTILINE))
        self.tokens = {"maker": found["MAKER"], "checker": found["CHECKER"]}
        self.connection = http.client.HTTPConnection(urlsplit(self.base).netloc, timeout=30)

    def stop(self):
        self.connection.close()
        self.process.terminate()
        self.process.wait(30)

    def send(self, person, path, body):
        headers = {"authorization": f"Bearer {self.tokens[person]}", "content-type": "application/json"}
        self.connection.request("POST", path, json.dumps(body), headers)
        answer = json.loads(self.connection.getresponse().read())
        if not answer["isSuccessful"]:
            raise AssertionError(answer)
        return answer["data"]

    def command(self, person, name, **data):
        return self.send(person, "/api/bpm/cmd", {"commandName": name, "data": data})

    def query(self, name, **data):
        return self.send("checker", "/api/bpm/qry", {"queryName": name, "data": data})

    def client(self, key):
        return self.query("RetrieveContactByIdQuery", contactEncodedKey=key)

    # What the clients of the bank go through.

    def application(self, **other):
        """The application of another person."""
        number = next(self.numbers)
        first, last, city, country = NAMES[number % len(NAMES)]
        return {
            "firstName": first, "lastName": last, "emailAddress": f"client{number}@example.com",
            "phoneNumber": f"+23480312{number:05}", "dateOfBirth": f"19{60 + number % 40}-04-{1 + number % 28:02}",
            "gender": "Female", "address": "12 Allen Avenue", "city": city, "state": city, "country": country,
            "identificationType": "International Passport", "identificationNumber": f"A{number:08}", **other,
        }

    def created(self, **other):
        return self.command("maker", "CreateContactCommand", **self.application(**other))["contactEncodedKey"]

    def passport(self, key, file, **other):
        data = {"expiryDate": "2035-12-31", "issueDate": "2025-12-31", "issuingAuthority": "Passport Office", **other}
        made = self.command(
            *("maker", "CreateIdentityDocumentCommand"), contactEncodedKey=key, identityType=2, docExtension=file.suffix,
            idNumber=f"P{next(self.numbers):07}", base64Doc=base64.b64encode(file.read_bytes()).decode(), **data,
        )
        return made["identityId"]

    def verified(self, file, **other):
        """An application whose passport was approved."""
        key = self.created(**other)
        self.command("checker", "ApproveIdentityDocumentCommand", identityId=self.passport(key, file))
        return key

    def requested(self, file, **other):
        """An application that waits for its approval."""
        key = self.verified(file, **other)
        self.command("maker", "RequestCustomerApprovalCommand", contactEncodedKey=key)
        return key

    def approved(self, file, **other):
        key = self.verified(file, **other)
        self.command("checker", "ApproveCustomerCommand", contactEncodedKey=key)
        return key

    def active(self, file, **other):
        key = self.approved(file, **other)
        self.command("maker", "RecordCustomerTransactionCommand", contactEncodedKey=key, transactionReference="TX-1")
        return key

    def blacklisted(self, file, **other):
        key = self.active(file, **other)
        reason = {"reason": "Two loans under other names.", "reasonCode": "fraud"}
        self.command("checker", "BlacklistCustomerCommand", contactEncodedKey=key, **reason)
        return key


def seeded(bank, picture, scan):
    """Clients in every state, work of every kind, and one event that could not be delivered."""
    seeds = {"requested": [bank.requested(picture) for _ in range(9)]}
    for _ in range(2):
        key = bank.created()
        bank.command("maker", "RequestCustomerApprovalCommand", contactEncodedKey=key)
    seeds["waiting"] = [bank.created() for _ in range(4)]
    seeds["documents"] = [bank.passport(key, picture) for key in seeds["waiting"][:3]]
    seeds["scan"] = bank.passport(seeds["waiting"][3], scan)
    address = {"addressLine1": "7 Awolowo Way", "city": "Ikeja", "state": "Lagos", "country": "NG"}
    for key in seeds["waiting"][:2]:
        bank.command("maker", "CreateAddressInformationCommand", contactEncodedKey=key, **address)
    seeds["active"] = [bank.active(picture) for _ in range(3)]
    for key in seeds["active"][:2]:
        bank.command("maker", "UpdateContactCommand", contactEncodedKey=key, lastName="Adeyemi", city="Abuja")
    seeds["approved"] = [bank.approved(picture)]
    seeds["blacklisted"] = [bank.blacklisted(picture)]
    exited = bank.approved(picture)
    bank.command("maker", "ExitCustomerCommand", contactEncodedKey=exited, reason="Moved abroad.")
    rejected = bank.created()
    reason = {"rejectionReason": "The proof of address is missing.", "reasonCode": "incomplete"}
    bank.command("checker", "RejectCustomerCommand", contactEncodedKey=rejected, **reason)
    expiring = bank.created()
    soon = bank.passport(expiring, picture, expiryDate=str(date.today() + timedelta(days=12)))
    bank.command("checker", "ApproveIdentityDocumentCommand", identityId=soon)
    return seeds


def spelled(number):
    """A last name for each number."""
    letters = ""
    while number or not letters:
        number, letter = divmod(number, 20)
        letters += "bcdfghjklmnpqrstvwxz"[letter] + "aeiou"[letter % 5]
    return letters.capitalize()


def fill(bank, count):
    """So many applications more, by eight callers at a time."""

    def create(applications):
        connection = http.client.HTTPConnection(urlsplit(bank.base).netloc, timeout=60)
        headers = {"authorization": f"Bearer {bank.tokens['maker']}", "content-type": "application/json"}
        for data in applications:
            body = json.dumps({"commandName": "CreateContactCommand", "data": data})
            connection.request("POST", "/api/bpm/cmd", body, headers)
            answer = json.loads(connection.getresponse().read())
            if not answer["isSuccessful"]:
                raise AssertionError(answer)

    with concurrent.futures.ThreadPoolExecutor(8) as callers:
        # Names of their own, so that not everybody looks like everybody.
        shares = [[bank.application(lastName=spelled(place * 8 + share)) for place in range(count // 8)] for share in range(8)]
        for _ in callers.map(create, shares):
            pass
    # The service has closed it meanwhile; the next request opens another.
    bank.connection.close()


def bury(bank, *clients):
    """Makes the first event of each client a dead letter. The service would take four days to give it up."""
    with contextlib.closing(sqlite3.connect(bank.folder / "data" / "clients.db")) as database, database:
        for client in clients:
            changed = database.execute(
                "UPDATE client_outbox SET failures = 10, cause = 'refused', status = 500, buried_at = at + 1"
                " WHERE client_key = ? AND version = 1",
                (client,),
            )
            if changed.rowcount != 1:
                raise AssertionError(f"{changed.rowcount} events were buried")


@contextlib.contextmanager
def opened(program, folder, picture, scan, clients=0):
    """A bank with its clients, and so many more."""
    receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    webhook = ("--webhook", f"http://127.0.0.1:{receiver.server_port}/")
    bank = Bank(program, folder)
    try:
        bank.start(*webhook, "--relay", "off")
        bank.seeds = seeded(bank, picture, scan)
        fill(bank, clients)
        bank.seeds["letters"] = [bank.created() for _ in range(3)]
        bank.stop()
        bury(bank, *bank.seeds["letters"])
        bank.start(*webhook)
        yield bank
    finally:
        if bank.process and bank.process.poll() is None:
            bank.stop()
        receiver.shutdown()
