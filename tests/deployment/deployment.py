"""What all checks share: the files, the settings that the program has, and what was found."""

import os
import re
import subprocess
from functools import cache
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
DEPLOY = ROOT / "deploy"
SETTING = re.compile(r"\bCLIENTS_[A-Z0-9_]+\b")
# A public key of nobody, so that the settings of tokens are read without a network.
PUBLIC_KEY = """-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEVs/o5+uQbTjL3chynL4wXgUg2R9
q9UU8I5mEovUf86QZ7kOBIjJwqnzD1omageEHWwHdBO6B+dFabmdT9POxg==
-----END PUBLIC KEY-----
"""
# The exit code of the program for a wrong setting, and for what is missing outside of it.
WRONG_SETTING, FAILED = 2, 1


class Deployment:
    def __init__(self, service, work):
        self.service = service
        self.work = work
        self.findings = []
        self.not_checked = []
        self.checks = 0

    def expect(self, holds, finding):
        self.checks += 1
        if not holds:
            self.findings.append(finding)
        return holds

    @cache
    def help(self, command):
        return subprocess.run([self.service, command, "--help"], text=True, check=True, stdout=subprocess.PIPE).stdout

    def check_flags(self, where, command):
        """That the first word is a command of the program, and each flag one of its flags."""
        known = subprocess.run([self.service, command[0], "--help"], capture_output=True).returncode == 0
        if self.expect(known, f"{where}: the program has no command {command[0]}"):
            for flag in (word for word in command[1:] if word.startswith("--")):
                flag = flag.partition("=")[0]
                self.expect(flag in self.help(command[0]).split(), f"{where}: {command[0]} has no flag {flag}")

    def check_names_of_settings(self):
        """That every CLIENTS_… of any file is a setting."""
        known = {*SETTING.findall(self.help("serve")), *SETTING.findall(self.help("relay"))}
        for path in sorted(path for path in DEPLOY.rglob("*") if path.is_file() and "secrets" not in path.parts):
            for name in sorted(set(SETTING.findall(path.read_text()))):
                self.expect(name in known, f"{path.relative_to(ROOT)}: {name} is no setting")

    def check_values(self, where, settings):
        """That `serve` accepts the values: it gets as far as the database, of which there is none."""
        key = self.work / "key.pem"
        key.write_text(PUBLIC_KEY)
        nowhere = "postgres://clients_runtime@127.0.0.1:1/clients"
        settings = {name: value for name, value in settings.items() if name != "CLIENTS_JWKS"}
        settings |= {"CLIENTS_JWT_PUBLIC_KEY": str(key), "CLIENTS_LISTEN": "127.0.0.1:0", "CLIENTS_DATABASE_WAIT": "0s"}
        if "CLIENTS_DATABASE_URL_FILE" not in settings:
            settings["DATABASE_URL"] = nowhere
        environment = {name: value for name, value in os.environ.items() if not SETTING.match(name)} | settings
        served = subprocess.run([self.service, "serve"], text=True, capture_output=True, env=environment, timeout=60)
        stops = served.returncode == FAILED and "database" in served.stderr
        self.expect(stops, f"{where}: serve ends with {served.returncode}: {served.stderr.strip()}")

    def documents(self, path):
        """The YAML documents of a file; a file that is no YAML is a finding."""
        try:
            documents = [document for document in yaml.safe_load_all(path.read_text()) if document is not None]
        except yaml.YAMLError as error:
            documents = []
            self.findings.append(f"{path.relative_to(ROOT)}: {error}")
        self.checks += 1
        return documents


def seconds(text):
    """A time such as 20s."""
    return int(re.fullmatch(r"(\d+)s?", str(text))[1])


# What a stop takes beside --drain-deadline: the notice of one second, and time to spare.
STOP_BESIDE_DRAIN = 5
