"""One page: a shell that runs its blocks in their order, in a folder and with ports of its own."""

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

TESTS = Path(__file__).resolve().parent
# A page that takes longer hangs.
LIMIT = 300
# Folders of the machine that pages name; here each is a folder of the run.
FOLDERS = re.compile(r"(?<![\w.$}/])/(etc/clients|var/lib/clients|var/lib/postgresql|mnt|srv|run/secrets)\b")
# A public key of nobody: the pages that name keys of a bank make no request.
KEYS = """{"keys":[{"kty":"EC","crv":"P-256","use":"sig","alg":"ES256","kid":"bank",
"x":"EVs_o5-uQbTjL3chynL4wXgUg2R9q9UU8I5mEovUf84","y":"kGe5DgSIycKp8w9aJmoHhB1sB3QTugfnRWm5nU_TzsY"}]}"""


def free_ports(number):
    """Ports that are free now, none of them twice."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


class Run:
    """Runs one page."""

    def __init__(self, blocks, machine):
        self.blocks = blocks
        self.machine = machine
        self.page = blocks[0].page
        self.folder = Path(tempfile.mkdtemp(prefix="check-book-", dir=machine.folder))
        self.root = self.folder / "root"
        names = ("8080", "9090", "8081", "9091", "8090", "5432")
        self.ports = dict(zip(names, free_ports(len(names)), strict=True))

    def here(self, text):
        """A text of the page with the addresses and folders of this run."""
        text = text.replace("https://core.bank.example/hooks/clients", f"http://127.0.0.1:{self.ports['8090']}/")
        text = text.replace("https://id.bank.example/keys", "/etc/clients/keys.json")
        text = text.replace("@db.bank.example/", f"@127.0.0.1:{self.ports['5432']}/").replace("db.bank.example", "127.0.0.1")
        text = FOLDERS.sub(lambda folder: f"{self.root}/{folder[1]}", text)
        for name, port in self.ports.items():
            text = re.sub(rf"(127\.0\.0\.1|0\.0\.0\.0):{name}\b", f"127.0.0.1:{port}", text)
        return text

    def script(self):
        """What bash runs: the blocks, each of which is recorded once it has ended well."""
        lines = ["set -euo pipefail", f". {TESTS}/shell.sh"]
        prelude = TESTS / "pages" / f"{self.page.stem}.sh"
        if prelude.is_file():
            text = self.folder / "prelude.sh"
            text.write_text(self.here(prelude.read_text()))
            lines.append(f". {text}")
        for number, block in enumerate(self.blocks):
            if block.reason:
                continue
            file = self.folder / f"block-{number}.sh"
            file.write_text(self.here(block.text))
            lines += [f"echo '{block.place}' >$BOOK/at", *block.hooks]
            # An error in a block ends the shell, and so does an exit.
            lines += [f". {file}", "settle", f"echo {number} >>$BOOK/ran"]
        return "\n".join(lines) + "\n"

    def environment(self):
        return {
            "PATH": f"{self.folder}/bin:{self.machine.postgres}:/usr/local/bin:/usr/bin:/bin",
            "HOME": f"{self.folder}/work",
            "LANG": "C.UTF-8",
            "BOOK": str(self.folder),
            "ROOT": str(self.root),
            "CLIENT_SERVICE": str(self.machine.service),
            "CLIENTS_LISTEN": f"127.0.0.1:{self.ports['8080']}",
            "PGTEMPLATE": str(self.machine.template),
            "PGDATA": f"{self.root}/var/lib/postgresql/data",
            "PGPORT": str(self.ports["5432"]),
        }

    def prepare(self):
        for name in ("work", "bin", "root/etc/clients", "root/var/lib/clients/documents", "root/var/lib/postgresql", "root/mnt/backups",
                     "root/srv", "root/run/secrets"):
            (self.folder / name).mkdir(parents=True)
        (self.root / "var/lib/clients/documents").chmod(0o700)
        (self.root / "etc/clients/keys.json").write_text(KEYS)
        for name in ("client-service", "curl"):
            shutil.copy(TESTS / "bin" / name, self.folder / "bin")
        (self.folder / "page.sh").write_text(self.script())
        self.machine.give(self.folder)

    def run(self):
        """The blocks that were run, and what went wrong."""
        try:
            self.prepare()
            code, output = self.shell()
            ran = self.folder / "ran"
            done = {int(number) for number in ran.read_text().split()} if ran.exists() else set()
            findings = []
            if code != 0:
                at = self.folder / "at"
                where = at.read_text().strip() if at.exists() else f"{self.page}: before the first block"
                findings.append(f"{where}: ended with {code}:\n{output}")
            return [self.blocks[number] for number in sorted(done)], findings
        finally:
            self.end_processes()
            shutil.rmtree(self.folder, ignore_errors=True)

    def shell(self):
        output = self.folder / "output"
        with output.open("wb") as file:
            shell = subprocess.Popen(
                ["bash", self.folder / "page.sh"], cwd=self.folder / "work", env=self.environment(), start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT, **self.machine.account,
            )
            try:
                code = shell.wait(LIMIT)
            except subprocess.TimeoutExpired:
                os.killpg(shell.pid, signal.SIGKILL)
                code = f"nothing for {LIMIT} s"
        lines = output.read_text(errors="replace").splitlines()[-40:]
        return code, "\n".join(f"    {line}" for line in lines)

    def end_processes(self):
        """Ends what the page has started and not ended. Nothing of it is needed any more, so at once."""
        services, server = self.folder / "services", self.root / "var/lib/postgresql/data/postmaster.pid"
        for process in services.read_text().split() if services.exists() else ():
            end(int(process), signal.SIGKILL)
        if server.exists():
            end(int(server.read_text().split()[0]), signal.SIGQUIT)


def end(process, name):
    try:
        os.kill(process, name)
        for _ in range(100):
            os.kill(process, 0)
            if Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return
            time.sleep(0.05)
    except (ProcessLookupError, FileNotFoundError):
        return
    os.kill(process, signal.SIGKILL)
