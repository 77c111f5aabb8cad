"""What all pages share: the program, PostgreSQL, and the account that they run as, because PostgreSQL refuses to be root."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def find_postgres():
    named = os.environ.get("PG_BIN")
    folders = [Path(named)] if named else []
    installed = Path("/usr/lib/postgresql").glob("*/bin")
    folders += sorted(installed, key=lambda path: int(path.parent.name), reverse=True)
    on_path = shutil.which("initdb")
    folders += [Path(on_path).parent] if on_path else []
    for folder in folders:
        if (folder / "initdb").is_file():
            return folder
    sys.exit("check-book: there is no PostgreSQL (Debian: apt-get install postgresql)")


class Machine:
    def __init__(self):
        built = Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target") / "debug" / "client-service"
        service = Path(os.environ.get("CLIENT_SERVICE") or built)
        if not service.is_file():
            sys.exit(f"check-book: there is no {service}: build it, or name another one in CLIENT_SERVICE")
        self.account, self.owner = {}, None
        if os.geteuid() == 0:
            names = [entry.pw_name for entry in pwd.getpwall()]
            self.owner = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
            self.account = {"user": self.owner.pw_uid, "group": self.owner.pw_gid, "extra_groups": []}
        self.postgres = find_postgres()
        self.folder = Path(tempfile.mkdtemp(prefix="check-book-"))
        self.folder.chmod(0o755)
        self.service = self.folder / "client-service"
        shutil.copy(service, self.service)
        # Their folder is the account's, which adds another one beside the first.
        servers = self.folder / "servers"
        self.template = servers / "empty"
        servers.mkdir()
        self.template.mkdir(mode=0o700)
        self.give(servers)
        initdb = [self.postgres / "initdb", "-D", self.template, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        subprocess.run(initdb, check=True, cwd="/", stdout=subprocess.DEVNULL, **self.account)

    def give(self, folder):
        """Makes a folder and what is in it the account's."""
        if self.owner:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, self.owner.pw_uid, self.owner.pw_gid)

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)
