"""Pages that must be found wrong: a check that accepts them checks nothing."""

from pathlib import Path

import blocks

WRONG = {
    "a command that fails": "```sh\nfalse\n```\n",
    "a variable that nobody sets": "```sh\necho \"$NOBODY\"\n```\n",
    "a block after an exit": "```sh\nexit 0\n```\n\n```sh\ntrue\n```\n",
    "a failure before a pipe": "```sh\nfalse | true\n```\n",
    "another language": "```bash\ntrue\n```\n",
    "another mark": "```sh ignore\ntrue\n```\n",
    "a block that is not closed": "```sh\ntrue\n",
    "a hook for no block": "<!-- check-book: settle -->\n\nText.\n",
    "a hook that fails": "<!-- check-book: nothing_of_this_name -->\n```sh\ntrue\n```\n",
}
RIGHT = "1. A list\n\n    ```sh\n    cat <<END\n      two\n    END\n    ```\n\n```sh title=\"not run here: needs luck\"\nfalse\n```\n"


def check(machine, run):
    findings = []
    for name, text in WRONG.items():
        found, wrong = blocks.read(Path("control.md"), text)
        if not wrong and not run(found, machine)[0]:
            findings.append(f"the control was accepted: {name}")
    found, wrong = blocks.read(Path("control.md"), RIGHT)
    failed, not_run = run(found, machine)
    if wrong or failed or len(not_run) != 1:
        findings.append(f"the control was refused that is right: {wrong} {failed}")
    return findings
