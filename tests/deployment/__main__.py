"""The checks of deploy/, one after the other: what is wrong goes to standard output, and any of it fails the run."""

import argparse
import sys
from pathlib import Path

import chart
import compose
import image
import manifests
import systemd
from deployment import DEPLOY, Deployment


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--service", type=Path, required=True)
    arguments.add_argument("--work", type=Path, required=True)
    options = arguments.parse_args()
    deployment = Deployment(options.service, options.work)
    deployment.check_names_of_settings()
    for part in (image, compose, systemd, manifests, chart):
        part.check(deployment)
    (options.work / "not-checked").write_text("".join(f"{line}\n" for line in deployment.not_checked))
    for finding in deployment.findings:
        print(f"deploy: {finding}")
    if deployment.findings:
        sys.exit(1)
    files = sum(path.is_file() for path in DEPLOY.rglob("*"))
    print(f"{deployment.checks} checks of {files} files hold")


main()
