"""The Kustomize folders: the schemas of Kubernetes, the restricted profile of pods, and what the manifests name."""

import re
import shutil
import subprocess

import kubernetes_validate
import yaml

from deployment import DEPLOY, STOP_BESIDE_DRAIN, seconds
from image import ACCOUNT

FOLDER = DEPLOY / "kustomize"
# The oldest one with what the manifests use, and the newest one whose schema the package has.
OLDEST = "1.30"


def check(deployment):
    for folder in sorted(path.parent for path in FOLDER.glob("*/kustomization.yaml")):
        (kustomization,) = deployment.documents(folder / "kustomization.yaml")
        there = {path.name for path in folder.glob("*.yaml")} - {"kustomization.yaml"}
        deployment.expect(set(kustomization["resources"]) == there, f"{folder.name}: resources are not {sorted(there)}")
        objects = [document for name in sorted(there) for document in deployment.documents(folder / name)]
        check_objects(deployment, folder.name, objects)
        built = build(folder)
        if built is None:
            deployment.not_checked.append(f"kustomize/{folder.name} as built: neither kustomize nor a kubectl of 1.27 is here")
        else:
            check_objects(deployment, f"{folder.name} as built", built)
            check_selectors(deployment, built)


def build(folder):
    """What Kustomize 5 makes of a folder, or None without it."""
    for program, version in (("kustomize", ["version"]), ("kubectl", ["version", "--client"])):
        if shutil.which(program):
            said = subprocess.run([program, *version], text=True, capture_output=True).stdout
            if re.search(r"\bv5\.", said):
                command = [program, "build" if program == "kustomize" else "kustomize", folder]
                return [*yaml.safe_load_all(subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout)]
    return None


def check_objects(deployment, where, objects):
    newest = kubernetes_validate.latest_version()
    for item in objects:
        name = f"{where}: {item['kind']} {item['metadata']['name']}"
        for version in (OLDEST, newest):
            try:
                kubernetes_validate.validate(item, version, strict=True)
                deployment.checks += 1
            except kubernetes_validate.ValidationError as error:
                deployment.findings.append(f"{name}: Kubernetes {version}: {error.message}")
        pod = item.get("spec", {}).get("template", {}).get("spec")
        if pod:
            check_pod(deployment, name, pod)
    settings = next((item["data"] for item in objects if item["kind"] == "ConfigMap"), None)
    if settings:
        deployment.check_values(where, settings)
        (pod,) = (item["spec"]["template"]["spec"] for item in objects if item["kind"] == "Deployment")
        before = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
        needed = before + seconds(settings["CLIENTS_DRAIN_DEADLINE"]) + STOP_BESIDE_DRAIN
        deployment.expect(pod["terminationGracePeriodSeconds"] >= needed, f"{where}: pods are killed while they drain")


def check_pod(deployment, where, pod):
    """The profile "restricted" of the Pod Security Standards, a file system that is read only, and no token."""
    security = pod["securityContext"]
    deployment.expect(security["runAsNonRoot"] is True, f"{where}: it may run as root")
    deployment.expect(str(security["runAsUser"]) == ACCOUNT, f"{where}: the account is not the one of the image")
    deployment.expect(security["seccompProfile"]["type"] == "RuntimeDefault", f"{where}: no seccomp profile")
    deployment.expect(pod["automountServiceAccountToken"] is False, f"{where}: it has a token of Kubernetes")
    for container in pod["containers"]:
        own = container["securityContext"]
        restricted = own["allowPrivilegeEscalation"] is False and own["capabilities"] == {"drop": ["ALL"]}
        deployment.expect(restricted, f"{where}: a container is not restricted")
        deployment.expect(own["readOnlyRootFilesystem"] is True, f"{where}: a container may write to its image")
        deployment.check_flags(where, container["args"])
        ports = {port["name"] for port in container.get("ports", [])}
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            if probe in container:
                deployment.expect(container[probe]["httpGet"]["port"] in ports, f"{where}: {probe} names no port of it")


def check_selectors(deployment, objects):
    """That what selects pods selects those of the Deployment, and names ports that they have."""
    pods = [item["spec"]["template"] for item in objects if item["kind"] == "Deployment"]
    for item in objects if pods else []:
        spec = item.get("spec", {})
        labels = spec.get("podSelector", spec.get("selector"))
        if labels is None:
            continue
        labels = labels.get("matchLabels", labels)
        where = f"{item['kind']} {item['metadata']['name']}"
        selects = labels.items() <= pods[0]["metadata"]["labels"].items()
        deployment.expect(bool(labels) and selects, f"{where}: it selects other pods")
        ports = {port["name"] for port in pods[0]["spec"]["containers"][0]["ports"]}
        rules = [rule for rule in spec.get("ingress", [])]
        named = [port["port"] for rule in rules for port in rule["ports"]]
        named += [port["targetPort"] for port in spec.get("ports", [])] if item["kind"] == "Service" else []
        deployment.expect(set(named) <= ports, f"{where}: it names a port that pods do not have")
