"""The unit and its drop-ins, by systemd-analyze; and the commands that the book runs beside the unit."""

import re
import shutil
import subprocess

from deployment import DEPLOY, ROOT, STOP_BESIDE_DRAIN, seconds

FOLDER = DEPLOY / "systemd"
# Out of 100, as `systemd-analyze security` counts: what is left is the network, which a service needs.
MAX_EXPOSURE = 11


def check(deployment):
    unit = (FOLDER / "client-service.service").read_text()
    settings = (FOLDER / "examples" / "client-service.env").read_text()
    values = dict(line.split("=", 1) for line in settings.splitlines() if line and not line.startswith("#"))
    deployment.check_values("systemd/examples/client-service.env", values)
    (command,) = re.findall(r"^ExecStart=/usr/bin/client-service (.*)$", unit, re.M)
    deployment.check_flags("client-service.service", command.split())
    (stop,) = re.findall(r"^TimeoutStopSec=(\w+)$", unit, re.M)
    drain = seconds(values["CLIENTS_DRAIN_DEADLINE"])
    deployment.expect(seconds(stop) >= drain + STOP_BESIDE_DRAIN, "client-service.service: it is killed while it drains")
    check_commands_beside(deployment, unit)
    if shutil.which("systemd-analyze") is None:
        deployment.not_checked.append("the systemd unit by systemd-analyze: Debian's package systemd cannot be had here")
        return
    folder = deployment.work / "systemd"
    shutil.rmtree(folder, ignore_errors=True)
    drop_ins = folder / "client-service.service.d"
    drop_ins.mkdir(parents=True)
    # The program is where the service was built, not where it is installed.
    (folder / "client-service.service").write_text(unit.replace("/usr/bin/client-service", str(deployment.service)))
    for path in (FOLDER / "examples").glob("*.conf"):
        shutil.copy(path, drop_ins)
    for arguments in (
        ["verify", "--man=no", "--recursive-errors=one"],
        ["security", "--offline=true", f"--threshold={MAX_EXPOSURE}"],
    ):
        command = ["systemd-analyze", *arguments, folder / "client-service.service"]
        analyzed = subprocess.run(command, text=True, capture_output=True)
        # It warns of an unknown setting without failing.
        holds = analyzed.returncode == 0 and not analyzed.stderr.strip()
        what = "\n".join(analyzed.stdout.splitlines()[-3:])
        deployment.expect(holds, f"client-service.service: systemd-analyze {arguments[0]}: {analyzed.stderr}{what}")


def check_commands_beside(deployment, unit):
    """That the function of the book gives a command what the unit has, so that both have one account and one folder."""
    page = (ROOT / "docs" / "installing.md").read_text()
    properties = re.findall(r"--property=(\S+)", page)
    lines = unit.replace("%S/", "/var/lib/").splitlines()
    for line in properties:
        deployment.expect(line in lines, f"installing.md: the unit has no {line}")
    for name in ("DynamicUser", "User", "StateDirectory", "WorkingDirectory", "EnvironmentFile"):
        found = any(line.startswith(f"{name}=") for line in properties)
        deployment.expect(found, f"installing.md: commands beside the unit lack its {name}")
    commands = re.findall(r"^as_service client-service (.*)$", page, re.M)
    shown = {command.split()[0] for command in commands}
    for name in ("backup", "restore", "check"):
        deployment.expect(name in shown, f"installing.md: it does not show {name} beside the unit")
    # A service that verifies tokens of a provider has no key that could sign one.
    settings = (ROOT / "deploy" / "systemd" / "examples" / "client-service.env").read_text()
    has_key = not re.search(r"^CLIENTS_JWKS=", settings, re.M)
    deployment.expect(has_key or "token" not in shown, "installing.md: no key signs the token that it shows")
    # A backup makes no folder above its own.
    folders = re.findall(r"^as_service mkdir -p (\S+)$", page, re.M)
    for target in re.findall(r"^as_service client-service backup --to (\S+)$", page, re.M):
        above = target.rpartition("/")[0]
        deployment.expect(not above or above in folders, f"installing.md: nothing makes the folder {above}")
    for command in commands:
        deployment.check_flags("installing.md", command.split())
