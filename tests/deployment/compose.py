"""The compose file: its schema, and that what it names is there."""

import json
import re
import shutil
import subprocess
import sys

from deployment import DEPLOY, STOP_BESIDE_DRAIN, seconds

FOLDER = DEPLOY / "compose"
FILE = FOLDER / "compose.yaml"
IMAGE = "client-service:local"


def check(deployment):
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", FILE]
    read = subprocess.run(command, text=True, capture_output=True)
    deployment.expect(read.returncode == 0, f"compose.yaml: {read.stdout.strip()} {read.stderr.strip()}")
    (composed,) = deployment.documents(FILE)
    services, secrets = composed["services"], composed["secrets"]
    made = make_secrets(deployment)
    for name, secret in secrets.items():
        deployment.expect((made / secret["file"]).is_file(), f"compose.yaml: make-secrets does not make {name}")
    used = {secret for service in services.values() for secret in service.get("secrets", [])}
    deployment.expect(used == set(secrets), f"compose.yaml: secrets are declared or used only: {used ^ set(secrets)}")
    for name, service in services.items():
        check_service(deployment, composed, name, service)
    ours = {name: service for name, service in services.items() if service["image"] == IMAGE}
    for name, service in ours.items():
        deployment.check_flags(f"compose.yaml: {name}", service["command"])
    check_settings(deployment, ours["clients"], made)
    for path in sorted(FOLDER.rglob("*.json")):
        json.loads(path.read_text())
    check_rules(deployment, services["prometheus"])
    check_grants(deployment)
    deployment.not_checked.append("the compose file at work: there is no container engine with images here")


def check_rules(deployment, service):
    """That the files of rules are in what is mounted."""
    (settings,) = deployment.documents(FOLDER / "prometheus.yml")
    mounts = [volume.split(":")[:2] for volume in service["volumes"]]
    for rules in settings["rule_files"]:
        there = [FOLDER / source / rules.removeprefix(f"{at}/") for source, at in mounts if rules.startswith(f"{at}/")]
        deployment.expect(there and there[0].is_file(), f"prometheus.yml: there is no {rules}")


def check_service(deployment, composed, name, service):
    where = f"compose.yaml: {name}"
    for volume in service.get("volumes", []):
        source = volume.split(":")[0]
        exists = (FOLDER / source).exists() if source.startswith(".") else source in composed["volumes"]
        deployment.expect(exists, f"{where}: there is no {source}")
    neighbours = [*service.get("depends_on", {})]
    if service.get("network_mode", "").startswith("service:"):
        neighbours.append(service["network_mode"].removeprefix("service:"))
    for neighbour in neighbours:
        deployment.expect(neighbour in composed["services"], f"{where}: there is no service {neighbour}")
    mounted = {f"/run/secrets/{secret}" for secret in service.get("secrets", [])}
    for secret in re.findall(r"/run/secrets/[a-z-]+", json.dumps(service)):
        deployment.expect(secret in mounted, f"{where}: {secret} is not among its secrets")


def make_secrets(deployment):
    """The secrets, made by the script in another folder, twice: the second time nothing changes."""
    folder = deployment.work / "compose"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(FOLDER / "make-secrets", folder)
    contents = []
    for _ in range(2):
        subprocess.run([folder / "make-secrets"], check=True, stdout=subprocess.DEVNULL)
        contents.append({path.name: path.read_text() for path in (folder / "secrets").iterdir()})
    deployment.expect(contents[0] == contents[1], "make-secrets replaces secrets that exist")
    deployment.expect(len(set(contents[0].values())) == len(contents[0]), "make-secrets makes equal secrets")
    return folder


def check_settings(deployment, service, made):
    url = made / "secrets" / "database-url"
    url.chmod(0o600)
    url.write_text(url.read_text().replace("@database:5432/", "@127.0.0.1:1/"))

    def here(value):
        if "/run/secrets/" in value:
            return value.replace("/run/secrets", str(made / "secrets"))
        mounts = (volume.split(":") for volume in service["volumes"])
        return next((str(FOLDER / source) for source, target, *_ in mounts if target == value), value)

    settings = {name: here(value) for name, value in service["environment"].items()}
    deployment.check_values("compose.yaml: clients", settings)
    stop, drain = seconds(service["stop_grace_period"]), seconds(settings["CLIENTS_DRAIN_DEADLINE"])
    deployment.expect(stop >= drain + STOP_BESIDE_DRAIN, "compose.yaml: clients: the grace period ends while it drains")


def check_grants(deployment):
    """That the file which is mounted is what the program prints."""
    printed = subprocess.run([deployment.service, "roles", "grant"], text=True, check=True, stdout=subprocess.PIPE).stdout
    grants = (DEPLOY / "postgresql" / "grants.sql").read_text()
    deployment.expect(grants == printed, "postgresql/grants.sql is not what `client-service roles grant` prints")
