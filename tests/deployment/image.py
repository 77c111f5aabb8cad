"""The Containerfile, and what reaches the build of the image."""

import re
import shutil
import subprocess
import tomllib
from fnmatch import fnmatch

from deployment import DEPLOY, ROOT

FILE = DEPLOY / "container" / "Containerfile"
# The account of an image without root, as every other file of deploy/ says it.
ACCOUNT = "65532"


def check(deployment):
    text = FILE.read_text()
    workspace = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]
    rust = tomllib.loads((ROOT / "rust-toolchain.toml").read_text())["toolchain"]["channel"]
    deployment.expect(f"/rust:{rust}-" in text, f"Containerfile: it does not build with Rust {rust}")
    version = workspace["package"]["version"]
    deployment.expect(f"ARG VERSION={version}\n" in text, f"Containerfile: VERSION is not {version}")
    deployment.expect(f"\nUSER {ACCOUNT}:{ACCOUNT}\n" in text, "Containerfile: the account is not given by number")
    for words in re.findall(r"(?:CMD|ENTRYPOINT) (\[.*?\])", text):
        words = re.findall(r'"(.*?)"', words)
        command = words[1:] if words[0].endswith("client-service") else words
        if command:
            deployment.check_flags("Containerfile", command)
    check_context(deployment)
    deployment.not_checked.append("the image: its base images come from registries, so it is not built here")


def check_context(deployment):
    """That the workspace is whole in the context of the build, after .containerignore."""
    kept = [line[1:] for line in (ROOT / ".containerignore").read_text().splitlines() if line.startswith("!")]
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "-C", ROOT, "ls-files", "--cached", "--others", "--exclude-standard"],
        text=True,
        stdout=subprocess.PIPE,
    ).stdout.splitlines()
    if not listed:
        deployment.not_checked.append("the context of the image: this is no git work tree")
        return
    context = deployment.work / "context"
    shutil.rmtree(context, ignore_errors=True)
    for name in listed:
        if any(fnmatch(name, entry) or name.startswith(f"{entry}/") for entry in kept) and (ROOT / name).is_file():
            target = context / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target)
    command = ["cargo", "metadata", "--format-version=1", "--locked", "--no-deps", "--offline"]
    read = subprocess.run(command, cwd=context, text=True, capture_output=True)
    deployment.expect(read.returncode == 0, f".containerignore: the workspace is not whole: {read.stderr.strip()}")
    shutil.rmtree(context)
