#!/usr/bin/env python3
"""What read replicas take off the primary, printed.

Starts a primary and two streaming standbys on this machine, each in a control group of its own, and a service before them.
1. The same gets and lists, once without replicas and once with one: the processor time of each server.
2. Gets and lists by as many callers as keep the servers busy, each server with the same quota of processor time: the rate with the
   primary alone, and with two replicas.

Needs root (it makes control groups, version 1), PostgreSQL 15 or later and a built service:
    bench/replicas.py [--service FILE] [--quota PERCENT] [--seconds N]
"""

import argparse
import concurrent.futures
import http.client
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

SECRET = "0123456789abcdef0123456789abcdef"
GROUPS = Path("/sys/fs/cgroup")
CLIENTS = 2000
CALLERS = 16


def programs() -> Path:
    named = os.environ.get("PG_BIN")
    folders = [Path(named)] if named else sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next(folder for folder in folders if (folder / "pg_basebackup").exists())


class Group:
    """A control group: what is in it counts together, and shares a quota."""

    def __init__(self, name: str):
        self.folders = {kind: GROUPS / kind / f"clients-{os.getpid()}-{name}" for kind in ("cpu", "cpuacct")}
        for folder in self.folders.values():
            folder.mkdir()

    def add(self, pid: int):
        for folder in self.folders.values():
            (folder / "cgroup.procs").write_text(str(pid))

    def limit(self, percent):
        quota = -1 if percent is None else percent * 1000
        (self.folders["cpu"] / "cpu.cfs_quota_us").write_text(str(quota))

    def milliseconds(self) -> float:
        return int((self.folders["cpuacct"] / "cpuacct.usage").read_text()) / 1e6

    def remove(self):
        for folder in self.folders.values():
            folder.rmdir()


class Server:
    """A PostgreSQL server in a folder and a control group of its own."""

    def __init__(self, name: str, work: Path, bin_folder: Path, primary=None):
        self.bin, self.folder, self.group = bin_folder, work / name, Group(name)
        self.folder.mkdir()
        shutil.chown(self.folder, "postgres", "postgres")
        data = str(self.folder / "data")
        if primary is None:
            self.run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "-D", data)
        else:
            self.run("pg_basebackup", "--username=postgres", f"--host={primary.folder}", "--checkpoint=fast", "-R", "-D", data)
        options = ["-k", str(self.folder), "-c", "listen_addresses=", "-c", "max_connections=100", "-c", "autovacuum=off"]
        # In its group before the server begins, so that every process of it is.
        enter = "".join(f"echo $$ > {folder}/cgroup.procs; " for folder in self.group.folders.values())
        command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", str(bin_folder / "postgres"), "-D", data, *options]
        self.process = subprocess.Popen(["sh", "-c", enter + 'exec "$@"', "sh", *command], cwd=self.folder,
                                        stdout=open(self.folder / "log", "w"), stderr=subprocess.STDOUT)
        self.url = f"postgres://postgres@localhost/postgres?host={self.folder}"
        status = self.folder / "data/postmaster.pid"
        while not (status.exists() and "ready" in status.read_text().splitlines()[-1]):
            if self.process.poll() is not None:
                sys.exit((self.folder / "log").read_text())
            time.sleep(0.05)

    def run(self, program: str, *arguments: str):
        command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", str(self.bin / program), *arguments]
        subprocess.run(command, check=True, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait()
        self.group.remove()


class Service:
    def __init__(self, binary: str, primary: Server, replicas):
        variables = {"PATH": os.environ["PATH"], "CLIENTS_JWT_HS256_SECRET": SECRET, "DATABASE_URL": primary.url,
                     "CLIENTS_REPLICA_URL": " ".join(replica.url for replica in replicas)}
        command = [binary, "serve", "--development", "on", "--console", "off", "--listen", "127.0.0.1:0",
                   "--request-log", "off"]
        self.process = subprocess.Popen(command, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            if "listening" in line:
                self.port = int(line.split("address=")[1].split()[0].rsplit(":", 1)[1])
                break
        else:
            sys.exit("the service did not start")
        threading.Thread(target=self.process.stderr.read, daemon=True).start()
        self.tokens = [subprocess.run([binary, "token", "--subject", f"caller-{n}"], env=variables, check=True, capture_output=True, text=True)
                       .stdout.strip() for n in range(CALLERS)]

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Caller:
    def __init__(self, service: Service, number: int):
        self.link = http.client.HTTPConnection("127.0.0.1", service.port, timeout=30)
        self.headers = {"Content-Type": "application/json", "Authorization": f"Bearer {service.tokens[number]}"}
        self.random = random.Random(number)

    def send(self, kind: str, body: dict):
        self.link.request("POST", f"/api/bpm/{kind}", json.dumps(body), self.headers)
        answer = self.link.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{answer.status}: {text.decode()}")
        return json.loads(text), answer.headers.get("Read-Age") is not None

    def create(self, n: int):
        data = {"firstName": f"Applicant{n}", "lastName": f"Name{n % 97}", "emailAddress": f"applicant{n}@example.com",
                "phoneNumber": f"+23480300{n:05}", "dateOfBirth": "1991-04-23", "gender": "Female", "address": "12 Allen Avenue",
                "city": "Ikeja", "state": "Lagos", "country": "NG", "identificationType": "Passport",
                "identificationNumber": f"B{n:07}", "branchEncodedKey": f"branch-{n % 40}"}
        self.send("cmd", {"commandName": "CreateContactCommand", "data": data})

    def read(self, n: int) -> bool:
        """Four gets, then a list; whether a replica has answered."""
        if n % 5:
            return self.send("qry", {"queryName": "RetrieveContactByIdQuery", "data": {"id": self.random.randrange(1, CLIENTS + 1)}})[1]
        data = {"branchEncodedKey": f"branch-{self.random.randrange(40)}", "includeTotal": False, "pageSize": 20}
        return self.send("qry", {"queryName": "RetrieveContactListQuery", "data": data})[1]


def every_caller(service: Service, work):
    callers = [Caller(service, number) for number in range(CALLERS)]
    with concurrent.futures.ThreadPoolExecutor(CALLERS) as pool:
        return list(pool.map(lambda pair: work(pair[0], pair[1]), enumerate(callers)))


def equal_load(service: Service, reads: int) -> float:
    """The share of reads that a replica has answered."""
    each = reads // CALLERS
    return sum(every_caller(service, lambda _, caller: sum(caller.read(n) for n in range(each)))) / (each * CALLERS)


def rate(service: Service, seconds: float):
    """Reads a second, the share of a replica, and failed reads."""
    end = time.monotonic() + seconds

    def work(_, caller):
        done, of_replica, failed, n = 0, 0, 0, 0
        while time.monotonic() < end:
            n += 1
            try:
                of_replica += caller.read(n)
                done += 1
            except (RuntimeError, OSError):
                failed += 1
                caller.link.close()
        return done, of_replica, failed

    done, of_replica, failed = (sum(column) for column in zip(*every_caller(service, work)))
    return done / seconds, of_replica / max(done, 1), failed


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--service", default="target/dist/client-service")
    arguments.add_argument("--reads", type=int, default=20000)
    arguments.add_argument("--quota", type=int, default=10, help="percent of one core for each server")
    arguments.add_argument("--seconds", type=float, default=20)
    chosen = arguments.parse_args()
    work = Path(tempfile.mkdtemp(prefix="replicas"))
    work.chmod(0o755)
    started = []
    try:
        primary = Server("primary", work, programs())
        started.append(primary)
        service = Service(chosen.service, primary, [])
        every_caller(service, lambda number, caller: [caller.create(n) for n in range(number, CLIENTS, CALLERS)])
        service.stop()
        replicas = []
        for name in ("replica-1", "replica-2"):
            replicas.append(Server(name, work, programs(), primary))
            started.append(replicas[-1])

        print(f"{CLIENTS} clients, {CALLERS} callers, four gets to one list; processor time of the whole server\n")
        print("| | reads | of replicas | primary, ms | replica 1, ms |\n| --- | ---: | ---: | ---: | ---: |")
        used = {}
        for name, servers in (("without replicas", []), ("one replica", replicas[:1])):
            service = Service(chosen.service, primary, servers)
            equal_load(service, CALLERS * 20)
            before = primary.group.milliseconds(), replicas[0].group.milliseconds()
            share = equal_load(service, chosen.reads)
            after = primary.group.milliseconds(), replicas[0].group.milliseconds()
            service.stop()
            used[name] = after[0] - before[0]
            print(f"| {name} | {chosen.reads} | {share:.1%} | {used[name]:.0f} | {after[1] - before[1]:.0f} |", flush=True)
        print(f"\nthe primary's processor time falls by {1 - used['one replica'] / used['without replicas']:.1%}\n")

        for server in started:
            server.group.limit(chosen.quota)
        print(f"each server with {chosen.quota} % of a core\n\n| | reads a second | of replicas | failed |\n| --- | ---: | ---: | ---: |")
        rates = {}
        for name, servers in (("the primary alone", []), ("one replica", replicas[:1]), ("two replicas", replicas)):
            service = Service(chosen.service, primary, servers)
            rate(service, 3)
            rates[name], share, failed = rate(service, chosen.seconds)
            service.stop()
            print(f"| {name} | {rates[name]:.0f} | {share:.1%} | {failed} |", flush=True)
        print(f"\ntwo replicas answer {rates['two replicas'] / rates['the primary alone']:.2f} times as many reads as one server")
    finally:
        for server in started:
            server.group.limit(None)
        for server in reversed(started):
            server.stop()
        shutil.rmtree(work)


main()
