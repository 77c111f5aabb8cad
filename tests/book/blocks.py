"""The shell blocks of a page, and what is wrong with the way in which they are written."""

import re
from dataclasses import dataclass, field
from pathlib import Path

FENCE = re.compile(r"^(?P<indent> *)```(?P<language>[\w-]*)(?P<rest>.*)$")
MARK = re.compile(r'^title="not run here: (?P<reason>[^"]+)"$')
# What prepares the next block, where a reader does it by other means: a function of tests/book.
HOOK = re.compile(r"^ *<!-- check-book: (?P<function>\w+) -->$")
# Languages in which a command could hide from this check.
OTHER_SHELLS = {"bash", "console", "shell", "shell-session", "shellsession", "zsh", "pwsh"}


@dataclass
class Block:
    page: Path
    line: int
    text: str = ""
    hooks: list = field(default_factory=list)
    # Why it is not run, if it is not.
    reason: str | None = None

    @property
    def place(self):
        return f"{self.page}:{self.line}"


def read(page, text):
    """The shell blocks of this page in their order, and the findings about them."""
    found, findings, hooks = [], [], []
    language, block, indent = None, None, ""
    for number, line in enumerate(text.splitlines(), 1):
        fence = FENCE.match(line)
        if language is not None:
            if fence and not fence["language"] and not fence["rest"].strip() and len(fence["indent"]) <= len(indent):
                language, block = None, None
            elif block:
                block.text += line.removeprefix(indent) + "\n"
        elif fence:
            language, indent = fence["language"], fence["indent"]
            if language in OTHER_SHELLS:
                findings.append(f"{page}:{number}: the language of a block of commands is sh, and not {language}")
            if language == "sh":
                block = Block(page, number, hooks=hooks)
                found.append(block)
                mark = MARK.match(fence["rest"].strip())
                block.reason = mark and mark["reason"]
                if fence["rest"].strip() and not mark:
                    findings.append(f'{page}:{number}: only title="not run here: …" can follow sh')
            hooks = []
        elif hook := HOOK.match(line):
            hooks = [*hooks, hook["function"]]
        elif line.strip():
            if hooks:
                findings.append(f"{page}:{number}: a block of sh follows {hooks[-1]}")
            hooks = []
    if language is not None:
        findings.append(f"{page}: a block is not closed")
    return found, findings
