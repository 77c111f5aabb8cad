"""The Helm chart, as far as it can be read without Helm."""

import re

import yaml

from deployment import DEPLOY

FOLDER = DEPLOY / "helm" / "client-service"
ACTION = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}")
OPENS = ("if ", "with ", "range ", "define ")


def check(deployment):
    (chart,) = deployment.documents(FOLDER / "Chart.yaml")
    (values,) = deployment.documents(FOLDER / "values.yaml")
    deployment.expect("not rendered" in chart["description"], "Chart.yaml: it does not say that the chart was not rendered")
    templates = {path.name: path.read_text() for path in sorted((FOLDER / "templates").iterdir())}
    used, included, defined = set(), set(), set()
    for name, text in templates.items():
        actions = ACTION.findall(text)
        check_blocks(deployment, name, actions)
        for action in actions:
            used |= set(re.findall(r"\.Values\.([A-Za-z.]+)", action))
            included |= set(re.findall(r'include "(.*?)"', action))
            defined |= set(re.findall(r'define "(.*?)"', action))
        if name.endswith(".yaml"):
            check_without_actions(deployment, name, text)
    deployment.expect(included == defined, f"templates: included or defined only: {sorted(included ^ defined)}")
    for path in sorted(used):
        deployment.expect(found(values, path), f"templates: values.yaml has no {path}")
    for path in leaves(values):
        is_used = any(path == name or path.startswith(f"{name}.") for name in used)
        deployment.expect(is_used, f"values.yaml: no template uses {path}")
    deployment.check_values("values.yaml", {name: str(value) for name, value in values["settings"].items()})
    deployment.not_checked.append("the Helm chart as rendered: there is no helm here")


def check_blocks(deployment, name, actions):
    depth = 0
    for action in actions:
        depth += action.startswith(OPENS)
        depth -= action == "end"
        if depth < 0:
            break
    deployment.expect(depth == 0, f"templates/{name}: blocks and ends do not match")


def check_without_actions(deployment, name, text):
    lines = [line for line in text.splitlines() if not re.fullmatch(r"\s*\{\{.*\}\}\s*", line)]
    try:
        yaml.safe_load(ACTION.sub("x", "\n".join(lines)))
        deployment.checks += 1
    except yaml.YAMLError as error:
        deployment.findings.append(f"templates/{name}: {error}")


def found(values, path):
    for name in path.split("."):
        if not isinstance(values, dict) or name not in values:
            return False
        values = values[name]
    return True


def leaves(values, before=""):
    for name, value in values.items():
        path = f"{before}{name}"
        if isinstance(value, dict) and value:
            yield from leaves(value, f"{path}.")
        else:
            yield path
